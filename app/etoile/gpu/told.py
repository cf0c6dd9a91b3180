"""A card as an exporter tells of it, on its way to a reading."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from etoile.domain.gpus import GpuReading, GpuState

FIELDS = (
    *("temperature_c", "memory_temperature_c", "thermal_margin_c", "shutdown_c", "slowdown_c", "max_operating_c"),
    *("target_c", "utilization_percent", "memory_used_bytes", "memory_total_bytes", "memory_free_bytes", "power_w"),
    *("power_limit_w", "fan_percent", "clock_graphics_mhz", "clock_memory_mhz", "throttle", "processes"),
)
"""What may be told of a card."""


@dataclass(slots=True)
class Told:
    """What is told of one card."""

    uuid: str
    name: str
    about: Mapping[str, str] = field(default_factory=dict)
    """Words about it by ours: "index", "name", "pci"."""
    values: dict[str, object] = field(default_factory=dict)
    """Of the fields above: None for junk, and not there for what is not told."""
    mig: tuple[str, ...] = ()

    def reading(self, place: int, host: str, at_s: float) -> GpuReading:
        """Return the reading; `place` is its index if none is told."""
        known = {name: value for name, value in self.values.items() if value is not None}
        index = self.about.get("index", "")
        return GpuReading(
            uuid=self.uuid,
            index=int(index) if re.fullmatch(r"\d{1,4}", index) else place,
            name=self.about.get("name") or self.name,
            host=host,
            state=GpuState.OK if known else GpuState.UNKNOWN if self.values else GpuState.UNSUPPORTED,
            pci=self.about.get("pci", "").lower() or None,
            mig=self.mig,
            unsupported=tuple(name for name in FIELDS if name not in self.values),
            unknown=tuple(name for name in self.values if name not in known),
            far=True,
            at_s=at_s,
            **known,  # type: ignore[arg-type]
        )
