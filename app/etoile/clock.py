"""One thread that calls back at a given time: deadlines of the turn, timers and alarms of the user."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 3600.0
"""Waits are cut to what every system can wait; a later alarm is waited for again."""


class AlarmClock:
    """Calls functions later, in their own order, on its one thread `clock`.

    What is called must be quick (publish an event).  `close` drops what has not rung.  Safe from any thread.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._changed = threading.Condition()
        self._pending: list[tuple[float, int, Callable[[], None]]] = []
        self._tickets = itertools.count()
        self._cancelled: set[int] = set()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def after(self, delay_s: float, call: Callable[[], None]) -> int:
        """Call `call` in `delay_s` seconds; return a ticket for `cancel`."""
        with self._changed:
            ticket = next(self._tickets)
            heapq.heappush(self._pending, (self._now_s() + delay_s, ticket, call))
            self._changed.notify()
            return ticket

    def every(self, period_s: float, call: Callable[[], None]) -> None:
        """Call `call` every `period_s` seconds until the clock is closed."""

        def again() -> None:
            self.after(period_s, again)
            call()

        self.after(period_s, again)

    def cancel(self, ticket: int) -> None:
        """Forget what `ticket` stands for; nothing happens if it has rung already."""
        with self._changed:
            if any(pending == ticket for _, pending, _ in self._pending):
                self._cancelled.add(ticket)

    def close(self) -> None:
        """Stop the thread; what has not rung never will."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while (call := self._next()) is not None:
            try:
                call()
            except Exception:
                log.exception("an alarm failed")

    def _next(self) -> Callable[[], None] | None:
        """Wait for the next alarm that was not cancelled; None when the clock is closed."""
        with self._changed:
            while not self._closed:
                if not self._pending:
                    self._changed.wait()
                    continue
                due_s, ticket, call = self._pending[0]
                if ticket in self._cancelled or due_s <= self._now_s():
                    heapq.heappop(self._pending)
                    if ticket not in self._cancelled:
                        return call
                    self._cancelled.remove(ticket)
                else:
                    self._changed.wait(min(due_s - self._now_s(), LONGEST_WAIT_S))
            return None
