"""The router beside httpx written by hand and litellm.Router: time and processor time of a request, of a chunk, import.

Everything of one kind is measured in one run, turn by turn, each way in a process of its own, and so is the node.
"""

import json
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from etoile.config import Node, Routing
from etoile.domain.effects import Ask
from etoile.domain.events import AnswerEnded, Event, Failed, NodePassedOver
from etoile.llm.router import Router
from tests.benchmarks.router_runs import WAYS

ROUNDS = 7
SHORT, LONG = 8, 408
WAVES = {1: 60, 16: 12}
PEER = "litellm"


class Way:
    """One way to the node, in its own process."""

    def __init__(self, name: str, port: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.router_runs", name, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def run(self, words: int, abreast: int, waves: int) -> dict[str, Any]:
        """Return what a round took."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"words": words, "abreast": abreast, "waves": waves}) + "\n")
        self._process.stdin.flush()
        while not (line := self._process.stdout.readline()).startswith('{"ms"'):
            assert line, "the process ended"
        return dict(json.loads(line))

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


@pytest.fixture(scope="module")
def node() -> Iterator[int]:
    """Give the port of a node that answers at once."""
    command = [sys.executable, "-m", "tests.benchmarks.mock_node"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield int(process.stdout.readline())
        process.communicate()


@pytest.fixture(scope="module")
def measured(node: int) -> dict[str, dict[str, float]]:
    """Return the medians of each way: time and processor time at 1 and at 16 in flight, and of a long answer."""
    found: dict[str, dict[str, list[float]]] = {name: {} for name in WAYS}
    with ExitStack() as stack:
        ways = {name: Way(name, node) for name in WAYS}
        for way in ways.values():
            stack.callback(way.close)
            way.run(SHORT, 16, 3)
            way.run(LONG, 1, 1)
        for _ in range(ROUNDS):
            for abreast, waves in WAVES.items():
                for name, way in ways.items():
                    told = way.run(SHORT, abreast, waves)
                    found[name].setdefault(f"ms {abreast}", []).append(statistics.median(told["ms"]))
                    found[name].setdefault(f"cpu {abreast}", []).append(told["cpu_ms"])
            for name, way in ways.items():
                found[name].setdefault("cpu long", []).append(way.run(LONG, 1, 4)["cpu_ms"])
    return {name: {key: statistics.median(values) for key, values in of.items()} for name, of in found.items()}


def tell(benchmark: Any, group: str, value: float, unit: str, peer: str | None = None) -> None:
    benchmark.group = f"router: {group}"
    benchmark.extra_info |= {"value": value, "unit": unit} | ({"peer": peer} if peer else {})
    benchmark.pedantic(lambda: None, rounds=1)


@pytest.mark.parametrize("way", ["etoile", PEER])
@pytest.mark.parametrize("abreast", [1, 16])
def test_time_over_httpx(benchmark: Any, measured: dict[str, dict[str, float]], abreast: int, way: str) -> None:
    added = measured[way][f"ms {abreast}"] - measured["httpx"][f"ms {abreast}"]
    tell(benchmark, f"time over plain httpx, {abreast} in flight", added, "ms", None if way == "etoile" else way)


@pytest.mark.parametrize("way", ["etoile", PEER, "httpx"])
@pytest.mark.parametrize("abreast", [1, 16])
def test_time(benchmark: Any, measured: dict[str, dict[str, float]], abreast: int, way: str) -> None:
    group = f"time of a request, {abreast} in flight"
    tell(benchmark, group, measured[way][f"ms {abreast}"], "ms", None if way == "etoile" else way)


@pytest.mark.parametrize("way", ["etoile", PEER, "httpx"])
@pytest.mark.parametrize("abreast", [1, 16])
def test_processor_time(benchmark: Any, measured: dict[str, dict[str, float]], abreast: int, way: str) -> None:
    group = f"processor time of a request, {abreast} in flight"
    tell(benchmark, group, measured[way][f"cpu {abreast}"], "ms", None if way == "etoile" else way)


@pytest.mark.parametrize("way", ["etoile", PEER, "httpx"])
def test_processor_time_of_a_chunk(benchmark: Any, measured: dict[str, dict[str, float]], way: str) -> None:
    of = measured[way]
    chunk_ms = (of["cpu long"] - of["cpu 1"]) / (LONG - SHORT)
    tell(benchmark, "processor time of a chunk", chunk_ms, "ms", None if way == "etoile" else way)


IMPORTS = {"etoile": "import etoile.llm.router, httpx, anyio.from_thread", PEER: "import litellm"}
PRINT_COST = """
import time
began_s, cpu_s = time.perf_counter(), time.process_time()
{imports}
print(1000 * (time.perf_counter() - began_s), 1000 * (time.process_time() - cpu_s), end=" ")
print(next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS")) / 1024)
"""
COSTS = {"import": "ms", "processor time of the import": "ms", "memory after the import": "MiB"}


@pytest.fixture(scope="module")
def imports() -> dict[str, dict[str, float]]:
    """Return the medians of what importing costs, each time in a fresh process."""
    found: dict[str, list[list[float]]] = {name: [] for name in IMPORTS}
    for _ in range(ROUNDS):
        for name, imported in IMPORTS.items():
            command = [sys.executable, "-W", "ignore", "-c", PRINT_COST.format(imports=imported)]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            found[name].append([float(cost) for cost in told[-3:]])
    return {
        name: dict(zip(COSTS, map(statistics.median, zip(*of, strict=True)), strict=True)) for name, of in found.items()
    }


@pytest.mark.parametrize("way", ["etoile", PEER])
@pytest.mark.parametrize("cost", COSTS)
def test_import(benchmark: Any, imports: dict[str, dict[str, float]], cost: str, way: str) -> None:
    tell(benchmark, cost, imports[way][cost], COSTS[cost], None if way == "etoile" else way)


class NoGuide:
    def answer(self, question: str, language: str) -> list[str]:
        raise AssertionError

    def stand_in(self, question: str, language: str, nodes: object) -> list[str]:
        return []


def times(nodes: list[Node], routing: Routing, count: int) -> list[float]:
    """Return what each of `count` requests took, one after the other, in ms; before that M2 was asked once."""
    ended = threading.Event()
    told: list[Event] = []
    passed_over: list[int] = []

    def publish(event: Event) -> None:
        if isinstance(event, NodePassedOver):
            passed_over.append(event.turn)
        if isinstance(event, AnswerEnded | Failed):
            told.append(event)
            ended.set()

    took = []
    with Router(nodes, routing, publish, guide=NoGuide(), secret=lambda node: None, watch=False) as router:
        for number in range(count + 1):
            ended.clear()
            began_s = time.perf_counter()
            router.ask(Ask(number, f"What is {number}?", "en", kind="simple", node=None if number else "M2"))
            assert ended.wait(30)
            took.append(1000 * (time.perf_counter() - began_s))
    assert all(isinstance(event, AnswerEnded) for event in told)
    assert passed_over == ([1] if len(nodes) > 1 else [])
    return took[1:]


def failing(port: int, healthy: int) -> list[Node]:
    """Return a node at `port` that is preferred, and a healthy one."""
    return [
        Node(name="M1", url=f"http://127.0.0.1:{port}", model="tiny", weight=1000.0),
        Node(name="M2", url=f"http://127.0.0.1:{healthy}/8", model="tiny"),
    ]


def cost(node: int, port: int, routing: Routing) -> tuple[float, float]:
    """Return what a failing node at `port` adds to the first request after a first good one, and to later ones."""
    firsts, laters = [], []
    for _ in range(ROUNDS):
        good = [Node(name="M2", url=f"http://127.0.0.1:{node}/8", model="tiny")]
        alone = times(good, routing, 30)
        both = times(failing(port, node), routing, 30)
        firsts.append(both[0] - alone[0])
        laters.append(statistics.median(both[1:]) - statistics.median(alone[1:]))
    return statistics.median(firsts), statistics.median(laters)


@pytest.fixture(scope="module")
def refused(node: int) -> tuple[float, float]:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    return cost(node, port, Routing(discover=False))


@pytest.fixture(scope="module")
def hung(node: int) -> tuple[float, float]:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        return cost(node, silent.getsockname()[1], Routing(discover=False, first_token_s=1.0))


def test_refused_first(benchmark: Any, refused: tuple[float, float]) -> None:
    tell(benchmark, "a refused node adds, the first time", refused[0], "ms")


def test_refused_later(benchmark: Any, refused: tuple[float, float]) -> None:
    tell(benchmark, "a refused node adds, later", refused[1], "ms")


def test_hung_first(benchmark: Any, hung: tuple[float, float]) -> None:
    tell(benchmark, "a hung node adds, the first time (limit 1000 ms)", hung[0], "ms")


def test_hung_later(benchmark: Any, hung: tuple[float, float]) -> None:
    tell(benchmark, "a hung node adds, later", hung[1], "ms")
