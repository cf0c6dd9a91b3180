"""A command that a request may mean, and which of several is meant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from etoile.domain.match import Candidate, Reason
from etoile.domain.matching.confidence import RUNS

PROPOSED = 0.8
"""Evidence for what is only proposed, at most."""
_MARGIN = 0.015
"""Two commands this near are both meant."""


@dataclass(frozen=True, slots=True)
class Found:
    """A command that a request may mean, and how that was found."""

    candidate: Candidate
    reason: Reason
    explained: int = 0
    """Words that the command's own wording explains."""
    opened: bool = False
    """Whether it was asked for: "could you ..."."""
    passed_over: int = 0
    """Light words that nothing explains."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a language makes of a request, the likeliest first."""

    found: tuple[Found, ...] = ()
    then: tuple[Candidate, ...] = ()
    refused: bool = False
    """A command is named, and it must not run."""


def runs(found: Sequence[Found]) -> bool:
    """Whether the first of `found` may run: it is sure, and no other is as likely."""
    if not found or found[0].candidate.confidence < RUNS:
        return False
    return len(found) < 2 or not as_likely(found[1], found[0])


def as_likely(second: Found, first: Found) -> bool:
    """Whether `second` may be meant as well as `first`."""
    near = second.candidate.confidence >= first.candidate.confidence - _MARGIN
    return near and second.explained >= first.explained


def ranked(found: Sequence[Found]) -> tuple[Found, ...]:
    """Return the likeliest first; of one command only its best reading."""

    def likelihood(one: Found) -> tuple[float, int, int]:
        return one.candidate.confidence, one.explained, -sum(len(str(value)) for value in one.candidate.slots.values())

    best: dict[str, Found] = {}
    for one in sorted(found, key=likelihood, reverse=True):
        best.setdefault(one.candidate.command, one)
    return tuple(best.values())


def proposed(found: Found) -> Found:
    """Return `found` so that it does not run."""
    return replace(found, candidate=replace(found.candidate, confidence=min(found.candidate.confidence, PROPOSED)))
