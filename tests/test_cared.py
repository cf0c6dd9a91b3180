"""Models are loaded, unloaded and measured as it is asked for by voice, on nodes on real sockets."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from etoile.cared import load_anywhere, measure_loaded, unload_everywhere
from etoile.caring import Care, unchecked
from etoile.config import Config, Node, Routing
from etoile.domain.model_names import Place
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.errors import ActionFailed, EtoileError, UsageError
from etoile.text import Message, message, render
from tests.llm.fake_node import FakeNode, Script


class House:
    """Two Ollamas, as the app knows them now."""

    def __init__(self, *nodes: FakeNode) -> None:
        self.nodes = nodes
        self.never: tuple[str, ...] = ()
        self.in_flight = 0

    def care(self) -> Care:
        named = [
            Node(name=f"M{number}", url=node.url, dialect="ollama", never=self.never if number == 1 else ())
            for number, node in enumerate(self.nodes, start=1)
        ]
        return Care(Config(nodes=tuple(named), routing=Routing(discover=False)), self.statuses)

    def statuses(self) -> list[NodeStatus]:
        return [
            NodeStatus(
                name=f"M{number}",
                dialect="ollama",
                url=node.url,
                state=NodeState.UP,
                models=node.script.models,
                loaded=node.script.loaded or (),
                in_flight=self.in_flight,
            )
            for number, node in enumerate(self.nodes, start=1)
        ]


@pytest.fixture
def house() -> Iterator[House]:
    with (
        FakeNode(Script(dialect="ollama", models=("qwen3:8b",), loaded=())) as first,
        FakeNode(Script(dialect="ollama", models=("qwen3:8b", "small:1b"), loaded=())) as second,
    ):
        yield House(first, second)


def said(told: Message) -> str:
    return render(told, "en").replace("\u00a0", " ")


def test_a_model_is_loaded_where_it_may_be(house: House) -> None:
    assert said(load_anywhere(house.care(), "qwen3:8b", unchecked)).startswith("qwen3:8b is in memory on M1 after")
    assert said(load_anywhere(house.care(), "qwen3:8b", unchecked)) == "qwen3:8b was in memory on M1 already."
    house.never = ("qwen3:8b",)
    load_anywhere(house.care(), "qwen3:8b", unchecked)
    assert house.nodes[1].script.loaded == ("qwen3:8b",)
    house.never = ("qwen3:8b",)
    house.nodes[1].script.models = ()
    with pytest.raises(UsageError, match="never be used on M1"):
        load_anywhere(house.care(), "qwen3:8b", unchecked)


def test_a_model_is_unloaded_wherever_it_is(house: House) -> None:
    for node in house.nodes:
        node.script.loaded = ("qwen3:8b",)
    assert said(unload_everywhere(house.care(), "qwen3:8b", unchecked)) == "qwen3:8b is out of memory on M1, M2."
    assert said(unload_everywhere(house.care(), "qwen3:8b", unchecked)) == "qwen3:8b was not in memory."


def test_what_is_in_memory_is_measured_and_nothing_is_loaded(house: House) -> None:
    with pytest.raises(EtoileError, match="No model is in memory"):
        measure_loaded(house.care(), unchecked)
    house.nodes[1].script.loaded = ("small:1b",)
    assert said(measure_loaded(house.care(), unchecked)) == "small:1b on M2: 50 tokens a second."
    assert house.nodes[0].asked("/api/generate") == []
    house.nodes[0].script.loaded = ("qwen3:8b",)
    house.nodes[0].script.care.refuses = "out of memory"
    told = said(measure_loaded(house.care(), unchecked))
    assert told == 'small:1b on M2: 50 tokens a second. M1: it answered 500: "out of memory".'
    house.in_flight = 1
    with pytest.raises(EtoileError, match="M1: it is busy with other requests, which are not disturbed"):
        measure_loaded(house.care(), unchecked)


def test_a_command_that_is_stopped_stops_the_node_too(house: House) -> None:
    node = house.nodes[1]
    node.script.loaded = ("small:1b",)
    calls = iter(range(1000))

    def check() -> None:
        if next(calls) >= 1:
            raise ActionFailed(message("It was stopped."))

    node.script.care.before_step = lambda index: node.left.wait(0.05)
    with pytest.raises(ActionFailed, match="stopped"):
        measure_loaded(house.care(), check)


def test_the_state_of_a_node_that_works_is_asked_anew(house: House) -> None:
    busy = iter([1, 1, 0, 0])
    house.nodes[1].script.loaded = ("small:1b",)
    care = house.care()
    fresh = house.statuses
    care.statuses = lambda: [replace(node, in_flight=next(busy, 0)) for node in fresh()[1:]]
    [place] = [one for one in care.statuses() if one.name == "M2"]
    measured = care.measure(Place(place, "small:1b"), rounds=1, wait_s=30)
    assert measured.cut is None
    assert next(busy, None) is None  # one for the place itself, and three before it began
