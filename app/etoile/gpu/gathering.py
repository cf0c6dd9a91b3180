"""Everything that is watched, as one list: this machine's cards, its processor where it has none, far cards."""

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from etoile.domain.events import Event, GpusRead, PartMissing
from etoile.domain.gpus import GpuReading
from etoile.gpu.driver import ANSWER_S
from etoile.gpu.merging import merged
from etoile.gpu.source import GpuCard

log = logging.getLogger(__name__)

STOP_S = 0.2
"""How long leaving waits for the sensors."""


class Gathering:
    """Stands between the monitor of this machine's cards and whoever is told: each `GpusRead` tells of all.

    While the monitor has nothing to tell, its thread `gpu others` publishes the rest once a period.
    """

    def __init__(
        self,
        publish: Callable[[Event], None],
        far: Callable[[], tuple[GpuReading, ...]],
        processor: GpuCard,
        *,
        period_s: float,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`far` returns the cards of other machines."""
        self._publish = publish
        self._far = far
        self._processor = processor
        self._period_s = period_s
        self._now_s = now_s
        self._told_s = now_s()
        """When the monitor last told of cards."""
        self._without_gpu = threading.Event()
        self._with_gpu = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gpu others", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join(STOP_S)

    def take(self, event: Event) -> None:
        """Pass on what the monitor publishes, with everything else that is known.  Any thread."""
        match event:
            case GpusRead(readings, at_s):
                self._told_s = at_s
                self._with_gpu.set()
                self._without_gpu.clear()
                event = GpusRead(merged(readings, self._far()), at_s)
            case PartMissing(part="gpu"):
                self._without_gpu.set()
                self._with_gpu.clear()
        self._publish(event)

    def _run(self) -> None:
        while not self._stopping.wait(self._period_s):
            try:
                self._tell_of_others()
            except Exception:
                log.exception("what there is beside GPUs of this machine could not be told")

    def _tell_of_others(self) -> None:
        # While its driver is opened anew the monitor is silent: the cards here are not gone for that.
        patience_s = ANSWER_S if self._with_gpu.is_set() else 0.0
        if self._now_s() - self._told_s < 2 * self._period_s + patience_s:
            return
        processor = [self._processor.read(with_processes=False)] if self._without_gpu.is_set() else []
        if readings := merged(processor, self._far()):
            self._publish(GpusRead(readings, self._now_s()))
