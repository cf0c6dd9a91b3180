"""The cards of this machine's NVIDIA driver.

After a reload of the driver every handle answers "GPU is lost" for ever; opening NVML afresh mends it.  NVML itself
keeps a laptop's card awake, so that it is not opened while all cards sleep, and closed when all have been idle.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from etoile.domain.gpus import GpuReading, GpuState
from etoile.errors import NvmlUnavailable
from etoile.gpu import pci
from etoile.gpu.nvml_card import NvmlCard
from etoile.gpu.nvml_identity import Found, absent, placed, remembered, unopened
from etoile.gpu.nvml_library import Nvml, open_nvml
from etoile.gpu.nvml_scouts import Scouts
from etoile.gpu.nvml_standby import Standby
from etoile.gpu.rest import Rest, RestingCard
from etoile.gpu.source import GpuCard
from etoile.text import message

log = logging.getLogger(__name__)

BUS_EVERY_S = 30.0
"""How often the bus is looked at for cards that came or went: NVML lists those of its opening."""

BESIDE_FOR_S = 60.0
"""How long processes go on reading the cards, once they have begun, even if the driver is well again."""


class NvmlSource:
    """All cards but those at the places `without`, which are not touched.

    `root` is the root of the file system, where the kernel tells which cards sleep.  With `stand_by`, processes are
    ready to read the others at once when a card hangs holding its driver's one lock; else they are started by then.
    """

    def __init__(
        self,
        now_s: Callable[[], float] = time.monotonic,
        *,
        root: Path = Path("/"),
        without: frozenset[int] = frozenset(),
        stand_by: bool = False,
    ) -> None:
        self._now_s = now_s
        self._root = root
        self._without = without
        self._nvml: Nvml | None = None
        self._count = 0
        self._bus: tuple[str, ...] = ()
        self._bus_due_s = 0.0
        self._cards: tuple[NvmlCard, ...] = ()
        self._identities: dict[int, GpuReading] = {}
        self._scouts = Scouts()
        self._stand_by = stand_by
        self._standby = Standby()
        self._beside_until_s: float | None = None
        """Until when processes read the cards at least; None while they do not."""
        self._by_process: tuple[GpuCard, ...] = ()
        self._wedged = False
        """Whether one card keeps all of them waiting."""
        self._rest = Rest(now_s)

    def cards(self) -> tuple[GpuCard, ...]:
        """Open NVML afresh and return its cards, in NVML's order; or let them sleep.  Raises NvmlUnavailable.

        While a call hangs, NVML stays open as it is, and processes of their own read the other cards.
        """
        if culprits := (self._wedged and self._scouts.waiting()) or self._hanging():
            return self._beside(culprits[0]) or self._cards
        self._bus = pci.addresses(self._root)
        kernel = pci.nvidia_cards(self._root)
        rests = self._rest.due(self._cards)
        self.close()
        if kernel and (rests or all(card.asleep() for card in kernel)):
            return self._resting(kernel)
        self._nvml = nvml = self._nvml or open_nvml()
        self._count = nvml.count()
        if not self._count:
            raise NvmlUnavailable(
                message("The NVIDIA driver runs, but it reports no card."),
                message("Check that the card is seated and powered; `nvidia-smi` tells what the driver sees."),
            )
        return self._opened(nvml, {card.address: card for card in kernel})

    def outdated(self) -> bool:
        """Tell whether the driver has other cards than last time, no longer answers, or may be closed."""
        if self._beside_until_s:
            return self._now_s() >= self._beside_until_s and not self._hanging() and not self._scouts.waiting()
        if self._now_s() >= self._bus_due_s:
            self._bus_due_s = self._now_s() + BUS_EVERY_S
            if pci.addresses(self._root) != self._bus:
                return True
        if self._nvml is None:
            return False
        try:
            return self._nvml.count() != self._count or self._rest.due(self._cards)
        except NvmlUnavailable:
            return True

    def close(self) -> None:
        """Shut NVML down, unless a call is still out: that would pull the driver from under it."""
        self._standby.close()
        self._beside_until_s, self._by_process, self._wedged = None, (), False
        if self._hanging() or self._scouts.waiting():
            log.debug("NVML stays open for a call that has not come back")
            return
        self._cards = ()
        if self._nvml:
            self._nvml.close()
        self._nvml = None

    def _opened(self, nvml: Nvml, kernel: Mapping[str, pci.PciCard]) -> tuple[GpuCard, ...]:
        places = [index for index in range(self._count) if index not in self._without]
        told = self._scouts.ask(nvml, places)
        if self._scouts.one_lock_for_all(places) and (others := self._beside(self._scouts.waiting()[0])):
            return others
        found = [told.get(index) or absent(index, GpuState.UNKNOWN) for index in places]
        cards = [self._card(nvml, card, kernel) for card in remembered(placed(found), self._identities)]
        self._cards = tuple(card for card in cards if isinstance(card, NvmlCard))
        self._identities |= {card.identity.index: card.identity for card in self._cards}
        if self._stand_by and len(self._cards) > 1 and not self._scouts.waiting():
            self._standby.start(self._without, cards=len(self._cards))
        return tuple(cards)

    def _hanging(self) -> list[int]:
        """Return the places of the cards that are being read, the one that has been for longest first."""
        since = [(card.calling_since_s, card.identity.index) for card in self._cards]
        return [index for _, index in sorted((since_s, index) for since_s, index in since if since_s is not None)]

    def _beside(self, culprit: int) -> tuple[GpuCard, ...]:
        """Return the cards as processes of their own read them, but for the one that hangs; none if that fails."""
        self._wedged = True
        if not self._by_process:
            self._by_process = tuple(self._standby.cards(self._without | {culprit}, self._identities, self._now_s))
            if not self._by_process:
                return ()
            log.info("the NVIDIA driver makes all wait for GPU %d; another process reads the others", culprit)
            self._beside_until_s = self._now_s() + BESIDE_FOR_S
        for card in self._cards:
            if card.identity.index == culprit:
                return (*self._by_process, card)
        (nobody,) = placed(remembered([absent(culprit, GpuState.UNKNOWN)], self._identities))
        return (*self._by_process, AbsentCard(nobody.identity, self._now_s))

    def _card(self, nvml: Nvml, found: Found, kernel: Mapping[str, pci.PciCard]) -> GpuCard:
        if found.handle is None:
            return AbsentCard(found.identity, self._now_s)
        listed = kernel.get(pci.sysfs_address(found.identity.pci) or "")
        return NvmlCard(found.identity, nvml, found.handle, self._now_s, listed)

    def _resting(self, kernel: tuple[pci.PciCard, ...]) -> tuple[GpuCard, ...]:
        former = {pci.sysfs_address(identity.pci): identity for identity in self._identities.values()}
        return tuple(
            RestingCard(former.get(card.address) or unopened(index, card.address), card, self._rest)
            for index, card in enumerate(kernel)
        )


class AbsentCard:
    """A card that the driver lists, and that does not say which one it is."""

    def __init__(self, identity: GpuReading, now_s: Callable[[], float]) -> None:
        self._state = identity.state
        self._now_s = now_s
        self.identity = replace(identity, state=GpuState.UNKNOWN)

    def read(self, *, with_processes: bool) -> GpuReading:
        """Return that it is lost, or unknown."""
        return replace(self.identity, state=self._state, at_s=self._now_s())
