"""Why a node may not take a piece of work at all, and what would mend it.  Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from etoile.domain.gpus import Thermal
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.routing.models import forbidden
from etoile.domain.routing.wanted import Rules, Wanted
from etoile.text import Message, message


class Obstacle(NamedTuple):
    """Why a node may not take it."""

    said: Message
    remedy: Message | None = None
    heat: bool = False
    """Whether it is nothing but heat."""


def obstacle(wanted: Wanted, node: NodeStatus, model: str | None, rules: Rules) -> Obstacle | None:
    """Return the first thing that forbids `node` the work; heat comes last, so that it tells of nothing else."""
    return next(_obstacles(wanted, node, model, rules), None)


def _obstacles(wanted: Wanted, node: NodeStatus, model: str | None, rules: Rules) -> Iterator[Obstacle]:
    by_name = wanted.node == node.name
    if wanted.node is not None and not by_name:
        yield Obstacle(message("{node} alone was asked for", node=wanted.node))
    if wanted.among and node.name not in wanted.among:
        yield Obstacle(message("only others were asked for: {nodes}", nodes=sorted(wanted.among)))
    if node.name in wanted.tried:
        yield Obstacle(message("it has failed at this"))
    if node.state is NodeState.UNCONFIRMED:
        yield Obstacle(_reason(node, message("found on this machine; it is used once you confirm it")))
    if node.state is NodeState.QUARANTINED and not by_name:
        yield Obstacle(_reason(node, message("what it answers makes no sense")))
    if not (node.local or by_name or node.name in wanted.among or wanted.kind in rules.cloud):
        yield Obstacle(
            message("it is a cloud provider, and requests of the kind {kind} stay here", kind=wanted.kind),
            message('Add "{kind}" to “cloud” under [routing] in the settings, or name the node.', kind=wanted.kind),
        )
    if wanted.private and not (node.local or rules.cloud_history):
        yield Obstacle(
            message("it is a cloud provider, and what was read in the history stays here"),
            message("Begin a new conversation, or set cloud_history = true under [routing] in the settings."),
        )
    if model is None and node.model is not None and forbidden(node, node.model):
        yield Obstacle(message("{model} must never be used there", model=node.model))
    if node.context_tokens is not None and model == node.model and wanted.tokens > node.context_tokens:
        yield Obstacle(
            message(
                "the conversation has about {tokens} tokens, and it takes {most}",
                tokens=wanted.tokens,
                most=node.context_tokens,
            ),
            message("Begin a new conversation, or give the model a longer context there."),
        )
    if node.thermal is Thermal.CRITICAL and not by_name:
        yield Obstacle(
            too_hot(node),
            message("Wait until it has cooled, or name it: “etoile ask --node {node} …”.", node=node.name),
            heat=True,
        )


def too_hot(node: NodeStatus) -> Message:
    """Return that the GPUs of `node` are at their limit, as a clause."""
    if node.temperature_c is None:
        return message("its GPUs are critically hot")
    return message("its GPUs are critically hot ({temperature} °C)", temperature=node.temperature_c)


def _reason(node: NodeStatus, otherwise: Message) -> Message:
    return node.reason or otherwise
