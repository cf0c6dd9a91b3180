"""Questions that stand between a request and what it would do.

A question is bound to its action and names it.  A word answers it from the moment it is asked until `confirm_s` after
it has been read aloud; a click does for `shown_s` more; then it expires.
"""

from dataclasses import replace
from functools import reduce

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.descriptions import consequence_of, describe
from etoile.domain.effects import Decision, Effect, Option, Question
from etoile.domain.events import Asking, Event, Origin
from etoile.domain.match import Candidate, Match
from etoile.domain.policy import Ruling, asks_first, choices_of, harm, parts_of
from etoile.domain.proposals import written
from etoile.domain.replies import DECLINE, is_none_of_them, reply_to
from etoile.domain.turn.lifetime import (
    NOTHING_DONE,
    THINKING_S,
    begin,
    deadline,
    enter,
    finish,
    give_up,
    interpret,
    speaks,
)
from etoile.domain.turn.lifetime import question as for_nodes
from etoile.domain.turn.running import run
from etoile.domain.turn.turn import LISTENED, Phase, Standing, Step, Turn
from etoile.text import Message, message

READING_S = 60.0
"""A question that is not said to be read after this long is taken for read."""
_HERE = frozenset({Origin.VOICE, Origin.WAKE, Origin.WINDOW})
"""Where somebody may say that none of what is proposed was meant."""
_NOBODY = frozenset({Origin.WAKE, Origin.SKILL, Origin.PROPOSAL})
"""Where no word confirms what destroys."""


def put(turn: Turn, question: Question) -> Step:
    """Ask the user; the turn waits for the answer, and not for ever."""
    turn = enter(turn, Phase.CONFIRMING)
    question = replace(question, number=turn.stage)
    turn = replace(turn, question=question, standing=Standing.OPEN)
    if turn.asking.ticket:
        return turn, (do.ReportQuestion(turn.asking.ticket, question), deadline(turn, turn.confirm_s))
    if not speaks(turn):
        return turn, (deadline(turn, turn.confirm_s),)
    say = do.Say(turn.number, aloud(question), turn.language, last=True)
    return replace(turn, standing=Standing.READING), (say, deadline(turn, READING_S))


def put_again(turn: Turn) -> Step:
    """Go back to waiting for the answer, for as long as at first."""
    standing = Standing.SHOWN if turn.standing is Standing.SHOWN else Standing.OPEN
    turn = replace(enter(turn, Phase.CONFIRMING), standing=standing)
    return turn, (deadline(turn, turn.shown_s if standing is Standing.SHOWN else turn.confirm_s),)


def read_aloud(turn: Turn, event: Event) -> Step:
    """Begin to count: the question has been read to its end, or cannot be."""
    return put_again(turn) if turn.standing is Standing.READING else (turn, ())


def unanswered(turn: Turn) -> Step:
    """Nobody answered in time: first words answer no more, then nothing does."""
    match turn.standing:
        case Standing.READING:
            return put_again(turn)
        case Standing.OPEN:
            return put_again(replace(turn, standing=Standing.SHOWN))
        case Standing.SHOWN:
            return _unwanted(turn, message("The question expired: nothing was done."))


def aloud(question: Question) -> Message:
    """Return the question as it is read: with its choices, numbered, and with what it costs."""
    options = _runnable(question)
    if question.proposes and len(options) > 1:
        choices = [
            message("{number}, {what}", number=number, what=option.label)
            for number, option in enumerate(options, start=1)
        ]
        return message("{asked} {choices}?", asked=question.asked, choices=choices)
    if question.proposes:
        return message("{asked} {what}?", asked=question.asked, what=question.options[0].label)
    if question.consequence is None:
        return question.asked
    return message("{first} {second}", first=question.asked, second=question.consequence)


def confirmation(turn: Turn, commands: tuple[Candidate, ...], *, by_hand: bool = False) -> Question:
    """Return the question about the most harmful of `commands`; it names everything else that would be done with it."""
    parts = [part for command in commands for part in parts_of(command)]
    worst = max(parts, key=harm)
    what = describe(worst)
    others = [describe(part) for part in parts if part is not worst]
    skills = [str(command.slots["skill"]) for command in commands if command.steps]
    asked = message("{what}? With it: {others}.", what=what, others=others) if others else message("{what}?", what=what)
    if skills:
        asked = message("Run the skill “{skill}”? {asked}", skill=skills, asked=asked)
    first = commands[0]
    option = Option(what, first.command, first.slots, any(map(asks_first, commands)), first.steps)
    return Question(
        turn.number, turn.stage, asked, _costs(parts, by_hand=by_hand), (option,), then=commands[1:], by_hand=by_hand
    )


def _costs(parts: list[Candidate], *, by_hand: bool) -> Message | None:
    """Return what is lost, and that a word does not suffice; None when there is nothing to say."""
    asking = [part for part in parts if asks_first(part)]
    said = list(dict.fromkeys(cost for part in asking if (cost := consequence_of(part.command))))
    if by_hand:
        said.append(BY_HAND)
    return reduce(lambda one, two: message("{first} {second}", first=one, second=two), said) if said else None


BY_HAND = message("Only a click or a key confirms this.")


def _runnable(question: Question) -> tuple[Option, ...]:
    return tuple(option for option in question.options if option.command)


def did_you_mean(turn: Turn, found: Match, *, by_hand: bool = False) -> Question:
    """Return the question which of the found commands was meant; if none, a node may know what to make of it."""
    options = tuple(
        Option(describe(choice), choice.command, choice.slots, asks_first(choice), choice.steps)
        for choice in choices_of(found)
    )
    if turn.has_nodes and turn.asking.origin in _HERE:
        options = (*options, _NONE_OF_THESE)
    consequence = BY_HAND if by_hand else None
    asked = message("Did you mean:")
    return Question(turn.number, turn.stage, asked, consequence, options, proposes=True, by_hand=by_hand)


_NONE_OF_THESE = Option(message("None of these: ask a node"), command="", slots={})


def offered_by(turn: Turn) -> Question:
    """Return the question whether any of what models propose is wanted: whatever it is, only a hand says so."""
    node = turn.attribution[-1].node if turn.attribution else "?"
    options = tuple(Option(as_shown(one), one.command, one.slots, asks_first(one), one.steps) for one in turn.proposals)
    asked = message("{node} proposes:", node=node)
    return Question(turn.number, turn.stage, asked, BY_HAND, options, proposes=True, by_hand=True)


def as_shown(proposal: Candidate) -> Message:
    """Return what a model proposes, with its id and slots word for word."""
    return message("{what} [{command}]", what=describe(proposal), command=written(proposal.command, proposal.slots))


def preview(turn: Turn, found: Match, ruling: Ruling, commands: tuple[Candidate, ...]) -> Message | None:
    """Return what would be done; None where nothing would be."""
    parts = [describe(part) for command in commands for part in parts_of(command)]
    match ruling.decision:
        case Decision.RUN:
            return message("I would do this: {what}.", what=parts)
        case Decision.ASK:
            asked = aloud(confirmation(turn, commands, by_hand=ruling.by_hand))
            return message("I would ask first: {asked}", asked=asked)
        case Decision.PROPOSE:
            return message("I would ask what is meant. {asked}", asked=aloud(did_you_mean(turn, found)))
        case Decision.ROUTE:
            return message("I would hand this to a node: it is no command.")
        case Decision.REFUSE:
            return None


def chosen(turn: Turn, event: on.Chosen) -> Step:
    """Run what the user chose; an answer that was being spoken is no longer wanted."""
    question = turn.question
    if question is None or event.question != question.number or not 0 <= event.index < len(question.options):
        return turn, ()
    option = question.options[event.index]
    if not option.command:
        return _handed_over(turn)
    wanted = Candidate(command=option.command, slots=option.slots, confidence=1.0, steps=option.steps)
    stop = _stop_listening(turn)
    turn = replace(turn, question=None, decision=Decision.RUN, said=None, remedy=None, failed=False)
    turn = replace(turn, command=wanted.command, slots=wanted.slots)
    if option.destructive and question.proposes:
        # "Did you mean" chooses what is asked; what destroys still asks about itself.
        by_hand = question.by_hand or turn.asking.origin in _NOBODY
        turn, told = put(turn, confirmation(turn, (wanted,), by_hand=by_hand))
    else:
        turn, told = run(turn, (wanted, *question.then))
    return turn, stop + told


def declined(turn: Turn, event: on.Declined) -> Step:
    """End the turn: the user wants none of it."""
    if turn.question is None or event.question != turn.question.number:
        return turn, ()
    stop = _stop_listening(turn)
    turn, told = _unwanted(turn, NOTHING_DONE)
    return turn, stop + told


def _handed_over(turn: Turn) -> Step:
    """Ask a node: none of the proposed commands was meant."""
    stop = _stop_listening(turn)
    turn = replace(enter(turn, Phase.THINKING), question=None, decision=Decision.ROUTE, command=None, slots={})
    turn = replace(turn, said=None, remedy=None, failed=False)
    ask = replace(for_nodes(turn, turn.request), kind=turn.kind, why=turn.asking.why)
    return turn, (*stop, ask, deadline(turn, THINKING_S))


def _unwanted(turn: Turn, said: Message) -> Step:
    """End the turn; what a model has answered stays an answer, whatever becomes of what it proposes."""
    if turn.proposals and turn.decision is Decision.ROUTE:
        return finish(replace(turn, notes=(*turn.notes, said)), ok=True, aloud=said)
    return finish(turn, ok=False, said=said)


def answered(turn: Turn, question: Question, text: str, language: str, asking: Asking) -> Step:
    """Take `text` for the answer to `question`; what is no answer is a new request, and the question is dropped."""
    reply = reply_to(text, language, len(_runnable(question)))
    turn = replace(turn, phase=Phase.CONFIRMING)
    if turn.standing is not Standing.SHOWN and _says_none_of_these(question, text, language):
        return _handed_over(turn)
    if reply is DECLINE:
        return declined(turn, on.Declined(turn.number, question.number))
    if not isinstance(reply, int):
        return interpret(begin(turn, Phase.THINKING, asking), text, language, give_up(turn))
    if question.by_hand or (question.options[reply].destructive and asking.origin in _NOBODY):
        return _only_by_hand(turn, BY_HAND)
    if turn.standing is Standing.SHOWN:
        return _only_by_hand(turn, _TOO_LATE)
    return chosen(turn, on.Chosen(turn.number, question.number, reply))


def _says_none_of_these(question: Question, text: str, language: str) -> bool:
    """Whether `text` chooses to ask a node, by its number or by a "no"; "cancel" does not."""
    if question.options[-1].command:
        return False
    return is_none_of_them(text) or reply_to(text, language, len(question.options)) == len(question.options) - 1


_TOO_LATE = message("That came too late for a word: click, or ask again.")


def _only_by_hand(turn: Turn, said: Message) -> Step:
    """Tell why the word did not answer; the question stays as it stands."""
    turn, waiting = put_again(replace(turn, said=said))
    told = (do.Say(turn.number, said, turn.language, last=False),) if speaks(turn) else ()
    return turn, (*told, *waiting)


def _stop_listening(turn: Turn) -> tuple[Effect, ...]:
    """A click is faster than the voice, the user's and ours: neither is waited for."""
    if turn.phase in LISTENED:
        return (do.DiscardRecording(turn.number),)
    return (do.Hush(),) if turn.standing is Standing.READING and turn.phase is Phase.CONFIRMING else ()
