"""A room that is opened anew when the settings change that it was opened with."""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Generic, Self, TypeVar

from etoile.config import Config

log = logging.getLogger(__name__)

Room = TypeVar("Room")

CLOSE_S = 1.0
"""How long leaving waits for a room that is being opened anew."""


class Renewed(Generic[Room]):
    """Holds the room that `open_room` opens, which may wait; `of` returns what of the settings it is opened with.

    `configure` returns at once, and may be called from any thread: the thread `renewing` closes and opens.
    """

    def __init__(
        self,
        config: Config,
        of: Callable[[Config], object],
        open_room: Callable[[Config], AbstractContextManager[Room]],
    ) -> None:
        self._config = self._wanted = config
        self._of, self._open_room = of, open_room
        self._stack = ExitStack()
        self._gate = threading.Lock()
        self._closing = False
        self._worker: threading.Thread | None = None
        self.now: Room | None = None
        """The room; None while it is opened anew."""

    def __enter__(self) -> Self:
        self.now = self._stack.enter_context(self._open_room(self._config))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._gate:
            self._closing, worker = True, self._worker
        if worker:
            worker.join(CLOSE_S)
        self._stack.close()

    def configure(self, config: Config) -> None:
        """Go by `config` from now on."""
        with self._gate:
            self._wanted = config
            if self._worker is None and not self._closing:
                self._worker = threading.Thread(target=self._follow, name="renewing", daemon=True)
                self._worker.start()

    def _follow(self) -> None:
        while (wanted := self._next()) is not None:
            former, self._config = self._config, wanted
            if self._of(wanted) == self._of(former):
                continue
            self.now = None
            try:
                self._stack.close()
                self.now = self._stack.enter_context(self._open_room(wanted))
            except Exception:
                log.exception("a room cannot be opened under changed settings")

    def _next(self) -> Config | None:
        """Return the settings to go by; None when they are gone by, and the thread ends."""
        with self._gate:
            if self._wanted is self._config or self._closing:
                self._worker = None
                return None
            return self._wanted
