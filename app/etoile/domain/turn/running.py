"""Commands that are carried out one after the other, and those that concern the turn itself."""

from collections.abc import Callable
from dataclasses import replace

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.commands import CONSENSUS, NODE_REQUEST
from etoile.domain.descriptions import describe
from etoile.domain.effects import Effect
from etoile.domain.match import Candidate
from etoile.domain.policy import parts_of
from etoile.domain.turn.lifetime import THINKING_S, deadline, enter, finish, question, speaks
from etoile.domain.turn.making import begin_draft, kept
from etoile.domain.turn.turn import Phase, Step, Turn
from etoile.text import Message, message


def run(turn: Turn, commands: tuple[Candidate, ...]) -> Step:
    """Carry out `commands` in their order, skills step by step; the first that fails ends it."""
    parts = tuple(part for command in commands for part in parts_of(command))
    return go_on(replace(turn, question=None, waiting=parts, parts=len(parts)))


def go_on(turn: Turn) -> Step:
    """Begin the next command that waits."""
    first, *others = turn.waiting
    turn = enter(replace(turn, waiting=tuple(others)), Phase.THINKING)
    turn, shown = _show(turn, first)
    if own := _OWN_COMMANDS.get(first.command):
        turn, told = own(turn, first)
        return turn, (*shown, *told)
    return turn, (*shown, _carry_out(turn, first), deadline(turn, THINKING_S))


def done(turn: Turn, event: on.ActionDone) -> Step:
    """Go on with the next command of a compound request, or end the turn with what was said."""
    turn = replace(turn, undoable=turn.undoable or (event.undoable and turn.offers_undo))
    if event.command == "skills.create":
        return kept(turn, event)
    return _reply(turn, event.said)


def _show(turn: Turn, command: Candidate) -> tuple[Turn, tuple[Effect, ...]]:
    """Show which of several commands begins."""
    if turn.parts < 2:
        return turn, ()
    number = turn.parts - len(turn.waiting)
    doing = message("{number} of {parts}: {what}", number=number, parts=turn.parts, what=describe(command))
    ticket = turn.asking.ticket
    return replace(turn, doing=doing), (do.ReportStep(ticket, doing),) if ticket else ()


def _carry_out(turn: Turn, command: Candidate) -> do.Run | do.Ask:
    if command.command == NODE_REQUEST:
        return question(turn, str(command.slots["query"]))
    if command.command == CONSENSUS:
        return replace(question(turn, str(command.slots["query"])), node=None, plan="consensus")
    return do.Run(turn.number, command.command, command.slots, turn.language)


def _reply(turn: Turn, said: Message) -> Step:
    """Tell what came of one command, then go on."""
    whole = said if turn.said is None else message("{first} {second}", first=turn.said, second=said)
    turn = replace(turn, said=whole)
    if not turn.waiting:
        return finish(turn, ok=True, said=whole, aloud=said)
    told = (do.Say(turn.number, said, turn.language, last=False),) if speaks(turn) else ()
    turn, following = go_on(turn)
    return turn, (*told, *following)


def _stop_talking(turn: Turn, _: Candidate) -> Step:
    """Silence is the reply."""
    turn = replace(turn, hushed=True)
    turn, told = go_on(turn) if turn.waiting else finish(turn, ok=True, said=turn.said)
    return turn, (do.Hush(), *told)


def _cancel(turn: Turn, _: Candidate) -> Step:
    """Undo the last action, but only where nothing was going on: breaking in has cancelled that already.

    Within a compound request nothing is undone: what it would be is anybody's guess.
    """
    if turn.interrupted or turn.waiting or turn.said is not None:
        return _reply(turn, message("Cancelled."))
    return turn, (_carry_out(turn, Candidate(command="assistant.undo")), deadline(turn, THINKING_S))


def _repeat(turn: Turn, _: Candidate) -> Step:
    last = turn.last.answer if turn.last else None
    return _reply(turn, last or message("There is nothing to repeat yet."))


def _new_conversation(turn: Turn, _: Candidate) -> Step:
    turn = replace(turn, conversation=turn.conversation.over(turn.number))
    turn, told = _reply(turn, message("A new conversation."))
    return turn, (do.BeginConversation(), *told)


_OWN_COMMANDS: dict[str, Callable[[Turn, Candidate], Step]] = {
    "assistant.cancel": _cancel,
    "assistant.stop_talking": _stop_talking,
    "assistant.sleep": _stop_talking,
    "assistant.repeat": _repeat,
    "assistant.read_last": _repeat,
    "conversation.new": _new_conversation,
    "skills.create": begin_draft,
}
