"""A GPU as it was read: every value with its unit, and None where the driver reports nothing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class GpuState(StrEnum):
    """What a reading is worth."""

    OK = "ok"
    UNSUPPORTED = "unsupported"
    ASLEEP = "asleep"
    STALE = "stale"
    LOST = "lost"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What a reading is of."""

    GPU = "gpu"
    PROCESSOR = "processor"
    """The processor of a machine in which no GPU is known: its heat and load are all there is to watch."""


class Thermal(StrEnum):
    """How hot a GPU is, after thresholds, hold and hysteresis."""

    NORMAL = "normal"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


HOT = frozenset({Thermal.WARNING, Thermal.CRITICAL})
SLOWED_BY_HEAT = frozenset({"sw_thermal", "hw_thermal", "hw_slowdown"})
"""Throttle reasons that mean heat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuProcess:
    """A process that holds memory of a GPU."""

    pid: int
    name: str | None = None
    memory_used_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class GpuReading:
    """One GPU at one moment.  `uuid` is its identity: indexes change from boot to boot."""

    # Without slots, for `of`.

    uuid: str
    index: int
    name: str
    host: str
    state: GpuState = GpuState.OK
    cuda_index: int | None = None
    """Index in CUDA's PCI bus order (`CUDA_DEVICE_ORDER=PCI_BUS_ID`)."""
    cuda_fastest_index: int | None = None
    """Index in CUDA's fastest-first order, which programs see unless told otherwise."""
    cuda_fastest_estimated: bool = False
    """Whether `cuda_fastest_index` is worked out from cores and clocks, as CUDA's own rule is not published."""
    pci: str | None = None
    mig: tuple[str, ...] = ()
    """UUIDs of its MIG instances.  While there are any, CUDA takes those and not the card."""
    temperature_c: int | None = None
    memory_temperature_c: int | None = None
    """Of the memory chips; only cards with HBM tell it."""
    thermal_margin_c: int | None = None
    """How far the hottest spot is below the card's own limit (T.Limit), negative above it: what recent data centre
    cards report in place of the limits below."""
    shutdown_c: int | None = None
    """The card switches itself off."""
    slowdown_c: int | None = None
    """The card slows itself down hard."""
    max_operating_c: int | None = None
    """The highest temperature that the card is built to work at."""
    target_c: int | None = None
    """What the card's own fan and clock control aims at under load."""
    utilization_percent: int | None = None
    memory_used_bytes: int | None = None
    memory_total_bytes: int | None = None
    memory_free_bytes: int | None = None
    power_w: float | None = None
    power_limit_w: float | None = None
    fan_percent: int | None = None
    clock_graphics_mhz: int | None = None
    clock_memory_mhz: int | None = None
    throttle: tuple[str, ...] = ()
    """Reasons the driver gives for running slower than it could, as words ("sw_thermal", "hw_slowdown")."""
    unsupported: tuple[str, ...] = ()
    """Names of the fields above that this card does not report."""
    unknown: tuple[str, ...] = ()
    """Names of the fields above that this card reports, but not this time: the call failed, or the value was junk."""
    processes: tuple[GpuProcess, ...] = ()
    kind: Kind = Kind.GPU
    far: bool = False
    """Whether it is another machine's, told by an exporter there: nothing of this machine can run on it."""
    simulated: bool = False
    at_s: float = 0.0
    """When it was read, in seconds of the monotonic clock."""
    stale_since_s: float | None = None
    """When the card last answered, by the same clock, if it does not now; None while it does, or if it never has."""

    def field_state(self, field: str) -> GpuState:
        """Return what the value of one field is worth: the card's state comes before the field's own."""
        if self.state is not GpuState.OK:
            return self.state
        if field in self.unsupported:
            return GpuState.UNSUPPORTED
        if field in self.unknown or getattr(self, field) is None:
            return GpuState.UNKNOWN
        return GpuState.OK

    @staticmethod
    def of(values: dict[str, Any]) -> "GpuReading":
        """Return the reading with exactly these values, one for each field; it keeps the dictionary.

        It is for the loop that reads: a frozen dataclass is otherwise made field by field, which costs more than all
        calls to the driver for it.
        """
        reading = object.__new__(GpuReading)
        object.__setattr__(reading, "__dict__", values)
        return reading
