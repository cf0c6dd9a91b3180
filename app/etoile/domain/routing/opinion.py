"""Whether a node is to be asked which kind of task a request is, where the model of kinds is unsure.  Pure."""

import re
from collections.abc import Sequence

from etoile.domain.gpus import HOT
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.plan import plan
from etoile.domain.routing.models import is_loaded, model_for
from etoile.domain.routing.wanted import Rules
from etoile.domain.tasks.kinds import TaskKind

OPINION_TOKENS = 8
_KIND = re.compile(rf"\b(?:{'|'.join(TaskKind)})\b", re.IGNORECASE)

INSTRUCTION = (
    "Say which kind of task the request is. Answer with one word, which is one of these:\n"
    "code: write, change, explain or mend a program\n"
    "analyse: compare, evaluate, summarise, reason, decide\n"
    "trading: markets, shares, prices, investments\n"
    "systeme: this computer, its programs, servers and graphics cards\n"
    "web: what must be looked up: news, weather, opening hours\n"
    "simple: everything short else: greetings, small facts, translations"
)


def whom_to_ask(nodes: Sequence[NodeStatus], rules: Rules) -> str | None:
    """Return the node that is worth a question before the request itself; None where it would only cost time.

    It is one that the settings name for it, idle, cool, of this house and with its model in memory; and the answer must
    matter: where one node does everything with one model, it does not.
    """
    able = (node for node in nodes if "classify" in node.roles and node.local and _is_ready(node))
    best = next(iter(able), None)
    return best.name if best is not None and _matters(nodes, rules) else None


def kind_in(reply: str) -> str | None:
    """Return the kind that a node named, whatever it said around it; None where it named none, or several."""
    named = {found.lower() for found in _KIND.findall(reply)}
    return named.pop() if len(named) == 1 else None


def _is_ready(node: NodeStatus) -> bool:
    model = model_for(node, "classify")
    idle = node.state is NodeState.UP and not node.in_flight and node.thermal not in HOT
    return idle and model is not None and (is_loaded(node, model) or not node.loaded)


def _matters(nodes: Sequence[NodeStatus], rules: Rules) -> bool:
    """Whether requests of different kinds go to different nodes or models."""
    best = (plan(rules.whole(kind), nodes, rules)[0] for kind in TaskKind)
    return len({(one.node, one.model) for one in best}) > 1
