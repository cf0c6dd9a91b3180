"""A GPU as it was read: every value with its unit, and None where the driver reports nothing."""

from dataclasses import dataclass
from enum import StrEnum


class GpuState(StrEnum):
    """What a reading is worth."""

    OK = "ok"
    UNSUPPORTED = "unsupported"
    ASLEEP = "asleep"
    STALE = "stale"
    LOST = "lost"
    UNKNOWN = "unknown"


class Thermal(StrEnum):
    """How hot a GPU is, after thresholds, hold and hysteresis."""

    NORMAL = "normal"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuProcess:
    """A process that holds memory of a GPU."""

    pid: int
    name: str | None = None
    memory_used_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuReading:
    """One GPU at one moment.  `uuid` is its identity: indexes change from boot to boot."""

    uuid: str
    index: int
    name: str
    host: str
    state: GpuState = GpuState.OK
    cuda_index: int | None = None
    """Index in CUDA's PCI bus order."""
    pci: str | None = None
    temperature_c: int | None = None
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
    processes: tuple[GpuProcess, ...] = ()
    simulated: bool = False
    at_s: float = 0.0
    """When it was read, in seconds of the monotonic clock."""
