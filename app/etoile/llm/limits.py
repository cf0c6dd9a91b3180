"""The bounds of an answer: how long it may let wait, how long it may be, and when it is whole."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from etoile.config import Routing
from etoile.errors import NodeBroken, NodeSilent, NodeUnreachable
from etoile.llm.records import End, Record, Text, Thought
from etoile.text import message

_USAGE_WITHIN_S = 1.0
"""What follows the end of an answer is worth no longer a wait: its cost, and the end of the stream, which lets the
connection be used again."""


async def limited(records: AsyncGenerator[Record], routing: Routing) -> AsyncGenerator[Record]:
    """Yield `records` as long as they keep within the bounds, and close them.

    Raises NodeSilent when nothing comes, NodeBroken when too much comes, NodeUnreachable when the stream stops before
    its end.
    """
    import anyio

    received_bytes = 0
    allowed_s = routing.first_token_s
    ended = False
    async with aclosing(records):
        while True:
            with anyio.move_on_after(allowed_s) as limit:
                record = await anext(records, None)
            if limit.cancelled_caught and not ended:
                raise NodeSilent(message("nothing came for {seconds:g} s", seconds=allowed_s))
            if limit.cancelled_caught or record is None:
                break
            match record:
                case Text(text) | Thought(text):
                    received_bytes += len(text.encode())
                case End():
                    ended = True
            if received_bytes > routing.answer_bytes:
                raise NodeBroken(message("its answer is longer than {size:bytes}", size=routing.answer_bytes))
            allowed_s = _USAGE_WITHIN_S if ended else routing.between_tokens_s
            yield record
    if not ended:
        raise NodeUnreachable(message("it broke off before the end of its answer"))
