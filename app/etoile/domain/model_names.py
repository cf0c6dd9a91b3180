"""Which model of which node is meant by a name.  Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.plan import order
from etoile.domain.routing.models import same_model
from etoile.errors import UsageError
from etoile.text import Message, message

__all__ = ["Place", "node_called", "place", "places", "same_model"]


@dataclass(frozen=True, slots=True)
class Place:
    """A model on a node, by the node's own name for it."""

    node: NodeStatus
    model: str


def places(nodes: Sequence[NodeStatus], model: str) -> list[Place]:
    """Return where `model` is, the node that would be asked first at the head."""
    return [Place(node, name) for node in order(nodes) for name in node.models if same_model(name, model)]


def place(nodes: Sequence[NodeStatus], model: str, on: str | None) -> Place:
    """Return where `model` is: on the node called `on`, if given.  Raises UsageError when it is nowhere there."""
    asked = [node_called(nodes, on)] if on is not None else nodes
    found = places(asked, model)
    if not found:
        raise UsageError(_nowhere(model, on), _nearest(asked, model))
    return found[0]


def node_called(nodes: Sequence[NodeStatus], name: str) -> NodeStatus:
    """Return the node called `name`.  Raises UsageError when there is none, or it is not confirmed yet."""
    found = next((node for node in nodes if node.name.lower() == name.lower()), None)
    if found is None:
        raise UsageError(
            message('There is no node called "{node}".', node=name),
            message("Nodes: {nodes}.", nodes=[node.name for node in nodes]) if nodes else None,
        )
    if found.state is NodeState.UNCONFIRMED:
        raise UsageError(
            message("{node} was found on this machine and is not confirmed yet.", node=found.name),
            message("Confirm it with “etoile nodes confirm {node}”.", node=found.name),
        )
    return found


def _nowhere(model: str, on: str | None) -> Message:
    if on is None:
        return message("No node has a model called “{model}”.", model=model)
    return message("{node} has no model called “{model}”.", node=on, model=model)


def _nearest(nodes: Sequence[NodeStatus], model: str) -> Message | None:
    import difflib  # only for what is mistyped

    names = sorted({name for node in nodes for name in node.models})
    near = difflib.get_close_matches(model, names, n=3, cutoff=0.4) or names[:6]
    return message("Models there: {models}.", models=near) if near else None
