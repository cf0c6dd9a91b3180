"""What is said of a node, and of the cards that a local Ollama may use."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from etoile.config import Node
from etoile.doctor import ollama
from etoile.doctor.serving import about
from etoile.domain.gpus import GpuReading
from etoile.domain.nodes import LoadedModel, NodeState, NodeStatus
from etoile.text import message, render

GB = 1024**3
NODE = Node(name="M1", url="http://10.5.0.2:11434", dialect="ollama", model="qwen3:30b")
UP = NodeStatus(
    name="M1",
    dialect="ollama",
    url=NODE.url,
    state=NodeState.UP,
    model="qwen3:30b",
    models=("qwen3:30b", "gemma3:latest"),
    latency_ms=12.0,
)


def node(**changes: Any) -> Node:
    return msgspec.structs.replace(NODE, **changes)


@pytest.mark.parametrize(
    ("status", "configured", "ok", "says", "remedy"),
    [
        pytest.param(UP, NODE, True, "answers in 12 ms with qwen3:30b", None, id="well"),
        pytest.param(UP, node(model="gemma3"), True, "answers", None, id="the tag latest goes without saying"),
        pytest.param(replace(UP, models=()), NODE, True, "answers", None, id="a node that lists nothing"),
        pytest.param(
            UP, node(model="qwen3:8b"), False, "qwen3:8b is not there; it has qwen3:30b", "Fetch it", id="no such model"
        ),
        pytest.param(
            UP, node(models={"code": "coder"}), False, "coder is not there", "Fetch it", id="a model for one role"
        ),
        pytest.param(
            UP, node(never=("qwen3:30b",)), False, "never be loaded", "Take it out", id="asked for and forbidden"
        ),
        pytest.param(
            replace(UP, loaded=("nemotron",)),
            node(never=("nemotron",)),
            False,
            "nemotron is loaded",
            "unload",
            id="never",
        ),
        pytest.param(
            replace(UP, state=NodeState.DOWN, reason=message("connection refused")),
            NODE,
            False,
            "http://10.5.0.2:11434: connection refused",
            "Start the server",
            id="down",
        ),
        pytest.param(replace(UP, state=NodeState.AUTH), NODE, False, "10.5.0.2", "Correct its key", id="another key"),
        pytest.param(replace(UP, state=NodeState.UNCONFIRMED), None, None, "10.5.0.2", "confirm", id="found here"),
        pytest.param(
            replace(UP, state=NodeState.DOWN), None, None, "does not answer", "Start", id="nobody asked for it"
        ),
        pytest.param(
            replace(UP, in_memory=(LoadedModel(name="qwen3:30b", size_bytes=20 * GB, gpu_bytes=18 * GB),)),
            NODE,
            True,
            "qwen3:30b: 18.0\N{NO-BREAK SPACE}GiB on the GPU, 2.0\N{NO-BREAK SPACE}GiB on the CPU",
            None,
            id="where its models are",
        ),
    ],
)
def test_a_node(status: NodeStatus, configured: Node | None, ok: bool | None, says: str, remedy: str | None) -> None:
    finding = about(status, configured)
    assert (finding.ok, finding.about) == (ok, "M1")
    assert says in render(finding.detail, "en")
    assert (finding.remedy is None) == (remedy is None)
    assert remedy is None or (finding.remedy and remedy in render(finding.remedy, "en"))


def card(uuid: str, index: int) -> GpuReading:
    return GpuReading(uuid=uuid, index=index, name=uuid, host="here", cuda_index=index, cuda_fastest_index=1 - index)


CARDS = (card("GPU-1660", 0), card("GPU-3080", 1))


@pytest.mark.parametrize(
    ("environment", "ok", "says"),
    [
        ({"CUDA_VISIBLE_DEVICES": "GPU-3080"}, True, "sees GPU-3080 alone"),
        ({}, False, "sees GPU-1660"),
        ({"CUDA_VISIBLE_DEVICES": "0"}, True, "sees GPU-3080 alone"),
        ({"CUDA_VISIBLE_DEVICES": "0", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}, False, "sees GPU-1660"),
    ],
)
def test_the_cards_of_the_running_ollama(environment: dict[str, str], ok: bool, says: str) -> None:
    finding = ollama.about(CARDS, ["GPU-3080"], environment)
    assert finding.ok is ok
    assert says in render(finding.detail, "en")


def test_what_systemd_tells() -> None:
    told = 'PATH=/bin OLLAMA_HOST=0.0.0.0 "CUDA_VISIBLE_DEVICES=GPU-1,GPU-2" nonsense\n'
    assert ollama.environment_of(told) == {
        "PATH": "/bin",
        "OLLAMA_HOST": "0.0.0.0",  # text, not an address to bind
        "CUDA_VISIBLE_DEVICES": "GPU-1,GPU-2",
    }
