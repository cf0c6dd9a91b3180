"""When a node is asked which kind of task a request is, and what it says."""

import pytest

from etoile.domain.gpus import Thermal
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.plan import Rules
from etoile.domain.routing.opinion import INSTRUCTION, kind_in, whom_to_ask
from etoile.domain.tasks.kinds import TaskKind


def node(name: str, **values: object) -> NodeStatus:
    """Return an idle node that tells kinds apart, with its model in memory."""
    usual: dict[str, object] = {
        "dialect": "ollama",
        "url": "http://node",
        "state": NodeState.UP,
        "model": "small",
        "models": ("small", "coder"),
        "loaded": ("small",),
        "roles": ("classify", "respond"),
    }
    return NodeStatus(name=name, **{**usual, **values})  # type: ignore[arg-type]


CODER = node("coder", roles=("code",))


@pytest.mark.parametrize(
    ("nodes", "asked"),
    [
        ([node("quick"), CODER], "quick"),
        ([CODER, node("busy", in_flight=1), node("quick")], "quick"),
        ([node("hot", thermal=Thermal.WARNING), CODER], None),
        ([node("cold", loaded=("coder",)), CODER], None),
        ([node("gone", state=NodeState.OPEN), CODER], None),
        ([node("far", local=False), CODER], None),
        ([node("quick", loaded=()), CODER], "quick"),
        ([node("alone")], None),
        ([node("alone", models_by_role={"code": "coder"})], "alone"),
        ([node("for everything", roles=()), CODER], None),
        ([], None),
    ],
)
def test_who_is_asked_first(nodes: list[NodeStatus], asked: str | None) -> None:
    assert whom_to_ask(nodes, Rules()) == asked


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("code", "code"),
        (" Kind: WEB.\n", "web"),
        ("code, since it is code", "code"),
        ("web or trading", None),
        ("decoded", None),
        ("I cannot tell.", None),
        ("", None),
    ],
)
def test_what_a_node_says(reply: str, kind: str | None) -> None:
    assert kind_in(reply) == kind


def test_every_kind_is_explained() -> None:
    assert all(f"\n{kind}: " in INSTRUCTION for kind in TaskKind)
