"""A card that hangs costs the others nothing, wherever it hangs, and even where the driver has one lock for all."""

import logging
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

import pytest

from etoile.domain.events import Event, GpusRead
from etoile.domain.gpus import GpuReading, GpuState
from etoile.errors import NvmlUnavailable
from etoile.gpu import driver as driving
from etoile.gpu import nvml, nvml_process, nvml_standby
from etoile.gpu.monitor import GpuMonitor, read_once
from etoile.gpu.nvml import NvmlSource
from etoile.gpu.nvml_child import decoded, encoded
from etoile.gpu.nvml_process import NvmlProcess, child_command
from etoile.gpu.nvml_standby import Standby
from etoile.gpu.simulated import SimulatedSource
from tests.gpu.clock import Clock
from tests.gpu.simulated_driver import SimulatedDriver
from tests.waiting import wait_until

Told = Callable[[NvmlProcess, list[GpuReading]], None]
OK, STALE, UNKNOWN = GpuState.OK, GpuState.STALE, GpuState.UNKNOWN
PERIOD_S = 0.1


class Watched:
    def __init__(self) -> None:
        self.samples: list[GpusRead] = []

    def take(self, event: Event) -> None:
        if isinstance(event, GpusRead):
            self.samples.append(event)

    def wait_for(self, *states: GpuState, temperature_c: int | None = None) -> None:
        """Wait until the cards have these states, those that are well with this temperature."""

        def so() -> bool:
            readings = self.samples[-1].readings if self.samples else ()
            well = [reading.temperature_c for reading in readings if reading.state is OK]
            return [reading.state for reading in readings] == list(states) and (
                temperature_c is None or set(well) == {temperature_c}
            )

        wait_until(so, what=f"{states} at {temperature_c}")


def others(readings: tuple[GpuReading, ...]) -> set[GpuState]:
    return {reading.state for reading in readings if reading.index != 2}


def gone() -> bool:
    return not [thread.name for thread in threading.enumerate() if thread.name.startswith("gpu")]


@pytest.mark.parametrize("name", ["temperature", "nvmlDeviceGetClockInfo", "compute", "target"])
def test_the_others_are_read_wherever_one_hangs(driver: SimulatedDriver, name: str) -> None:
    driver.say("set * temperature 45", f"hang 2 {name} 0")
    watched = Watched()
    with GpuMonitor(NvmlSource(), watched.take, period_s=PERIOD_S):
        watched.wait_for(OK, OK, UNKNOWN, OK, OK, OK, temperature_c=45)
        driver.say("set * temperature 50")
        watched.wait_for(OK, OK, UNKNOWN, OK, OK, OK, temperature_c=50)
        driver.only("set * temperature 55")
        watched.wait_for(*[OK] * 6, temperature_c=55)
    wait_until(gone)


def test_two_that_hang_at_once(driver: SimulatedDriver) -> None:
    watched = Watched()
    with GpuMonitor(NvmlSource(), watched.take, period_s=PERIOD_S):
        watched.wait_for(*[OK] * 6)
        driver.say("hang 1 temperature 0", "hang 4 power 0", "set * temperature 50")
        watched.wait_for(OK, STALE, OK, OK, STALE, OK, temperature_c=50)
        driver.only()
        watched.wait_for(*[OK] * 6)
    wait_until(gone)


def test_a_slow_card_is_read_in_its_own_time(driver: SimulatedDriver) -> None:
    driver.say("slow 2 temperature 150")
    watched = Watched()
    with GpuMonitor(NvmlSource(), watched.take, period_s=PERIOD_S, stale_after_s=5.0):
        watched.wait_for(*[OK] * 6)
        first = len(watched.samples)
        wait_until(lambda: len(watched.samples) >= first + 12)
        latest = [sample.readings[2].at_s for sample in watched.samples[first:]]
        assert len(set(latest)) > 2, "its readings are late, but they come"


@pytest.mark.parametrize("where", ["temperature", "nvmlDeviceGetUUID"])
def test_one_lock_for_all_makes_nobody_wait_for_long(driver: SimulatedDriver, where: str) -> None:
    driver.say("set * lock 1", f"hang 2 {where} 0", "set * temperature 45")
    watched = Watched()
    with GpuMonitor(NvmlSource(), watched.take, period_s=PERIOD_S):
        watched.wait_for(OK, OK, UNKNOWN, OK, OK, OK, temperature_c=45)
        assert {reading.cuda_index for reading in watched.samples[-1].readings} >= {0, 1}
        driver.say("set * temperature 50")
        watched.wait_for(OK, OK, UNKNOWN, OK, OK, OK, temperature_c=50)
        driver.only()
    wait_until(gone)


def test_a_driver_that_locks_up_while_it_is_watched_goes_on_under_the_same_uuids(driver: SimulatedDriver) -> None:
    watched = Watched()
    with GpuMonitor(NvmlSource(), watched.take, period_s=PERIOD_S):
        watched.wait_for(*[OK] * 6)
        before = [(reading.uuid, reading.cuda_index) for reading in watched.samples[-1].readings]
        driver.say("set * lock 1", "hang 2 * 0", "set * temperature 61")
        watched.wait_for(OK, OK, STALE, OK, OK, OK, temperature_c=61)
        assert [(reading.uuid, reading.cuda_index) for reading in watched.samples[-1].readings] == before
        driver.only("set * temperature 62")
        watched.wait_for(*[OK] * 6, temperature_c=62)
    wait_until(gone)


@pytest.mark.parametrize("where", ["temperature", "nvmlDeviceGetUUID"])
def test_a_process_that_could_not_be_started_is_tried_again(
    driver: SimulatedDriver, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    tries: list[Sequence[str]] = []

    def command() -> Sequence[str]:
        tries.append(["false"] if not tries else child_command())
        return tries[-1]

    monkeypatch.setattr(driving, "WEDGED_AGAIN_S", 0.1)
    monkeypatch.setattr(nvml, "Standby", lambda: Standby(command))
    driver.say("set * lock 1", f"hang 2 {where} 0")
    watched = Watched()
    with GpuMonitor(NvmlSource(), watched.take, period_s=PERIOD_S):
        watched.wait_for(OK, OK, UNKNOWN, OK, OK, OK)
        driver.only()
    wait_until(gone)


def test_when_the_driver_is_well_again_the_process_goes(driver: SimulatedDriver) -> None:
    clock = Clock()
    source = NvmlSource(clock)
    cards = source.cards()
    driver.say("set * lock 1", "hang 2 temperature 0")
    hanging = threading.Thread(target=lambda: cards[2].read(with_processes=False), name="gpu hanging")
    hanging.start()
    wait_until(lambda: cards[2].calling_since_s)  # type: ignore[attr-defined]
    beside = source.cards()
    assert [card.identity.index for card in beside] == [0, 1, 3, 4, 5, 2]
    assert [card.read(with_processes=True).state for card in beside[:5]] == [OK] * 5
    clock.at_s += 3600
    assert not source.outdated(), "while the call is out, nothing else will do"
    driver.only()
    hanging.join()
    assert source.outdated()
    assert [card.read(with_processes=True).state for card in source.cards()] == [OK] * 6
    source.close()
    wait_until(gone)


class Started:
    """Notes the processes that are started, and those that are ready."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.processes: list[NvmlProcess] = []
        self.ready = 0
        monkeypatch.setattr(nvml_standby, "NvmlProcess", self._start)

    def _start(self, without: frozenset[int], told: Told, command: Callable[[], Sequence[str]]) -> NvmlProcess:
        def tell(process: NvmlProcess, cards: list[GpuReading]) -> None:
            told(process, cards)
            self.ready += bool(cards)

        self.processes.append(NvmlProcess(without, tell, command))
        return self.processes[-1]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    return Started(monkeypatch)


def test_processes_that_stand_by_read_the_others_at_once(
    driver: SimulatedDriver, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nvml_process, "ANSWER_S", 60.0)  # the one that hangs is not replaced before the test ends
    driver.say("set * lock 1", "set * temperature 45")
    watched = Watched()
    with GpuMonitor(NvmlSource(stand_by=True), watched.take, period_s=PERIOD_S):
        wait_until(lambda: started.ready == 2, what="two processes stand by")
        driver.say("hang 2 temperature 0", "set * temperature 50")
        watched.wait_for(OK, OK, STALE, OK, OK, OK, temperature_c=50)
        driver.say("hang 4 temperature 0", "set * temperature 55")
        watched.wait_for(OK, OK, STALE, OK, STALE, OK, temperature_c=55)
        assert len(started.processes) == 2, "nobody has waited for a process to start"
        driver.only()
    wait_until(gone)


@pytest.mark.parametrize(("cards", "processes"), [(0, 0), (1, 0), (2, 1), (3, 2)])
def test_no_more_stand_by_than_can_be_of_use(
    driver: SimulatedDriver, started: Started, cards: int, processes: int
) -> None:
    driver.say(f"set * count {cards}")
    source = NvmlSource(stand_by=True)
    with suppress(NvmlUnavailable):
        source.cards()
    wait_until(lambda: started.ready == processes)
    assert len(started.processes) == processes
    source.close()
    wait_until(gone)


def test_without_a_driver_none_stands_by(driver: SimulatedDriver, started: Started) -> None:
    driver.say("error * init 9")
    source = NvmlSource(stand_by=True)
    with pytest.raises(NvmlUnavailable):
        source.cards()
    assert not started.processes


def test_a_process_that_hangs_as_well_is_replaced_by_one_that_leaves_that_card_alone(driver: SimulatedDriver) -> None:
    standby = Standby()
    cards = standby.cards({2}, {}, Clock())
    assert [card.identity.index for card in cards] == [0, 1, 3, 4, 5]
    driver.say("hang 3 temperature 0")
    assert [card.read(with_processes=False).state for card in cards] == [OK, OK, UNKNOWN, OK, OK]
    standby.close()
    assert cards[0].read(with_processes=False).state is UNKNOWN
    wait_until(gone)


def test_a_process_that_died_while_it_stood_by_is_replaced(driver: SimulatedDriver, started: Started) -> None:
    standby = Standby()
    cards = standby.cards((), {}, Clock())
    wait_until(lambda: started.ready == 2)
    for process in started.processes:
        process.kill()
    wait_until(gone)
    assert [card.read(with_processes=False).state for card in cards] == [OK] * 6
    standby.close()
    wait_until(gone)


@pytest.mark.parametrize("command", [["true"], ["false"], ["sh", "-c", "echo not JSON"], ["sleep", "0"]])
def test_a_process_that_does_not_do_its_work_has_no_cards(command: list[str]) -> None:
    standby = Standby(lambda: command)
    assert standby.cards((), {}, Clock()) == []
    standby.close()
    wait_until(gone)


def test_a_process_that_cannot_be_started_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    standby = Standby(lambda: ["/nowhere/etoile"])
    with caplog.at_level(logging.WARNING, nvml_standby.__name__):
        assert [standby.cards((), {}, Clock()) for _ in range(3)] == [[], [], []]
    assert len(caplog.records) == 1
    caplog.clear()


def test_a_process_that_hangs_ends_with_whoever_started_it(driver: SimulatedDriver) -> None:
    with subprocess.Popen(child_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        assert len(decoded(process.stdout.readline().decode())) == 6
        driver.say("hang 2 temperature 0", "set * log 1")
        process.stdin.write(b"2 0\n")
        process.stdin.flush()
        wait_until(lambda: (2, "nvmlDeviceGetTemperature") in driver.calls())
        process.stdin.close()
        wait_until(lambda: process.poll() is not None)


def test_readings_go_from_process_to_process_as_they_are() -> None:
    readings = [card.read(with_processes=True) for card in SimulatedSource("calm").cards()]
    assert decoded(encoded(*readings)) == readings


def test_a_single_reading_waits_for_slow_cards_and_not_for_hanging_ones(driver: SimulatedDriver) -> None:
    driver.say("slow 1 temperature 300", "hang 2 temperature 0")
    readings = read_once(NvmlSource())
    assert [reading.state for reading in readings] == [OK, OK, UNKNOWN, OK, OK, OK]
    driver.only()
    wait_until(gone)
