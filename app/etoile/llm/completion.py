"""A whole answer, for whoever does not read along.

It is gathered from a stream rather than asked for in one piece: only a stream tells early that a node hangs, ends the
node's work when it is closed, and shows by its end that nothing is missing.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from etoile.errors import NodeUnreachable
from etoile.llm.records import End, Record, Text, Thought, ToolCall, Usage
from etoile.text import message


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """An answer from its first word to its last."""

    text: str
    reasoning: str = ""
    calls: tuple[ToolCall, ...] = ()
    finish_reason: str | None = None
    """As `End` tells it."""
    usage: Usage


async def completed(records: AsyncGenerator[Record]) -> Completion:
    """Return what `records` make together, and close them.

    Raises NodeError; NodeUnreachable where they stop before their end.
    """
    text: list[str] = []
    reasoning: list[str] = []
    calls: list[ToolCall] = []
    usage, end = Usage(), None
    async with aclosing(records):
        async for record in records:
            match record:
                case Text(piece):
                    text.append(piece)
                case Thought(piece):
                    reasoning.append(piece)
                case ToolCall():
                    calls.append(record)
                case Usage():
                    usage = record
                case End(reason):
                    end = End(reason or (end.finish_reason if end else None))
    if end is None:
        raise NodeUnreachable(message("it broke off before the end of its answer"))
    return Completion(
        text="".join(text),
        reasoning="".join(reasoning),
        calls=tuple(calls),
        finish_reason=end.finish_reason,
        usage=usage,
    )
