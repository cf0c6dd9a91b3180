"""All that Etoile knows at one moment, and how an event changes it.

The turn, the GPUs, the nodes and what is missing: views show this and nothing else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from etoile.config import Alerts as AlertSettings
from etoile.config import Thermal as ThermalLimits
from etoile.config import Window as WindowSettings
from etoile.domain import care
from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.alerting import desk as alerting
from etoile.domain.alerting.desk import Desk
from etoile.domain.alerting.scope import Snooze
from etoile.domain.alerting.telling import tell
from etoile.domain.discretion import discreet
from etoile.domain.earcons import earcon
from etoile.domain.effects import Effect
from etoile.domain.events import Event
from etoile.domain.forecast import Forecast
from etoile.domain.gpus import GpuReading, Kind, Thermal
from etoile.domain.learning.dialogue import Learning, converse, offered
from etoile.domain.nodes import NodeLoad, NodeStatus, gpus_of
from etoile.domain.placement import Placement
from etoile.domain.resting import Rest, rest
from etoile.domain.settings import with_settings
from etoile.domain.thermal import Track, assess
from etoile.domain.trial import Trial, leave, try_out
from etoile.domain.turn import Phase, Speaking, Turn
from etoile.text import Message, message

EARLY_S = 0.2
"""Readings come a little early or late: so much before its time one is kept all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is known, and what is going on."""

    turn: Turn = field(default_factory=Turn)
    learning: Learning = field(default_factory=Learning)
    gpus: tuple[GpuReading, ...] = ()
    processors: tuple[GpuReading, ...] = ()
    """Those of machines in which no GPU is known."""
    tracks: Mapping[str, Track] = field(default_factory=dict)
    """The thermal state of each GPU and processor, by UUID."""
    nodes: tuple[NodeStatus, ...] = ()
    loads: Mapping[str, NodeLoad] = field(default_factory=dict)
    """How busy nodes say that they are, by name."""
    missing: Mapping[str, on.PartMissing] = field(default_factory=dict)
    """Parts that are off, by name; each was said once."""
    downloading: on.ModelDownloading | None = None
    microphone_open: bool = False
    """Whether the microphone is open, listened to or not."""
    microphone: str = ""
    """The one that was opened last; empty for the default one."""
    listening_for: str = ""
    """The wake word, while the microphone is open for it."""
    locked: bool = False
    """Whether the screen is locked."""
    still: bool = False
    """Whether the desktop wants no motion."""
    speech: Placement | None = None
    """Where the speech model was last loaded."""
    desk: Desk = field(default_factory=Desk)
    """Alerts: what is wrong, what was told, what is snoozed."""
    history: on.HistoryRead | None = None
    """The history of a card that was last asked for."""
    past: on.PastRead | None = None
    """What was last looked for in the history of requests; None once something of it was forgotten."""
    forget_failed: Message | None = None
    """Why the last wish to forget could not be met."""
    cared: care.Cared = field(default_factory=dict)
    """What the user asked of models on nodes."""
    kept_at_s: float | None = None
    """When samples were last kept."""
    resting: Rest | None = None
    """Since when nothing was added to the conversation."""
    trial: Trial | None = None
    """While microphone and talk key are only tried."""

    limits: ThermalLimits = field(default_factory=ThermalLimits)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    window: WindowSettings = field(default_factory=WindowSettings)
    samples_every_s: float = 1.0
    conversation_rests_s: float = 3600.0

    @property
    def watched(self) -> tuple[GpuReading, ...]:
        """All whose heat is watched: this machine's GPUs, or its processor; then other machines'."""
        return tuple(sorted((*self.gpus, *self.processors), key=lambda reading: reading.far))

    def thermal(self, uuid: str) -> Thermal:
        """Return how hot the GPU `uuid` is."""
        track = self.tracks.get(uuid)
        return track.state if track else Thermal.UNKNOWN

    def limits_of(self, uuid: str) -> ThermalLimits:
        """Return the limits that count for the GPU `uuid`."""
        track = self.tracks.get(uuid)
        return track.limits if track else self.limits

    def forecast(self, uuid: str) -> Forecast | None:
        """Return when the GPU `uuid` reaches its next limit, where that is clear."""
        track = self.tracks.get(uuid)
        return track.forecast if track else None


def advance(state: State, event: Event) -> tuple[State, tuple[Effect, ...]]:
    """Return the state after `event`, and what is to be done.  Pure."""
    if state.trial and (tried := try_out(state.trial, state.turn, event)):
        return replace(state, trial=tried[0], turn=tried[1]), tried[2]
    match event:
        case on.GpusRead():
            return _gpus_read(state, event)
        case on.NodesSeen(nodes):
            turn = replace(state.turn, has_nodes=bool(nodes))
            return _with_heat_and_load(replace(state, nodes=nodes, turn=turn)), ()
        case on.NodeLoadsRead(loads):
            return _with_heat_and_load(replace(state, loads=loads)), ()
        case on.PartMissing(part):
            return replace(state, missing={**state.missing, part: event}), ()
        case on.PartReady(part):
            missing = {name: gone for name, gone in state.missing.items() if name != part}
            return replace(state, missing=missing), ()
        case on.MicrophoneOpened(is_open, name):
            return replace(state, microphone_open=is_open, microphone=name if is_open else state.microphone), ()
        case on.ScreenLocked(locked):
            return replace(state, locked=locked), ()
        case on.MotionReduced(reduced):
            return replace(state, still=reduced), ()
        case on.WakeWordWanted(wanted):
            return state, (do.WatchWakeWord(state.turn.wake_word if wanted else ""),)
        case on.WakeWordWatched(word):
            return replace(state, listening_for=word), ()
        case on.SpeechPlaced(placement):
            return replace(state, speech=placement), _speech_told(state.speech, placement)
        case on.TrialWanted(wanted, words):
            turn, ended = leave(state.trial, state.turn) if state.trial else (state.turn, ())
            return replace(state, trial=Trial(words=words) if wanted else None, turn=turn), ended
        case on.UnfinishedWanted():
            return state, (do.RetryUnfinished(),)
        case on.DownloadWanted(model):
            return state, (do.DownloadModel(model),)
        case on.DownloadStopped():
            return state, (do.StopDownload(),)
        case on.ModelDownloading():
            return replace(state, downloading=event), ()
        case on.DownloadEnded():
            return replace(state, downloading=None), ()
        case on.ClockTicked(at_s, local):
            desk = alerting.ticked(state.desk, state.nodes, state.gpus, at_s, local)
            turn, resting, ended = rest(state.turn, state.resting, local, state.conversation_rests_s)
            state, told = _told(replace(state, desk=desk, turn=turn, resting=resting), at_s)
            return state, (*ended, *told)
        case on.AlertsSnoozed():
            return _snoozed(state, event)
        case on.NotificationActed(_, "default"):
            return state, (do.ShowWindow(),)
        case on.NotificationActed(key, action, at_s):
            desk, withdrawn = alerting.acted(state.desk, key, action, at_s)
            return replace(state, desk=desk), withdrawn
        case on.Rang():
            return _rang(state, event)
        case on.HistoryWanted(uuid, span):
            return state, (do.ReadHistory(uuid, span),)
        case on.HistoryRead():
            return replace(state, history=event), ()
        case on.PastWanted() | on.PastRead() | on.ForgetWanted() | on.Forgotten() | on.RecordingPlayWanted():
            return _past(state, event)
        case on.NodesCheckWanted():
            return state, (do.CheckNodes(),)
        case on.ModelCareWanted():
            cared, begun = care.wanted(state.cared, event)
            return replace(state, cared=cared), begun
        case on.ModelCareEnded():
            return replace(state, cared=care.ended(state.cared, event)), ()
        case on.WindowWanted():
            return state, (do.ShowWindow(),)
        case on.ConfigChanged(config):
            return with_settings(state, config), (do.Configure(config),)
        case on.Offered() | on.OfferTaken() | on.OfferRefused() | on.OfferWithdrawn() | on.OfferAged():
            learning, effects = offered(state.learning, state.turn, event)
            return replace(state, learning=learning), discreet(effects, locked=state.locked)
        case _:
            learning, turn, effects = converse(state.learning, state.turn, event)
            sound = earcon(state.turn, turn)
            cued = (do.Cue(sound),) if sound else ()
            return replace(state, learning=learning, turn=turn), discreet((*cued, *effects), locked=state.locked)


_Past = on.PastWanted | on.PastRead | on.ForgetWanted | on.Forgotten | on.RecordingPlayWanted


def _past(state: State, event: _Past) -> tuple[State, tuple[Effect, ...]]:
    """What was asked before is looked through, or forgotten."""
    match event:
        case on.PastWanted(words, count):
            return state, (do.ReadPast(words, count),)
        case on.PastRead():
            return replace(state, past=event), ()
        case on.ForgetWanted(exchanges, recordings, everything):
            return replace(state, forget_failed=None), (do.Forget(exchanges, recordings, everything),)
        case on.Forgotten(failed):
            return replace(state, past=state.past if failed else None, forget_failed=failed), ()
        case on.RecordingPlayWanted(path):
            return state, (do.PlayRecording(path),)


def _gpus_read(state: State, event: on.GpusRead) -> tuple[State, tuple[Effect, ...]]:
    tracks = assess(state.tracks, event.readings, event.at_s, state.limits, state.alerts.gpus)
    desk = alerting.gpus_read(state.desk, event.readings, tracks, event.at_s, state.alerts)
    gpus = tuple(reading for reading in event.readings if reading.kind is Kind.GPU)
    processors = tuple(reading for reading in event.readings if reading.kind is Kind.PROCESSOR)
    state = replace(state, gpus=gpus, processors=processors, tracks=tracks, desk=desk)
    state, told = _told(_with_heat_and_load(state), event.at_s)
    if state.kept_at_s is not None and event.at_s - state.kept_at_s < state.samples_every_s - EARLY_S:
        return state, told
    return replace(state, kept_at_s=event.at_s), (*told, do.KeepSamples(event.readings))


_HEAT = (Thermal.UNKNOWN, Thermal.NORMAL, Thermal.WARNING, Thermal.CRITICAL)


def _with_heat_and_load(state: State) -> State:
    """Return the state with what is known of the nodes from elsewhere: how hot their GPUs are, how busy they are."""
    return replace(state, nodes=tuple(known_of(node, state) for node in state.nodes))


def known_of(node: NodeStatus, state: State) -> NodeStatus:
    """Return `node` with what is known of it from elsewhere: heat and memory of its GPUs, and how busy it is."""
    gpus = gpus_of(node, state.gpus)
    hottest = max(gpus, key=lambda gpu: (_HEAT.index(state.thermal(gpu.uuid)), gpu.temperature_c or 0), default=None)
    return replace(
        node,
        thermal=state.thermal(hottest.uuid) if hottest else Thermal.UNKNOWN,
        temperature_c=hottest.temperature_c if hottest else None,
        memory_free_bytes=_sum(gpu.memory_free_bytes for gpu in gpus),
        memory_total_bytes=_sum(gpu.memory_total_bytes for gpu in gpus),
        load=state.loads.get(node.name),
    )


def _sum(sizes: Iterable[int | None]) -> int | None:
    """Return the sum; None where a part of it is not known, or there is none."""
    known = list(sizes)
    return sum(size for size in known if size is not None) if known and None not in known else None


def _told(state: State, at_s: float) -> tuple[State, tuple[Effect, ...]]:
    """Tell what is worth it of what is wrong; what is spoken does not talk into a conversation."""
    desk, telling = tell(state.desk, at_s, state.alerts, state.nodes)
    aloud = [_say(state.turn, said) for said in telling.spoken if _may_speak(state.turn)]
    return replace(state, desk=desk), (*telling.effects, *aloud)


def _snoozed(state: State, event: on.AlertsSnoozed) -> tuple[State, tuple[Effect, ...]]:
    if event.until_s <= 0:
        return replace(state, desk=alerting.end_snooze(state.desk, event.scope)), ()
    desk, withdrawn = alerting.snooze(state.desk, Snooze(event.scope, event.until_s, event.until_over))
    return replace(state, desk=desk), withdrawn


def _rang(state: State, event: on.Rang) -> tuple[State, tuple[Effect, ...]]:
    """A timer is shown and, unless a conversation is going on, spoken."""
    notify = do.Notify(f"timer {event.number}", event.said, message("Etoile timer"), do.Urgency.CRITICAL)
    return state, (notify, _say(state.turn, event.said)) if _may_speak(state.turn) else (notify,)


def _speech_told(before: Placement | None, now: Placement) -> tuple[Effect, ...]:
    """A speech model that has moved is told, and one that is not where the settings would have it."""
    told = now.passing if before is None else now.where != before.where
    return (do.Notify("speech", message("Speech recognition"), now.said, do.Urgency.LOW),) if told else ()


def _may_speak(turn: Turn) -> bool:
    """Whether something may be spoken that nobody asked for."""
    return not turn.muted and turn.speaking is not Speaking.NEVER and turn.phase is Phase.IDLE


def _say(turn: Turn, said: Message) -> do.Say:
    return do.Say(turn.number, said, turn.home_language, last=False)
