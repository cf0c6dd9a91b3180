"""Commands that are carried out, and those that concern the turn itself."""

from collections.abc import Callable
from dataclasses import replace

from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.match import Candidate
from etoile.domain.turn.lifetime import finish
from etoile.domain.turn.turn import Phase, Step, Turn
from etoile.text import message


def run(turn: Turn, commands: tuple[Candidate, ...]) -> Step:
    """Carry out the first of `commands`; the others wait for it."""
    first, *others = commands
    if own := _OWN_COMMANDS.get(first.command):
        return own(turn)
    turn = replace(
        turn, phase=Phase.THINKING, question=None, command=first.command, slots=first.slots, waiting=tuple(others)
    )
    return turn, (do.Run(turn.number, first.command, first.slots, turn.language),)


def done(turn: Turn, event: on.ActionDone) -> Step:
    """Go on with the next command of a compound request, or end the turn with what was said."""
    said = event.said if turn.said is None else message("{first} {second}", first=turn.said, second=event.said)
    if turn.waiting:
        return run(replace(turn, said=said), turn.waiting)
    return finish(turn, ok=True, said=said)


def _stop_talking(turn: Turn) -> Step:
    """Silence is the reply; breaking in has hushed the voice already."""
    ended, told = finish(replace(turn, muted=True), ok=True, said=message("Silent."))
    return replace(ended, muted=turn.muted, phase=Phase.IDLE), (do.Hush(), *told)


def _cancel(turn: Turn) -> Step:
    """Breaking in has cancelled what was going on; where there was nothing, the last action is undone."""
    if turn.interrupted:
        return finish(turn, ok=True, said=message("Cancelled."))
    return turn, (do.Run(turn.number, "assistant.undo", {}, turn.language),)


def _repeat(turn: Turn) -> Step:
    last = turn.last.answer if turn.last else None
    return finish(turn, ok=True, said=last or message("There is nothing to repeat yet."))


def _new_conversation(turn: Turn) -> Step:
    return finish(replace(turn, exchanges=()), ok=True, said=message("A new conversation."))


_OWN_COMMANDS: dict[str, Callable[[Turn], Step]] = {
    "assistant.cancel": _cancel,
    "assistant.stop_talking": _stop_talking,
    "assistant.sleep": _stop_talking,
    "assistant.repeat": _repeat,
    "assistant.read_last": _repeat,
    "conversation.new": _new_conversation,
}
