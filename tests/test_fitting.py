"""The running app learns what engines take for their models, once for each model that a node loads."""

from dataclasses import replace

import pytest

from etoile.domain.fit import Calibration, Setup, model_of, need
from etoile.domain.nodes import LoadedModel, NodeState, NodeStatus
from etoile.errors import NodeSilent
from etoile.fitting import Fitting
from etoile.llm.described import Described, Running
from etoile.text import message
from tests.llm.gguf_files import LLAMA_3_8B, q4_k_m
from tests.waiting import wait_until

CONTEXT = 8192
MODEL = model_of(LLAMA_3_8B.metadata, LLAMA_3_8B.tensors(q4_k_m(32)), name="llama3:latest")
TAKES = round(1.1 * need(MODEL, Setup(context=CONTEXT)).engine)
HELD = LoadedModel(name="llama3:latest", size_bytes=TAKES, gpu_bytes=TAKES)
NODE = NodeStatus(name="M1", dialect="ollama", url="http://m1", state=NodeState.UP, in_memory=(HELD,))


class Nodes:
    """Nodes as they are, what they tell when asked, and what was kept of it."""

    def __init__(self, *nodes: NodeStatus) -> None:
        self.nodes = nodes
        self.asked: list[str] = []
        self.kept: list[tuple[int, Calibration]] = []
        self.fitting = Fitting(self, lambda: self.nodes, self.describe, every_s=0.01)

    def keep(self, model: str, flags: str, context: int, seen: Calibration) -> None:
        assert (model, flags) == (MODEL.key, "f16/f16 x1 fa")
        self.kept.append((context, seen))

    def describe(self, node: NodeStatus, model: str) -> Described | None:
        self.asked.append(f"{node.name} {model}")
        [held] = [one for one in node.in_memory if one.name == model]
        running = Running(context=CONTEXT, size_bytes=held.size_bytes, gpu_bytes=held.gpu_bytes)
        return Described(node=node.name, model=MODEL, running=running)


def test_what_a_node_takes_is_learned_once_for_each_way_that_it_is_loaded() -> None:
    nodes = Nodes(NODE)
    nodes.fitting.look()
    nodes.fitting.look()
    [(context, seen)] = nodes.kept
    assert (context, seen.source, round(seen.ratio, 2)) == (CONTEXT, "M1", 1.1)
    larger = replace(HELD, size_bytes=TAKES + 1, gpu_bytes=TAKES + 1)
    nodes.nodes = (replace(NODE, in_memory=(larger,)),)
    nodes.fitting.look()
    assert len(nodes.kept) == 2


@pytest.mark.parametrize(
    "node",
    [
        replace(NODE, in_memory=()),
        replace(NODE, in_memory=(replace(HELD, gpu_bytes=TAKES // 2),)),
        replace(NODE, in_flight=1),
        replace(NODE, state=NodeState.LOADING),
    ],
    ids=["nothing loaded", "partly on the processor", "busy", "loading"],
)
def test_a_node_is_left_alone_while_there_is_nothing_to_learn(node: NodeStatus) -> None:
    nodes = Nodes(node)
    nodes.fitting.look()
    assert not nodes.asked


def test_a_node_that_does_not_tell_is_not_asked_again() -> None:
    nodes = Nodes(NODE)

    def silent(node: NodeStatus, model: str) -> Described | None:
        nodes.asked.append(model)
        raise NodeSilent(message("no answer within {seconds:g} s", seconds=1))

    nodes.fitting = Fitting(nodes, lambda: nodes.nodes, silent)
    nodes.fitting.look()
    nodes.fitting.look()
    assert nodes.asked == ["llama3:latest"]
    assert not nodes.kept


def test_it_looks_by_itself() -> None:
    nodes = Nodes(NODE)
    with nodes.fitting:
        wait_until(lambda: nodes.kept)
