"""What a spoken request means, from everything that it may have sounded like.

The speech model writes its likeliest reading; what it thought of next may be the command that was really said ("mets le
son" for "mais le son").  So where the likeliest reading means nothing, the others are matched as well, but they are
proposed and never run: on noisy clips of the test model, running them won half a command in a hundred at best, and ran
commands on one to nine of 52 sentences that were none (see CONTRIBUTING).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from etoile.domain.match import Candidate, Match, Reason

MOST = 4
"""Readings beyond the likeliest that are looked at; later ones are noise."""


def heard(readings: Sequence[str], match: Callable[[str], Match], *, meant: str | None = None) -> Match:
    """Return what the first of `readings` means; where that is nothing, the others' commands are its choices.

    `meant` is the first reading in words that the user said are meant by it: it counts as that reading does.
    """
    first = match(readings[0])
    if not _tells(first) and meant not in (None, readings[0]):
        first = match(str(meant))
    if _tells(first):
        return first
    others = [found for reading in readings[1 : 1 + MOST] if (found := match(reading)).command and not found.then]
    distinct = {(found.command, tuple(sorted(found.slots.items()))): found for found in reversed(others)}
    choices = tuple(_candidate(found) for found in reversed(distinct.values()))
    return replace(first, reason=Reason.AMBIGUOUS, choices=choices) if choices else first


def _tells(found: Match) -> bool:
    """Whether a reading means something, be it that nothing must run."""
    return bool(found.command or found.choices) or found.reason is Reason.REFUSED


def _candidate(found: Match) -> Candidate:
    return Candidate(command=found.command or "", slots=found.slots, confidence=found.confidence)
