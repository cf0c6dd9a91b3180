"""A request cut into units: as a plan says, or as the request itself does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from etoile.domain.commander.plans import Plan, PlannedUnit
from etoile.domain.commander.units import TaskUnit, Units
from etoile.domain.roles import needs_of

MOST_POLLED = 6
"""So many nodes are asked the same at most."""

_ROLES = {"code": "code", "analyse": "analyse", "trading": "analyse", "web": "search"}
"""The role that takes a part of a request, by its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a request that asks for several things."""

    id: str
    text: str
    kind: str
    after: tuple[str, ...] = ()


def units_of(plan: Plan, kind: str, nodes: Sequence[str]) -> Units:
    """Return the units of `plan`; of those that every node takes, one for each of `nodes`.

    A single node agrees with itself: its answer is shown, and what would compare it is left out.
    """
    polled = tuple(nodes[:MOST_POLLED])
    copies = {unit.id: _copies(unit, kind, polled) for unit in plan.units}
    if len(polled) < 2 and (alone := [unit for unit in plan.units if unit.every_node]):
        return tuple(replace(copy, target=None, shown=True, polled=True) for unit in alone for copy in copies[unit.id])
    return tuple(
        replace(copy, depends_on=tuple(before.id for other in unit.after for before in copies[other]))
        for unit in plan.units
        for copy in copies[unit.id]
    )


def units_of_parts(parts: Sequence[Part]) -> Units:
    """Return a unit for each part of a request, all of them shown, and a review of the last one where that is code."""
    units = [
        TaskUnit(
            id=part.id,
            prompt=f"Do this part of the request, and nothing else of it: {part.text}",
            kind=part.kind,
            role=_ROLES.get(part.kind, "respond"),
            depends_on=part.after,
            needs=needs_of(part.kind, _ROLES.get(part.kind, "respond")),
            optional=part.kind == "web",
            shown=True,
        )
        for part in parts
    ]
    last = parts[-1]
    if last.kind == "code":
        review = TaskUnit(id="review", kind="code", role="review", reviews=last.id, depends_on=(last.id,))
        units.append(review)
    return tuple(units)


def _copies(unit: PlannedUnit, kind: str, nodes: Sequence[str]) -> Units:
    whole = TaskUnit(
        id=unit.id,
        prompt=unit.prompt,
        kind=kind,
        role=unit.role,
        reviews=unit.reviews,
        needs=unit.needs,
        optional=unit.optional,
        elsewhere=unit.elsewhere,
        shown=unit.shown,
    )
    if not unit.every_node or not nodes:
        return (whole,)
    return tuple(replace(whole, id=f"{unit.id} {node}", target=node, polled=True) for node in nodes)
