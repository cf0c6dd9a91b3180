"""What exporters on other machines tell of their GPUs: pages of dcgm-exporter, nvidia_gpu_exporter and node_exporter.

Every exporter has its own units, its own way of naming a card and its own values that mean "nothing"; here they become
readings like those of this machine.  Whatever a page holds, the worst that comes of it is that a value is unknown.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from etoile.domain.gpus import GpuProcess, GpuReading
from etoile.domain.nodes import NodeLoad
from etoile.gpu.hwmon import HWMON, hwmon_readings
from etoile.gpu.load import ENGINES, load_of
from etoile.gpu.prometheus import Sample, samples
from etoile.gpu.quantities import Convert, degrees, exact, whole
from etoile.gpu.told import Told

DCGM, NVIDIA_SMI = "DCGM_FI_DEV_", "nvidia_smi_"
PREFIXES = (DCGM, NVIDIA_SMI, HWMON, *ENGINES)

_percent, _ratio = whole(0, 100), whole(0, 100, 100)
_fan, _fan_ratio = whole(0, 200), whole(0, 200, 100)
_watts = exact(0, 5_000)
_margin = whole(-60, 150)
_bytes, _mebibytes = whole(0, 2**44), whole(0, 2**44, 2**20)
_megahertz, _hertz = whole(0, 50_000), whole(0, 50_000, 1e-6)

_THROTTLE_BITS: Mapping[int, str] = {
    0x04: "sw_power_cap",
    0x08: "hw_slowdown",
    0x10: "sync_boost",
    0x20: "sw_thermal",
    0x40: "hw_thermal",
    0x80: "hw_power_brake",
}
"""As NVML counts them.  Idle (1) and clocks set by the user (2) are no reasons to mention."""

_THROTTLE_FLAGS: Mapping[str, str] = {
    "sw_power_cap": "sw_power_cap",
    "hw_slowdown": "hw_slowdown",
    "sync_boost": "sync_boost",
    "sw_thermal_slowdown": "sw_thermal",
    "hw_thermal_slowdown": "hw_thermal",
    "hw_power_brake_slowdown": "hw_power_brake",
}

Values = dict[str, float]
"""By the exporter's names, without their prefix."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one page tells."""

    readings: tuple[GpuReading, ...] = ()
    """Its GPUs, or the processor of a machine of which it tells no GPU."""
    load: NodeLoad | None = None
    measured: float | None = None
    """When the exporter measured, by its own clock, if it tells: the same again means that nothing is new."""
    failing: bool = False
    """Whether the exporter says that it could not measure."""


def read_page(page: bytes, host: str, at_s: float) -> Page:
    """Return what `page` tells of the machine `host`; `at_s` is when it came, of the monotonic clock."""
    found = samples(page, PREFIXES)
    told = {sample.name: sample.value for sample in found if not sample.labels}
    cards = [*_cards(found, DCGM_EXPORTER), *_cards(found, NVIDIA_GPU_EXPORTER)]
    readings = [card.reading(place, host, at_s) for place, card in enumerate(cards)]
    return Page(
        readings=tuple(readings or hwmon_readings(found, host, at_s)),
        load=load_of(found),
        measured=told.get("nvidia_smi_last_collect_success_timestamp_seconds"),
        failing=told.get("nvidia_smi_last_collect_success") == 0,
    )


@dataclass(frozen=True, slots=True)
class Exporter:
    """How one exporter writes."""

    prefix: str
    labels: Mapping[str, str]
    """Its labels by our words."""
    fields: Mapping[str, tuple[str, Convert]]
    """Field and conversion, by its names; of several that mean the same, the last that is told counts."""
    complete: Callable[[Told, Sequence[Sample], Values], None]
    """Adds what is not simply a value by its name, to the card or to its values."""


def _cards(found: Iterable[Sample], exporter: Exporter) -> list[Told]:
    by_uuid: dict[str, list[Sample]] = {}
    for name, labels, value in found:
        if name.startswith(exporter.prefix) and (uuid := labels.get(exporter.labels["uuid"])):
            by_uuid.setdefault(_uuid(uuid), []).append(Sample(name.removeprefix(exporter.prefix), labels, value))
    return [_card(uuid, of_card, exporter) for uuid, of_card in by_uuid.items()]


def _uuid(text: str) -> str:
    """Return a UUID as NVML writes it; nvidia_gpu_exporter leaves out what it begins with."""
    return "GPU-" + text.removeprefix("GPU-").lower()


def _card(uuid: str, found: Sequence[Sample], exporter: Exporter) -> Told:
    about: dict[str, str] = {}
    for sample in found:
        for ours, theirs in exporter.labels.items():
            if theirs in sample.labels:
                about.setdefault(ours, sample.labels[theirs])
    card = Told(uuid, "NVIDIA GPU", about)
    # A card may be told of several times, once for each container that uses it.
    values = {sample.name: sample.value for sample in reversed(found) if not _part(sample)}
    exporter.complete(card, found, values)
    for name, (field, convert) in exporter.fields.items():
        if name in values:
            value = convert(values[name])
            card.values[field] = card.values.get(field) if value is None else value
    return card


def _part(sample: Sample) -> str:
    """Return which MIG instance a sample is about; "" when it is about the card."""
    return sample.labels.get("GPU_I_ID") or sample.labels.get("gpu_instance_id") or ""


def _complete_dcgm(card: Told, found: Sequence[Sample], values: Values) -> None:
    """Add MIG instances, the size of the memory, throttle reasons.

    Of a card that is cut into instances everything is told once for each: what belongs to the whole card (heat, power)
    is the same each time, the memory is a part, and the load is nobody's but the instance's.
    """
    parts: dict[str, Values] = {}
    for sample in found:
        if part := _part(sample):
            parts.setdefault(part, {})[sample.name] = sample.value
    card.mig = tuple(f"MIG-{card.uuid}/{part}" for part in parts)
    for part_values in parts.values():
        for name, value in part_values.items():
            if name in _MEMORY:
                values.setdefault(name, math.fsum(other.get(name, math.nan) for other in parts.values()))
            elif name != "GPU_UTIL":
                values.setdefault(name, value)
    if "FB_USED" in values and "FB_FREE" in values:
        sizes = [_mebibytes(values.get(name, 0.0)) for name in ("FB_USED", "FB_FREE", "FB_RESERVED")]
        values.setdefault("FB_TOTAL", sum(size or 0 for size in sizes) / 2**20 if None not in sizes[:2] else math.nan)
    reasons = values.get("CLOCKS_EVENT_REASONS", values.get("CLOCK_THROTTLE_REASONS"))
    if reasons is not None and (bits := whole(0, 2**32)(reasons)) is not None:
        card.values["throttle"] = tuple(word for bit, word in _THROTTLE_BITS.items() if bits & bit)


_MEMORY = frozenset({"FB_USED", "FB_FREE", "FB_RESERVED", "FB_TOTAL"})


def _complete_nvidia_smi(card: Told, found: Sequence[Sample], values: Values) -> None:
    """Add MIG instances, throttle reasons, processes."""
    card.mig = tuple(dict.fromkeys(uuid for sample in found if (uuid := sample.labels.get("mig_uuid"))))
    flags = {
        word: values[name]
        for flag, word in _THROTTLE_FLAGS.items()
        for name in (f"clocks_throttle_reasons_{flag}", f"clocks_event_reasons_{flag}")
        if name in values
    }
    if flags:
        card.values["throttle"] = tuple(word for word, value in flags.items() if value == 1)
    if "compute_apps" in values:
        card.values["processes"] = tuple(_processes(found))


def _processes(found: Sequence[Sample]) -> Iterable[GpuProcess]:
    """Yield the processes, by the numbers that they have over there."""
    sizes = {
        sample.labels.get("pid"): sample.value for sample in found if sample.name == "compute_app_used_memory_bytes"
    }
    for sample in found:
        pid = sample.labels.get("pid", "")
        if sample.name == "compute_app_info" and re.fullmatch(r"\d{1,9}", pid):
            path = sample.labels.get("process_name", "").replace("\\", "/")
            yield GpuProcess(
                pid=int(pid),
                name=path.rpartition("/")[2] or None,
                memory_used_bytes=_bytes(sizes[pid]) if pid in sizes else None,
            )


DCGM_EXPORTER = Exporter(
    DCGM,
    {"uuid": "UUID", "index": "gpu", "name": "modelName", "pci": "pci_bus_id"},
    {
        "GPU_TEMP": ("temperature_c", degrees),
        "MEMORY_TEMP": ("memory_temperature_c", degrees),
        "GPU_TEMP_LIMIT": ("thermal_margin_c", _margin),
        "SHUTDOWN_TEMP": ("shutdown_c", degrees),
        "SLOWDOWN_TEMP": ("slowdown_c", degrees),
        "GPU_MAX_OP_TEMP": ("max_operating_c", degrees),
        "GPU_UTIL": ("utilization_percent", _percent),
        "FB_USED": ("memory_used_bytes", _mebibytes),
        "FB_FREE": ("memory_free_bytes", _mebibytes),
        "FB_TOTAL": ("memory_total_bytes", _mebibytes),
        "POWER_USAGE": ("power_w", _watts),
        "POWER_MGMT_LIMIT": ("power_limit_w", _watts),
        "ENFORCED_POWER_LIMIT": ("power_limit_w", _watts),
        "FAN_SPEED": ("fan_percent", _fan),
        "SM_CLOCK": ("clock_graphics_mhz", _megahertz),
        "MEM_CLOCK": ("clock_memory_mhz", _megahertz),
    },
    _complete_dcgm,
)
"""https://github.com/NVIDIA/dcgm-exporter, etc/default-counters.csv: what is told depends on that file."""

NVIDIA_GPU_EXPORTER = Exporter(
    NVIDIA_SMI,
    {"uuid": "uuid", "index": "index", "name": "name", "pci": "pci_bus_id"},
    {
        "temperature_gpu": ("temperature_c", degrees),
        "temperature_memory": ("memory_temperature_c", degrees),
        "temperature_gpu_tlimit": ("thermal_margin_c", _margin),
        "utilization_gpu_ratio": ("utilization_percent", _ratio),
        "memory_used_bytes": ("memory_used_bytes", _bytes),
        "memory_free_bytes": ("memory_free_bytes", _bytes),
        "memory_total_bytes": ("memory_total_bytes", _bytes),
        "power_draw_watts": ("power_w", _watts),
        "power_limit_watts": ("power_limit_w", _watts),
        "enforced_power_limit_watts": ("power_limit_w", _watts),
        "fan_speed_ratio": ("fan_percent", _fan_ratio),
        "clocks_current_graphics_clock_hz": ("clock_graphics_mhz", _hertz),
        "clocks_current_memory_clock_hz": ("clock_memory_mhz", _hertz),
    },
    _complete_nvidia_smi,
)
"""https://github.com/utkuozdemir/nvidia_gpu_exporter, docs/METRICS.md."""
