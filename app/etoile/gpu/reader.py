"""One card and the thread that reads it, so that a card whose calls hang holds up no other."""

from collections.abc import Callable
from dataclasses import replace

from etoile.domain.gpus import GpuReading, GpuState
from etoile.gpu.source import GpuCard
from etoile.gpu.worker import Worker

UNKNOWN_AFTER_S = 30.0
"""A stale reading is shown greyed for this long; then its values are dropped."""


class Reader:
    """Keeps the latest reading of one card.  All methods are for the monitor's thread."""

    def __init__(self, card: GpuCard, *, stale_after_s: float, now_s: Callable[[], float]) -> None:
        self._card: GpuCard | None = card
        self._identity = card.identity
        self._stale_after_s = stale_after_s
        self._now_s = now_s
        self._latest: GpuReading | None = None
        self.worker = Worker(f"gpu {card.identity.index}")

    def found(self, card: GpuCard) -> None:
        """Go on with `card`: the same one (by UUID), as a newly opened driver gives it."""
        self._card, self._identity = card, card.identity

    def lost(self) -> None:
        """Report the card as lost until it is found again."""
        self._card = None

    def ask(self, *, with_processes: bool) -> bool:
        """Start to read, and tell whether that was possible: the former call may still be out."""
        card = self._card
        return card is not None and self.worker.ask(lambda: self._read(card, with_processes))

    def reading(self) -> GpuReading:
        """Return what is known of the card now: never an old value as if it were new."""
        if self._card is None:
            return replace(self._identity, state=GpuState.LOST, at_s=self._now_s())
        if self._latest is None:
            return replace(self._identity, at_s=self._now_s())
        age_s = self._now_s() - self._latest.at_s
        if age_s <= self._stale_after_s:
            return self._latest
        if age_s <= UNKNOWN_AFTER_S:
            return replace(self._latest, state=GpuState.STALE)
        return replace(self._identity, at_s=self._latest.at_s)

    def _read(self, card: GpuCard, with_processes: bool) -> None:
        self._latest = card.read(with_processes=with_processes)
