"""Questions that stand between a request and what it would do."""

from dataclasses import replace

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.descriptions import consequence_of, describe
from etoile.domain.effects import Decision, Effect, Option, Question
from etoile.domain.events import Asking, Event
from etoile.domain.match import Candidate, Match
from etoile.domain.policy import asks_first
from etoile.domain.replies import DECLINE, reply_to
from etoile.domain.turn.lifetime import begin, deadline, finish, interpret, speaks
from etoile.domain.turn.running import run
from etoile.domain.turn.turn import Phase, Step, Turn
from etoile.text import message


def put(turn: Turn, question: Question) -> Step:
    """Ask the user; the turn waits for the answer, and not for ever."""
    turn = replace(turn, phase=Phase.CONFIRMING, question=question)
    told: tuple[Effect, ...] = ()
    if turn.asking.ticket:
        told = (do.ReportQuestion(turn.asking.ticket, question),)
    elif speaks(turn):
        told = (do.Say(turn.number, question.asked, turn.language, last=False),)
    return turn, (*told, deadline(turn, turn.confirm_s))


def confirmation(turn: Turn, commands: tuple[Candidate, ...]) -> Question:
    """Ask about the first command that asks; a compound request asks once and names everything it would do."""
    named = [describe(candidate) for candidate in commands]
    asked = message("{what}?", what=named[0])
    if len(named) > 1:
        asked = message("{what}? With it: {others}.", what=named[0], others=named[1:])
    first = commands[0]
    destructive = any(asks_first(candidate) for candidate in commands)
    option = Option(named[0], first.command, first.slots, destructive)
    return Question(turn.number, asked, consequence_of(first.command), (option,), then=commands[1:])


def did_you_mean(turn: Turn, found: Match) -> Question:
    """Return the question which of the found commands was meant."""
    options = tuple(
        Option(describe(choice), choice.command, choice.slots, asks_first(choice)) for choice in found.choices
    )
    return Question(turn.number, message("Did you mean:"), None, options)


def chosen(turn: Turn, event: on.Chosen) -> Step:
    """Run what the user chose."""
    question = turn.question
    if question is None or not 0 <= event.index < len(question.options):
        return turn, ()
    option = question.options[event.index]
    chosen = Candidate(command=option.command, slots=option.slots, confidence=1.0)
    turn = replace(turn, question=None, decision=Decision.RUN)
    if option.destructive and len(question.options) > 1:
        # "Did you mean" chooses what is asked; what destroys still asks about itself.
        return put(turn, confirmation(turn, (chosen,)))
    return run(turn, (chosen, *question.then))


def declined(turn: Turn, event: Event) -> Step:
    """End the turn: the user wants none of it."""
    return finish(replace(turn, question=None), ok=False, said=message("Nothing was done."))


def answered(turn: Turn, text: str, language: str) -> Step:
    """Take `text` for the answer to the question; what is no answer is a new request, and the question is dropped."""
    assert turn.question is not None
    reply = reply_to(text, language, len(turn.question.options))
    if reply is DECLINE:
        return declined(turn, on.Declined(turn.number))
    if isinstance(reply, int):
        return chosen(replace(turn, phase=Phase.CONFIRMING), on.Chosen(turn.number, reply))
    fresh = begin(turn, Phase.THINKING, Asking(origin=turn.asking.origin))
    return interpret(fresh, text, language, (do.Hush(), do.StopWork(turn.number)))


# Deadlines
