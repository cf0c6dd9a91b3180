"""The monitor: on the simulated driver where a driver matters, on a source of its own where only time does."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from statistics import median

import pytest

from etoile.domain.events import Event, GpusRead, PartMissing, PartReady
from etoile.domain.gpus import GpuReading, GpuState
from etoile.errors import NvmlUnavailable, UsageError
from etoile.gpu import reader as reader_module
from etoile.gpu.driver import Driver
from etoile.gpu.monitor import GpuMonitor, open_source, read_once
from etoile.gpu.nvml import NvmlSource
from etoile.gpu.source import GpuSource
from tests.gpu.clock import Clock
from tests.gpu.simulated_driver import SimulatedDriver
from tests.waiting import wait_until

OK, LOST, STALE, UNKNOWN = GpuState.OK, GpuState.LOST, GpuState.STALE, GpuState.UNKNOWN
PERIOD_S = 0.02


class Watched:
    """What a running monitor has published so far."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    @property
    def samples(self) -> list[GpusRead]:
        return [event for event in self.events if isinstance(event, GpusRead)]

    @property
    def parts(self) -> list[Event]:
        return [event for event in self.events if not isinstance(event, GpusRead)]

    def latest(self) -> dict[int, GpuReading]:
        return {reading.index: reading for reading in self.samples[-1].readings} if self.samples else {}

    def states(self) -> list[GpuState]:
        return [reading.state for reading in self.latest().values()]

    def wait_for(self, *states: GpuState) -> None:
        wait_until(lambda: self.states() == list(states), what=f"states {states}, and not {self.states()}")

    def wait_for_samples(self, more: int) -> None:
        enough = len(self.samples) + more
        wait_until(lambda: len(self.samples) >= enough)


@contextmanager
def watching(source: GpuSource, **options: float) -> Iterator[Watched]:
    watched = Watched()
    settings: dict[str, float] = {"period_s": PERIOD_S, "retry_s": PERIOD_S, **options}
    with GpuMonitor(source, watched.events.append, **settings):  # type: ignore[arg-type]
        yield watched
    wait_until(lambda: not [thread.name for thread in threading.enumerate() if thread.name.startswith("gpu")])


def test_readings_come_and_leaving_stops_every_thread(driver: SimulatedDriver) -> None:
    with watching(NvmlSource()) as watched:
        watched.wait_for(*[OK] * 6)
        driver.say("set 4 temperature 77")
        wait_until(lambda: watched.latest()[4].temperature_c == 77)
    assert watched.parts == []


def test_a_card_whose_calls_hang_turns_stale_then_unknown_and_delays_nobody(
    driver: SimulatedDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "UNKNOWN_AFTER_S", 0.6)
    with watching(NvmlSource(), period_s=0.1) as watched:
        watched.wait_for(*[OK] * 6)
        driver.say("hang 2 temperature 0", "set 3 temperature 66")
        watched.wait_for(OK, OK, STALE, OK, OK, OK)
        assert watched.latest()[2].temperature_c == 40, "greyed, and with its time"
        assert watched.latest()[3].temperature_c == 66
        watched.wait_for(OK, OK, UNKNOWN, OK, OK, OK)
        assert watched.latest()[2].temperature_c is None
        ages_s = [
            sample.at_s - reading.at_s
            for sample in watched.samples
            for reading in sample.readings
            if reading.state is OK and reading.index != 2
        ]
        assert median(ages_s) < reader_module.UNKNOWN_AFTER_S / 2, "they waited for the card that hangs"
        driver.only()
        watched.wait_for(*[OK] * 6)


def test_a_call_that_never_returns_does_not_keep_the_monitor(
    driver: SimulatedDriver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    watched = Watched()
    with GpuMonitor(NvmlSource(), watched.events.append, period_s=PERIOD_S):
        watched.wait_for(*[OK] * 6)
        driver.say("hang 2 temperature 0")
        watched.wait_for(OK, OK, STALE, OK, OK, OK)
    said = [(record.levelno, record.getMessage()) for record in caplog.records]
    assert said == [(logging.INFO, "calls into the GPU driver that did not come back: 1")]
    driver.only()
    wait_until(lambda: not [thread for thread in threading.enumerate() if thread.name.startswith("gpu")])


def test_a_lost_card_leaves_the_others_and_comes_back(driver: SimulatedDriver) -> None:
    with watching(NvmlSource()) as watched:
        watched.wait_for(*[OK] * 6)
        driver.say("error 2 * 15")
        watched.wait_for(OK, OK, LOST, OK, OK, OK)
        watched.wait_for_samples(10)
        assert LOST in watched.states()
        driver.only()
        watched.wait_for(*[OK] * 6)
    assert watched.parts == []


def test_a_reload_of_the_driver_is_recovered_under_the_same_uuids(driver: SimulatedDriver) -> None:
    with watching(NvmlSource()) as watched:
        watched.wait_for(*[OK] * 6)
        before = [reading.uuid for reading in watched.latest().values()]
        driver.say("set * generation 1", "set * temperature 55")
        wait_until(lambda: [reading.temperature_c for reading in watched.latest().values()] == [55] * 6)
        assert [reading.uuid for reading in watched.latest().values()] == before


def test_a_reload_does_not_wait_because_a_card_was_lost_long_before(driver: SimulatedDriver) -> None:
    clock = Clock()
    opened = Driver(NvmlSource(clock), stale_after_s=2.5, retry_s=1.0, now_s=clock)

    def states(seconds: int) -> list[GpuState]:
        for _ in range(seconds):
            clock.at_s += 1
            opened.look(check=False)
            opened.read(with_processes=False, patience_s=0.0, round_s=clock.at_s)
            opened.readings()
        return [reading.state for reading in opened.readings()]

    driver.say("error 2 * 15")
    assert states(1000) == [OK, OK, LOST, OK, OK, OK]
    driver.say("set * generation 1")
    assert states(3) == [OK, OK, LOST, OK, OK, OK]
    assert opened.readings()[2].stale_since_s is None, "it has never answered"
    driver.only("set * generation 1")
    assert states(301) == [OK] * 6
    driver.say("error 2 * 15")
    lost = states(5)
    assert lost == [OK, OK, LOST, OK, OK, OK]
    assert opened.readings()[2].stale_since_s == clock.at_s - 5


def test_cards_come_and_go(driver: SimulatedDriver) -> None:
    driver.say("set * count 2")
    with watching(NvmlSource()) as watched:
        watched.wait_for(OK, OK)
        driver.say("set * count 3")
        watched.wait_for(OK, OK, OK)
        driver.say("set * count 1")
        watched.wait_for(OK, LOST, LOST)


def test_a_driver_that_comes_later_is_said_once_each_way(driver: SimulatedDriver) -> None:
    driver.say("error * init 9")
    with watching(NvmlSource()) as watched:
        wait_until(lambda: watched.parts)
        driver.say("error * init 18")
        wait_until(lambda: len(watched.parts) == 2)
        driver.only()
        watched.wait_for(*[OK] * 6)
        wait_until(lambda: len(watched.parts) == 3)
        watched.wait_for_samples(5)
    loaded, updated, ready = watched.parts
    assert isinstance(loaded, PartMissing)
    assert loaded.remedy
    assert isinstance(updated, PartMissing)
    assert ready == PartReady("gpu")


def test_a_driver_that_is_unloaded_loses_every_card(driver: SimulatedDriver) -> None:
    with watching(NvmlSource()) as watched:
        watched.wait_for(*[OK] * 6)
        driver.say("error * * 1", "error * init 9")
        watched.wait_for(*[LOST] * 6)
        wait_until(lambda: [type(event) for event in watched.parts] == [PartMissing])


class Scripted:
    """A source whose driver opens by a function of the test."""

    def __init__(self, cards: Callable[[], tuple[object, ...]]) -> None:
        self._cards = cards
        self.opened = 0
        self.closed = 0

    def cards(self) -> tuple[object, ...]:
        self.opened += 1
        return self._cards()

    def outdated(self) -> bool:
        return False

    def close(self) -> None:
        self.closed += 1


class Card:
    """A card that keeps count of how it is read."""

    def __init__(self, state: GpuState = OK) -> None:
        self.identity = GpuReading(uuid="GPU-x", index=0, name="card", host="here", state=UNKNOWN)
        self.state = state
        self.reads: list[bool] = []

    def read(self, *, with_processes: bool) -> GpuReading:
        self.reads.append(with_processes)
        return replace(self.identity, state=self.state, temperature_c=50, at_s=time.monotonic())


def test_processes_are_read_at_every_third_sample() -> None:
    card = Card()
    with watching(Scripted(lambda: (card,)), processes_every=3) as watched:  # type: ignore[arg-type]
        wait_until(lambda: len(card.reads) >= 7)
    assert card.reads[:7] == [True, False, False, True, False, False, True]
    assert watched.states() == [OK]


def test_a_lost_card_does_not_have_the_driver_opened_at_every_sample() -> None:
    source = Scripted(lambda: (Card(LOST),))
    with watching(source) as watched:  # type: ignore[arg-type]
        wait_until(lambda: len(watched.samples) >= 50)
    assert 2 <= source.opened <= 8, "once at once, then after 1, 2, 4, 8, 16 and 32 periods"
    assert source.closed == 1


def test_a_driver_that_hangs_while_it_opens_is_said() -> None:
    opens = threading.Event()

    def hang() -> tuple[object, ...]:
        opens.wait()
        return (Card(),)

    with watching(Scripted(hang), answer_s=0.1) as watched:  # type: ignore[arg-type]
        wait_until(lambda: [type(event) for event in watched.parts] == [PartMissing])
        opens.set()
        wait_until(lambda: watched.parts[1:] == [PartReady("gpu")])


def test_a_driver_that_opens_only_after_all_was_closed_is_closed_again() -> None:
    opens, opening = threading.Event(), threading.Event()

    def hang() -> tuple[object, ...]:
        opening.set()
        opens.wait()
        return (Card(),)

    source = Scripted(hang)
    with GpuMonitor(source, lambda event: None, period_s=PERIOD_S):  # type: ignore[arg-type]
        assert opening.wait(30)
    assert source.closed == 1
    opens.set()
    wait_until(lambda: source.closed == 2)


def test_an_error_in_a_source_is_logged_and_the_monitor_lives(caplog: pytest.LogCaptureFixture) -> None:
    tries = iter([ValueError("a bug")])

    def fails_once() -> tuple[object, ...]:
        for error in tries:
            raise error
        return (Card(),)

    with watching(Scripted(fails_once)) as watched:  # type: ignore[arg-type]
        watched.wait_for(OK)
    assert "a sample of the GPUs failed" in caplog.text


def test_read_once(driver: SimulatedDriver) -> None:
    driver.say("set 0 compute 999999999")
    readings = read_once(NvmlSource())
    assert [reading.state for reading in readings] == [OK] * 6
    assert len(readings[0].processes) == 1


def test_read_once_without_a_driver(driver: SimulatedDriver) -> None:
    driver.say("error * init 9")
    with pytest.raises(NvmlUnavailable, match="not loaded"):
        read_once(NvmlSource())


def test_open_source() -> None:
    assert isinstance(open_source(None), NvmlSource)
    assert read_once(open_source("calm"))[0].simulated
    with pytest.raises(UsageError, match="meltdown"):
        open_source("meltdown")
