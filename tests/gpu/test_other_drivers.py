"""Drivers that are not like ours: with fewer calls, with any error anywhere; and any program on the simulated one."""

import ctypes
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from etoile.domain.gpus import GpuReading, GpuState
from etoile.errors import NvmlUnavailable
from etoile.gpu.nvml import NvmlSource
from tests.gpu.simulated_driver import FOLDER, SimulatedDriver, compile_library
from tests.needs import need

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a driver with a handful of calls, by older names."""
    need(shutil.which("cc"), "no C compiler for the simulated driver")
    return compile_library(tmp_path_factory.mktemp("small"), FOLDER / "small.c")


def test_a_driver_with_a_handful_of_calls(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etoile.gpu.nvml_library.load", lambda: ctypes.CDLL(str(small)))
    source = NvmlSource()
    readings = [card.read(with_processes=True) for card in source.cards()]
    assert [(reading.uuid, reading.temperature_c, reading.state) for reading in readings] == [
        ("GPU-one", 51, GpuState.OK),
        ("GPU-two", 52, GpuState.OK),
    ]
    assert {"power_w", "fan_percent", "processes", "throttle", "shutdown_c"} <= set(readings[0].unsupported)
    assert "temperature_c" not in readings[0].unsupported
    assert not source.outdated()
    source.close()


NAMES = (
    *("init", "count", "handle", "uuid", "name", "pci", "mig", "cores", "max_clock"),
    *("temperature", "margin", "fields", "shutdown", "target", "utilization", "memory", "power", "power_limit", "fan"),
    *("clock_graphics", "clock_memory", "throttle", "compute", "graphics"),
)
CODES = (*range(1, 31), 255, 999)


@pytest.mark.parametrize("seed", range(20))
def test_no_error_of_the_driver_gets_out_and_no_junk_gets_through(driver: SimulatedDriver, seed: int) -> None:
    """Any code from any call of any card, any number for any value: None, a state, or NvmlUnavailable; nothing else."""
    chance = random.Random(seed)
    source = NvmlSource()
    cards = source.cards()
    for _ in range(20):
        lines = [f"set {card} margin {chance.randint(-200, 200)}" for card in range(6)]
        for _ in range(chance.randint(1, 20)):
            place, name = chance.choice("012345*"), chance.choice(NAMES)
            if chance.random() < 0.5:
                lines.append(f"error {place} {name} {chance.choice(CODES)}")
            else:
                lines.append(f"set {place} {name} {chance.choice((-1, 0, 127, 255, 2**31, 2**63 - 14, 50))}")
        driver.only(*lines)
        for card in cards:
            _check(card.read(with_processes=chance.random() < 0.5))
        if source.outdated() or chance.random() < 0.3:
            try:
                cards = source.cards()
            except NvmlUnavailable:
                cards = ()


def _check(reading: GpuReading) -> None:
    assert reading.temperature_c is None or 0 < reading.temperature_c < 127
    assert reading.utilization_percent is None or 0 <= reading.utilization_percent <= 100
    assert reading.power_w is None or 0 < reading.power_w < 5000
    assert reading.memory_used_bytes is None or 0 <= reading.memory_used_bytes <= (reading.memory_total_bytes or 0)
    assert reading.thermal_margin_c is None or -60 <= reading.thermal_margin_c < 127
    assert reading.shutdown_c is None or 30 < reading.shutdown_c < 127
    if reading.state is not GpuState.OK:
        assert reading.temperature_c is None
        assert reading.processes == ()


def test_a_hundred_bad_minutes_leave_nothing_behind(driver: SimulatedDriver) -> None:
    source = NvmlSource()
    source.cards()
    driver.say("error * * 999")
    driver.only()
    assert [card.read(with_processes=True).state for card in source.cards()] == [GpuState.OK] * 6


def test_the_driver_is_built_for_any_program_by_one_command(tmp_path: Path) -> None:
    need(shutil.which("cc"), "no C compiler for the simulated driver")
    folder = tmp_path / "nvml"
    build = [
        sys.executable,
        "-m",
        "tests.gpu.driver",
        str(folder),
        "set 2 temperature 91",
        "error 3 * 15",
        "set 4 fan 255",
    ]
    subprocess.run(build, cwd=ROOT, check=True, timeout=60)
    done = subprocess.run(
        [sys.executable, "-m", "etoile", "gpu", "--json"],
        env=os.environ | {"LD_LIBRARY_PATH": str(folder), "ETOILE_CONFIG": os.devnull},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["temperature_c"] for line in lines] == [40, 40, 91, None, 40, 40]
    assert [line["state"] for line in lines] == ["ok", "ok", "ok", "lost", "ok", "ok"]
    assert (lines[4]["fan_percent"], lines[4]["unknown"]) == (None, ["fan_percent"])
