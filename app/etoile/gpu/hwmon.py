"""What node_exporter tells of a machine's sensors: AMD's GPUs, and where there is none, the processor."""

import re
from collections.abc import Mapping, Sequence

from etoile.domain.gpus import GpuReading
from etoile.gpu.processor import Sensor, processor_c, processor_reading
from etoile.gpu.prometheus import Sample
from etoile.gpu.quantities import Convert, degrees, exact, whole
from etoile.gpu.told import Told

HWMON = "node_hwmon_"
_ADDRESS = re.compile(r"([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2})[_.]([0-7])$")
"""The end of a chip's name, for one on the PCI bus: "0000:00:03_1_0000:2d:00_0"."""

Values = Mapping[tuple[str, str], float]
"""By kind of value and label of the sensor: ("temp_celsius", "edge")."""

_FIELDS: Mapping[str, tuple[Convert, tuple[tuple[str, str], ...]]] = {
    "temperature_c": (degrees, (("temp_celsius", "edge"), ("temp_celsius", "temp1"))),
    "memory_temperature_c": (degrees, (("temp_celsius", "mem"),)),
    "slowdown_c": (degrees, (("temp_crit_celsius", "edge"),)),
    "power_w": (exact(0, 5_000), (("power_average_watt", "PPT"), ("power_watt", "PPT"))),
    "fan_percent": (whole(0, 100, 100 / 255), (("pwm", "pwm1"),)),
    "clock_graphics_mhz": (whole(0, 50_000), (("freq_freq_mhz", "sclk"),)),
    "clock_memory_mhz": (whole(0, 50_000), (("freq_freq_mhz", "mclk"),)),
}
"""The first of the values that is told counts."""


def hwmon_readings(found: Sequence[Sample], host: str, at_s: float) -> list[GpuReading]:
    """Return the GPUs of `host`; its processor when none is known; nothing when no sensor is either's."""
    chips = _words(found, "node_hwmon_chip_names", "chip_name")
    labels = _words(found, "node_hwmon_sensor_label", "label")
    gpus = sorted(chip for (chip, _), name in chips.items() if name == "amdgpu")
    if gpus:
        return [
            _gpu(chip, host, _of(chip, found, labels)).reading(place, host, at_s) for place, chip in enumerate(gpus)
        ]
    sensors = [
        Sensor(chips.get((chip, ""), ""), labels.get((chip, sample.labels.get("sensor", "")), ""), sample.value)
        for sample in found
        if sample.name == "node_hwmon_temp_celsius" and (chip := sample.labels.get("chip"))
    ]
    temperature_c = processor_c(sensors)
    if temperature_c is None:
        return []
    identity = GpuReading(uuid=f"CPU-{host}", index=0, name="", host=host, far=True)
    return [processor_reading(identity, temperature_c, None, at_s)]


def _words(found: Sequence[Sample], name: str, label: str) -> dict[tuple[str, str], str]:
    """Return what the samples `name` say in `label`, by chip and sensor."""
    return {
        (sample.labels.get("chip", ""), sample.labels.get("sensor", "")): sample.labels.get(label, "")
        for sample in found
        if sample.name == name
    }


def _of(chip: str, found: Sequence[Sample], labels: Mapping[tuple[str, str], str]) -> Values:
    values: dict[tuple[str, str], float] = {}
    for sample in found:
        if sample.labels.get("chip") == chip:
            sensor = sample.labels.get("sensor", "")
            values[sample.name.removeprefix(HWMON), labels.get((chip, sensor), sensor)] = sample.value
    return values


def _gpu(chip: str, host: str, values: Values) -> Told:
    address = _ADDRESS.search(chip)
    pci = f"0000{address[1]}.{address[2]}" if address else ""
    card = Told(f"AMD-{host}-{pci or chip}", "AMD GPU", {"pci": pci})
    for field, (convert, keys) in _FIELDS.items():
        if (key := next((key for key in keys if key in values), None)) is not None:
            card.values[field] = convert(values[key])
    return card
