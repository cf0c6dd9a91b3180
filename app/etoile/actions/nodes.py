"""What the nodes say of themselves, which models they have, and which of these are in memory."""

from collections.abc import Callable, Sequence

from etoile.actions.action import ActionTable, Context, Done, Undo, text_of
from etoile.domain.gpus import Thermal
from etoile.domain.match import Slots
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.errors import ActionFailed, EtoileError
from etoile.text import Message, message, plural

SHOWN_MODELS = 6

_STATES = {
    NodeState.UP: message("up"),
    NodeState.LOADING: message("loading a model"),
    NodeState.BUSY: message("busy"),
    NodeState.DEGRADED: message("unsteady: it failed a moment ago"),
    NodeState.OPEN: message("failed lately, left alone for a while"),
    NodeState.QUARANTINED: message("quarantined"),
    NodeState.AUTH: message("wants another key"),
    NodeState.DOWN: message("down"),
    NodeState.UNCONFIRMED: message("found here, not confirmed yet"),
}
_USABLE = (NodeState.UP, NodeState.LOADING, NodeState.BUSY, NodeState.DEGRADED)


def _known(context: Context) -> tuple[NodeStatus, ...]:
    nodes = context.desk.nodes()
    if not nodes:
        raise ActionFailed(
            message("I know no node."), message("Start Ollama or LM Studio, or name a node in the settings file.")
        )
    return nodes


def _status(slots: Slots, context: Context) -> Done:
    nodes = _known(context)
    said = [_one(node) for node in nodes]
    return Done(message("{summary} {nodes}.", summary=_summary(nodes), nodes=said))


def _summary(nodes: Sequence[NodeStatus]) -> Message:
    usable = sum(node.state in _USABLE for node in nodes)
    return plural(
        "{usable} of {count} node can answer.", "{usable} of {count} nodes can answer.", len(nodes), usable=usable
    )


def _one(node: NodeStatus) -> Message:
    if node.state is NodeState.UP and node.model:
        return message("{node}: up with {model}", node=node.name, model=node.model)
    return message("{node}: {state}", node=node.name, state=_STATES[node.state])


def _health(slots: Slots, context: Context) -> Done:
    """Tell the trouble: nodes that cannot answer, with the reason, and hot ones."""
    nodes = _known(context)
    troubled = [trouble for node in nodes if (trouble := _trouble(node))]
    if not troubled:
        return Done(plural("The node is well.", "All {count} nodes are well.", len(nodes)))
    return Done(message("{summary} {troubles}.", summary=_summary(nodes), troubles=troubled))


def _trouble(node: NodeStatus) -> Message | None:
    if node.thermal in (Thermal.WARNING, Thermal.CRITICAL):
        return message("{node}: its GPU is hot", node=node.name)
    if node.state in (NodeState.UP, NodeState.BUSY, NodeState.LOADING):
        return None
    state = _STATES[node.state]
    if node.reason is None:
        return message("{node}: {state}", node=node.name, state=state)
    return message("{node}: {state} ({reason})", node=node.name, state=state, reason=node.reason)


def _models(slots: Slots, context: Context) -> Done:
    nodes = [node for node in _known(context) if node.models]
    if not nodes:
        raise ActionFailed(message("No node told me its models."))
    return Done(message("{nodes}.", nodes=[_models_of(node) for node in nodes]))


def _models_of(node: NodeStatus) -> Message:
    """Tell the models of `node`, the loaded ones first."""
    ordered = sorted(node.models, key=lambda model: model not in node.loaded)
    if len(ordered) > SHOWN_MODELS:
        return plural(
            "{node}: {count} model, such as {models}",
            "{node}: {count} models, such as {models}",
            len(ordered),
            node=node.name,
            models=ordered[:SHOWN_MODELS],
        )
    return message("{node}: {models}", node=node.name, models=ordered)


def _load(slots: Slots, context: Context) -> Done:
    model = text_of(slots, "model")
    return Done(_cared(context.desk.load_model, model, context), _taking_back(model, load=False))


def _unload(slots: Slots, context: Context) -> Done:
    model = text_of(slots, "model")
    return Done(_cared(context.desk.unload_model, model, context), _taking_back(model, load=True))


def _taking_back(model: str, *, load: bool) -> Undo:
    def take_back(later: Context) -> Message:
        return _cared(later.desk.load_model if load else later.desk.unload_model, model, later)

    return take_back


def _cared(care: Callable[[str, Callable[[], None]], Message], model: str, context: Context) -> Message:
    """Return what `care` says.  Raises ActionFailed."""
    try:
        return care(model, context.programs.check)
    except EtoileError as error:
        raise ActionFailed(error.said, error.remedy) from error


def _measure(slots: Slots, context: Context) -> Done:
    """Measure what is in memory; nothing is loaded for it, and nobody is disturbed."""
    return Done(_cared(lambda _, check: context.desk.measure_models(check), "", context))


ACTIONS: ActionTable = {
    "cluster.status": _status,
    "cluster.health": _health,
    "cluster.benchmark": _measure,
    "model.list": _models,
    "model.load": _load,
    "model.unload": _unload,
}
