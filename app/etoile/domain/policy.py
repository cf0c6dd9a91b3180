"""What may become of a request that was understood as a command: run it, ask first, propose, refuse, or hand it on.

A wrong action is far worse than no action: what destroys asks first, what is uncertain is only proposed, and where
nobody is there to answer, what would ask is refused.  A wake word and a model's proposal come from nobody in
particular: there no word confirms what destroys, only a hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from etoile.domain.commands import COMMANDS, NODE_REQUEST, Consequence
from etoile.domain.effects import Decision
from etoile.domain.events import Asking, Origin
from etoile.domain.match import Candidate, Match, Reason

SURE = 0.85
"""Confidence from which a command may run."""
LOW = 0.5
"""Confidence below which a command is not even proposed."""


class Case(IntEnum):
    """What a request comes to, the columns of the table; the first four tell how much harm a command can do."""

    SAFE = 0
    """It says or shows something."""
    REVERSIBLE = 1
    """It can be undone, or simply done the other way round."""
    MAY_LOSE = 2
    """It can be undone and may lose something all the same."""
    DESTROYS = 3
    """Work may be lost."""
    UNSURE = 4
    """Likelier than not it is one of a few commands."""
    NOTHING = 5
    """It is no command."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of a request."""

    decision: Decision
    offers_undo: bool = True
    """Whether what ran is offered to be taken back, where it can be."""
    by_hand: bool = False
    """Only a click or a key says yes."""


RUN = Ruling(Decision.RUN, offers_undo=False)
UNDO = Ruling(Decision.RUN)
ASK = Ruling(Decision.ASK)
HAND = Ruling(Decision.ASK, by_hand=True)
OFFER = Ruling(Decision.PROPOSE)
SHOW = Ruling(Decision.PROPOSE, by_hand=True)
PASS = Ruling(Decision.ROUTE)
STOP = Ruling(Decision.REFUSE)

TABLE: Mapping[Origin, tuple[Ruling, ...]] = {
    #                safe  reversible  may lose  destroys  unsure  nothing
    Origin.VOICE:    (RUN,  UNDO,      ASK,      ASK,      OFFER,  PASS),
    Origin.WINDOW:   (RUN,  UNDO,      ASK,      ASK,      OFFER,  PASS),
    Origin.LINE:     (RUN,  UNDO,      ASK,      ASK,      OFFER,  PASS),
    Origin.WAKE:     (RUN,  UNDO,      HAND,     HAND,     OFFER,  PASS),
    Origin.SKILL:    (RUN,  UNDO,      ASK,      ASK,      STOP,   STOP),
    Origin.PROPOSAL: (HAND, HAND,      HAND,     HAND,     SHOW,   STOP),
}  # fmt: skip
"""A row for where a request came from, a column for each `Case`."""

_WITH_NOBODY: Mapping[Ruling, Ruling] = {ASK: STOP, HAND: STOP, OFFER: PASS, SHOW: STOP}
"""Where nobody is there to answer."""


def decide(match: Match, asking: Asking) -> Ruling:
    """Return what becomes of a request that means `match` and came as `asking` tells."""
    ruling = TABLE[asking.origin][case_of(match)]
    if asking.can_confirm or (asking.dry_run and ruling.decision is Decision.ASK):
        return ruling
    return _WITH_NOBODY.get(ruling, ruling)


def case_of(match: Match) -> Case:
    """Return what a request comes to; several commands count as the most harmful of them."""
    if match.command is not None and match.confidence >= SURE:
        return max(harm(command) for command in commands_of(match))
    return Case.UNSURE if choices_of(match) else Case.NOTHING


def choices_of(match: Match) -> tuple[Candidate, ...]:
    """Return what may be proposed of a request that is no sure command."""
    if match.command is not None:
        return ()
    unsure = match.reason in (Reason.AMBIGUOUS, Reason.BELOW_THRESHOLD)
    return tuple(choice for choice in match.choices if unsure and choice.confidence >= LOW)


def commands_of(match: Match) -> tuple[Candidate, ...]:
    """Return every command of a request, in order; empty when there is none."""
    if match.command is None:
        return ()
    first = Candidate(command=match.command, slots=match.slots, confidence=match.confidence, steps=match.steps)
    return (first, *match.then)


def parts_of(candidate: Candidate) -> tuple[Candidate, ...]:
    """Return what is carried out one after the other: the steps of a skill, else the command itself."""
    return candidate.steps or (candidate,)


def harm(candidate: Candidate) -> Case:
    """Return how much harm a command can do; a skill as much as its most harmful step."""
    return max(_harm_of_one(part.command) for part in parts_of(candidate))


def asks_first(candidate: Candidate) -> bool:
    """Whether a command needs the user's word before it runs, wherever it came from."""
    return harm(candidate) >= Case.MAY_LOSE


def _harm_of_one(name: str) -> Case:
    if name == NODE_REQUEST:
        return Case.SAFE
    command = COMMANDS.get(name)
    if command is None or command.consequence is Consequence.DESTRUCTIVE:
        return Case.DESTROYS
    if command.asks:
        return Case.MAY_LOSE
    return Case.REVERSIBLE if command.consequence is Consequence.REVERSIBLE else Case.SAFE
