"""All that Etoile knows at one moment, and how an event changes it.

The turn, the GPUs, the nodes and what is missing: views show this and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from etoile.config import Thermal as ThermalLimits
from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.alerts import alerts
from etoile.domain.effects import Effect
from etoile.domain.events import Event
from etoile.domain.gpus import GpuReading, Thermal
from etoile.domain.learning.dialogue import Learning, converse, offered
from etoile.domain.nodes import NodeStatus
from etoile.domain.thermal import Track, assess
from etoile.domain.turn import Phase, Speaking, Turn
from etoile.text import message


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is known, and what is going on."""

    turn: Turn = field(default_factory=Turn)
    learning: Learning = field(default_factory=Learning)
    gpus: tuple[GpuReading, ...] = ()
    tracks: Mapping[str, Track] = field(default_factory=dict)
    """The thermal state of each GPU, by UUID."""
    nodes: tuple[NodeStatus, ...] = ()
    missing: Mapping[str, on.PartMissing] = field(default_factory=dict)
    """Parts that are off, by name; each was said once."""
    downloading: on.ModelDownloading | None = None
    snoozed_until_s: float = 0.0
    kept_at_s: float | None = None
    """When samples were last kept."""

    limits: ThermalLimits = field(default_factory=ThermalLimits)
    samples_every_s: float = 10.0

    def thermal(self, uuid: str) -> Thermal:
        """Return how hot the GPU `uuid` is."""
        track = self.tracks.get(uuid)
        return track.state if track else Thermal.UNKNOWN


def advance(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:
    """Return the state after `event`, and what is to be done.  Pure."""
    match event:
        case on.GpusRead():
            return _gpus_read(state, event)
        case on.NodesSeen(nodes):
            return replace(state, nodes=nodes), ()
        case on.PartMissing(part):
            return replace(state, missing={**state.missing, part: event}), ()
        case on.PartReady(part):
            missing = {name: gone for name, gone in state.missing.items() if name != part}
            return replace(state, missing=missing), ()
        case on.DownloadWanted(model):
            return state, (do.DownloadModel(model),)
        case on.DownloadStopped():
            return state, (do.StopDownload(),)
        case on.ModelDownloading():
            return replace(state, downloading=event), ()
        case on.DownloadEnded():
            return replace(state, downloading=None), ()
        case on.AlertsSnoozed(until_s):
            return replace(state, snoozed_until_s=until_s), ()
        case on.NotificationActed(key, action):
            return state, (do.ShowWindow(),) if action == "default" else (do.Withdraw(key),)
        case on.Rang():
            return _rang(state, event)
        case on.WindowWanted():
            return state, (do.ShowWindow(),)
        case on.Offered() | on.OfferTaken() | on.OfferRefused() | on.OfferWithdrawn() | on.OfferAged():
            learning, effects = offered(state.learning, state.turn, event)
            return replace(state, learning=learning), effects
        case _:
            learning, turn, effects = converse(state.learning, state.turn, event)
            return replace(state, learning=learning, turn=turn), effects


def _gpus_read(state: State, event: on.GpusRead) -> tuple[State, tuple[Effect, ...]]:
    tracks, transitions = assess(state.tracks, event.readings, event.at_s, state.limits)
    told = alerts(transitions, snoozed=event.at_s < state.snoozed_until_s)
    state = replace(state, gpus=event.readings, tracks=tracks)
    if state.kept_at_s is not None and event.at_s - state.kept_at_s < state.samples_every_s:
        return state, told
    return replace(state, kept_at_s=event.at_s), (*told, do.KeepSamples(event.readings))


def _rang(state: State, event: on.Rang) -> tuple[State, tuple[Effect, ...]]:
    """A timer is shown and, unless a conversation is going on, spoken."""
    notify = do.Notify("timer", event.said, message("Etoile timer"), do.Urgency.CRITICAL)
    turn = state.turn
    if turn.muted or turn.speaking is Speaking.NEVER or turn.phase is not Phase.IDLE:
        return state, (notify,)
    return state, (notify, do.Say(turn.number, event.said, turn.home_language, last=False))
