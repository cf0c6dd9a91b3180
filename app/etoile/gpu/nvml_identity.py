"""Which card is which: by UUID, and where NVML, CUDA and the PCI bus have it."""

import ctypes
import logging
import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from ctypes import byref, c_char, c_uint
from dataclasses import dataclass, replace

from etoile.domain.gpus import GpuReading, GpuState
from etoile.gpu import nvml_codes as codes
from etoile.gpu.nvml_library import GONE, Handle, Nvml

log = logging.getLogger(__name__)

NAMELESS = "NVIDIA GPU"


@dataclass(frozen=True, slots=True)
class Found:
    """A card that the driver lists."""

    identity: GpuReading
    handle: Handle | None
    """None for a card that does not even say which one it is."""
    speed: int | None = None
    """Cores times MHz, or None when the driver does not tell."""
    takes_cuda: bool = True
    """Whether CUDA numbers it; a card in MIG mode is replaced by its instances."""


class _Pci(ctypes.Structure):
    _fields_ = (
        ("legacy", c_char * 16),
        ("domain", c_uint),
        ("bus", c_uint),
        ("device", c_uint),
        ("ids", c_uint * 2),
        ("address", c_char * 32),
    )


def identify(nvml: Nvml, index: int) -> Found:
    """Return the card at `index`."""
    handle, code = nvml.handle(index)
    if code:
        log.info("GPU %d cannot be opened: NVML error %d", index, code)
        return absent(index, GpuState.LOST if code in GONE else GpuState.UNKNOWN)
    mig = _mig(nvml, handle)
    identity = replace(
        absent(index, GpuState.UNKNOWN).identity,
        uuid=_uuid(nvml, handle) or "",
        name=nvml.text("nvmlDeviceGetName", handle) or NAMELESS,
        pci=_pci(nvml, handle),
        mig=mig or (),
    )
    return Found(identity, handle, _speed(nvml, handle), takes_cuda=mig is None)


def absent(index: int, state: GpuState) -> Found:
    """Return what can be said of a card that says nothing."""
    identity = GpuReading(uuid="", index=index, name=NAMELESS, host=platform.node(), state=state)
    return Found(identity, None, takes_cuda=False)


def unopened(index: int, address: str) -> GpuReading:
    """Return what the kernel alone tells of the card at this address."""
    found = absent(index, GpuState.UNKNOWN)
    return _named([replace(found, identity=replace(found.identity, pci=f"0000{address}"))])[0].identity


def remembered(found: Iterable[Found], former: Mapping[int, GpuReading]) -> list[Found]:
    """Recognise the cards that say nothing by the place they had before, unless another card has turned up there."""
    cards = list(found)
    present = {card.identity.uuid for card in cards}
    return [
        _recognised(card, former.get(card.identity.index), present) if card.handle is None else card for card in cards
    ]


def _recognised(card: Found, was: GpuReading | None, present: Set[str]) -> Found:
    if was is None or was.uuid in present:
        return card
    return replace(card, identity=replace(was, state=card.identity.state))


def placed(found: Sequence[Found]) -> tuple[Found, ...]:
    """Return the cards with a UUID each, whatever the driver says, and with their places in CUDA's two orders."""
    named = _named(found)
    visible = [card for card in named if card.takes_cuda and card.identity.pci]
    by_bus = sorted(visible, key=lambda card: card.identity.pci or "")
    bus_places = _places(by_bus)
    # CUDA's rule for "fastest" is not published.  Peak throughput tells cards of different models apart, and cards of
    # one model stand in the order of the bus; a single card is first by any rule.
    known = len(by_bus) == 1 or all(card.speed is not None for card in by_bus)
    fastest_places = _places(sorted(by_bus, key=lambda card: -(card.speed or 0))) if known else {}
    return tuple(
        replace(
            card,
            identity=replace(
                card.identity,
                cuda_index=bus_places.get(card.identity.uuid),
                cuda_fastest_index=fastest_places.get(card.identity.uuid),
                cuda_fastest_estimated=len(by_bus) > 1 and card.identity.uuid in fastest_places,
            ),
        )
        for card in named
    )


def _named(found: Iterable[Found]) -> list[Found]:
    """Give each card a UUID of its own: a missing or a shared one is made from its place on the bus."""
    cards = list(found)
    shared = Counter(card.identity.uuid for card in cards)
    return [
        card
        if card.identity.uuid and shared[card.identity.uuid] == 1
        else replace(card, identity=replace(card.identity, uuid=_made_up(card.identity)))
        for card in cards
    ]


def _made_up(identity: GpuReading) -> str:
    place = f"pci:{identity.pci}" if identity.pci else f"index:{identity.index}"
    return f"{identity.uuid}@{place}" if identity.uuid else place


def _places(cards: Iterable[Found]) -> dict[str, int]:
    return {card.identity.uuid: place for place, card in enumerate(cards)}


def _uuid(nvml: Nvml, handle: Handle) -> str | None:
    uuid = nvml.text("nvmlDeviceGetUUID", handle)
    return uuid if uuid and set(uuid.removeprefix("GPU-")) - set("0-") else None


def _pci(nvml: Nvml, handle: Handle) -> str | None:
    """Return the PCI address, of fixed width, so that text order is bus order: "00000000:01:00.0"."""
    info = _Pci()
    symbols = ("nvmlDeviceGetPciInfo_v3", "nvmlDeviceGetPciInfo_v2", "nvmlDeviceGetPciInfo")
    if nvml.ask(symbols, handle, byref(info)):
        return None
    # The long form came with version 3; before, its place was reserved.
    told = (info.address or info.legacy).decode(errors="replace").lower()
    domain, colon, rest = told.partition(":")
    return f"{domain:>08}:{rest}" if colon else f"{info.domain:08x}:{info.bus:02x}:{info.device:02x}.0"


def _speed(nvml: Nvml, handle: Handle) -> int | None:
    cores = nvml.number("nvmlDeviceGetNumGpuCores", handle)
    mhz = nvml.number("nvmlDeviceGetMaxClockInfo", handle, c_uint(codes.NVML_CLOCK_SM))
    return cores * mhz if cores and mhz else None


def _mig(nvml: Nvml, handle: Handle) -> tuple[str, ...] | None:
    """Return the UUIDs of the instances of a card in MIG mode; None for a whole card."""
    current, pending, most = c_uint(), c_uint(), c_uint()
    if nvml.ask(("nvmlDeviceGetMigMode",), handle, byref(current), byref(pending)) or current.value != 1:
        return None
    if nvml.ask(("nvmlDeviceGetMaxMigDeviceCount",), handle, byref(most)):
        return ()
    return tuple(uuid for place in range(min(most.value, 16)) if (uuid := _instance(nvml, handle, place)))


def _instance(nvml: Nvml, handle: Handle, place: int) -> str | None:
    instance = Handle()
    symbols = ("nvmlDeviceGetMigDeviceHandleByIndex",)
    if nvml.ask(symbols, handle, c_uint(place), byref(instance)):
        return None
    return _uuid(nvml, instance)
