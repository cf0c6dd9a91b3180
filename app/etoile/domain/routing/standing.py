"""How a node stands for a piece of work, as `etoile.domain.plan` finds out."""

from dataclasses import dataclass

from etoile.text import Message, message

LACKING = {
    "search": message("No node here can look things up on the web now: this answer holds no live data."),
    "market": message("No node here knows market prices now: this answer holds no live data."),
}
"""What the user is told where no node has what is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a node stands for a piece of work."""

    node: str
    model: str | None
    """With which it would do it; None where that is still to be found out."""
    takes: bool
    score: float
    """Points; only those of nodes that take it are compared."""
    reasons: tuple[Message, ...]
    """All that counts for and against it, with its points; of one that does not take it, why not."""
    full: bool = False
    """Whether it has as many requests as it is given: another one had better wait."""
    notes: tuple[Message, ...] = ()
    """What the user is told if this node answers."""
    remedy: Message | None = None
    """How one that does not take it could."""
