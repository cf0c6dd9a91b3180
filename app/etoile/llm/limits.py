"""The bounds of an answer: how long it may let wait, how long it may be, and when it is whole."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Self, TypeVar

from etoile.errors import NodeBroken, NodeNonsense, NodeSilent, NodeUnreachable
from etoile.llm.records import End, Preparing, Record, Text, Thought
from etoile.text import message

Found = TypeVar("Found")

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
    patience: "_Patience | None" = field(default=None, init=False, repr=False)

    def hold(self) -> None:
        """Let the first sign of life take `first_s` from now on: something tells that the node is at work."""
        if self.waited_s is None and self.patience is not None:
            self.patience.renew(self.first_s)


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
        with _Patience() as patience:
            bounds.patience = patience
            while True:
                asked_s = now_s()
                try:
                    record = await patience.of(allowed_s, anext(records, None))
                except TimeoutError:
                    if ended:
                        break
                    waited_s = round(now_s() - asked_s, 1)
                    raise NodeSilent(message("nothing came for {seconds:g} s", seconds=waited_s)) from None
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


class _Patience:
    """Limits each of many waits in a row; `asyncio.timeout` would set a timer for every single token.

    One timer for all: when it rings too early, because the wait it was set for is over, it is set again.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._due_s = 0.0
        self._task: asyncio.Task[object] | None = None
        """That waits now."""
        self._timer: asyncio.TimerHandle | None = None
        self._over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def of(self, within_s: float, waiting: Awaitable[Found]) -> Found:
        """Return what `waiting` returns.  Raises TimeoutError when it has not within `within_s`."""
        task = self._task = asyncio.current_task()
        cancelling = task.cancelling() if task else 0
        self.renew(within_s)
        try:
            return await waiting
        except asyncio.CancelledError:
            if self._over and task and task.uncancel() <= cancelling:
                raise TimeoutError from None
            raise
        finally:
            self._task = None

    def renew(self, within_s: float) -> None:
        """Let the wait that goes on take `within_s` from now."""
        self._due_s = self._loop.time() + within_s
        if self._timer is None or self._due_s < self._timer.when():
            self._set()

    def _set(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._due_s, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._task is None:
            return  # the next wait sets it
        if self._loop.time() < self._due_s:
            self._set()
        else:
            self._over = True
            self._task.cancel()


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
