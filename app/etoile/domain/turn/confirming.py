"""Questions that stand between a request and what it would do."""

from dataclasses import replace
from functools import reduce

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.descriptions import consequence_of, describe
from etoile.domain.effects import Decision, Effect, Option, Question
from etoile.domain.events import Asking
from etoile.domain.match import Candidate, Match
from etoile.domain.policy import asks_first
from etoile.domain.replies import DECLINE, reply_to
from etoile.domain.turn.lifetime import begin, deadline, enter, finish, give_up, interpret, speaks
from etoile.domain.turn.running import run
from etoile.domain.turn.turn import Phase, Step, Turn
from etoile.text import message


def put(turn: Turn, question: Question) -> Step:
    """Ask the user; the turn waits for the answer, and not for ever."""
    turn = enter(turn, Phase.CONFIRMING)
    question = replace(question, number=turn.stage)
    turn = replace(turn, question=question)
    told: tuple[Effect, ...] = ()
    if turn.asking.ticket:
        told = (do.ReportQuestion(turn.asking.ticket, question),)
    elif speaks(turn):
        told = (do.Say(turn.number, question.asked, turn.language, last=False),)
    return turn, (*told, deadline(turn, turn.confirm_s))


def put_again(turn: Turn) -> Step:
    """Go back to waiting for the answer, for as long as at first."""
    turn = enter(turn, Phase.CONFIRMING)
    return turn, (deadline(turn, turn.confirm_s),)


def confirmation(turn: Turn, commands: tuple[Candidate, ...]) -> Question:
    """Return the question about the first command that asks; it names everything else that would be done with it."""
    asking = [candidate for candidate in commands if asks_first(candidate)] or list(commands[:1])
    what = describe(asking[0])
    others = [describe(candidate) for candidate in commands if candidate is not asking[0]]
    asked = message("{what}? With it: {others}.", what=what, others=others) if others else message("{what}?", what=what)
    costs = list(dict.fromkeys(cost for candidate in asking if (cost := consequence_of(candidate.command))))
    consequence = reduce(lambda one, two: message("{first} {second}", first=one, second=two), costs) if costs else None
    first = commands[0]
    option = Option(what, first.command, first.slots, any(asks_first(candidate) for candidate in commands))
    return Question(turn.number, turn.stage, asked, consequence, (option,), then=commands[1:])


def did_you_mean(turn: Turn, found: Match) -> Question:
    """Return the question which of the found commands was meant."""
    options = tuple(
        Option(describe(choice), choice.command, choice.slots, asks_first(choice)) for choice in found.choices
    )
    return Question(turn.number, turn.stage, message("Did you mean:"), None, options, proposes=True)


def chosen(turn: Turn, event: on.Chosen) -> Step:
    """Run what the user chose; an answer that was being spoken is no longer wanted."""
    question = turn.question
    if question is None or event.question != question.number or not 0 <= event.index < len(question.options):
        return turn, ()
    option = question.options[event.index]
    wanted = Candidate(command=option.command, slots=option.slots, confidence=1.0)
    stop = _stop_listening(turn)
    turn = replace(turn, question=None, decision=Decision.RUN, said=None, remedy=None, failed=False)
    if option.destructive and question.proposes:
        # "Did you mean" chooses what is asked; what destroys still asks about itself.
        turn, told = put(turn, confirmation(turn, (wanted,)))
    else:
        turn, told = run(turn, (wanted, *question.then))
    return turn, stop + told


def declined(turn: Turn, event: on.Declined) -> Step:
    """End the turn: the user wants none of it."""
    if turn.question is None or event.question != turn.question.number:
        return turn, ()
    stop = _stop_listening(turn)
    turn, told = finish(turn, ok=False, said=message("Nothing was done."))
    return turn, stop + told


def answered(turn: Turn, question: Question, text: str, language: str, asking: Asking) -> Step:
    """Take `text` for the answer to `question`; what is no answer is a new request, and the question is dropped."""
    reply = reply_to(text, language, len(question.options))
    turn = replace(turn, phase=Phase.CONFIRMING)
    if reply is DECLINE:
        return declined(turn, on.Declined(turn.number, question.number))
    if isinstance(reply, int):
        return chosen(turn, on.Chosen(turn.number, question.number, reply))
    return interpret(begin(turn, Phase.THINKING, asking), text, language, give_up(turn))


def _stop_listening(turn: Turn) -> tuple[Effect, ...]:
    """A click answers faster than the voice: what was being said to the question is not waited for."""
    listening = turn.phase in (Phase.LISTENING, Phase.TRANSCRIBING)
    return (do.DiscardRecording(turn.number),) if listening else ()
