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


def heard(readings: Sequence[str], match: Callable[[str], Match]) -> Match:
    """Return what the first of `readings` means; where that is nothing, the others' commands are its choices."""
    first = match(readings[0])
    if first.command or first.choices or first.reason is Reason.REFUSED:
        return first
    others = [found for reading in readings[1 : 1 + MOST] if (found := match(reading)).command and not found.then]
    distinct = {(found.command, tuple(sorted(found.slots.items()))): found for found in reversed(others)}
    choices = tuple(_candidate(found) for found in reversed(distinct.values()))
    return replace(first, reason=Reason.AMBIGUOUS, choices=choices) if choices else first


def _candidate(found: Match) -> Candidate:
    return Candidate(command=found.command or "", slots=found.slots, confidence=found.confidence)
