"""A request and its answer, as later requests may refer to them."""

from dataclasses import dataclass

from etoile.domain.nodes import Attribution


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what came of it."""

    request: str
    answer: str
    attribution: tuple[Attribution, ...] = ()
    number: int = 0
    """Its place in the conversation, from 1."""
