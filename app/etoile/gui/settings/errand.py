"""Work that blocks, done on a thread of its own, its result brought back to the interface's."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from etoile.errors import EtoileError
from etoile.text import message

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class Errand(QObject):
    """One piece of work at a time; a new one makes the result of the former one meaningless."""

    _ended = Signal(int, object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._number = 0
        self._done: Callable[[object], object] = _nothing
        self._failed: Callable[[EtoileError], object] = _nothing
        self.busy = False
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)

    def begin(
        self,
        work: Callable[[], Result],
        done: Callable[[Result], object],
        failed: Callable[[EtoileError], object],
    ) -> None:
        """Have `work` done; then `done` is called with its result, or `failed`, on the main thread."""
        self._number += 1
        self.busy = True
        self._done, self._failed = done, failed  # type: ignore[assignment]  # called with what `work` returns
        number = self._number
        threading.Thread(target=lambda: self._work(number, work), name="settings errand", daemon=True).start()

    def drop(self) -> None:
        """Let the result of what is being done mean nothing."""
        self._number += 1
        self.busy = False

    def _work(self, number: int, work: Callable[[], object]) -> None:
        result: object = None
        error: EtoileError | None = None
        try:
            result = work()
        except EtoileError as failure:
            error = failure
        except Exception as failure:
            log.exception("an errand of the settings failed")
            error = EtoileError(message("Etoile itself failed: {error}.", error=str(failure) or type(failure).__name__))
        try:
            self._ended.emit(number, result, error)
        except RuntimeError:  # the window is gone, and with it whoever wanted to know
            log.debug("nobody waits for the errand any more")

    def _end(self, number: int, result: object, error: EtoileError | None) -> None:
        if number != self._number:
            return
        self.busy = False
        if error is not None:
            self._failed(error)
        else:
            self._done(result)


def _nothing(_: object) -> None:
    """Nobody wants to know."""
