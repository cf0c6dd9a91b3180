"""The driver: opened, and again when it was not there or lost a card; and all cards seen so far.

All cards are read in turn on the thread that asks, while all of them answer: handing a card to another thread costs
more than reading it.  A card that holds that thread up is found out by the monitor's other thread; from then on it is
read on a thread of its own, and while any call is out so are all the others, in case that the driver has one lock for
all.
"""

import time
from collections.abc import Callable, Iterable, Sequence

from etoile.domain.gpus import GpuReading, GpuState
from etoile.errors import NvmlUnavailable, Unavailable
from etoile.gpu.reader import Reader
from etoile.gpu.source import GpuCard, GpuSource
from etoile.gpu.worker import Worker
from etoile.text import message

ANSWER_S = 5.0
"""A driver that has not opened after this is reported as missing."""
LONGEST_RETRY_S = 300.0
WEDGED_S = 0.005
"""When none of the cards has answered after this while one hangs, they may be waiting for that one; the source is asked
for another way to them.  With the time until the hang was noticed it stays below 50 ms, which is all that a card may
cost the others."""
WEDGED_AGAIN_S = 5.0
"""How long that is not tried again."""

_UNWELL = frozenset({GpuState.LOST, GpuState.UNKNOWN})
"""States that opening the driver afresh might mend."""


class Driver:
    """For one thread at a time; one that a call holds up is relieved by another, and finds its turn over.

    The source is not opened or closed while a card is being read, unless that call hangs.  Cards keep their reader, and
    so their history, by UUID.
    """

    def __init__(
        self,
        source: GpuSource,
        *,
        stale_after_s: float,
        retry_s: float,
        answer_s: float = ANSWER_S,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._stale_after_s = stale_after_s
        self._retry_s = retry_s
        self.answer_s = answer_s
        self._now_s = now_s
        self._readers: dict[str, Reader] = {}
        self._in_order: tuple[Reader, ...] = ()
        self._told: tuple[GpuReading, ...] = ()
        self._outcome: tuple[GpuCard, ...] | Unavailable | None = None
        self._failure: Unavailable | None = None
        self._outdated = True
        self._unwell: frozenset[str] = frozenset()
        self._careful = False
        self._wedged_until_s = 0.0
        self._asked_s = now_s()
        self._delay_s = 0.0
        self._out = False
        self._late: list[Worker] = []
        self._closed = False
        self.turn = 0
        """Grows whenever another thread takes over."""
        self.unhurried = False
        """Whether what is going on may take its time: the driver is being opened, or slow cards are waited for."""

    def look(self, *, check: bool) -> None:
        """Open the driver if that is due; else, with `check`, ask it whether its cards have changed."""
        self._take_outcome()
        if self._out or (self._careful and self._busy()):
            return
        if self._well():
            self._delay_s = 0.0
            if check:
                self._check()
        elif self._now_s() >= self._asked_s + self._delay_s:
            self._delay_s = min(max(self._retry_s, 2 * self._delay_s), LONGEST_RETRY_S)
            self._wedged_until_s = 0.0
            self._open()
            self._take_outcome()

    def read(self, *, with_processes: bool, patience_s: float, round_s: float) -> None:
        """Read every card that has not been read in this round, which began at `round_s`.

        Slow ones are read apart, and not waited for; all are, for `patience_s` at most, while a call is out.
        """
        self._late = []
        if self._out:
            return
        if self._careful:
            self._read_carefully(with_processes, patience_s, round_s)
        else:
            self._read_in_turn(self._in_order, with_processes, round_s)

    def wait_for_late(self, patience_s: float) -> bool:
        """Wait for cards that were waited for in vain, and tell whether any has answered by now.

        One that hangs is waited for only once; the others may be late because of it, or on a busy machine.
        """
        late, self._late = self._late, []
        self.unhurried = bool(late)
        _wait(late, patience_s)
        self.unhurried = False
        return not _all_busy(late)

    def held_up(self) -> None:
        """Take note that a call does not come back, so that another thread goes on."""
        self.turn += 1
        for reader in self._in_order:
            if reader.busy:
                reader.distrust()
        self._careful = True

    def readings(self) -> tuple[GpuReading, ...]:
        """Return what is known of every card seen so far, in the driver's order."""
        now_s = self._now_s()
        self._told = tuple([reader.reading(now_s) for reader in self._in_order])
        return self._told

    def failure(self) -> Unavailable | None:
        """Return why there is no driver; None while there is one, and while that is not known yet."""
        if self._out and self._now_s() - self._asked_s >= self.answer_s:
            return NvmlUnavailable(
                message("The NVIDIA driver does not answer."),
                message("If `nvidia-smi` hangs as well, restart the computer."),
            )
        return self._failure

    def close(self, timeout_s: float) -> int:
        """Let go of the driver and of every thread, within twice `timeout_s`; return how many calls are stuck."""
        self._closed = True
        until_s = time.monotonic() + timeout_s
        stuck = sum(not reader.wait(until_s - time.monotonic()) for reader in self._readers.values()) + self._out
        for reader in self._readers.values():
            reader.stop()
        closing = Worker("gpu driver")
        closing.ask(self._source.close)
        closing.stop()
        return stuck + (not closing.join(timeout_s))

    def _read_in_turn(self, readers: Iterable[Reader], with_processes: bool, round_s: float) -> None:
        turn = self.turn
        for reader in readers:
            reader.read(with_processes, round_s)
            if self.turn != turn:
                return

    def _read_carefully(self, with_processes: bool, patience_s: float, round_s: float) -> None:
        due = [reader for reader in self._in_order if reader.round_s < round_s]
        if self._busy():
            self.unhurried = True
            self._read_all_apart([reader for reader in due if not reader.slow], with_processes, patience_s, round_s)
            self.unhurried = False
            return
        self._read_in_turn([reader for reader in due if not reader.slow], with_processes, round_s)
        for reader in due:
            if reader.slow:
                reader.read_apart(with_processes, round_s)
        self._careful = any(reader.slow for reader in self._in_order)

    def _read_all_apart(
        self, readers: Sequence[Reader], with_processes: bool, patience_s: float, round_s: float
    ) -> None:
        workers = [worker for reader in readers if (worker := reader.read_apart(with_processes, round_s))]
        _wait(workers, WEDGED_S)
        wedged = bool(readers) and all(reader.silent for reader in readers)
        if not wedged or self._now_s() < self._wedged_until_s:
            _wait(workers, patience_s - WEDGED_S)
            self._late = [worker for worker in workers if worker.busy]
            return
        self._wedged_until_s = self._now_s() + WEDGED_AGAIN_S
        self._open()
        self._take_outcome()
        self.unhurried = True
        self._read_all_apart(readers, with_processes, patience_s, round_s)

    def _busy(self) -> bool:
        return any(reader.busy for reader in self._in_order)

    def _well(self) -> bool:
        """Tell whether opening the driver again could bring nothing new."""
        unwell = frozenset([reading.uuid for reading in self._told if reading.state in _UNWELL])
        if unwell - self._unwell:
            self._delay_s = 0.0
        self._unwell = unwell
        return not (unwell or self._outdated or self._failure)

    def _open(self) -> None:
        if self._closed:
            return
        self._asked_s = self._now_s()
        self._out = self.unhurried = True
        try:
            self._outcome = self._source.cards()
        except Unavailable as error:
            self._outcome = error
        finally:
            self._out = self.unhurried = False
            if self._closed:  # meanwhile, by a thread that did not wait any longer
                self._source.close()

    def _check(self) -> None:
        self._asked_s = self._now_s()
        self._out = True
        try:
            self._outdated = self._source.outdated()
        finally:
            self._out = False

    def _take_outcome(self) -> None:
        if self._out or self._outcome is None:
            return
        outcome, self._outcome = self._outcome, None
        self._outdated = False
        self._failure = outcome if isinstance(outcome, Unavailable) else None
        cards = {} if isinstance(outcome, Unavailable) else {card.identity.uuid: card for card in outcome}
        for uuid, reader in list(self._readers.items()):
            if uuid in cards:
                reader.found(cards[uuid])
            elif reader.known:
                reader.lost()
            else:
                # It was never more than a place without a name, where another card has turned up by now.
                self._readers.pop(uuid).stop()
        for uuid, card in cards.items():
            if uuid not in self._readers:
                self._readers[uuid] = Reader(card, stale_after_s=self._stale_after_s, now_s=self._now_s)
        self._in_order = tuple(sorted(self._readers.values(), key=lambda reader: reader.identity.index))


def _all_busy(workers: Iterable[Worker]) -> bool:
    return all(worker.busy for worker in workers)


def _wait(workers: Iterable[Worker], patience_s: float) -> None:
    """Wait until all are done, but no longer than `patience_s` for all of them."""
    deadline_s = time.monotonic() + patience_s
    for worker in workers:
        worker.wait(deadline_s - time.monotonic())
