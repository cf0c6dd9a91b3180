"""NVIDIA cards, read through NVML: the only home of pynvml.

Field by field, because drivers and cards differ in what they report: a field that is not supported is None and asked
for again only now and then, a field that fails is None this once, and a card that is gone is LOST while the others go
on.  After a reload of the driver every handle answers "GPU is lost" for ever; opening NVML afresh mends it.
"""

import logging
import platform
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import psutil
import pynvml

from etoile.domain.gpus import GpuProcess, GpuReading, GpuState
from etoile.errors import NvmlUnavailable
from etoile.text import Message, message

log = logging.getLogger(__name__)

UNSUPPORTED_FOR_S = 300.0
"""How long a field that the card does not support is left alone."""

THROTTLE_REASONS: Mapping[int, str] = {
    pynvml.nvmlClocksEventReasonSwPowerCap: "sw_power_cap",
    pynvml.nvmlClocksEventReasonHwSlowdown: "hw_slowdown",
    pynvml.nvmlClocksEventReasonSyncBoost: "sync_boost",
    pynvml.nvmlClocksEventReasonSwThermalSlowdown: "sw_thermal",
    pynvml.nvmlClocksEventReasonHwThermalSlowdown: "hw_thermal",
    pynvml.nvmlClocksEventReasonHwPowerBrakeSlowdown: "hw_power_brake",
}
"""Bits and words.  Idle and clocks set by the user are no reasons to mention."""

_ABSENT = frozenset(
    {
        pynvml.NVML_ERROR_NOT_SUPPORTED,
        pynvml.NVML_ERROR_FUNCTION_NOT_FOUND,
        pynvml.NVML_ERROR_ARGUMENT_VERSION_MISMATCH,
        pynvml.NVML_ERROR_DEPRECATED,
    }
)
"""Errors that mean: this card or driver does not report it."""

_GONE = frozenset({pynvml.NVML_ERROR_GPU_IS_LOST, pynvml.NVML_ERROR_RESET_REQUIRED, pynvml.NVML_ERROR_UNINITIALIZED})
"""Errors that concern the whole card (or, after a reload of the driver, every card)."""

Handle = Any
Values = dict[str, Any]
"""Fields of `GpuReading` by name."""


@dataclass(frozen=True, slots=True)
class Query:
    """Some fields, and the calls that may report them: the first that this driver has is the one that counts."""

    fields: tuple[str, ...]
    calls: tuple[Callable[[Handle], Values], ...]


class NvmlSource:
    """The cards of this machine's NVIDIA driver."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._count = 0

    def cards(self) -> tuple["NvmlCard", ...]:
        """Open NVML afresh and return its cards, in NVML's order.  Raises NvmlUnavailable."""
        self.close()
        try:
            pynvml.nvmlInit()
            self._count = pynvml.nvmlDeviceGetCount()
        except pynvml.NVMLError as error:
            raise _unavailable(error) from error
        if not self._count:
            raise NvmlUnavailable(
                message("The NVIDIA driver runs, but it reports no card."),
                message("Check that the card is seated and powered; `nvidia-smi` tells what the driver sees."),
            )
        found = [card for index in range(self._count) if (card := self._card(index))]
        by_bus = sorted((card.identity for card in found if card.identity.pci), key=lambda identity: identity.pci or "")
        cuda = {identity.uuid: place for place, identity in enumerate(by_bus)}
        for card in found:
            card.identity = replace(card.identity, cuda_index=cuda.get(card.identity.uuid))
        return tuple(found)

    def outdated(self) -> bool:
        """Tell whether the driver has other cards than last time, or no longer answers."""
        try:
            return bool(pynvml.nvmlDeviceGetCount() != self._count)
        except pynvml.NVMLError:
            return True

    def close(self) -> None:
        """Shut NVML down; an NVML that is not open is none the worse."""
        try:
            pynvml.nvmlShutdown()
        except pynvml.NVMLError as error:
            log.debug("NVML was not open, or is past closing: %s", error)

    def _card(self, index: int) -> "NvmlCard | None":
        """Return the card at `index`; None when it is so lost that it does not even say which one it is."""
        try:
            handle = pynvml.nvmlDeviceGetHandleByIndex(index)
            uuid = pynvml.nvmlDeviceGetUUID(handle)
        except pynvml.NVMLError as error:
            log.info("GPU %d cannot be opened: %s", index, error)
            return None
        identity = GpuReading(
            uuid=uuid,
            index=index,
            name=_told(pynvml.nvmlDeviceGetName, handle) or "NVIDIA GPU",
            host=platform.node(),
            state=GpuState.UNKNOWN,
            pci=_told(_pci, handle),
        )
        return NvmlCard(identity, handle, self._now_s)


class NvmlCard:
    """One card, as long as NVML stays open."""

    def __init__(self, identity: GpuReading, handle: Handle, now_s: Callable[[], float]) -> None:
        self.identity = identity
        self._handle = handle
        self._now_s = now_s
        self._unsupported_until_s: dict[Query, float] = {}
        self._processes: Values = {}

    def read(self, *, with_processes: bool) -> GpuReading:
        """Return what the card reports now."""
        try:
            values = self._values()
            if with_processes:
                self._processes = self._answer(PROCESSES)
        except _CardGone:
            return replace(self.identity, state=GpuState.LOST, at_s=self._now_s())
        unsupported = tuple(field for query in self._unsupported_until_s for field in query.fields)
        state = _state(values, len(self._unsupported_until_s.keys() - {PROCESSES}))
        known = {**values, **self._processes, "state": state, "unsupported": unsupported}
        return replace(self.identity, at_s=self._now_s(), **known)

    def _values(self) -> Values:
        values: Values = {}
        for query in QUERIES:
            values |= self._answer(query)
        return values

    def _answer(self, query: Query) -> Values:
        """Return the values of `query`; none when the card does not report them, or not now."""
        if self._now_s() < self._unsupported_until_s.get(query, 0.0):
            return {}
        self._unsupported_until_s.pop(query, None)
        for call in query.calls:
            try:
                return call(self._handle)
            except pynvml.NVMLLibraryMismatchError:
                continue  # what pynvml raises, outside its own tree, for a call that an older driver lacks
            except pynvml.NVMLError as error:
                if error.value in _GONE:
                    raise _CardGone from error
                if error.value not in _ABSENT:
                    log.debug("GPU %d: %s: %s", self.identity.index, query.fields[0], error)
                    return {}
        self._unsupported_until_s[query] = self._now_s() + UNSUPPORTED_FOR_S
        return {}


class _CardGone(Exception):
    """The card answers nothing any more."""


def _state(values: Values, unsupported: int) -> GpuState:
    if any(value is not None for value in values.values()):
        return GpuState.OK
    return GpuState.UNSUPPORTED if unsupported == len(QUERIES) else GpuState.UNKNOWN


def _unavailable(error: Any) -> NvmlUnavailable:
    """Return what an NVML that does not start means for the user."""
    said, remedy = _START_FAILURES.get(
        error.value,
        (
            message("The NVIDIA driver does not start: {error}.", error=str(error)),
            message("`nvidia-smi` in a terminal tells more; often a restart of the computer is enough."),
        ),
    )
    return NvmlUnavailable(said, remedy)


_START_FAILURES: Mapping[int, tuple[Message, Message]] = {
    pynvml.NVML_ERROR_LIBRARY_NOT_FOUND: (
        message("There is no NVIDIA driver on this computer."),
        message("With an NVIDIA card, install its driver; without one, GPUs of other machines are still shown."),
    ),
    pynvml.NVML_ERROR_DRIVER_NOT_LOADED: (
        message("The NVIDIA driver is installed, but not loaded."),
        message("Load it (`sudo modprobe nvidia`), or restart the computer."),
    ),
    pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH: (
        message("The NVIDIA driver was updated while the former one is still running."),
        message("Restart the computer."),
    ),
    pynvml.NVML_ERROR_NO_PERMISSION: (
        message("The NVIDIA driver may not be used by this user."),
        message("Check who may read /dev/nvidia*: often the group `video` or `render`."),
    ),
}


def _told(call: Callable[[Handle], str], handle: Handle) -> str | None:
    try:
        return call(handle)
    except pynvml.NVMLError:
        return None


def _pci(handle: Handle) -> str:
    """Return the PCI address, of fixed width, so that text order is bus order: "00000000:01:00.0"."""
    address = pynvml.nvmlDeviceGetPciInfo(handle).busId
    return (address.decode() if isinstance(address, bytes) else str(address)).lower()


def _one(field: str, convert: Callable[[Any], Any], *calls: Callable[[Handle], Any]) -> Query:
    """Return the query for one field: what a call answers is converted, junk to None."""

    def valued(call: Callable[[Handle], Any]) -> Callable[[Handle], Values]:
        return lambda handle: {field: convert(call(handle))}

    return Query((field,), tuple(valued(call) for call in calls))


def _at_most(highest: int) -> Callable[[int], int | None]:
    return lambda value: value if 0 <= value <= highest else None


_size = _at_most(2**63 - 65)  # sizes beyond mean "not available"


def _degrees(value: int) -> int | None:
    # Drivers are known to report 0, 127 and 255 °C when the sensor does not answer.
    return value if 0 < value < 127 else None


def _watts(milliwatts: int) -> float | None:
    return milliwatts / 1000 if 0 <= milliwatts < 5_000_000 else None


def _reasons(bits: int) -> tuple[str, ...]:
    return tuple(word for bit, word in THROTTLE_REASONS.items() if bits & bit)


def _memory(info: Any) -> Values:
    sizes = {"memory_used_bytes": info.used, "memory_total_bytes": info.total, "memory_free_bytes": info.free}
    return {field: _size(size) for field, size in sizes.items()}


QUERIES = (
    _one(
        "temperature_c",
        _degrees,
        lambda handle: pynvml.nvmlDeviceGetTemperature(handle, pynvml.NVML_TEMPERATURE_GPU),
        lambda handle: pynvml.nvmlDeviceGetTemperatureV(handle, pynvml.NVML_TEMPERATURE_GPU),
    ),
    _one("utilization_percent", _at_most(100), lambda handle: pynvml.nvmlDeviceGetUtilizationRates(handle).gpu),
    Query(
        ("memory_used_bytes", "memory_total_bytes", "memory_free_bytes"),
        # Version 1 counts the 400 MiB and more that the driver keeps for itself as used.
        (
            lambda handle: _memory(pynvml.nvmlDeviceGetMemoryInfo(handle, version=pynvml.nvmlMemory_v2)),
            lambda handle: _memory(pynvml.nvmlDeviceGetMemoryInfo(handle)),
        ),
    ),
    _one("power_w", _watts, pynvml.nvmlDeviceGetPowerUsage),
    _one("power_limit_w", _watts, pynvml.nvmlDeviceGetEnforcedPowerLimit),
    # 0 % is a fan at rest; a card without a fan answers "not supported".  More than 100 % is possible.
    _one("fan_percent", _at_most(200), pynvml.nvmlDeviceGetFanSpeed),
    _one(
        "clock_graphics_mhz",
        _at_most(20_000),
        lambda handle: pynvml.nvmlDeviceGetClockInfo(handle, pynvml.NVML_CLOCK_GRAPHICS),
    ),
    _one(
        "clock_memory_mhz",
        _at_most(50_000),
        lambda handle: pynvml.nvmlDeviceGetClockInfo(handle, pynvml.NVML_CLOCK_MEM),
    ),
    _one(
        "throttle",
        _reasons,
        pynvml.nvmlDeviceGetCurrentClocksEventReasons,
        pynvml.nvmlDeviceGetCurrentClocksThrottleReasons,
    ),
)
"""What is read at every sample.  PCIe throughput is not: the driver counts 40 ms for it."""


def _process_name(pid: int) -> str | None:
    try:
        return psutil.Process(pid).name().encode(errors="replace").decode()
    except psutil.Error:
        return None  # it has ended, or it lives outside this container


def _merged(compute: Iterable[Any], graphics: Iterable[Any]) -> Values:
    """Return the processes; one that computes and draws stands in both lists, with the same memory."""
    memory = {process.pid: process.usedGpuMemory for process in (*graphics, *compute)}
    return {
        "processes": tuple(
            GpuProcess(pid=pid, name=_process_name(pid), memory_used_bytes=None if used is None else _size(used))
            for pid, used in memory.items()
        )
    }


PROCESSES = Query(
    ("processes",),
    (
        lambda handle: _merged(
            pynvml.nvmlDeviceGetComputeRunningProcesses_v3(handle),
            pynvml.nvmlDeviceGetGraphicsRunningProcesses_v3(handle),
        ),
        lambda handle: _merged(
            pynvml.nvmlDeviceGetComputeRunningProcesses_v2(handle),
            pynvml.nvmlDeviceGetGraphicsRunningProcesses_v2(handle),
        ),
    ),
)
"""Read more seldom, and with the call that the driver has: pynvml's own takes the newest only."""
