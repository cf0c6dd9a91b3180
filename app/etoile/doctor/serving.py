"""The nodes: each reachable, with its key and its models; the GPUs of other machines; the keyring."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from etoile.config import Config, Node
from etoile.doctor import ollama
from etoile.doctor.finding import Check, Finding, Patient
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.errors import EtoileError
from etoile.gpu.place import exporters
from etoile.llm.knocking import OWN_PLACES, listening
from etoile.text import Message, message, plural

NODES_S = 6.0
FAR_S = 8.0
LISTEN_S = 0.1
"""A port of this machine answers or refuses at once."""


def checks(patient: Patient) -> Iterator[Check]:
    """Yield the checks of everything that is asked over the network."""
    yield Check(name="nodes", look=lambda: _summary(patient), limit_s=NODES_S)
    yield Check(name="node", look=lambda: _nodes(patient), wanted=bool(patient.config.nodes), limit_s=NODES_S)
    if any(exporters(node) for node in patient.config.nodes):
        yield Check(name="exporter", look=lambda: _far(patient.config), wanted=True, limit_s=FAR_S)
    yield from ollama.checks(patient)
    with_keyring = [node for node in patient.config.nodes if node.key == "keyring"]
    yield Check(name="keyring", look=lambda: _keyring(with_keyring), wanted=bool(with_keyring))


def _summary(patient: Patient) -> Finding:
    if not _worth_asking(patient.config):
        return _NONE
    nodes = patient.nodes()
    if not nodes:
        return _NONE
    up = sum(node.state in _WORKING for node in nodes)
    detail = plural("{up} of {count} node answers.", "{up} of {count} nodes answer.", len(nodes), up=up)
    return Finding(ok=True if up else None, detail=detail, remedy=message("Each is told below."))


def _worth_asking(config: Config) -> bool:
    """Whether there is a node in the settings, or something listens where servers of this machine do."""
    return bool(config.nodes) or (config.routing.discover and bool(listening(OWN_PLACES, LISTEN_S)))


_NONE = Finding(
    ok=None,
    detail=message("No node is configured, and none was found on this machine."),
    remedy=message("Start Ollama or LM Studio here, or name a server in the settings; “etoile help nodes” tells how."),
)
_WORKING = frozenset({NodeState.UP, NodeState.BUSY, NodeState.LOADING, NodeState.DEGRADED})


def _nodes(patient: Patient) -> list[Finding]:
    if not _worth_asking(patient.config):
        return []
    configured = {node.name: node for node in patient.config.nodes}
    return [about(status, configured.get(status.name)) for status in patient.nodes()]


def about(status: NodeStatus, node: Node | None) -> Finding:
    """Return what is to be said of one node; `node` is what the settings say, None if it was found here."""
    if wrong := _wrong(status, node):
        said, remedy = wrong
        return Finding(ok=None if node is None else False, detail=said, remedy=remedy, about=status.name)
    said = _well(status)
    return Finding(ok=True, detail=said, about=status.name)


def _wrong(status: NodeStatus, node: Node | None) -> tuple[Message, Message] | None:
    """Return what is wrong with a node, and how to mend it."""
    if status.state not in _WORKING:
        why = status.reason or message("it does not answer")
        return message("{url}: {reason}.", url=status.url, reason=why), _REMEDIES.get(status.state, _START)
    if node is None:
        return None
    if forbidden := [name for name in (node.model, *node.models.values()) if name in node.never]:
        return (
            message("{models} is to be asked there, and must never be loaded there.", models=forbidden),
            message("Take it out of `never`, or name another model in the settings."),
        )
    if loaded := [name for name in status.loaded if name in node.never]:
        return (
            message("{models} is loaded there, and must never be.", models=loaded),
            message("Unload it: etoile nodes unload {model}", model=loaded[0]),
        )
    wanted = dict.fromkeys(filter(None, (node.model, *node.models.values())))
    if absent := [name for name in wanted if status.models and not _has(status.models, name)]:
        return (
            message("{models} is not there; it has {others}.", models=absent, others=status.models[:_MOST_NAMED]),
            message("Fetch it there, or correct `model` in the settings."),
        )
    return None


_MOST_NAMED = 5
_START = message("Start the server there, and check address and firewall; “etoile nodes” shows it.")
_REMEDIES: Mapping[NodeState, Message] = {
    NodeState.AUTH: message("Correct its key: “etoile help nodes” tells where keys are kept."),
    NodeState.UNCONFIRMED: message("Use it by: etoile nodes confirm NAME"),
}


def _has(models: Iterable[str], name: str) -> bool:
    """Whether a node has a model by this name; Ollama's tag "latest" need not be written."""
    return any(one in (name, f"{name}:latest") for one in models)


def _well(status: NodeStatus) -> Message:
    said = message("{url} answers in {ms:.0f} ms", url=status.url, ms=status.latency_ms or 0.0)
    if status.model:
        said = message("{said} with {model}", said=said, model=status.model)
    for model in status.in_memory:
        part = message("{model}: {gpu:bytes} on the GPU", model=model.name, gpu=model.gpu_bytes)
        if model.gpu_bytes < model.size_bytes:
            part = message("{part}, {rest:bytes} on the CPU", part=part, rest=model.size_bytes - model.gpu_bytes)
        said = message("{said}; {part}", said=said, part=part)
    return message("{said}; {reason}", said=said, reason=status.reason) if status.reason else said


def _far(config: Config) -> list[Finding]:
    from etoile.parts.once import gpu_reader

    with gpu_reader(config, None) as read:
        seen = read()
    far = [reading for reading in seen.readings if reading.far]
    return [
        _exporter(node.name, [reading.name for reading in far if reading.host == node.name], seen.far.get(node.name))
        for node in config.nodes
        if exporters(node)
    ]


def _exporter(name: str, cards: Sequence[str], error: EtoileError | None) -> Finding:
    remedy = message("Start the exporter there, or correct `gpus` of this node.")
    if error is not None:
        return Finding(ok=False, detail=error.said, remedy=error.remedy or remedy, about=name)
    if not cards:
        return Finding(ok=False, detail=message("It tells of no GPU."), remedy=remedy, about=name)
    return Finding(ok=True, detail=message("{cards}", cards=cards), about=name)


def _keyring(nodes: Sequence[Node]) -> Finding:
    """Read the keys that are in the keyring; the library is not even loaded where there are none."""
    if not nodes:
        return Finding(
            ok=None,
            detail=message("No node has its key there."),
            remedy=message("“etoile help nodes” tells how a key is kept."),
        )
    from etoile.llm.keys import secret

    for node in nodes:
        secret(node)
    return Finding(ok=True, detail=message("Keys of {nodes} can be read.", nodes=[node.name for node in nodes]))
