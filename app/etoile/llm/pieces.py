"""The pieces of an answer, joined: a fast node sends thousands a second, and nobody reads that fast."""

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from etoile.domain.events import AnswerText, Event

JOIN_S = 0.03
"""Text is not published more often: about thirty times a second is as smooth as it looks."""


class Timer(Protocol):
    """A call that waits."""

    def cancel(self) -> None:
        """Call nothing."""


class Loop(Protocol):
    """What is needed of asyncio's event loop."""

    def time(self) -> float:
        """Return the loop's time in seconds."""

    def call_at(self, when: float, callback: Callable[[], object], /) -> Timer:
        """Call `callback` at that time."""


class Pieces:
    """Publishes the text of one answer as `AnswerText`: the first piece at once, what follows joined over `JOIN_S`.

    For the thread of `loop`.  Leaving the context publishes what is left, and drops it when the answer was cancelled.
    """

    def __init__(self, turn: int, publish: Callable[[Event], None], loop: Loop) -> None:
        self._turn = turn
        self._publish = publish
        self._loop = loop
        self._held: list[str] = []
        self._timer: Timer | None = None
        self._due_s = loop.time()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, Exception):
            self.flush()
        elif self._timer:
            self._timer.cancel()

    def add(self, text: str) -> None:
        """Publish `text`, within `JOIN_S` at the latest."""
        self._held.append(text)
        if self._loop.time() >= self._due_s:
            self.flush()
        elif self._timer is None:
            self._timer = self._loop.call_at(self._due_s, self.flush)

    def flush(self) -> None:
        """Publish what is held back: something else is about to be published."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._held:
            self._publish(AnswerText(self._turn, "".join(self._held)))
            self._held.clear()
            self._due_s = self._loop.time() + JOIN_S
