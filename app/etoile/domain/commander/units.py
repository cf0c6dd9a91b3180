"""A unit of work: one question to one node, as a part of a request."""

from dataclasses import dataclass, replace
from enum import StrEnum

from etoile.text import Message


class UnitStatus(StrEnum):
    """How far a unit is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    """What it needs is missing."""
    STOPPED = "stopped"
    """The user gave the request up."""


SETTLED = frozenset({UnitStatus.DONE, UnitStatus.FAILED, UnitStatus.SKIPPED, UnitStatus.STOPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What one node made of a unit."""

    target: str
    model: str
    result: str
    score: float | None
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskUnit:
    """A part of a request, and how far it is."""

    id: str
    prompt: str = ""
    """What its node is to do with the request; empty: answer it."""
    kind: str = "simple"
    """A `TaskKind`."""
    role: str = "respond"
    target: str | None = None
    """The node that takes it; set beforehand where only that one may."""
    model: str | None = None
    priority: int = 0
    """Of several that may start, the highest does first."""
    depends_on: tuple[str, ...] = ()
    """Ids of the units whose results it builds on."""
    reviews: str | None = None
    """The id of the unit that it judges."""
    needs: frozenset[str] = frozenset()
    """Tools that its node must declare: "search", "market"."""
    optional: bool = False
    """What depends on it goes on without it."""
    elsewhere: bool = False
    """Rather for another node than those whose results it builds on."""
    shown: bool = False
    """Whether its result is a part of the answer."""
    polled: bool = False
    """Whether it is one of those that answer the same, to be compared."""

    status: UnitStatus = UnitStatus.WAITING
    result: str = ""
    cut: bool = False
    """Whether its node stopped at the most tokens allowed."""
    score: float | None = None
    """What its reviewer gave its result, 0 to 1."""
    note: Message | None = None
    """Why it failed, or what is to be known of its result."""
    ms: float | None = None
    earlier: tuple[Attempt, ...] = ()
    """What it was before it was dispatched again."""

    @property
    def settled(self) -> bool:
        """Whether nothing more comes of it."""
        return self.status in SETTLED

    @property
    def latest(self) -> Attempt:
        """What its node has made of it now."""
        target, model = self.target or "", self.model or ""
        return Attempt(target=target, model=model, result=self.result, score=self.score, cut=self.cut)

    @property
    def best(self) -> Attempt:
        """The result with the best score; the latest where it has the same, or none yet."""
        latest = self.latest
        if latest.score is None:
            return latest
        return max((latest, *self.earlier), key=lambda attempt: attempt.score or 0.0)


Units = tuple[TaskUnit, ...]


def is_whole(units: Units) -> bool:
    """Whether all that is shown of the units is there, so that only reviews go on."""
    shown = [unit for unit in units if unit.shown]
    return bool(shown) and all(unit.status is UnitStatus.DONE or unit.earlier for unit in shown)


def best_of(units: Units) -> str:
    """Return the best version of what is shown, where some of it was made again; else nothing."""
    shown = [unit for unit in units if unit.shown]
    again = any(unit.earlier for unit in shown)
    return "\n\n".join(unit.best.result for unit in shown if unit.best.result) if again else ""


def named(units: Units, unit_id: str) -> TaskUnit:
    """Return the unit called `unit_id`; raises KeyError."""
    for unit in units:
        if unit.id == unit_id:
            return unit
    raise KeyError(unit_id)


def stopped(units: Units) -> Units:
    """The user gave the request up."""
    return tuple(unit if unit.settled else replace(unit, status=UnitStatus.STOPPED) for unit in units)
