"""A sample of all cards, beside raw calls by ctypes and nvitop, on the simulated driver, which costs next to nothing.

CPU time, the least of several batches: what a sample costs, whatever else the machine does.  Ours is all that the
monitor's thread does for a sample (readings made, checked and in order), with the processes at every third; the peers
read the same fields, ctypes with the processes at every third and at each.  The time that a hanging card costs the
others is that of the worst report.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pynvml
import pytest

from etoile.domain.events import Event, GpusRead
from etoile.domain.gpus import GpuState
from etoile.gpu.driver import Driver
from etoile.gpu.monitor import CHECK_EVERY, GpuMonitor
from etoile.gpu.nvml import NvmlSource
from tests.benchmarks import raw_nvml
from tests.gpu.simulated_driver import SimulatedDriver, build
from tests.waiting import wait_until

PROCESSES_EVERY = 3
COUNTS = (1, 6, 64)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a driver with one process on each card."""
    return build(tmp_path_factory.mktemp("driver"), "-DPROCESS=999999999")


@pytest.fixture
def driver(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimulatedDriver:
    """Give this process's pynvml the driver, as if freshly loaded."""
    simulated = SimulatedDriver(built, tmp_path / "driver")
    simulated.load(monkeypatch)
    return simulated


@pytest.fixture(params=COUNTS)
def count(request: pytest.FixtureRequest, driver: SimulatedDriver) -> int:
    """Give the driver so many cards."""
    driver.only(f"set * count {request.param}", "steady * * 0")
    return int(request.param)


def cpu_us(sample: Callable[[], object], *, batches: int = 9, samples: int = 600) -> float:
    """Return the CPU time of one sample in the cheapest batch, over whole rounds of processes and checks."""
    costs = []
    for _ in range(batches):
        began_s = time.process_time()
        for _ in range(samples):
            sample()
        costs.append((time.process_time() - began_s) / samples)
    return min(costs) * 1e6


def tell(benchmark: Any, group: str, sample: Callable[[], object], peer: str | None = None, samples: int = 600) -> None:
    """Run a sampler and note its CPU time."""
    benchmark.group = group
    benchmark.extra_info |= {"value": cpu_us(sample, samples=samples), "unit": "us"} | ({"peer": peer} if peer else {})
    benchmark.pedantic(sample, rounds=10, iterations=10)


def group_of(count: int) -> str:
    return f"gpu: CPU of a sample, {count:2} cards"


def test_ours(benchmark: Any, count: int) -> None:
    driver = Driver(NvmlSource(), stale_after_s=2.5, retry_s=1.0)
    numbers = itertools.count()

    def sample() -> object:
        number = next(numbers)
        driver.look(check=number % CHECK_EVERY == CHECK_EVERY - 1)
        driver.read(with_processes=number % PROCESSES_EVERY == 0, patience_s=0.02, round_s=float(number + 1))
        return driver.readings()

    sample()
    readings = driver.readings()
    assert [reading.state for reading in readings] == [GpuState.OK] * count
    assert all(len(reading.processes) == 1 for reading in readings)
    tell(benchmark, group_of(count), sample)
    driver.close(1.0)


@pytest.mark.parametrize("every", [PROCESSES_EVERY, 1])
def test_raw_ctypes(benchmark: Any, count: int, every: int) -> None:
    pynvml.nvmlInit()
    read = raw_nvml.sampler(pynvml.nvmlLib)
    numbers = itertools.count()
    peer = "ctypes" if every == PROCESSES_EVERY else "ctypes, processes always"
    assert len(read(True)) == count
    tell(benchmark, group_of(count), lambda: read(next(numbers) % every == 0), peer)


def test_nvitop(benchmark: Any, count: int) -> None:
    nvitop = pytest.importorskip("nvitop")
    pynvml.nvmlInit()
    nvitop.libnvml.nvmlShutdown()  # it may think that it has another driver open
    devices = nvitop.Device.all()
    assert len(devices) == count
    tell(benchmark, group_of(count), lambda: [one.as_snapshot() for one in devices], "nvitop snapshot", samples=20)


@pytest.fixture
def events(driver: SimulatedDriver) -> Iterator[list[Event]]:
    """Run the monitor on six cards, ten times a second, as the app does: two processes stand by after a while."""
    published: list[Event] = []
    with GpuMonitor(NvmlSource(stand_by=True), published.append, period_s=0.1):
        wait_until(lambda: [one.name for one in threading.enumerate()].count("gpu process") == 2)
        ready = len(samples(published)) + 10
        wait_until(lambda: len(samples(published)) > ready)
        yield published
        driver.only()


def samples(events: list[Event]) -> list[GpusRead]:
    return [event for event in events if isinstance(event, GpusRead)]


def test_the_whole_monitor(benchmark: Any, driver: SimulatedDriver) -> None:
    """Both threads, with their waking up."""
    driver.only("steady * * 0")
    numbers, began, ended = itertools.count(), threading.Event(), threading.Event()

    def publish(_: Event) -> None:
        number = next(numbers)
        if number == 10:
            began.set()
        elif number == 110:
            ended.set()

    with GpuMonitor(NvmlSource(), publish, period_s=0.05):
        began.wait()
        began_s = time.process_time()
        ended.wait()
        spent_s = time.process_time() - began_s
    benchmark.group = "gpu: CPU of a sample of the running monitor, 6 cards"
    benchmark.extra_info |= {"value": spent_s / 100 * 1e6, "unit": "us"}
    benchmark.pedantic(lambda: None)


@pytest.mark.parametrize("lines", [["hang 2 temperature 0"], ["slow 2 * 50"], ["hang 2 * 0", "set * lock 1"]])
def test_what_a_hanging_card_costs_the_others(
    benchmark: Any, driver: SimulatedDriver, events: list[Event], lines: list[str]
) -> None:
    before = len(samples(events))
    driver.say(*lines)
    wait_until(lambda: len(samples(events)) > before + 30, timeout_s=20)
    late_ms = [
        1000 * max(event.at_s - reading.at_s for reading in event.readings if reading.index != 2)
        for event in samples(events)[before:]
    ]
    what = (
        {"hang": "a hanging", "slow": "a slow"}[lines[0].split()[0]] + " card" + (", one lock for all" * len(lines[1:]))
    )
    benchmark.group = f"gpu: age of the others beside {what}, worst"
    benchmark.extra_info |= {"value": max(late_ms), "unit": "ms", "median": median(late_ms)}
    benchmark.pedantic(lambda: None)
