"""A request and its answer, as later requests may refer to them, or be answered with it again."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """An answer that may be given again."""

    request: str
    answer: str
    attribution: tuple[Attribution, ...]
    age_s: float
