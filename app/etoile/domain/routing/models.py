"""Which model of a node does a piece of work.  Pure."""

from etoile.domain.nodes import NodeStatus


def same_model(listed: str, asked: str) -> bool:
    """Whether a node's name of a model is the one asked for; Ollama's ":latest" may be left out."""
    return listed.lower() in (asked.lower(), f"{asked.lower()}:latest")


def model_for(node: NodeStatus, role: str) -> str | None:
    """Return the model that `node` would do `role` with; None where none is known that may be used.

    That of the settings for the role, unless the node tells that it does not have it; else the node's usual one.
    """
    own = node.models_by_role.get(role)
    if own is not None and not forbidden(node, own) and _may_be_there(node, own):
        return own
    return None if node.model is None or forbidden(node, node.model) else node.model


def missing_model(node: NodeStatus, role: str) -> str | None:
    """Return the model that the settings have for `role`, and the node has not."""
    own = node.models_by_role.get(role)
    return own if own is not None and not _may_be_there(node, own) else None


def forbidden(node: NodeStatus, model: str) -> bool:
    """Whether the settings forbid `model` there."""
    return any(same_model(model, one) or same_model(one, model) for one in node.never)


def is_loaded(node: NodeStatus, model: str) -> bool:
    """Whether `model` is in the memory of `node`, as far as it tells."""
    return any(same_model(one, model) for one in node.loaded)


def _may_be_there(node: NodeStatus, model: str) -> bool:
    return not node.models or any(same_model(one, model) for one in node.models)
