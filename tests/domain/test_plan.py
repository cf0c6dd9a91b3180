"""Which node is asked first."""

import pytest

from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.plan import order


def node(description: str) -> NodeStatus:
    """Return the node that "M1 up 1" describes: name, state, requests in flight."""
    name, state, in_flight = description.split()
    return NodeStatus(name=name, dialect="openai", url="http://node", state=NodeState(state), in_flight=int(in_flight))


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ("M1 up 0, M2 up 0", "M1 M2"),
        ("M1 up 1, M2 up 0", "M2 M1"),
        ("M1 busy 2, M2 up 1, M3 up 0", "M3 M2 M1"),
        ("M1 loading 0, M2 busy 2", "M2 M1"),
        ("M1 down 0, M2 up 0", "M2 M1"),
        ("M1 open 0, M2 down 0, M3 auth 0", "M1 M2 M3"),
        ("M1 unconfirmed 0, M2 quarantined 0", ""),
        ("", ""),
    ],
)
def test_order(nodes: str, expected: str) -> None:
    statuses = [node(part.strip()) for part in nodes.split(",") if part.strip()]
    assert " ".join(status.name for status in order(statuses)) == expected
