"""A trial of microphone and talk key: what is said is shown, and nothing is done with it."""

from dataclasses import dataclass, replace

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.effects import Effect
from etoile.domain.events import Event
from etoile.domain.turn import LISTENED, Phase, Turn, step
from etoile.text import Message, message


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of it so far."""

    words: bool = True
    """Whether what is recorded becomes words; else its level is all there is to see."""
    heard: str | None = None
    """What was understood last; None before that."""
    failed: Message | None = None
    """Why nothing was understood."""
    key_down: bool = False
    """Whether the talk key is held now: in a trial it records nothing."""
    recorded: int | None = None
    """The turn that was recorded for it last: what was said before it began is a request."""


Tried = tuple[Trial, Turn, tuple[Effect, ...]]


def try_out(trial: Trial, turn: Turn, event: Event) -> Tried | None:
    """Return what `event` changes in a trial, and what is to be done; None for what is no part of it.  Pure."""
    match event:
        case on.TalkPressed() | on.TalkReleased():
            return replace(trial, key_down=isinstance(event, on.TalkPressed)), turn, ()
        case on.TalkToggled() if turn.question is None:
            return _toggled(trial, turn, event)
    if not getattr(event, "turn", None) == turn.number == trial.recorded or turn.question is not None:
        return None
    over = replace(turn, phase=Phase.IDLE)
    match event:
        case on.Transcribed(_, text):
            return replace(trial, heard=text), over, ()
        case on.NothingHeard():
            return replace(trial, failed=message("I heard nothing.")), over, ()
        case on.Failed(_, said):
            return replace(trial, failed=said), over, ()
        case on.TalkEnded() if not trial.words:
            return trial, over, (do.DiscardRecording(turn.number),)
    return None


def _toggled(trial: Trial, turn: Turn, event: on.TalkToggled) -> Tried:
    """Begin to record, or end it: without a speech model there is nothing to be made of the recording."""
    if turn.phase is Phase.LISTENING and not trial.words:
        return trial, replace(turn, phase=Phase.IDLE), (do.DiscardRecording(turn.number),)
    turn, effects = step(turn, event)
    listening = tuple(
        replace(effect, level_only=not trial.words) if isinstance(effect, do.Record) else effect for effect in effects
    )
    recorded = turn.number if turn.phase is Phase.LISTENING else trial.recorded
    return replace(trial, heard=None, failed=None, recorded=recorded), turn, listening


def leave(trial: Trial, turn: Turn) -> tuple[Turn, tuple[Effect, ...]]:
    """End the trial: what is still being said for it, or written down, is no request.  Pure."""
    in_trial = turn.number == trial.recorded and turn.phase in LISTENED
    if not in_trial or turn.question is not None:
        return turn, ()
    return replace(turn, phase=Phase.IDLE), (do.DiscardRecording(turn.number),)
