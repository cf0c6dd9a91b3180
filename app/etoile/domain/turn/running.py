"""Commands that are carried out, and those that concern the turn itself."""

from collections.abc import Callable
from dataclasses import replace

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.match import Candidate
from etoile.domain.turn.lifetime import THINKING_S, deadline, enter, finish
from etoile.domain.turn.turn import Phase, Step, Turn
from etoile.text import Message, message


def run(turn: Turn, commands: tuple[Candidate, ...]) -> Step:
    """Carry out the first of `commands`; the others wait for it."""
    first, *others = commands
    turn = enter(replace(turn, question=None, waiting=tuple(others)), Phase.THINKING)
    turn = replace(turn, command=first.command, slots=first.slots)
    if own := _OWN_COMMANDS.get(first.command):
        return own(turn)
    return turn, (_carry_out(turn, first), deadline(turn, THINKING_S))


def done(turn: Turn, event: on.ActionDone) -> Step:
    """Go on with the next command of a compound request, or end the turn with what was said."""
    return _reply(turn, event.said)


def _carry_out(turn: Turn, command: Candidate) -> do.Run:
    return do.Run(turn.number, command.command, command.slots, turn.language)


def _reply(turn: Turn, said: Message) -> Step:
    said = said if turn.said is None else message("{first} {second}", first=turn.said, second=said)
    return _go_on(replace(turn, said=said))


def _go_on(turn: Turn) -> Step:
    """Run what still waits, or end the turn."""
    return run(turn, turn.waiting) if turn.waiting else finish(turn, ok=True, said=turn.said)


def _stop_talking(turn: Turn) -> Step:
    """Silence is the reply."""
    turn, told = _go_on(replace(turn, hushed=True))
    return turn, (do.Hush(), *told)


def _cancel(turn: Turn) -> Step:
    """Undo the last action, but only where nothing was going on: breaking in has cancelled that already.

    Within a compound request nothing is undone: what it would be is anybody's guess.
    """
    if turn.interrupted or turn.waiting or turn.said is not None:
        return _reply(turn, message("Cancelled."))
    return turn, (_carry_out(turn, Candidate(command="assistant.undo")), deadline(turn, THINKING_S))


def _repeat(turn: Turn) -> Step:
    last = turn.last.answer if turn.last else None
    return _reply(turn, last or message("There is nothing to repeat yet."))


def _new_conversation(turn: Turn) -> Step:
    return _reply(replace(turn, exchanges=()), message("A new conversation."))


_OWN_COMMANDS: dict[str, Callable[[Turn], Step]] = {
    "assistant.cancel": _cancel,
    "assistant.stop_talking": _stop_talking,
    "assistant.sleep": _stop_talking,
    "assistant.repeat": _repeat,
    "assistant.read_last": _repeat,
    "conversation.new": _new_conversation,
}
