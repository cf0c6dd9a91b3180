"""The bounds of an answer: how long it may let wait, how long it may be, and when it is whole."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

from etoile.errors import NodeBroken, NodeNonsense, NodeSilent, NodeUnreachable
from etoile.llm.records import End, Preparing, Record, Text, Thought
from etoile.text import message

_USAGE_WITHIN_S = 1.0
"""What follows the end of an answer is worth no longer a wait: its cost, and the end of the stream, which lets the
connection be used again."""


@dataclass(slots=True)
class Bounds:
    """The bounds of one answer; afterwards they tell what it took of them."""

    first_s: float
    """Until the first sign of life: text, or reasoning."""
    between_s: float
    answer_bytes: int
    waited_s: float | None = field(default=None, init=False)
    """How long the first sign of life took."""
    longest_gap_s: float = field(default=0.0, init=False)
    clock: asyncio.Timeout | None = field(default=None, init=False, repr=False)
    """That of the wait that goes on."""

    def hold(self) -> None:
        """Let the first sign of life take `first_s` from now on: something tells that the node is at work."""
        if self.waited_s is None and self.clock is not None and not self.clock.expired():
            self.clock.reschedule(asyncio.get_running_loop().time() + self.first_s)


async def limited(records: AsyncGenerator[Record], bounds: Bounds) -> AsyncGenerator[Record]:
    """Yield `records` as long as they keep within the bounds, and close them.

    Raises NodeSilent when nothing comes, NodeBroken when too much comes, NodeNonsense when the same comes over and
    over, NodeUnreachable when the stream stops before its end.
    """
    now_s = asyncio.get_running_loop().time
    began_s = now_s()
    received_bytes = 0
    allowed_s = bounds.first_s
    ended = False
    monotony = _Monotony()
    async with aclosing(records):
        while True:
            asked_s = now_s()
            try:
                async with asyncio.timeout(allowed_s) as bounds.clock:
                    record = await anext(records, None)
            except TimeoutError:
                if ended:
                    break
                raise NodeSilent(
                    message("nothing came for {seconds:g} s", seconds=round(now_s() - asked_s, 1))
                ) from None
            if record is None:
                break
            match record:
                case Text(text) | Thought(text):
                    received_bytes += len(text.encode())
                    monotony.feed(text)
                case End():
                    ended = True
                case Preparing():
                    yield record
                    continue
            if received_bytes > bounds.answer_bytes:
                raise NodeBroken(message("its answer is longer than {size:bytes}", size=bounds.answer_bytes))
            if bounds.waited_s is None:
                bounds.waited_s = now_s() - began_s
            elif not ended:
                bounds.longest_gap_s = max(bounds.longest_gap_s, now_s() - asked_s)
            allowed_s = _USAGE_WITHIN_S if ended else bounds.between_s
            yield record
    if not ended:
        raise NodeUnreachable(message("it broke off before the end of its answer"))


class _Monotony:
    """Notices that a model says the same over and over, as small ones do until their context is full.

    So much of it (three pages) that no request for a hundred lines alike is taken for it.
    """

    TAIL = 6000
    LONGEST_PERIOD = 600
    EVERY = 500

    def __init__(self) -> None:
        self._tail = ""
        self._fresh: list[str] = []
        self._fresh_length = 0

    def feed(self, text: str) -> None:
        """Take a further piece.  Raises NodeNonsense when the last `TAIL` characters are one piece repeated."""
        self._fresh.append(text)
        self._fresh_length += len(text)
        if self._fresh_length < self.EVERY:
            return
        self._tail = (self._tail + "".join(self._fresh))[-self.TAIL :]
        self._fresh.clear()
        self._fresh_length = 0
        if len(self._tail) == self.TAIL and self._repeats():
            raise NodeNonsense(message("it says the same over and over"))

    def _repeats(self) -> bool:
        head = self._tail[: self.LONGEST_PERIOD]
        period = self._tail.find(head, 1, 2 * self.LONGEST_PERIOD)
        return period > 0 and self._tail[period:] == self._tail[:-period]
