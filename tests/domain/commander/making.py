"""Units of requests, quickly made."""

from dataclasses import replace

from etoile.domain.commander import running
from etoile.domain.commander.units import TaskUnit, Units, UnitStatus
from etoile.domain.commander.verdicts import Verdict
from etoile.text import verbatim

WRITE = TaskUnit(id="write", kind="code", role="code", shown=True)
REVIEW = TaskUnit(id="review", kind="code", role="review", reviews="write", depends_on=("write",))
CODE = (WRITE, REVIEW)


def unit(unit_id: str, *after: str, optional: bool = False, priority: int = 0) -> TaskUnit:
    """Return a unit that builds on those called `after`."""
    return TaskUnit(id=unit_id, depends_on=after, optional=optional, priority=priority)


def done(units: Units, unit_id: str, node: str, result: str = "text") -> Units:
    """Let `node` do a unit."""
    units = running.taken(running.began(units, unit_id), unit_id, node, "a model")
    return running.finished(units, unit_id, result, 10.0)


def judged(units: Units, node: str, score: float | None, unit_id: str = "review") -> Units:
    """Let `node` give its score."""
    units = running.taken(running.began(units, unit_id), unit_id, node, "a model")
    return running.judged(units, unit_id, Verdict(score, f"said {node}"), 10.0)


def failed(units: Units, unit_id: str) -> Units:
    """Let a unit fail."""
    return running.failed(running.began(units, unit_id), unit_id, verbatim("nobody could"))


def ready(units: Units) -> list[str]:
    """Return the ids of the units that may start."""
    return [one.id for one in running.ready(units)]


def statuses(units: Units) -> dict[str, UnitStatus]:
    """Return how far each unit is."""
    return {one.id: one.status for one in units}


def polled(**answers: str) -> Units:
    """Return what nodes answered that were asked the same."""
    one = TaskUnit(id="", polled=True, status=UnitStatus.DONE)
    return tuple(replace(one, id=f"opinion {node}", target=node, result=text) for node, text in answers.items())
