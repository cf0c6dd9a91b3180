"""One card, and what is known of it: read by one thread at a time, whichever that is."""

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from etoile.domain.gpus import GpuReading, GpuState
from etoile.gpu.flatline import FlatLine
from etoile.gpu.source import GpuCard
from etoile.gpu.worker import Worker

UNKNOWN_AFTER_S = 30.0
"""A stale reading is shown greyed for this long; then its values are dropped."""
QUICK_S = 0.01
"""A card that answers within this time is quick."""
TRUSTED_AFTER = 10
"""So many quick answers in a row, and a card that was slow is read among the others again."""


class Reader:
    """Keeps the latest reading of one card, through every opening of its driver."""

    def __init__(self, card: GpuCard, *, stale_after_s: float, now_s: Callable[[], float]) -> None:
        self.identity = card.identity
        self._card: GpuCard | None = card
        self._stale_after_s = stale_after_s
        self._now_s = now_s
        self._latest: GpuReading | None = None
        self._good_s: float | None = None
        self._flat_line = FlatLine()
        self._reading = threading.Lock()
        self._distrust = 0
        self._worker: Worker | None = None
        self.round_s = 0.0
        """When the round began in which the card was read last."""

    @property
    def busy(self) -> bool:
        """Whether a call into the driver is out."""
        return self._reading.locked()

    @property
    def slow(self) -> bool:
        """Whether the card is read on a thread of its own, as others would have to wait for it."""
        return self._distrust > 0

    @property
    def known(self) -> bool:
        """Whether the card has ever answered."""
        return self._good_s is not None

    @property
    def silent(self) -> bool:
        """Whether the card is being read, or told nothing when it was."""
        return self.busy or (self._latest is not None and self._latest.state is GpuState.UNKNOWN)

    def found(self, card: GpuCard) -> None:
        """Go on with `card`: the same one (by UUID), as a newly opened driver gives it.

        A call for the former one may still be out, and is given up.
        """
        if card is not self._card and self.busy:
            self.stop()
            self._reading, self._worker, self._distrust = threading.Lock(), None, 0
        self._card, self.identity = card, card.identity

    def lost(self) -> None:
        """Report the card as lost until it is found again."""
        self._card = None

    def distrust(self) -> None:
        """Read the card on a thread of its own from now on, until it has been quick for a while."""
        self._distrust = TRUSTED_AFTER

    def read(self, with_processes: bool, round_s: float) -> None:
        """Read the card on the caller's thread, unless it is being read already, or lost."""
        card, lock = self._card, self._reading
        if card is None or not lock.acquire(blocking=False):
            return
        try:
            self.round_s = round_s
            reading = card.read(with_processes=with_processes)
            if lock is not self._reading:
                return
            if reading.state is GpuState.OK:
                self._good_s = reading.at_s
                if with_processes or self._flat_line.is_flat:
                    reading = self._flat_line.believable(reading)
            elif reading.state is not GpuState.ASLEEP:
                reading = replace(reading, stale_since_s=self._good_s)
            self._latest = reading
        finally:
            lock.release()

    def read_apart(self, with_processes: bool, round_s: float) -> Worker | None:
        """Start to read the card on its own thread and return that; None when it is being read already, or lost."""
        if self._card is None or self.busy:
            return None
        if self._worker is None:
            self._worker = Worker(f"gpu {self.identity.index}")
        return self._worker if self._worker.ask(partial(self._read_apart, with_processes, round_s)) else None

    def stop(self) -> None:
        """Let go of the card's own thread."""
        if self._worker:
            self._worker.stop()

    def wait(self, timeout_s: float) -> bool:
        """Wait until no call is out, and tell whether that is so."""
        if not self._reading.acquire(timeout=max(0.0, timeout_s)):
            return False
        self._reading.release()
        return True

    def reading(self, now_s: float) -> GpuReading:
        """Return what is known of the card now: never an old value as if it were new."""
        latest = self._latest
        if self._card is None:
            return replace(self.identity, state=GpuState.LOST, at_s=now_s, stale_since_s=self._good_s)
        if latest is None:
            return replace(self.identity, at_s=now_s, stale_since_s=self._good_s)
        age_s = now_s - latest.at_s
        if age_s <= self._stale_after_s:
            return latest
        if age_s <= UNKNOWN_AFTER_S:
            return replace(latest, state=GpuState.STALE, stale_since_s=self._good_s)
        return replace(self.identity, at_s=latest.at_s, stale_since_s=self._good_s)

    def _read_apart(self, with_processes: bool, round_s: float) -> None:
        began_s = self._now_s()
        self.read(with_processes, round_s)
        if self._distrust:  # one that is trusted may only have waited for another
            quick = self._now_s() - began_s <= QUICK_S
            self._distrust = self._distrust - 1 if quick else TRUSTED_AFTER
