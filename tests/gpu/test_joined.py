"""Cards of several makers in one machine; and everything that is watched, as one list."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from etoile.domain.events import Event, GpusRead, PartMissing, PartReady
from etoile.domain.gpus import GpuReading, GpuState, Kind
from etoile.errors import NvmlUnavailable, Unavailable
from etoile.gpu.amd import AmdSource
from etoile.gpu.driver import ANSWER_S
from etoile.gpu.gathering import Gathering
from etoile.gpu.joined import RETRY_S, JoinedSource, local_source
from etoile.gpu.monitor import GpuMonitor, read_once
from etoile.gpu.nvml import NvmlSource
from etoile.gpu.processor import processor_reading
from etoile.gpu.simulated import SimulatedSource
from etoile.text import message, render
from tests.gpu.amd_cards import MODEL_NAMES, RX_580, plug_in, write
from tests.gpu.clock import Clock
from tests.gpu.simulated_driver import SimulatedDriver
from tests.waiting import wait_until

GONE = message("There is no NVIDIA driver on this computer.")
PERIOD_S = 0.02


class Card:
    def __init__(self, uuid: str, index: int = 0) -> None:
        self.identity = GpuReading(uuid=uuid, index=index, name="", host="here", state=GpuState.UNKNOWN)

    def read(self, *, with_processes: bool) -> GpuReading:
        return replace(self.identity, state=GpuState.OK, temperature_c=50, at_s=time.monotonic())


class Source:
    """A source of as many cards as it is told."""

    def __init__(self, maker: str, count: int | None) -> None:
        self.maker, self.count = maker, count
        self.changed = self.closed = False
        self.failure: Unavailable | None = None

    def cards(self) -> tuple[Card, ...]:
        if self.count is None:
            raise NvmlUnavailable(GONE)
        return tuple(Card(f"{self.maker}-{index}", index) for index in range(self.count))

    def outdated(self) -> bool:
        return self.changed

    def close(self) -> None:
        self.closed = True


def indexes(source: JoinedSource) -> list[tuple[str, int, int]]:
    return [(card.identity.uuid, card.identity.index, card.read(with_processes=False).index) for card in source.cards()]


class TestJoinedSource:
    def test_indexes_go_on_from_maker_to_maker(self) -> None:
        joined = JoinedSource(Source("nvidia", 2), Source("amd", 2))
        assert indexes(joined) == [("nvidia-0", 0, 0), ("nvidia-1", 1, 1), ("amd-0", 2, 2), ("amd-1", 3, 3)]
        assert joined.failure is None

    def test_one_maker_is_enough_and_the_other_is_looked_for_now_and_then(self) -> None:
        now_s = 100.0
        nvidia, amd = Source("nvidia", None), Source("amd", 1)
        joined = JoinedSource(nvidia, amd, now_s=lambda: now_s)
        assert indexes(joined) == [("amd-0", 0, 0)]
        assert joined.failure, "an NVIDIA card may be there, without its driver"
        nvidia.changed = True  # nobody asks a driver that is not open
        assert not joined.outdated()
        now_s += RETRY_S
        assert joined.outdated()
        nvidia.count = 1
        assert indexes(joined) == [("nvidia-0", 0, 0), ("amd-0", 1, 1)]
        assert joined.outdated()

    def test_a_maker_of_whom_nothing_is_plugged_in_is_not_missed(self) -> None:
        joined = JoinedSource(Source("nvidia", None), Source("amd", 1), expected=lambda: False)
        joined.cards()
        assert joined.failure is None

    def test_without_any_card_the_first_maker_says_why(self) -> None:
        with pytest.raises(NvmlUnavailable) as caught:
            JoinedSource(Source("nvidia", None), Source("amd", 0)).cards()
        assert caught.value.said == GONE
        with pytest.raises(NvmlUnavailable):
            JoinedSource(Source("amd", 0)).cards()

    def test_closing_closes_all(self) -> None:
        sources = Source("nvidia", None), Source("amd", 1)
        JoinedSource(*sources).close()
        assert [source.closed for source in sources] == [True, True]

    def test_real_pynvml_and_real_folders_make_one_list(self, driver: SimulatedDriver, tmp_path: Path) -> None:
        plug_in(tmp_path, "card0", RX_580)
        write(tmp_path / "amdgpu.ids", MODEL_NAMES)
        readings = read_once(JoinedSource(NvmlSource(), AmdSource(tmp_path, tmp_path / "amdgpu.ids")))
        assert [reading.index for reading in readings] == list(range(7))
        assert {reading.state for reading in readings} == {GpuState.OK}
        assert (readings[6].name, readings[6].temperature_c) == ("AMD Radeon RX 580 Series", 35)

    def test_this_machine_or_a_scenario(self) -> None:
        assert isinstance(local_source(None), JoinedSource)
        assert isinstance(local_source("calm"), SimulatedSource)


class Processor(Card):
    def read(self, *, with_processes: bool) -> GpuReading:
        return processor_reading(self.identity, 61, 12, time.monotonic())


FAR = GpuReading(uuid="GPU-far", index=0, name="", host="M1", far=True)


@contextmanager
def gathering(source: Source | JoinedSource, *far: GpuReading) -> Iterator[list[Event]]:
    events: list[Event] = []
    with (
        Gathering(events.append, lambda: far, Processor("CPU-here"), period_s=PERIOD_S) as gathered,
        GpuMonitor(source, gathered.take, period_s=PERIOD_S, retry_s=PERIOD_S, lacking=lambda: source.failure),
    ):
        yield events
    wait_until(lambda: not [one for one in threading.enumerate() if one.name.startswith("gpu")])


def latest(events: list[Event]) -> list[str]:
    told = [event for event in events if isinstance(event, GpusRead)]
    return [reading.uuid for reading in told[-1].readings] if told else []


class TestGathering:
    def test_cards_of_this_machine_come_before_others(self) -> None:
        with gathering(Source("nvidia", 1), FAR) as events:
            wait_until(lambda: latest(events) == ["nvidia-0", "GPU-far"])
            told = sum(isinstance(event, GpusRead) for event in events)
            wait_until(lambda: sum(isinstance(event, GpusRead) for event in events) > told + 5)
            assert all(len(event.readings) == 2 for event in events if isinstance(event, GpusRead)), (
                "nobody else tells anything"
            )

    def test_cards_of_this_machine_stay_while_their_driver_is_opened_anew(self) -> None:
        class Clock:
            looks, now_s = 0, 100.0

            def __call__(self) -> float:
                self.looks += 1
                return self.now_s

        clock, events, here = Clock(), list[Event](), Card("nvidia-0").identity
        with Gathering(
            events.append, lambda: (FAR,), Processor("CPU-here"), period_s=PERIOD_S, now_s=clock
        ) as gathered:
            gathered.take(GpusRead((here,), clock.now_s))
            clock.now_s += ANSWER_S
            looks = clock.looks
            wait_until(lambda: clock.looks > looks + 3)
            assert latest(events) == ["nvidia-0", "GPU-far"]
            clock.now_s += 1.0
            wait_until(lambda: latest(events) == ["GPU-far"], what="far cards do not wait for ever")

    def test_without_a_gpu_the_processor_is_told_with_its_heat(self) -> None:
        with gathering(Source("nvidia", None), FAR) as events:
            wait_until(lambda: latest(events) == ["CPU-here", "GPU-far"])
            [processor] = [event for event in events if isinstance(event, GpusRead)][-1].readings[:1]
            assert (processor.kind, processor.temperature_c, processor.utilization_percent) == (Kind.PROCESSOR, 61, 12)
            [missing] = [event for event in events if isinstance(event, PartMissing)]
            assert render(missing.said, "en") == "There is no NVIDIA driver on this computer."

    def test_a_driver_that_comes_later_takes_the_place_of_the_processor(self) -> None:
        source = Source("nvidia", None)
        with gathering(source) as events:
            wait_until(lambda: latest(events) == ["CPU-here"])
            source.count = 1
            wait_until(lambda: latest(events) == ["nvidia-0"])
            assert [type(event) for event in events if not isinstance(event, GpusRead)] == [PartMissing, PartReady]

    def test_cards_that_are_missing_beside_others_are_told_once(self) -> None:
        nvidia = Source("nvidia", None)
        clock = Clock()
        with gathering(JoinedSource(nvidia, Source("amd", 1), now_s=clock)) as events:
            wait_until(lambda: latest(events) == ["amd-0"])
            nvidia.count = 1
            clock.at_s += RETRY_S
            wait_until(lambda: latest(events) == ["nvidia-0", "amd-0"])
        told = [event for event in events if not isinstance(event, GpusRead)]
        assert [type(event) for event in told] == [PartMissing, PartReady]

    def test_a_sensor_that_fails_is_logged_and_stops_nothing(self, caplog: pytest.LogCaptureFixture) -> None:
        class Broken(Processor):
            def read(self, *, with_processes: bool) -> GpuReading:
                raise OSError("no sensor")

        events: list[Event] = []
        with Gathering(events.append, lambda: (FAR,), Broken("CPU-here"), period_s=PERIOD_S) as gathered:
            gathered.take(PartMissing("gpu", GONE))
            wait_until(lambda: caplog.text.count("no sensor") > 1)
