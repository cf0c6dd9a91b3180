"""Reads every card once a period, and reports what it found.

Two threads: one samples, the other sees to it that it comes back.  A call that hangs costs its card, which turns stale,
and a thread; another thread goes on with the sampling at once, so that neither the other cards nor the report wait.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Self

from etoile.domain.events import Event, GpusRead, PartMissing, PartReady
from etoile.domain.gpus import GpuReading, GpuState
from etoile.errors import NvmlUnavailable, Unavailable
from etoile.gpu.driver import ANSWER_S, Driver
from etoile.gpu.source import GpuSource

log = logging.getLogger(__name__)

PATIENCE_S = 0.015
"""How long the other cards wait for one that does not answer; and how long, then, for each other."""
LATE_S = 0.1
"""How long those are waited for afterwards that were late (on a busy machine, say), to be told of before their next
turn."""
ONCE_PERIOD_S = 0.25
ONCE_S = 2.0
"""How long whoever reads without the app waits for slow cards, the first time."""
STOP_S = 0.2
"""How long leaving waits for calls into the driver, and again for the driver to close; with every other room's share
it stays below two seconds."""
CHECK_EVERY = 10
"""The driver is asked for new cards at every n-th sample."""
GLANCE_S = 0.05
"""How often the second thread looks while the driver is being opened, which may take seconds."""


class GpuMonitor:
    """Publishes `GpusRead` every `period_s`, and `PartMissing("gpu")` or `PartReady("gpu")` once per change.

    While there is no driver, and after a card was lost, the driver is opened afresh, first at once and then ever more
    seldom (`retry_s`, doubled up to five minutes).  Leaving the context stops every thread, but for those that a wedged
    driver does not give back.
    """

    def __init__(
        self,
        source: GpuSource,
        publish: Callable[[Event], None],
        *,
        period_s: float = 1.0,
        processes_every: int = 3,
        patience_s: float = PATIENCE_S,
        retry_s: float = 1.0,
        stale_after_s: float | None = None,
        answer_s: float = ANSWER_S,
        lacking: Callable[[], Unavailable | None] = lambda: None,
    ) -> None:
        """`lacking` tells why some cards are missing while others are there."""
        self._publish = publish
        self._lacking = lacking
        self._period_s = period_s
        self._processes_every = max(1, processes_every)
        self._patience_s = patience_s
        self._driver = Driver(source, stale_after_s=stale_after_s or 2.5 * period_s, retry_s=retry_s, answer_s=answer_s)
        self._said: Unavailable | None = None
        self._stopping = threading.Event()
        self._changing = threading.Lock()
        """Held for a moment to publish, and to put another thread on duty."""
        self._number = 0
        self._round_s = self._due_s = 0.0
        self._began_s: float | None = None
        """Since when the thread on duty has been at it; None while it waits for the next sample."""
        self._sampling = self._watching = threading.current_thread()

    def __enter__(self) -> Self:
        self._round_s = self._due_s = self._began_s = time.monotonic()
        self._put_on_duty()
        self._watching = threading.Thread(target=self._watch, name="gpu watch", daemon=True)
        self._watching.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._watching.join()
        self._sampling.join(STOP_S)
        if stuck := self._driver.close(STOP_S):
            log.info("calls into the GPU driver that did not come back: %d", stuck)

    def _put_on_duty(self) -> None:
        self._sampling = threading.Thread(target=self._sample_on, args=(self._driver.turn,), name="gpu", daemon=True)
        self._sampling.start()

    def _sample_on(self, turn: int) -> None:
        """Sample once a period, until that ends or another thread has its turn."""
        while True:
            try:
                self._sample(turn)
            except Exception:
                log.exception("a sample of the GPUs failed")
            with self._changing:
                if self._driver.turn != turn:
                    return
                self._number += 1
                self._due_s = max(self._due_s + self._period_s, time.monotonic())
                self._began_s = None
            if self._stopping.wait(max(0.0, self._due_s - time.monotonic())):
                return
            self._round_s = self._began_s = time.monotonic()

    def _sample(self, turn: int) -> None:
        driver, number = self._driver, self._number
        driver.look(check=number % CHECK_EVERY == CHECK_EVERY - 1)
        if driver.turn != turn:
            return
        self._began_s = time.monotonic()
        driver.read(
            with_processes=number % self._processes_every == 0,
            patience_s=self._patience_s,
            round_s=self._round_s,
        )
        self._report(turn)
        if driver.wait_for_late(min(LATE_S, self._period_s / 2)):
            self._report(turn)

    def _report(self, turn: int) -> None:
        with self._changing:
            if self._driver.turn == turn:
                self._tell(self._driver.failure() or self._lacking())
                if readings := self._driver.readings():
                    self._publish(GpusRead(readings, time.monotonic()))

    def _tell(self, failure: Unavailable | None) -> None:
        """Say what is missing, or that it is there again: once."""
        if failure and (self._said is None or failure.said != self._said.said):
            self._publish(PartMissing("gpu", failure.said, failure.remedy))
        elif self._said and not failure:
            self._publish(PartReady("gpu"))
        self._said = failure

    def _watch(self) -> None:
        """Put another thread on duty whenever the one that is does not come back in time."""
        while not self._stopping.wait(self._until_late_s()):
            with self._changing:
                if self._late():
                    self._driver.held_up()
                    self._began_s = time.monotonic()
                    self._put_on_duty()

    def _until_late_s(self) -> float:
        began_s = self._began_s
        if began_s is None:
            began_s = self._due_s
        elif self._driver.unhurried:
            return GLANCE_S
        return max(self._patience_s / 4, began_s + self._patience_s - time.monotonic())

    def _late(self) -> bool:
        if self._began_s is None:
            return False
        return time.monotonic() - self._began_s >= (
            self._driver.answer_s if self._driver.unhurried else self._patience_s
        )


class _Latest:
    """What a monitor has published last, for a caller who waits for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._readings: tuple[GpuReading, ...] = ()
        self._missing: PartMissing | None = None

    def take(self, event: Event) -> None:
        """Take note of what the monitor publishes."""
        with self._changed:
            match event:
                case GpusRead(readings):
                    self._readings = readings
                case PartMissing():
                    self._missing = event
                case PartReady():
                    self._missing = None
            self._changed.notify()

    def readings(self, until_s: float) -> tuple[GpuReading, ...]:
        """Return every card, waiting for slow ones until then.  Raises NvmlUnavailable where there are none."""
        with self._changed:
            self._changed.wait_for(lambda: self._readings or self._missing)
            self._changed.wait_for(self._complete, max(0.0, until_s - time.monotonic()))
            if self._missing and not self._readings:
                raise NvmlUnavailable(self._missing.said, self._missing.remedy)
            return self._readings

    def _complete(self) -> bool:
        return all(reading.state is not GpuState.UNKNOWN for reading in self._readings)


@contextmanager
def reader_of(source: GpuSource) -> Iterator[Callable[[], tuple[GpuReading, ...]]]:
    """Yield what returns every card as it is now.

    The driver is opened by the first reading, stays open in between, and is mended as in the app.  A card that does not
    answer within seconds is unknown.  What is yielded raises NvmlUnavailable.
    """
    latest = _Latest()
    monitor = GpuMonitor(source, latest.take, period_s=ONCE_PERIOD_S, stale_after_s=2 * ONCE_S)
    until_s: float | None = None
    with ExitStack() as stack:

        def read() -> tuple[GpuReading, ...]:
            nonlocal until_s
            if until_s is None:
                until_s = time.monotonic() + ONCE_S
                stack.enter_context(monitor)
            return latest.readings(until_s)

        yield read


def read_once(source: GpuSource) -> tuple[GpuReading, ...]:
    """Return every card as it is now; one that does not answer within seconds is unknown.  Raises NvmlUnavailable."""
    with reader_of(source) as read:
        return read()


def open_source(simulate: str | None, *, stand_by: bool = False) -> GpuSource:
    """Return the cards of this machine, or those of the scenario `simulate`.  Raises UsageError for an unknown one.

    Whoever watches them for long has processes `stand_by` for a card that hangs.
    """
    if simulate is not None:
        from etoile.gpu.simulated import SimulatedSource

        return SimulatedSource.parse(simulate)
    from etoile.gpu.nvml import NvmlSource

    return NvmlSource(stand_by=stand_by)
