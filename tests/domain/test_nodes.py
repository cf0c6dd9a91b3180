"""Which GPUs a node uses."""

import pytest

from etoile.domain.gpus import GpuReading
from etoile.domain.nodes import NodeState, NodeStatus, gpus_of

HERE = tuple(GpuReading(uuid=f"GPU-{index}", index=index, name="", host="desk") for index in range(2))
FAR = tuple(GpuReading(uuid=f"GPU-far-{host}", index=0, name="", host=host, far=True) for host in ("M1", "M2"))


def node(name: str, **values: object) -> NodeStatus:
    return NodeStatus(name=name, dialect="openai", url="", state=NodeState.UP, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "uuids"),
    [
        (node("M1"), ["GPU-far-M1"]),
        (node("M3"), []),
        (node("ollama", here=True), ["GPU-0", "GPU-1"]),
        (node("vllm", here=True, gpus=("GPU-1",)), ["GPU-1"]),
        (node("desk"), []),
    ],
)
def test_gpus_of_a_node(status: NodeStatus, uuids: list[str]) -> None:
    assert [reading.uuid for reading in gpus_of(status, (*HERE, *FAR))] == uuids
