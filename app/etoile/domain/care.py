"""What the user asked of a node's models with a click: one thing at a time for each node."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from etoile.domain import events as on
from etoile.domain.effects import CareForModel
from etoile.text import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Caring:
    """A model is brought into the memory of a node, or out of it; or that is over."""

    model: str
    loaded: bool
    """Whether it is to be in memory."""
    since_s: float
    """When it was asked for, by the monotonic clock."""
    going_on: bool = True
    failed: Message | None = None
    remedy: Message | None = None


Cared = Mapping[str, Caring]
"""The last of each node, by its name."""


def wanted(cared: Cared, event: on.ModelCareWanted) -> tuple[Cared, tuple[CareForModel, ...]]:
    """Return what is cared for once the user wants it; while a node is busy with such a thing, nothing begins."""
    before = cared.get(event.node)
    if before and before.going_on:
        return cared, ()
    begun = Caring(model=event.model, loaded=event.loaded, since_s=event.at_s)
    return {**cared, event.node: begun}, (CareForModel(event.node, event.model, event.loaded),)


def ended(cared: Cared, event: on.ModelCareEnded) -> Cared:
    """Return what is cared for once that of a node is over; a failure stands until something else is asked of it."""
    before = cared.get(event.node)
    if before is None:
        return cared
    others = {name: one for name, one in cared.items() if name != event.node}
    if event.failed is None:
        return others
    return {**others, event.node: replace(before, going_on=False, failed=event.failed, remedy=event.remedy)}
