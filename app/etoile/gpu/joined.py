"""Cards of several makers in one machine, as one source."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from etoile.domain.gpus import GpuReading
from etoile.errors import NvmlUnavailable, Unavailable
from etoile.gpu.amd import AmdSource
from etoile.gpu.monitor import open_source
from etoile.gpu.pci import nvidia_cards
from etoile.gpu.source import GpuCard, GpuSource
from etoile.text import message

log = logging.getLogger(__name__)

RETRY_S = 300.0
"""A driver that is not there is looked for this often, while another one works."""


class JoinedSource:
    """The cards of `sources`, one after the other: indexes go on from source to source.

    One source that is not available is no reason to do without the others: it is told by `failure`.
    """

    def __init__(
        self,
        *sources: GpuSource,
        expected: Callable[[], bool] = lambda: True,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`expected` tells whether a card is plugged in whose driver may be missing."""
        self._sources = sources
        self._expected = expected
        self._now_s = now_s
        self._open: list[GpuSource] = []
        self._retry_s = 0.0
        self.failure: Unavailable | None = None
        """Why cards are missing while others are there; any thread may look."""

    def cards(self) -> tuple[GpuCard, ...]:
        """Open every source afresh.  Raises NvmlUnavailable when none has cards: what the first of them says."""
        self._open = []
        found: list[GpuCard] = []
        failure: Unavailable | None = None
        for source in self._sources:
            try:
                cards = source.cards()
            except Unavailable as error:
                log.debug("%s: %s", type(source).__name__, error)
                failure = failure or error
                continue
            self._open.append(source)
            found += [_Renumbered(card, len(found)) if found else card for card in cards]
        self._retry_s = self._now_s() + RETRY_S
        self.failure = failure if found and failure and self._expected() else None
        if not found:
            raise failure or NvmlUnavailable(message("No GPU was found."))
        return tuple(found)

    def outdated(self) -> bool:
        """Tell whether a source has other cards now, or one that was not there is to be looked for."""
        if len(self._open) < len(self._sources) and self._now_s() >= self._retry_s:
            return True
        return any(source.outdated() for source in self._open)

    def close(self) -> None:
        """Let go of every driver."""
        for source in self._sources:
            source.close()


def local_source(simulate: str | None, *, stand_by: bool = False) -> GpuSource:
    """Return the cards of this machine, or those of the scenario `simulate`.  Raises UsageError for an unknown one.

    Whoever watches them for long has processes `stand_by` for a card that hangs.
    """
    source = open_source(simulate, stand_by=stand_by)
    if simulate is not None:
        return source
    return JoinedSource(source, AmdSource(), expected=lambda: bool(nvidia_cards(Path("/"))))


class _Renumbered:
    """A card that stands behind others."""

    def __init__(self, card: GpuCard, before: int) -> None:
        self._card = card
        self._before = before

    @property
    def identity(self) -> GpuReading:
        """The card, with its index among all."""
        return self._moved(self._card.identity)

    def read(self, *, with_processes: bool) -> GpuReading:
        """Return what the card reports now."""
        return self._moved(self._card.read(with_processes=with_processes))

    def _moved(self, reading: GpuReading) -> GpuReading:
        return replace(reading, index=reading.index + self._before)
