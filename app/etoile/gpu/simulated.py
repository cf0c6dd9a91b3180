"""Cards that do not exist, for trying Etoile without one: `--simulate SCENARIO`, or `SCENARIO@SPEED`.

Everything follows from the time since the start, so that two runs show the same.  Each reading says that it is
simulated.
"""

import math
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

from etoile.domain.gpus import GpuProcess, GpuReading, GpuState
from etoile.errors import NvmlUnavailable, UsageError
from etoile.text import message

SCENARIOS = ("calm", "heatwave", "lost", "none")
"""`heatwave` takes the RTX 3080 through warning and critical and back, `lost` drops a card for a minute, `none` has no
driver."""

GIB = 1024**3

HEATWAVE_C = ((0, 64), (20, 64), (74, 91), (134, 91), (196, 60))
"""Seconds and degrees of the hot card: half a degree a second, so that each state lasts longer than its hold."""
LOST_S = (15.0, 75.0)
"""From when to when the lost card is gone."""


@dataclass(frozen=True, slots=True)
class Model:
    """What a simulated card is."""

    name: str
    memory_gib: int
    power_limit_w: int
    temperature_c: int
    utilization_percent: int
    bus: int
    """PCI bus; the driver's order and CUDA's differ, as they do in life."""
    fan: bool = True
    process: str | None = None


MODELS = (
    Model("NVIDIA GeForce GTX 1660 SUPER", 6, 125, 52, 35, bus=0x05, process="ollama"),
    Model("NVIDIA GeForce GTX 1660 SUPER", 6, 125, 49, 20, bus=0x01),
    Model("NVIDIA GeForce RTX 3080", 10, 320, 64, 97, bus=0x0A, process="ollama"),
    Model("NVIDIA GeForce GTX 1660 SUPER", 6, 125, 38, 0, bus=0x06),
    Model("NVIDIA GeForce RTX 3060", 12, 170, 58, 80, bus=0x0B, process="llama-server"),
    Model("Tesla P4", 8, 75, 61, 45, bus=0x81, fan=False),
)
HOT = LOSABLE = 2


class SimulatedSource:
    """The cards of one scenario."""

    def __init__(self, scenario: str, *, speed: float = 1.0, now_s: Callable[[], float] = time.monotonic) -> None:
        self._scenario = scenario
        self._speed = speed
        self._now_s = now_s
        self._started_s = now_s()

    @classmethod
    def parse(cls, asked: str) -> Self:
        """Return the source for "heatwave" or "heatwave@20" (twenty times as fast).  Raises UsageError."""
        scenario, at, speed = asked.partition("@")
        if scenario not in SCENARIOS:
            raise UsageError(
                message("There is no scenario “{scenario}” to simulate.", scenario=scenario),
                message("Known scenarios: {scenarios}.", scenarios=SCENARIOS),
            )
        return cls(scenario, speed=_speed(speed) if at else 1.0)

    def cards(self) -> tuple["SimulatedCard", ...]:
        """Return the cards.  Raises NvmlUnavailable in the scenario "none"."""
        if self._scenario == "none":
            raise NvmlUnavailable(
                message("There is no NVIDIA driver on this computer (simulated)."),
                message("Leave out --simulate to see the real cards."),
            )
        return tuple(SimulatedCard(index, self) for index in range(len(MODELS)))

    def outdated(self) -> bool:
        """Tell that nothing changes."""
        return False

    def close(self) -> None:
        """Nothing is held."""

    def at_s(self) -> float:
        """Return the time of the monotonic clock."""
        return self._now_s()

    def elapsed_s(self) -> float:
        """Return the time of the scenario."""
        return (self._now_s() - self._started_s) * self._speed

    def is_lost(self, index: int) -> bool:
        """Tell whether the card at `index` is gone now."""
        return self._scenario == "lost" and index == LOSABLE and LOST_S[0] <= self.elapsed_s() < LOST_S[1]

    def temperature_c(self, index: int) -> int:
        """Return the temperature of the card at `index` now."""
        elapsed_s = self.elapsed_s()
        if self._scenario == "heatwave" and index == HOT:
            return round(interpolated(HEATWAVE_C, elapsed_s))
        return round(MODELS[index].temperature_c + 1.5 * math.sin(elapsed_s / 20 + index))


class SimulatedCard:
    """One simulated card."""

    def __init__(self, index: int, source: SimulatedSource) -> None:
        self._source = source
        self._index = index
        self._model = model = MODELS[index]
        self._memory_bytes = model.memory_gib * GIB
        self.identity = GpuReading(
            uuid=f"GPU-51a0{index:04x}-0000-4000-8000-000000000000",
            index=index,
            name=model.name,
            host=platform.node(),
            state=GpuState.UNKNOWN,
            cuda_index=sorted(other.bus for other in MODELS).index(model.bus),
            pci=f"00000000:{model.bus:02x}:00.0",
            simulated=True,
        )

    def read(self, *, with_processes: bool) -> GpuReading:
        """Return the card as the scenario has it now."""
        source, model = self._source, self._model
        if source.is_lost(self._index):
            return replace(self.identity, state=GpuState.LOST, at_s=source.at_s())
        temperature_c = source.temperature_c(self._index)
        load_percent = model.utilization_percent and min(
            100, round(model.utilization_percent + 3 * math.sin(source.elapsed_s() / 7 + self._index))
        )
        used_bytes = int(self._memory_bytes * (0.05 + 0.008 * model.utilization_percent))
        throttled = temperature_c >= 88
        return replace(
            self.identity,
            state=GpuState.OK,
            at_s=source.at_s(),
            temperature_c=temperature_c,
            utilization_percent=load_percent,
            memory_used_bytes=used_bytes,
            memory_total_bytes=self._memory_bytes,
            memory_free_bytes=self._memory_bytes - used_bytes,
            power_w=round(model.power_limit_w * (0.15 + 0.0075 * load_percent), 1),
            power_limit_w=float(model.power_limit_w),
            fan_percent=min(100, max(0, 2 * (temperature_c - 45))) if model.fan else None,
            clock_graphics_mhz=1200 if throttled else 1800,
            clock_memory_mhz=7000,
            throttle=("sw_thermal",) if throttled else (),
            unsupported=() if model.fan else ("fan_percent",),
            processes=(GpuProcess(pid=4000 + self._index, name=model.process, memory_used_bytes=used_bytes * 9 // 10),)
            if model.process
            else (),
        )


def interpolated(points: Sequence[tuple[float, float]], at: float) -> float:
    """Return the value at `at` on the line through `points`; before the first and after the last it stays."""
    if at <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if at < right:
            return low + (high - low) * (at - left) / (right - left)
    return points[-1][1]


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 < speed < 10_000:
        raise UsageError(
            message("“{speed}” is no speed for a simulation.", speed=text),
            message("Write a number after the @: heatwave@20 runs twenty times as fast."),
        )
    return speed
