"""Leaving the card of a laptop alone, so that it falls asleep: an open NVML is enough to keep it awake."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol

from etoile.domain.gpus import GpuReading, GpuState
from etoile.gpu.pci import PciCard

IDLE_S = 30.0
"""All cards must have been idle for this long."""
FALLS_ASLEEP_S = 20.0
"""Within this time a card that is left alone sleeps, or something else keeps it awake."""
TRY_AGAIN_S = 600.0
"""How long cards that did not fall asleep are read as usual."""


class Idle(Protocol):
    """What is asked of a card that is being read."""

    @property
    def idle_since_s(self) -> float | None:
        """Since when the card has had nothing to do; None while it works, or when it may not sleep."""


class Rest:
    """When the cards are left alone, and when that was in vain."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self.now_s = now_s
        self._not_before_s = 0.0

    def due(self, cards: Iterable[Idle]) -> bool:
        """Tell whether all of these cards are to be left alone."""
        since = [card.idle_since_s for card in cards]
        now_s = self.now_s()
        return (
            bool(since)
            and now_s >= self._not_before_s
            and all(idle_s is not None and now_s - idle_s >= IDLE_S for idle_s in since)
        )

    def give_up(self) -> None:
        """Leave no card alone for a while."""
        self._not_before_s = self.now_s() + TRY_AGAIN_S


class RestingCard:
    """A card that is not touched: the kernel tells whether it sleeps."""

    def __init__(self, identity: GpuReading, kernel: PciCard, rest: Rest) -> None:
        self.identity = identity
        self._kernel = kernel
        self._rest = rest
        self._since_s = rest.now_s()
        self._slept = False

    def read(self, *, with_processes: bool) -> GpuReading:
        """Return that it is asleep; that it is unknown, once it is awake and may be read again."""
        now_s = self._rest.now_s()
        asleep = self._kernel.asleep()
        self._slept |= asleep
        falling_asleep = not self._slept and now_s - self._since_s < FALLS_ASLEEP_S
        if not self._slept and not falling_asleep:
            self._rest.give_up()
        state = GpuState.ASLEEP if asleep or falling_asleep else GpuState.UNKNOWN
        return replace(self.identity, state=state, at_s=now_s)
