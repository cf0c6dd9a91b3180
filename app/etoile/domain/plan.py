"""Which node is asked: one pure function."""

from collections.abc import Sequence
from dataclasses import dataclass

from etoile.domain.nodes import NodeState, NodeStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a piece of work wants of the node that takes it."""

    kind: str = "simple"
    """What kind of task it belongs to."""
    role: str = "respond"
    node: str | None = None
    """This node alone."""
    tried: frozenset[str] = frozenset()
    """Nodes that failed at it."""
    avoid: frozenset[str] = frozenset()
    """Rather another node: the author of what is to be reviewed."""
    sticky: str | None = None
    """The node whose cache is warm."""
    tokens: int = 0
    """Estimate of the prompt."""
    needs: frozenset[str] = frozenset()
    """Tools ("search", "market") that the node must declare."""


_UNASKED = (NodeState.UNCONFIRMED, NodeState.QUARANTINED)
_LATER = {NodeState.UP: 0, NodeState.DEGRADED: 2, NodeState.BUSY: 2, NodeState.LOADING: 3}
_LAST_RESORT = 4


def order(nodes: Sequence[NodeStatus]) -> tuple[NodeStatus, ...]:
    """Return the nodes in the order in which a request tries them; those of equal rank keep the user's order.

    Idle before working before full before loading.  A node that failed lately comes last: it is asked when nobody else
    is left, for a user with one node would rather try again than be told to wait.
    """
    return tuple(sorted((node for node in nodes if node.state not in _UNASKED), key=_rank))


def _rank(node: NodeStatus) -> int:
    working = node.state is NodeState.UP and node.in_flight > 0
    return 1 if working else _LATER.get(node.state, _LAST_RESORT)
