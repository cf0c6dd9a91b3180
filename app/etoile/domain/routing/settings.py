"""What the settings say of a node, put beside what is known of it.  Pure."""

from dataclasses import replace

from etoile.config import Node
from etoile.domain.nodes import NodeStatus


def with_settings(status: NodeStatus, node: Node) -> NodeStatus:
    """Return `status` with what the settings say of `node`."""
    return replace(
        status,
        roles=node.roles,
        models_by_role={str(role): model for role, model in node.models.items()},
        never=node.never,
        local=node.local,
        tools=node.tools,
        weight=node.weight,
        max_in_flight=node.max_in_flight,
    )
