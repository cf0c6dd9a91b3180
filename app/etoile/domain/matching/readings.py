"""What a spoken request means, from everything that it may have sounded like.

The speech model writes its likeliest reading; what it thought of next may be the command that was really said ("mets le
son" for "mais le son").  So the others are matched as well, and proposed; they never run.  On 268 noisy clips of the
test model (216 commands) letting the best sum of speech and grammar score run won one command in 216 and ran one more
wrong one; weighing it more won three, and ran two more wrong ones and two of 52 sentences that are none.

Where readings that are about as likely mean different commands, nobody can tell, so they are proposed together.  On the
same clips the likeliest reading alone ran 196 commands rightly and 17 wrongly, the best pair 197 and 18, and this 194
and 9; what was meant ran or could be chosen on 196, 197 and 206 of them (`dev.py bench readings`).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from etoile.domain.match import Candidate, Match, Reason

MOST = 4
"""Readings beyond the likeliest that are looked at; later ones are noise."""


def heard(
    readings: Sequence[str], match: Callable[[str], Match], *, meant: str | None = None, rivals: int = 0
) -> Match:
    """Return what the first of `readings` means; where that is nothing, the others' commands are its choices.

    `meant` is the first reading in words that the user said are meant by it: it counts as that reading does.  The next
    `rivals` are about as likely as the first: where they mean another command, each is a choice.
    """
    first = match(readings[0])
    if first.command and not first.then and (others := _commands(readings[1 : 1 + min(rivals, MOST)], match)):
        return _in_doubt(first, others)
    if not _tells(first) and meant not in (None, readings[0]):
        first = match(str(meant))
    if _tells(first):
        return first
    choices = tuple(map(_candidate, _commands(readings[1 : 1 + MOST], match)))
    return replace(first, reason=Reason.AMBIGUOUS, choices=choices) if choices else first


def _in_doubt(first: Match, others: Sequence[Match]) -> Match:
    """Return `first` where the others mean the same, else a proposal of all that may have been said."""
    choices = [first, *(other for other in others if _meaning(other) != _meaning(first))]
    if len(choices) == 1:
        return first
    return Match(
        text=first.text,
        language=first.language,
        choices=tuple(map(_candidate, choices)),
        reason=Reason.AMBIGUOUS,
    )


def _commands(readings: Sequence[str], match: Callable[[str], Match]) -> list[Match]:
    """Return the different commands that `readings` mean, the likeliest first."""
    found = [found for reading in readings if (found := match(reading)).command and not found.then]
    distinct = {_meaning(one): one for one in reversed(found)}
    return list(reversed(distinct.values()))


def _meaning(found: Match) -> tuple[str | None, tuple[tuple[str, str | int], ...]]:
    return found.command, tuple(sorted(found.slots.items()))


def _tells(found: Match) -> bool:
    """Whether a reading means something, be it that nothing must run."""
    return bool(found.command or found.choices) or found.reason is Reason.REFUSED


def _candidate(found: Match) -> Candidate:
    return Candidate(command=found.command or "", slots=found.slots, confidence=found.confidence)
