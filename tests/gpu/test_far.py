"""Far GPUs: what pages tell over time, first without a thread, then over real sockets."""

import threading
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest

from etoile.config import Node
from etoile.domain.events import Event, NodeLoadsRead, PartMissing, PartReady
from etoile.domain.gpus import GpuReading, GpuState, Kind
from etoile.domain.nodes import NodeLoad
from etoile.errors import NodeUnreachable
from etoile.gpu.far import STALE_PERIODS, FarGpus
from etoile.gpu.merging import merged
from etoile.gpu.place import MOST_CARDS, SAID_AFTER, UNKNOWN_AFTER_S, Address, Asked, Place, addresses
from etoile.text import message, render
from tests.gpu import pages
from tests.gpu.fake_exporter import FakeExporter, Manner
from tests.waiting import wait_until

OK, STALE, UNKNOWN, LOST = GpuState.OK, GpuState.STALE, GpuState.UNKNOWN, GpuState.LOST
STALE_AFTER_S = 12.5
DOWN = message("connection refused")


def node(name: str = "M1", **values: object) -> Node:
    return Node(**{"name": name, "url": "http://10.5.0.2:1234", "dialect": "lmstudio", **values})  # type: ignore[arg-type]


def place(asked: Asked = Asked.BY_USER) -> Place:
    return Place(Address("M1", "http://10.5.0.2:9400/metrics", asked), STALE_AFTER_S)


class TestAddresses:
    @pytest.mark.parametrize(
        ("gpus", "urls"),
        [
            (None, []),
            ("local", []),
            (("GPU-1", "GPU-2"), []),
            ("http://10.5.0.2:9835/metrics", ["http://10.5.0.2:9835/metrics"]),
            ("http://10.5.0.2:9835", ["http://10.5.0.2:9835/metrics"]),
            ("https://gpu.example/box/1?token=x", ["https://gpu.example/box/1?token=x"]),
            (("http://a:9400/", "http://a:9100/metrics"), ["http://a:9400/metrics", "http://a:9100/metrics"]),
        ],
    )
    def test_exporters(self, gpus: str | tuple[str, ...] | None, urls: list[str]) -> None:
        assert [address.url for address in addresses([node(gpus=gpus)])] == urls

    def test_servers_that_may_tell_how_busy_they_are(self) -> None:
        nodes = [
            node("vllm", url="http://a:8000/v1", dialect="openai"),
            node("cloud", url="https://api.example.com/v1", dialect="openai", local=False),
            node("ollama", url="http://a:11434", dialect="ollama"),
            node("both", url="http://b:8000", dialect="openai", gpus="http://b:8000/metrics"),
        ]
        assert addresses(nodes) == (
            Address("vllm", "http://a:8000/metrics", Asked.BY_US),
            Address("both", "http://b:8000/metrics", Asked.BY_USER),
        )


class TestPlace:
    def test_values_turn_stale_then_unknown_and_never_freeze(self) -> None:
        here = place()
        here.take(pages.dcgm(), 100.0)
        [fresh] = here.readings(100.0 + STALE_AFTER_S)
        assert (fresh.state, fresh.host, fresh.temperature_c) == (OK, "M1", 71)
        here.fail(DOWN)
        [stale] = here.readings(100.1 + STALE_AFTER_S)
        assert stale == replace(fresh, state=STALE, stale_since_s=100.0), "greyed, and with its time"
        [unknown] = here.readings(100.1 + UNKNOWN_AFTER_S)
        assert (unknown.state, unknown.temperature_c, unknown.memory_total_bytes) == (UNKNOWN, None, None)
        assert (unknown.uuid, unknown.name, unknown.stale_since_s) == (pages.T4, "Tesla T4", 100.0)
        here.take(pages.dcgm(told={"GPU_TEMP": 50}), 200.0)
        assert [reading.temperature_c for reading in here.readings(200.0)] == [50]

    def test_an_exporter_that_goes_on_telling_its_last_measurement(self) -> None:
        here = place()
        for second in range(40):
            here.take(pages.nvidia_smi(collected=1.7e9), 100.0 + second)
        assert [reading.state for reading in here.readings(113.0)] == [STALE]
        assert [reading.state for reading in here.readings(139.0)] == [UNKNOWN]
        here.take(pages.nvidia_smi(collected=1.7e9 - 5000), 140.0)
        [reading] = here.readings(140.0)
        assert (reading.state, reading.at_s) == (OK, 140.0), "its clock was set: all that counts is that it is new"

    def test_an_exporter_that_cannot_measure(self) -> None:
        here = place()
        here.take(pages.nvidia_smi(), 100.0)
        here.take(pages.nvidia_smi(success=0), 120.0)
        assert [reading.state for reading in here.readings(120.0)] == [STALE]

    def test_a_card_that_is_no_longer_told_of_is_lost_and_may_come_back(self) -> None:
        here = place()
        both = pages.dcgm() + pages.dcgm(pages.SECOND_T4, index=1)
        here.take(both, 100.0)
        here.take(pages.dcgm(), 105.0)
        assert [(reading.index, reading.state) for reading in here.readings(106.0)] == [(0, OK), (1, LOST)]
        here.take(both, 110.0)
        assert [reading.state for reading in here.readings(110.0)] == [OK, OK]

    def test_a_page_without_any_card_is_a_failure_and_loses_none(self) -> None:
        here = place()
        here.take(pages.dcgm(), 100.0)
        here.take(b"go_goroutines 9\n", 105.0)
        assert here.failures == 1
        assert [reading.state for reading in here.readings(105.0)] == [OK]

    def test_a_failure_is_told_once_it_lasts(self) -> None:
        here = place()
        told = []
        for _ in range(SAID_AFTER):
            told.append(here.reason)
            here.fail(DOWN)
        assert [*told, here.reason] == [None] * SAID_AFTER + [DOWN]
        here.take(pages.dcgm(), 100.0)
        assert (here.reason, here.failures) == (None, 0)

    def test_other_cards_each_time_do_not_pile_up(self) -> None:
        here = place()
        for number in range(MOST_CARDS + 20):
            here.take(pages.dcgm(f"GPU-{number}"), 100.0)
        assert len(here.readings(100.0)) == MOST_CARDS

    def test_a_load_is_of_now_or_not_at_all(self) -> None:
        here = place(Asked.BY_US)
        assert here.load(0.0) is None
        here.take(pages.VLLM, 100.0)
        assert here.load(100.0 + STALE_AFTER_S) == NodeLoad(running=5, waiting=7, kv_cache_percent=82)
        assert here.load(100.1 + STALE_AFTER_S) is None


class TestMerging:
    def reading(self, uuid: str, host: str, **values: object) -> GpuReading:
        return replace(GpuReading(uuid=uuid, index=0, name="", host=host), **values)  # type: ignore[arg-type]

    def test_a_card_stands_once_and_who_knows_more_is_believed(self) -> None:
        local, far = self.reading("GPU-1", "here"), self.reading("GPU-1", "M1", far=True)
        stale = replace(far, state=STALE)
        assert merged([local], [far]) == (local,)
        assert merged([stale], [far]) == (far,)
        assert merged([replace(local, state=LOST)], [stale]) == (stale,)

    def test_hosts_stay_together_in_their_order(self) -> None:
        a1, b1, a2 = self.reading("1", "a"), self.reading("2", "b"), self.reading("3", "a")
        assert merged([a1], [b1, a2]) == (a1, a2, b1)
        assert merged([replace(a1, far=True)], [b1]) == (b1, replace(a1, far=True)), "this machine comes first"

    def test_a_processor_is_shown_where_no_gpu_is_known(self) -> None:
        processor = self.reading("CPU-a", "a", kind=Kind.PROCESSOR)
        other, gpu = replace(processor, uuid="CPU-b", host="b"), self.reading("1", "a")
        assert merged([processor], [gpu, other]) == (gpu, other)


def fetch(url: str) -> "Future[bytes]":
    """Fetch in a thread of its own, as the loop of the nodes does."""
    future: Future[bytes] = Future()

    def run() -> None:
        with suppress(InvalidStateError):  # nobody waits for it any more
            try:
                with urllib.request.urlopen(url, timeout=60) as response:
                    future.set_result(response.read())
            except OSError:
                future.set_exception(NodeUnreachable(DOWN))

    threading.Thread(target=run, name="fetch").start()
    return future


class Watched:
    def __init__(self, far: FarGpus, events: list[Event]) -> None:
        self.far, self.events = far, events

    def states(self) -> list[GpuState]:
        return [reading.state for reading in self.far.readings()]

    def parts(self) -> list[str]:
        return [
            f"{type(event).__name__} {event.part}"
            for event in self.events
            if isinstance(event, PartMissing | PartReady)
        ]


@contextmanager
def watching(
    *nodes: Node, period_s: float = 0.05, fetched: Callable[[str], "Future[bytes]"] = fetch
) -> Iterator[Watched]:
    events: list[Event] = []
    with FarGpus(nodes, fetched, events.append, period_s=period_s) as far:
        yield Watched(far, events)
    wait_until(lambda: not [one.name for one in threading.enumerate() if one.name in ("far gpus", "fetch")])


def test_two_nodes_are_read_and_one_goes_down_and_comes_back() -> None:
    with (
        FakeExporter(pages.dcgm()) as first,
        FakeExporter(pages.nvidia_smi()) as second,
        watching(node("M1", gpus=first.url), node("M2", gpus=second.url)) as watched,
    ):
        wait_until(lambda: watched.states() == [OK, OK])
        assert [(reading.host, reading.temperature_c) for reading in watched.far.readings()] == [("M1", 71), ("M2", 46)]
        second.manner = Manner.FAILING
        wait_until(lambda: watched.states() == [OK, STALE])
        wait_until(lambda: watched.parts() == ["PartMissing gpus M2"])
        second.page = pages.nvidia_smi(told={"temperature_gpu": 52})
        second.manner = Manner.WELL
        wait_until(lambda: watched.states() == [OK, OK])
        assert watched.far.readings()[1].temperature_c == 52
        wait_until(lambda: watched.parts() == ["PartMissing gpus M2", "PartReady gpus M2"])


def test_a_page_that_hangs_delays_no_other_and_is_asked_for_once() -> None:
    with (
        FakeExporter(pages.dcgm()) as well,
        FakeExporter(pages.nvidia_smi(), manner=Manner.HANGS) as hanging,
        watching(node("M1", gpus=hanging.url), node("M2", gpus=well.url)) as watched,
    ):
        wait_until(lambda: watched.states() == [OK])
        asked = len(well.asked)
        wait_until(lambda: len(well.asked) > asked + 5)
        assert len(hanging.asked) == 1
        hanging.closing.set()


def test_how_busy_the_nodes_are_is_told_on_change() -> None:
    with (
        FakeExporter(pages.VLLM) as exporter,
        watching(node("vllm", url=exporter.url.removesuffix("/metrics"), dialect="openai")) as watched,
    ):
        wait_until(lambda: watched.events)
        assert watched.events == [NodeLoadsRead({"vllm": NodeLoad(running=5, waiting=7, kv_cache_percent=82)})]
        exporter.manner = Manner.MISSING
        wait_until(lambda: len(watched.events) == 2)
        assert watched.events[1] == NodeLoadsRead({}), "what it was is not what it is; and nothing is missing"


def test_two_exporters_of_one_card_show_it_once() -> None:
    with (
        FakeExporter(pages.dcgm()) as first,
        FakeExporter(pages.nvidia_smi(pages.T4)) as second,
        watching(node("M1", gpus=(first.url, second.url))) as watched,
    ):
        wait_until(lambda: first.asked and second.asked and watched.states() == [OK])
        first.manner = Manner.FAILING
        wait_until(lambda: [reading.temperature_c for reading in watched.far.readings()] == [46])


def test_leaving_waits_for_no_page() -> None:
    never: Future[bytes] = Future()
    with watching(node(gpus="http://a/metrics"), fetched=lambda url: never) as watched:
        assert watched.states() == []
    assert never.cancelled()


def test_without_exporters_there_is_no_thread() -> None:
    with watching(node()) as watched:
        assert not [one for one in threading.enumerate() if one.name == "far gpus"]
        assert watched.far.readings() == ()


def test_a_fetch_that_cannot_begin_is_logged_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    asked: list[str] = []

    def closed(url: str) -> "Future[bytes]":
        asked.append(url)
        raise RuntimeError("closed")

    with watching(node(gpus="http://a/metrics"), fetched=closed):
        wait_until(lambda: len(asked) > 2)
    assert "closed" in caplog.text


def test_reading_once() -> None:
    with FakeExporter(pages.dcgm()) as exporter:
        url = exporter.url
        far = FarGpus([node("M1", gpus=url), node("M2", gpus="http://127.0.0.1:9/metrics")], fetch, lambda event: None)
        readings, failures = far.read_once()
    assert [reading.temperature_c for reading in readings] == [71]
    assert {name: render(error.said, "en") for name, error in failures.items()} == {"M2": "connection refused"}


def test_a_scrape_may_be_missed_before_anything_is_stale() -> None:
    assert STALE_PERIODS > 2 * 1.2
