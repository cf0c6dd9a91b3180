"""A trial of microphone and talk key: what is said is shown, and nothing is done with it."""

from dataclasses import dataclass, replace

from etoile.domain.events import Transcribed
from etoile.domain.turn import Phase, Turn


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it so far."""

    heard: str | None = None
    """What was understood last; None before that."""


def belongs_to_trial(trial: Trial | None, turn: Turn, event: Transcribed) -> bool:
    """Whether `event` is only shown: an answer to a question is none, nor what came too late."""
    return trial is not None and event.turn == turn.number and turn.question is None


def understood(turn: Turn) -> Turn:
    """Return `turn` at its end: what it heard is nobody's request."""
    return replace(turn, phase=Phase.IDLE)
