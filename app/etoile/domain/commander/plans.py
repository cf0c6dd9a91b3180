"""Plans: how a request of a kind is cut into units."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Never

from etoile.domain.roles import Steps, needs_of
from etoile.errors import ConfigError
from etoile.text import Message, message

_NO_MATRIX: Final[Mapping[str, Steps]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedUnit:
    """A unit of a plan."""

    id: str
    role: str
    prompt: str = ""
    """What its node is to do with the request; empty: answer it."""
    after: tuple[str, ...] = ()
    """Units whose results it is given."""
    reviews: str | None = None
    """The unit to which it gives a score."""
    needs: frozenset[str] = frozenset()
    """Tools that its node must declare."""
    optional: bool = False
    """Whether the others go on without it."""
    elsewhere: bool = False
    """Rather for another node than those it comes after."""
    shown: bool = False
    """Whether its result is a part of the answer."""
    every_node: bool = False
    """Whether each node gets one of its own, to be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a request is cut into units."""

    name: str
    units: tuple[PlannedUnit, ...]
    kinds: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Plans:
    """All plans."""

    by_name: Mapping[str, Plan]
    by_kind: Mapping[str, Plan]
    """Those that requests of a kind take by themselves."""


def collected(shipped: Iterable[Plan], own: Iterable[Plan], matrix: Mapping[str, Steps] = _NO_MATRIX) -> Plans:
    """Return all plans.  For a kind the user's own file counts first, then `matrix` (what the settings say), then what
    is shipped; a file of the user's replaces the shipped one of its name.

    Raises ConfigError when two files of the user's want the same kind.
    """
    by_name = {plan.name: plan for plan in shipped}
    by_kind = {kind: plan for plan in by_name.values() for kind in plan.kinds}
    by_kind |= {kind: plan_of(kind, steps) for kind, steps in matrix.items()}
    taken: dict[str, Plan] = {}
    for plan in own:
        if (former := by_name.get(plan.name)) is not None:
            by_kind = {kind: other for kind, other in by_kind.items() if other is not former}
        by_name[plan.name] = plan
        for kind in plan.kinds:
            if other := taken.get(kind):
                what = message("{other} takes requests of kind {kind} too", other=other.path, kind=kind)
                refuse(plan.path, what, message("Take “{kind}” out of the kinds of one of them.", kind=kind))
            taken[kind] = plan
    return Plans(by_name, {**by_kind, **taken})


def plan_of(kind: str, steps: Steps) -> Plan:
    """Return the plan of a kind that the settings give as roles, step by step; those of one step work side by side."""
    units: list[PlannedUnit] = []
    before: tuple[str, ...] = ()
    for number, roles in enumerate(steps, start=1):
        made = [_of_role(f"{role} {number}" if _repeats(role, steps) else role, role, kind, before) for role in roles]
        units += made
        # A review is no material: what follows it builds on what it looked at.
        before = tuple(unit.id for unit in made if unit.reviews is None) or before
    return Plan(name=kind, units=with_shown(tuple(units)), kinds=(kind,))


def _of_role(unit_id: str, role: str, kind: str, before: tuple[str, ...]) -> PlannedUnit:
    needs = needs_of(kind, role)
    return PlannedUnit(
        id=unit_id,
        role=role,
        prompt=_PROMPTS.get(role, _GO_ON if before else "") if before or role == "search" else "",
        after=before,
        reviews=before[-1] if role == "review" and before else None,
        needs=needs,
        optional=bool(needs),
        elsewhere=role == "validate",
    )


def _repeats(role: str, steps: Steps) -> bool:
    return sum(one == role for roles in steps for one in roles) > 1


_GO_ON: Final = "Answer the request, with what was found out before."
_PROMPTS: Final = {
    "search": "Look up what the request needs. Report the facts you found, each with its source and its date.",
    "synthesise": (
        "Answer the request from what was found. Where nothing was found, say that live data is missing, and keep "
        "apart what you only remember."
    ),
    "validate": "Answer the request. Leave out what does not bear examination, and say what stays uncertain.",
}


def with_shown(units: tuple[PlannedUnit, ...]) -> tuple[PlannedUnit, ...]:
    """Return `units`, of which at least one is shown: unless the plan says which, those that nothing builds on."""
    if any(unit.shown for unit in units):
        return units
    built_on = {other for unit in units if unit.reviews is None for other in unit.after}
    return tuple(unit if unit.reviews or unit.id in built_on else replace(unit, shown=True) for unit in units)


def refuse(path: str, what: Message, remedy: Message) -> Never:
    """Raise the ConfigError of the file `path`."""
    raise ConfigError(message("{path}: {what}.", path=path, what=what), remedy)
