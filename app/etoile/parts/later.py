"""A room that is opened once something is first wanted of it."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, suppress
from types import TracebackType
from typing import Generic, Self, TypeVar

log = logging.getLogger(__name__)

Room = TypeVar("Room")


class Later(Generic[Room]):
    """Holds the room that `open_room` opens, on a thread of its own, as soon as something is wanted of it.

    `open_room` imports what the room is made of: whoever only looks at GPUs is spared that.  Leaving closes the room
    if it was opened, and waits for what is under way.  Any thread.
    """

    def __init__(self, name: str, open_room: Callable[[], AbstractContextManager[Room]]) -> None:
        self._open_room = open_room
        self._stack = ExitStack()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._room: Room | None = None
        self.wanted = False
        """Whether anything was ever wanted of it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(cancel_futures=True)
        self._stack.close()

    def soon(self, act: Callable[[Room], object], failed: Callable[[], object] = lambda: None) -> None:
        """Have `act` done with the room, each after the one before; `failed` where it cannot be.  Returns at once."""
        self.wanted = True
        with suppress(RuntimeError):  # it was left already
            self._thread.submit(self._do, act, failed)

    def now(self) -> Room:
        """Return the room.  Blocks until it is open."""
        self.wanted = True
        return self._room or self._thread.submit(self._opened).result()

    def _do(self, act: Callable[[Room], object], failed: Callable[[], object]) -> None:
        try:
            act(self._opened())
        except Exception:
            log.exception("what was wanted of a room failed")
            failed()

    def _opened(self) -> Room:
        if self._room is None:
            self._room = self._stack.enter_context(self._open_room())
        return self._room
