"""The only door from the workers to the main thread.

Workers publish events from any thread.  Here, on the main thread, one function decides what each of them changes and
what is to be done; the views are told that the state changed, at most once in `REPAINT_S`.  No event is ever dropped.

Events wait in a queue of our own, not in Qt's: Qt serves what was posted to it before timers, painting and clicks, and
a node that answers fast would freeze the window.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from etoile.domain import events as on
from etoile.domain.effects import Effect, ShowWindow
from etoile.domain.events import Event
from etoile.domain.state import State, advance
from etoile.text import Message, message

log = logging.getLogger(__name__)

REPAINT_S = 0.033
"""Views are not told more often: about thirty times a second is as smooth as it looks."""
DRAIN_S = 0.01
"""Events are taken up for this long at a time; then Qt has its turn."""


class Bridge(QObject):
    """Holds the `State`; `perform` carries out an effect and must not wait.

    `publish` may be called from any thread, everything else from the main thread only.
    """

    changed = Signal(object)
    """The `State`, after at least one event changed it."""
    window_wanted = Signal()
    """The effect `ShowWindow`, which is the window's."""
    _woken = Signal()

    def __init__(
        self, state: State, perform: Callable[[Effect], None], now_s: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self.state = state
        self._perform = perform
        self._now_s = now_s
        self._events: deque[Event] = deque()
        self._awake = False
        """Whether `_drain` will be called, or is being called: who publishes then need not wake it."""
        self._gate = threading.Lock()
        self._shown = state
        self._shown_at_s = 0.0
        self._repaint = QTimer(self)
        self._repaint.setSingleShot(True)
        self._repaint.timeout.connect(self._tell)
        self._woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)

    def publish(self, event: Event) -> None:
        """Report `event`; it is taken up on the main thread, in the order of the calls."""
        with self._gate:
            self._events.append(event)
            awake, self._awake = self._awake, True
        if not awake:
            self._woken.emit()

    def _drain(self) -> None:
        """Take up events until none is left or it is time to let Qt do its work; the rest follows after that."""
        until_s = self._now_s() + DRAIN_S
        while (event := self._next()) is not None:
            self._receive(event)
            if self._now_s() >= until_s:
                self._woken.emit()
                return

    def _next(self) -> Event | None:
        """Return the oldest event; None when none is left, and the next to be published must wake us."""
        with self._gate:
            if self._events:
                return self._events.popleft()
            self._awake = False
            return None

    def _receive(self, event: Event) -> None:
        """Let `event` change the state, and do what follows from it."""
        try:
            self.state, effects = advance(self.state, event)
        except Exception:  # a wrong decision must not end the loop that everything else lives in
            log.exception("the event %s was dropped", type(event).__name__)
            return
        for effect in effects:
            self._carry_out(effect)
        if self.state is not self._shown and not self._repaint.isActive():
            since_s = self._now_s() - self._shown_at_s
            self._repaint.start(max(0, round((REPAINT_S - since_s) * 1000)))

    def _carry_out(self, effect: Effect) -> None:
        if isinstance(effect, ShowWindow):
            self.window_wanted.emit()
            return
        try:
            self._perform(effect)
        except Exception as error:  # whatever a room did wrong, the turn ends with a word about it
            log.exception("%s failed", type(effect).__name__)
            turn = getattr(effect, "turn", None)
            if turn is not None:
                self.publish(on.Failed(turn, _failure(effect, error), _FAILURE_REMEDY))

    def _tell(self) -> None:
        self._shown = self.state
        self._shown_at_s = self._now_s()
        self.changed.emit(self.state)


_FAILURE_REMEDY = message("Details are in the log: “etoile paths” says where it is.")


def _failure(effect: Effect, error: Exception) -> Message:
    return message(
        "Etoile itself failed at “{step}”: {error}.",
        step=type(effect).__name__,
        error=str(error) or type(error).__name__,
    )
