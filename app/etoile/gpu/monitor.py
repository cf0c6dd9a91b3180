"""Reads every card once a period, and reports what it found.

A card is read on a thread of its own, and the driver is opened on another: a call that hangs makes its card stale, and
delays neither the others nor the report.  (A helper process that can be killed would outlive even a driver that holds
one lock for all cards; it would fit behind `GpuSource` without a change here.)
"""

import logging
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from etoile.domain.events import Event, GpusRead, PartMissing, PartReady
from etoile.domain.gpus import GpuReading
from etoile.errors import NvmlUnavailable, Unavailable
from etoile.gpu.driver import Driver
from etoile.gpu.source import GpuSource

log = logging.getLogger(__name__)

PATIENCE_S = 0.05
"""How long a report waits for slow cards; a slower one is reported with its reading of one period earlier."""
ONCE_PATIENCE_S = 3.0
"""The same for a single report."""
STOP_S = 0.2
"""How long leaving waits for calls into the driver, and again for the driver to close; with every other room's share
it stays below two seconds."""
CHECK_EVERY = 10
"""The driver is asked for new cards at every n-th sample."""


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
    ) -> None:
        self._source = source
        self._publish = publish
        self._period_s = period_s
        self._processes_every = max(1, processes_every)
        self._patience_s = patience_s
        self._retry_s = retry_s
        self._said: Unavailable | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gpu", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        driver = Driver(self._source, stale_after_s=2.5 * self._period_s, retry_s=self._retry_s)
        number = 0
        due_s = time.monotonic()
        while not self._stopping.wait(max(0.0, due_s - time.monotonic())):
            try:
                self._sample(driver, number)
            except Exception:
                log.exception("a sample of the GPUs failed")
            number += 1
            due_s = max(due_s + self._period_s, time.monotonic())
        if stuck := driver.close(STOP_S):
            log.info("calls into the GPU driver that did not come back: %d", stuck)

    def _sample(self, driver: Driver, number: int) -> None:
        driver.look(check=number % CHECK_EVERY == CHECK_EVERY - 1, patience_s=self._patience_s)
        driver.read(with_processes=number % self._processes_every == 0, patience_s=self._patience_s)
        self._tell(driver.failure())
        if readings := driver.readings():
            self._publish(GpusRead(readings, time.monotonic()))

    def _tell(self, failure: Unavailable | None) -> None:
        """Say what is missing, or that it is there again: once."""
        if failure and (self._said is None or failure.said != self._said.said):
            self._publish(PartMissing("gpu", failure.said, failure.remedy))
        elif self._said and not failure:
            self._publish(PartReady("gpu"))
        self._said = failure


def read_once(source: GpuSource) -> tuple[GpuReading, ...]:
    """Return every card as it is now; one that does not answer within seconds is unknown.  Raises NvmlUnavailable."""
    events: SimpleQueue[Event] = SimpleQueue()
    with GpuMonitor(source, events.put, processes_every=1, patience_s=ONCE_PATIENCE_S):
        while True:
            match events.get():
                case GpusRead(readings):
                    return readings
                case PartMissing(_, said, remedy):
                    raise NvmlUnavailable(said, remedy)


def open_source(simulate: str | None) -> GpuSource:
    """Return the cards of this machine, or those of the scenario `simulate`.  Raises UsageError for an unknown one."""
    if simulate is not None:
        from etoile.gpu.simulated import SimulatedSource

        return SimulatedSource.parse(simulate)
    from etoile.gpu.nvml import NvmlSource

    return NvmlSource()
