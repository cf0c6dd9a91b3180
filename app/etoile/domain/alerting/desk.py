"""What is remembered of alerts: what is wrong, what was told and still stands, what the user wants silence about.

Pure: time comes with the events.  Whether something is told is decided in `telling`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from etoile.config import Alerts
from etoile.domain.alerting.conditions import Condition, of_gpus, of_nodes
from etoile.domain.alerting.scope import EVERYTHING, UNTIL_OVER, Identity, Kind, Level, Scope, Snooze
from etoile.domain.effects import Withdraw
from etoile.domain.gpus import GpuReading
from etoile.domain.latch import Latch
from etoile.domain.nodes import NodeStatus
from etoile.domain.thermal import Track

WOKE_S = 30.0
"""A tick that comes so late by any clock means that the computer slept, or that its clock was set."""
SETTLE_S = 60.0
"""After that, network and driver get so long before anything is given up for lost."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is seen of GPUs or of nodes."""

    latches: Mapping[Identity, Latch] = field(default_factory=dict)
    wrong: Mapping[Identity, Condition] = field(default_factory=dict)

    @classmethod
    def of(cls, seen: Iterable[tuple[Identity, Latch, Condition | None]]) -> Self:
        """Return what was `seen` of each."""
        everything = tuple(seen)
        return cls(
            {identity: latch for identity, latch, _ in everything},
            {identity: condition for identity, _, condition in everything if condition},
        )


@dataclass(frozen=True, slots=True)
class Told:
    """What the user was told of one thing."""

    level: Level
    at_s: float
    """When, the last time."""
    times: int = 1
    lapsed: bool = False
    """Whether it has ended, or become less bad, since."""
    returns: int = 0
    """How often it came back after that."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A notification that stands."""

    level: Level
    members: tuple[Identity, ...]

    @property
    def scope(self) -> Scope:
        """What its buttons are about: several of a kind stand for the kind."""
        kind, subject = self.members[0]
        return Scope(kind, subject if len(self.members) == 1 else None)


@dataclass(frozen=True, slots=True)
class Gate:
    """When alerts of a kind were last told, and how long the next ones wait."""

    at_s: float
    wait_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All that is remembered of alerts."""

    gpus: Watched = field(default_factory=Watched)
    nodes: Watched = field(default_factory=Watched)
    told: Mapping[Identity, Told] = field(default_factory=dict)
    shown: Mapping[str, Shown] = field(default_factory=dict)
    """The notifications that stand, by key."""
    gates: Mapping[tuple[Kind, Level], Gate] = field(default_factory=dict)
    snoozes: tuple[Snooze, ...] = ()
    local: datetime | None = None
    """Time of day at the last tick."""
    ticked_s: float | None = None
    settled_s: float = 0.0
    """Until then the computer has only just woken."""

    @property
    def wrong(self) -> dict[Identity, Condition]:
        """Everything that is wrong."""
        return {**self.gpus.wrong, **self.nodes.wrong}

    def is_snoozed(self, at_s: float, scope: Scope = EVERYTHING) -> bool:
        """Return whether the user wants to hear nothing of `scope`."""
        return any(one.until_s > at_s and scope.within(one.scope) for one in self.snoozes)


def gpus_read(
    desk: Desk, readings: Sequence[GpuReading], tracks: Mapping[str, Track], at_s: float, settings: Alerts
) -> Desk:
    """Return the desk once the GPUs were looked at."""
    settled = at_s >= desk.settled_s
    return replace(desk, gpus=Watched.of(of_gpus(readings, tracks, desk.gpus.latches, at_s, settings, settled=settled)))


def ticked(
    desk: Desk, nodes: Sequence[NodeStatus], readings: Sequence[GpuReading], at_s: float, local: datetime
) -> Desk:
    """Return the desk once the clock ticked and the nodes were looked at."""
    slept = (
        desk.ticked_s is not None
        and desk.local is not None
        and max(at_s - desk.ticked_s, (local - desk.local).total_seconds()) > WOKE_S
    )
    settled_s = at_s + SETTLE_S if slept else desk.settled_s
    seen = of_nodes(nodes, readings, desk.nodes.latches, at_s, settled=at_s >= settled_s)
    return replace(desk, nodes=Watched.of(seen), ticked_s=at_s, local=local, settled_s=settled_s)


def snooze(desk: Desk, wanted: Snooze) -> tuple[Desk, tuple[Withdraw, ...]]:
    """Return the desk, and what is taken away, once the user wants silence.

    What is silenced for a time is told again afterwards if it is still so.
    """
    told = desk.told
    if not wanted.until_over:
        told = {identity: was for identity, was in told.items() if not wanted.silences(identity, was.level)}
    silenced = {
        key: shown
        for key, shown in desk.shown.items()
        if all(wanted.silences(member, shown.level) for member in shown.members)
    }
    kept = {key: shown for key, shown in desk.shown.items() if key not in silenced}
    desk = replace(end_snooze(desk, wanted.scope), told=told, shown=kept)
    return replace(desk, snoozes=(*desk.snoozes, wanted)), tuple(Withdraw(key) for key in silenced)


def end_snooze(desk: Desk, scope: Scope) -> Desk:
    """Return the desk once the user wants to hear of `scope` again."""
    return replace(desk, snoozes=tuple(one for one in desk.snoozes if not one.scope.within(scope)))


def acted(desk: Desk, key: str, action: str, at_s: float) -> tuple[Desk, tuple[Withdraw, ...]]:
    """Return the desk, and what is taken away, once a button of the notification `key` was pressed."""
    shown = desk.shown.get(key)
    if shown is None or not action.startswith("snooze "):
        return desk, (Withdraw(key),)
    if action == UNTIL_OVER:
        wanted = Snooze(shown.scope, until_over=True, level=shown.level)
    else:
        wanted = Snooze(shown.scope, at_s + float(action.removeprefix("snooze ")), level=shown.level)
    return snooze(desk, wanted)
