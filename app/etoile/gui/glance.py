"""What is shown of a GPU at a glance, whether as a card or as a row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from etoile.config import Thermal as ThermalLimits
from etoile.domain.alerting.words import in_about
from etoile.domain.forecast import Forecast
from etoile.domain.gpus import GpuProcess, GpuReading, GpuState, Thermal
from etoile.domain.nodes import gpus_of
from etoile.domain.state import State
from etoile.gui.design import Look
from etoile.gui.history import Sample
from etoile.gui.severity import Severity, severity_of
from etoile.gui.sparkline import Points
from etoile.gui.words import GPU_STATE, NOTHING, THERMAL, measured, short_model
from etoile.text import Message, message, render

_THROTTLED = attrgetter("throttled")
_SAID = frozenset({GpuState.ASLEEP, GpuState.UNSUPPORTED, GpuState.UNKNOWN})


class MemoryPart(NamedTuple):
    """What a model or a process holds of the memory."""

    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """One GPU now, and its last minutes."""

    gpu: GpuReading
    thermal: Thermal
    limits: ThermalLimits
    forecast: Forecast | None = None
    """When it reaches its next limit, where that is clear."""
    samples: Sequence[Sample] = ()
    measured_at: str = ""
    """Time of day of the reading, when it is an old one."""
    parts: tuple[MemoryPart, ...] = ()
    """Who holds the memory, as far as that is known, the largest first."""
    snoozed: bool = False
    """Whether the user wants to hear no alert of it."""
    says_simulated: bool = True
    """Whether it says by itself that its GPU is simulated: a heading may say it of all."""

    @property
    def severity(self) -> Severity | None:
        """What the chip says, if there is one."""
        return severity_of(self.gpu, self.thermal)

    @property
    def word(self) -> Message:
        """The word of the chip."""
        lost = self.gpu.state is GpuState.LOST
        return GPU_STATE[GpuState.LOST] if lost else THERMAL[self.thermal]

    @property
    def faded(self) -> bool:
        """Whether the values are not those of now."""
        return self.gpu.state is not GpuState.OK

    @property
    def remark(self) -> Message | None:
        """What is said about the reading itself, in small."""
        if self.gpu.state is GpuState.STALE:
            return measured(self.measured_at)
        if self.gpu.state in _SAID and self.severity is None:
            return GPU_STATE[self.gpu.state]
        if self.snoozed:
            return message("snoozed")
        return message("simulated") if self.gpu.simulated and self.says_simulated else None

    @property
    def outlook(self) -> Message | None:
        """When it will be hot, or critical, if that is known."""
        return in_about(self.forecast) if self.forecast and not self.faded else None

    @property
    def temperatures(self) -> Points:
        """The curve of the temperature."""
        return [(sample.at_s - self.samples[-1].at_s, sample.temperature_c) for sample in self.samples]

    @property
    def slowed(self) -> list[tuple[float, float]]:
        """The times in which heat slowed it down: from and to, as the points of the curves have it."""
        if not any(map(_THROTTLED, self.samples)):  # so for most, and looked at for every frame
            return []
        bands: list[tuple[float, float]] = []
        before = False
        for sample in self.samples:
            at_s = sample.at_s - self.samples[-1].at_s
            if sample.throttled:
                bands = [*bands[:-1], (bands[-1][0], at_s)] if before else [*bands, (at_s, at_s)]
            before = sample.throttled
        return bands

    @property
    def loads(self) -> Points:
        """The curve of the load."""
        return [(sample.at_s - self.samples[-1].at_s, sample.utilization_percent) for sample in self.samples]

    @property
    def memory_part(self) -> float | None:
        """How full the memory is, 0 to 1."""
        return memory_part(self.gpu)


def memory_part(gpu: GpuReading) -> float | None:
    """Return how full the memory of `gpu` is, 0 to 1."""
    used, total = gpu.memory_used_bytes, gpu.memory_total_bytes
    return used / total if used is not None and total else None


def memory_parts(gpu: GpuReading, state: State) -> tuple[MemoryPart, ...]:
    """Return who holds the memory of `gpu`: models, where a node that uses this card alone tells them; else processes.

    Never both, since a model is within a process.
    """
    models = [
        MemoryPart(short_model(model.name), model.gpu_bytes)
        for node in state.nodes
        if node.in_memory and gpus_of(node, state.watched) == (gpu,)
        for model in node.in_memory
        if model.gpu_bytes
    ]
    processes = [
        MemoryPart(_program(process), process.memory_used_bytes)
        for process in gpu.processes
        if process.memory_used_bytes
    ]
    return tuple(sorted(models or processes, key=lambda part: -part.size_bytes))


def _program(process: GpuProcess) -> str:
    """Return what a process is called, without its folder; its number where it has no name."""
    return re.split(r"[/\\]", process.name)[-1] if process.name else str(process.pid)


def digits(value: int | None) -> str:
    """Return `value`, or the dash that stands for none."""
    return NOTHING if value is None else str(value)


def memory(gpu: GpuReading, look: Look) -> str:
    """Return how much memory is in use of how much, in the unit of the latter: "8.3/10 GiB"."""
    return _memory(gpu.memory_used_bytes, gpu.memory_total_bytes, look.language)


@lru_cache(256)  # asked for every frame, and changes seldom
def _memory(used: int | None, total: int | None, language: str) -> str:
    if not total:
        return NOTHING if used is None else render(message("{size:bytes}", size=used), language)
    shown = NOTHING if used is None else _in_unit_of(total, used)
    whole = render(message("{size:bytes}", size=total), language)
    return render(message("{used}/{total}", used=shown, total=re.sub(r"[.,]0(?=\u00a0)", "", whole)), language)


def _in_unit_of(total: int, used: int) -> float:
    """Return `used` in the binary unit in which `total` is shown, with a decimal where it says something."""
    size = used / (1 << (total.bit_length() - 1) // 10 * 10)
    return round(size, 1) if size < 100 else round(size)
