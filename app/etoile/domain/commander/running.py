"""How the units of a request go on: pure, one result after the other.

waiting -> running -> done                       a unit
                   -> failed -> its dependants are skipped, unless it is optional or something else is there
author done -> review running -> 0.7 or better   settled
                              -> below           author waiting again, for another node, twice at most
"""

from collections.abc import Callable
from dataclasses import replace

from etoile.domain.commander.units import TaskUnit, Units, UnitStatus, named
from etoile.domain.commander.verdicts import Verdict
from etoile.text import Message, message

AT_ONCE = 4
"""So many units run side by side."""
ENOUGH = 0.7
"""A result with a lower score is asked of another node."""
CYCLES = 2
"""So often is a unit dispatched again."""

NO_BETTER = message("no other node could take it again")


def ready(units: Units) -> Units:
    """Return the units that start now, the most urgent first."""
    room = AT_ONCE - sum(unit.status is UnitStatus.RUNNING for unit in units)
    waiting = [unit for unit in units if unit.status is UnitStatus.WAITING and _is_due(unit, units)]
    return tuple(sorted(waiting, key=lambda unit: -unit.priority)[: max(0, room)])


def over(units: Units) -> bool:
    """Whether nothing more comes of any unit."""
    return all(unit.settled for unit in units)


def began(units: Units, unit_id: str) -> Units:
    """The unit was dispatched."""
    return _changed(units, unit_id, lambda unit: replace(unit, status=UnitStatus.RUNNING, note=None))


def held(units: Units, unit_id: str, why: Message) -> Units:
    """All nodes that may take the unit are busy, or load its model."""
    return _changed(units, unit_id, lambda unit: replace(unit, note=why))


def taken(units: Units, unit_id: str, node: str, model: str) -> Units:
    """A node has begun to answer."""
    return _changed(units, unit_id, lambda unit: replace(unit, target=node, model=model, note=None))


def finished(units: Units, unit_id: str, result: str, ms: float, *, cut: bool = False) -> Units:
    """The unit has its result, still to be reviewed where the plan has a review; `cut`: not the whole of it."""
    return _changed(units, unit_id, lambda unit: replace(unit, status=UnitStatus.DONE, result=result, ms=ms, cut=cut))


def failed(units: Units, unit_id: str, why: Message) -> Units:
    """No node could take the unit: what there was before is kept, else what builds on it alone is skipped."""
    unit = named(units, unit_id)
    if unit.earlier:
        return _kept(units, unit)
    units = _changed(units, unit_id, lambda unit: replace(unit, status=UnitStatus.FAILED, note=why))
    return _skipped(units)


def judged(units: Units, unit_id: str, verdict: Verdict, ms: float) -> Units:
    """A review is there: its author settles, or is dispatched again elsewhere, with what the review said."""
    review = replace(named(units, unit_id), status=UnitStatus.DONE, result=verdict.summary, ms=ms)
    author = named(units, review.reviews or "")
    if verdict.score is None:
        review = replace(review, note=message("{node} gave no score", node=review.target))
    elif verdict.score >= ENOUGH or len(author.earlier) == CYCLES:
        author = replace(author, score=verdict.score)
    else:
        note = message("{node} gave it {score:.2f}: to be done again", node=review.target, score=verdict.score)
        author = replace(_again(replace(author, score=verdict.score)), note=note)
        review = _again(review)
    return _with(_with(units, author), review)


def reviewed_by_nobody(units: Units, unit_id: str) -> Units:
    """No other node could review: the result stands, and it is said that only its author saw it."""
    note = message("no other node could review it")
    return _changed(units, unit_id, lambda unit: replace(unit, status=UnitStatus.SKIPPED, note=note))


def authors(unit: TaskUnit, units: Units) -> frozenset[str]:
    """Return the nodes that must not take `unit`: who made it before, or who made what it reviews."""
    if unit.reviews is not None:
        return frozenset({named(units, unit.reviews).target or ""})
    return frozenset(attempt.target for attempt in unit.earlier)


def settled_with_reviews(unit: TaskUnit, units: Units) -> bool:
    """Whether neither `unit` nor a review of it goes on."""
    return unit.settled and all(other.settled for other in units if other.reviews == unit.id)


def _again(unit: TaskUnit) -> TaskUnit:
    fresh = replace(unit, status=UnitStatus.WAITING, target=None, model=None, result="", cut=False, score=None, ms=None)
    return replace(fresh, earlier=(*unit.earlier, unit.latest))


def _kept(units: Units, unit: TaskUnit) -> Units:
    """Go back to what `unit` was before it was dispatched again, and so do its reviews."""
    units = _with(units, replace(_back(unit), note=NO_BETTER))
    return tuple(_back(other) if other.reviews == unit.id and other.earlier else other for other in units)


def _back(unit: TaskUnit) -> TaskUnit:
    *earlier, last = unit.earlier
    before = replace(unit, target=last.target, model=last.model, result=last.result, score=last.score, cut=last.cut)
    return replace(before, status=UnitStatus.DONE, earlier=tuple(earlier))


def _is_due(unit: TaskUnit, units: Units) -> bool:
    before = [named(units, other) for other in unit.depends_on]
    if unit.reviews is not None:
        return all(other.settled for other in before)
    return all(settled_with_reviews(other, units) for other in before)


def _skipped(units: Units) -> Units:
    """Skip what lacks what it builds on, and what builds on that in turn."""
    lost = [unit for unit in units if unit.status is UnitStatus.WAITING and _lacks(unit, units)]
    if not lost:
        return units
    note = message("what it builds on is missing")
    for unit in lost:
        units = _with(units, replace(unit, status=UnitStatus.SKIPPED, note=note))
    return _skipped(units)


def _lacks(unit: TaskUnit, units: Units) -> bool:
    before = [named(units, other) for other in unit.depends_on]
    missing = [other for other in before if other.status in (UnitStatus.FAILED, UnitStatus.SKIPPED)]
    if unit.reviews is not None:
        return any(other.id == unit.reviews for other in missing)
    return len(missing) == len(before) and any(not other.optional for other in missing)


def _changed(units: Units, unit_id: str, change: Callable[[TaskUnit], TaskUnit]) -> Units:
    return _with(units, change(named(units, unit_id)))


def _with(units: Units, changed: TaskUnit) -> Units:
    return tuple(changed if unit.id == changed.id else unit for unit in units)
