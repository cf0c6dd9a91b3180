"""The driver: opened on a thread of its own, again when it was not there or lost a card; and all cards seen so far."""

import time
from collections.abc import Callable, Iterable, Iterator

from etoile.domain.gpus import GpuReading, GpuState
from etoile.errors import NvmlUnavailable, Unavailable
from etoile.gpu.reader import Reader
from etoile.gpu.source import GpuCard, GpuSource
from etoile.gpu.worker import Worker
from etoile.text import message

ANSWER_S = 5.0
"""A driver that has not opened after this is reported as missing."""
LONGEST_RETRY_S = 300.0


class Driver:
    """For one thread, which is never blocked for longer than `patience_s`, however the driver behaves.

    The source is never opened or closed while a card is being read: NVML would pull the handles from under the call.
    Cards keep their reader, and so their history, by UUID.
    """

    def __init__(
        self, source: GpuSource, *, stale_after_s: float, retry_s: float, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._source = source
        self._stale_after_s = stale_after_s
        self._retry_s = retry_s
        self._now_s = now_s
        self._worker = Worker("gpu driver")
        self._readers: dict[str, Reader] = {}
        self._outcome: tuple[GpuCard, ...] | Unavailable | None = None
        self._failure: Unavailable | None = None
        self._outdated = True
        self._asked_s = now_s()
        self._delay_s = 0.0

    def look(self, *, check: bool, patience_s: float) -> None:
        """Open the driver if that is due; else, with `check`, ask it whether its cards have changed."""
        self._take_outcome()
        if any(worker.busy for worker in self._workers()):
            return
        if self._well():
            self._delay_s = 0.0
            if check:
                self._ask(self._check, patience_s)
        elif self._now_s() >= self._asked_s + self._delay_s:
            self._delay_s = min(max(self._retry_s, 2 * self._delay_s), LONGEST_RETRY_S)
            self._ask(self._open, patience_s)

    def read(self, *, with_processes: bool, patience_s: float) -> None:
        """Read every card that is not still being read.  One that takes longer than `patience_s` is not waited for."""
        self._take_outcome()
        if self._worker.busy:
            return
        asked = [reader for reader in self._readers.values() if reader.ask(with_processes=with_processes)]
        _wait((reader.worker for reader in asked), patience_s)

    def readings(self) -> tuple[GpuReading, ...]:
        """Return what is known of every card seen so far, in the driver's order."""
        return tuple(sorted((reader.reading() for reader in self._readers.values()), key=lambda reading: reading.index))

    def failure(self) -> Unavailable | None:
        """Return why there is no driver; None while there is one, and while that is not known yet."""
        if self._worker.busy and self._now_s() - self._asked_s >= ANSWER_S:
            return NvmlUnavailable(
                message("The NVIDIA driver does not answer."),
                message("If `nvidia-smi` hangs as well, restart the computer."),
            )
        return self._failure

    def close(self, timeout_s: float) -> int:
        """Let go of the driver and of every thread, within twice `timeout_s`; return how many calls are stuck."""
        _wait(self._workers(), timeout_s)
        stuck = {worker for worker in self._workers() if worker.busy}
        if not stuck:
            self._worker.ask(self._source.close)
        for worker in self._workers():
            worker.stop()
        return len(stuck) + sum(not worker.join(timeout_s) for worker in self._workers() if worker not in stuck)

    def _workers(self) -> Iterator[Worker]:
        yield self._worker
        for reader in self._readers.values():
            yield reader.worker

    def _well(self) -> bool:
        """Tell whether opening the driver again could bring nothing new."""
        unwell = (GpuState.LOST, GpuState.UNKNOWN)
        return not self._outdated and not self._failure and all(card.state not in unwell for card in self.readings())

    def _ask(self, job: Callable[[], None], patience_s: float) -> None:
        self._asked_s = self._now_s()
        self._worker.ask(job)
        self._worker.wait(patience_s)

    def _open(self) -> None:
        """Run on the driver's thread."""
        try:
            self._outcome = self._source.cards()
        except Unavailable as error:
            self._outcome = error

    def _check(self) -> None:
        """Run on the driver's thread."""
        self._outdated = self._source.outdated()

    def _take_outcome(self) -> None:
        if self._worker.busy or self._outcome is None:
            return
        outcome, self._outcome = self._outcome, None
        self._outdated = False
        self._failure = outcome if isinstance(outcome, Unavailable) else None
        cards = {} if isinstance(outcome, Unavailable) else {card.identity.uuid: card for card in outcome}
        for uuid, reader in self._readers.items():
            if uuid not in cards:
                reader.lost()
        for uuid, card in cards.items():
            if uuid in self._readers:
                self._readers[uuid].found(card)
            else:
                self._readers[uuid] = Reader(card, stale_after_s=self._stale_after_s, now_s=self._now_s)


def _wait(workers: Iterable[Worker], patience_s: float) -> None:
    """Wait until all are done, but no longer than `patience_s` for all of them."""
    deadline_s = time.monotonic() + patience_s
    for worker in workers:
        worker.wait(deadline_s - time.monotonic())
