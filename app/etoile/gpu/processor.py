"""The processor, for machines without a GPU: how hot and how busy it is.

Its temperature is known on Linux and FreeBSD alone; elsewhere there is none, which is not 0.
"""

import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from etoile.domain.gpus import GpuReading, GpuState, Kind

CHIPS = ("coretemp", "k10temp", "zenpower", "cpu_thermal", "cpu-thermal", "soc_thermal", "x86_pkg_temp")
"""Chips that measure the processor, the better ones first.  "acpitz" is not among them: that is often the board."""
WHOLE = ("package id", "physical id", "tdie", "tctl")
"""Labels of the sensor for the processor as a whole, the better ones first: of some models Tctl is 10 to 27 °C more
than the temperature, and Tdie is it."""
FIRST_LOOK_S = 0.1
"""Load is counted from one look to the next; the first has none before it."""

_UNTOLD = ("memory_used_bytes", "memory_total_bytes", "memory_free_bytes", "power_w", "power_limit_w", "fan_percent")


class Sensor(NamedTuple):
    """One sensor of the machine."""

    chip: str
    label: str
    celsius: float


class ProcessorCard:
    """The processor of this machine."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._interval_s: float | None = FIRST_LOOK_S
        self.identity = GpuReading(
            uuid=f"CPU-{platform.node()}",
            index=0,
            name=_model(),
            host=platform.node(),
            state=GpuState.UNKNOWN,
            kind=Kind.PROCESSOR,
        )

    def read(self, *, with_processes: bool) -> GpuReading:
        """Return temperature and load now.  Blocks for a tenth of a second the first time."""
        import psutil  # where there is a GPU, nobody asks for the processor

        utilization_percent = round(psutil.cpu_percent(self._interval_s))
        self._interval_s = None
        return processor_reading(self.identity, processor_c(_sensors()), utilization_percent, self._now_s())


def processor_reading(
    identity: GpuReading, temperature_c: int | None, utilization_percent: int | None, at_s: float
) -> GpuReading:
    """Return the reading of a processor; what is None is not told by its machine."""
    told = {"temperature_c": temperature_c, "utilization_percent": utilization_percent}
    untold = tuple(field for field, value in told.items() if value is None)
    return replace(
        identity,
        kind=Kind.PROCESSOR,
        state=GpuState.OK if len(untold) < len(told) else GpuState.UNSUPPORTED,
        temperature_c=temperature_c,
        utilization_percent=utilization_percent,
        unsupported=(*untold, *_UNTOLD),
        at_s=at_s,
    )


def processor_c(sensors: Iterable[Sensor]) -> int | None:
    """Return the temperature of the processor, of several the hottest; None when no sensor is known to be its."""
    known = [sensor for sensor in sensors if sensor.chip in CHIPS and 0 < sensor.celsius < 127]
    chip = min((CHIPS.index(sensor.chip) for sensor in known), default=None)
    ours = [sensor for sensor in known if chip is not None and sensor.chip == CHIPS[chip]]
    ranks = [_rank(sensor.label) for sensor in ours]
    return max(
        (round(sensor.celsius) for sensor, rank in zip(ours, ranks, strict=True) if rank == min(ranks)), default=None
    )


def _rank(label: str) -> int:
    plain = label.lower().replace("_", " ")
    return next((rank for rank, whole in enumerate(WHOLE) if plain.startswith(whole)), len(WHOLE))


def _sensors() -> list[Sensor]:
    import psutil

    read = getattr(psutil, "sensors_temperatures", None)
    if read is None:  # Windows, macOS
        return []
    try:
        chips = read()
    except OSError:
        return []
    return [Sensor(chip, entry.label, entry.current) for chip, entries in chips.items() for entry in entries]


@cache
def _model() -> str:
    """Return what the processor is called; how the system calls its kind where it does not tell."""
    try:
        about = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        about = ""
    named = next((line.partition(":")[2] for line in about.splitlines() if line.startswith("model name")), "")
    return " ".join(named.split()) or platform.processor() or platform.machine()
