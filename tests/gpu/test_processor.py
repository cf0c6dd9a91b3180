"""The processor, where there is no GPU."""

import platform
from collections.abc import Sequence
from typing import NamedTuple

import psutil
import pytest

from etoile.domain.gpus import GpuReading, GpuState, Kind
from etoile.gpu.processor import ProcessorCard, Sensor, processor_c


class Entry(NamedTuple):
    label: str
    current: float


@pytest.mark.parametrize(
    ("sensors", "celsius"),
    [
        ([("coretemp", "Package id 0", 52.0), ("coretemp", "Core 0", 55.0)], 52),
        ([("coretemp", "Package id 0", 52.0), ("coretemp", "Package id 1", 61.4)], 61),
        ([("coretemp", "Core 0", 70.0), ("coretemp", "Core 2", 91.0)], 91),
        ([("coretemp", "package_id_0", 52.0), ("coretemp", "core_0", 58.0)], 52),
        ([("k10temp", "Tctl", 86.0), ("k10temp", "Tdie", 66.0), ("k10temp", "Tccd1", 60.0)], 66),
        ([("k10temp", "Tctl", 66.5), ("nvme", "Composite", 80.0), ("acpitz", "", 90.0)], 66),
        ([("cpu_thermal", "", 48.3)], 48),
        ([("acpitz", "", 48.0)], None),
        ([("coretemp", "Package id 0", 0.0)], None),
        ([("coretemp", "Package id 0", 255.0)], None),
        ([("coretemp", "Package id 0", 255.0), ("k10temp", "Tdie", 50.0)], 50),
        ([], None),
    ],
)
def test_which_sensor_is_the_processor(sensors: Sequence[tuple[str, str, float]], celsius: int | None) -> None:
    assert processor_c(Sensor(*sensor) for sensor in sensors) == celsius


def test_a_processor_that_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        psutil, "sensors_temperatures", lambda: {"coretemp": [Entry("Package id 0", 61.0)]}, raising=False
    )
    monkeypatch.setattr(psutil, "cpu_percent", lambda interval: 12.4)
    card = ProcessorCard(lambda: 7.0)
    reading = card.read(with_processes=False)
    assert (reading.kind, reading.host, reading.state) == (Kind.PROCESSOR, platform.node(), GpuState.OK)
    assert (reading.temperature_c, reading.utilization_percent, reading.at_s) == (61, 12, 7.0)
    assert reading.name
    assert reading.field_state("memory_used_bytes") is GpuState.UNSUPPORTED


def _refused() -> object:
    raise PermissionError


@pytest.mark.parametrize("sensors", [None, dict, _refused])
def test_without_a_sensor_there_is_no_temperature(monkeypatch: pytest.MonkeyPatch, sensors: object) -> None:
    if sensors is None:
        monkeypatch.delattr(psutil, "sensors_temperatures", raising=False)
    else:
        monkeypatch.setattr(psutil, "sensors_temperatures", sensors, raising=False)
    reading = ProcessorCard().read(with_processes=False)
    assert reading.field_state("temperature_c") is GpuState.UNSUPPORTED
    assert reading.utilization_percent is not None


def test_load_is_counted_from_the_last_look(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float | None] = []

    def percent(interval: float | None) -> float:
        asked.append(interval)
        return 50.0

    monkeypatch.setattr(psutil, "cpu_percent", percent)
    card = ProcessorCard()
    readings: list[GpuReading] = [card.read(with_processes=False) for _ in range(3)]
    assert asked == [0.1, None, None]
    assert {reading.utilization_percent for reading in readings} == {50}
