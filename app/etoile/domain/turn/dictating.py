"""Dictation: what is said into the talk key is typed into the window in front, until the user says to stop.

Nothing but the words that stop it is carried out meanwhile, whatever else the utterance may mean.
"""

from dataclasses import replace

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.commands import DICTATED
from etoile.domain.effects import Decision, Effect
from etoile.domain.match import Candidate, Match
from etoile.domain.policy import SURE
from etoile.domain.turn.lifetime import finish
from etoile.domain.turn.running import done, run
from etoile.domain.turn.turn import Step, Turn
from etoile.text import message

START, STOP = "dictation.start", "dictation.stop"
OVER = message("Dictation is over.")


def dictated(turn: Turn, match: Match) -> Step:
    """Type the request, unless it surely means to stop and nothing else."""
    stops = match.command == STOP and match.confidence >= SURE and not match.then
    command = Candidate(command=STOP) if stops else Candidate(command=DICTATED, slots={"text": turn.request})
    turn = replace(turn, decision=Decision.RUN, command=command.command, slots=command.slots, offers_undo=False)
    return run(turn, (command,))


def carried_out(turn: Turn, event: on.ActionDone) -> Step:
    """Begin or end dictation where that was the command; what was typed stands where it belongs, and is told to nobody.

    It is not spoken again and not kept in the history: it is no request.
    """
    if event.command != DICTATED:
        dictating = event.command == START or (turn.dictating and event.command != STOP)
        return done(replace(turn, dictating=dictating), event)
    turn, told = finish(replace(turn, hushed=True), ok=True, said=event.said)
    return turn, tuple(effect for effect in told if not isinstance(effect, do.Remember))


def over(turn: Turn) -> Step:
    """End dictation without a word of the user's: by a key, or because nothing was said for long."""
    stop: tuple[Effect, ...] = (do.Run(turn.number, STOP, {}, turn.language),)
    return replace(turn, dictating=False, said=OVER, failed=False), stop
