"""What was heard and is no command may be corrected by a small model, before it goes to the nodes.

Nothing waits for that but what would wait for a node anyway, and not for long.  A command that comes to light is only
proposed: nobody said it in those words.  What was heard is kept, and shown beside the request.
"""

from dataclasses import replace

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.rewording import believable
from etoile.domain.turn.lifetime import THINKING_S, deadline, enter, is_spoken
from etoile.domain.turn.turn import Phase, Step, Turn
from etoile.text import message

CORRECTING_S = 8.0
"""After this the request goes to the nodes as it was heard."""


def wants_correction(turn: Turn) -> bool:
    """Whether what was heard is to be corrected before it goes to the nodes."""
    return bool(turn.correct_with) and is_spoken(turn) and not turn.corrected


def correct(turn: Turn, ask: do.Ask) -> Step:
    """Have it corrected; `ask` goes to the nodes otherwise."""
    turn = replace(enter(turn, Phase.THINKING), uncorrected=ask, corrected=True, doing=_DOING)
    wanted = do.Correct(turn.number, turn.request, turn.language, turn.correct_with)
    return turn, (wanted, deadline(turn, CORRECTING_S))


_DOING = message("Correcting what was heard")


def corrected(turn: Turn, event: on.Corrected) -> Step:
    """Take the request in its new words, and see whether they mean a command; where they can be believed."""
    if turn.uncorrected is None:
        return turn, ()
    if event.text == turn.request or not believable(turn.request, event.text):
        return as_heard(turn)
    before, heard = turn.request, turn.heard or turn.request
    turn = replace(enter(turn, Phase.THINKING), uncorrected=None, doing=None, heard=heard, request=event.text)
    look = do.Interpret(turn.number, before, turn.language, (event.text,), spoken=True)
    return turn, (look, deadline(turn, THINKING_S))


def as_heard(turn: Turn) -> Step:
    """Send the request as it was heard."""
    ask = turn.uncorrected
    turn = replace(enter(turn, Phase.THINKING), uncorrected=None, doing=None)
    return turn, ((ask,) if ask else ()) + (deadline(turn, THINKING_S),)
