"""What is said of a node on its card: what it is, how fast, how busy, and what may be done with its models."""

from etoile.domain.care import Caring
from etoile.domain.gpus import HOT
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.readings import busyness, left_alone
from etoile.gui.glyphs import Glyph
from etoile.gui.severity import Severity
from etoile.gui.words import THERMAL, joined, short_model
from etoile.text import Message, message, plural, verbatim

SERVERS = {
    "ollama": verbatim("Ollama"),
    "lmstudio": verbatim("LM Studio"),
    "openai": message("OpenAI's interface"),
    "anthropic": verbatim("Anthropic"),
    "gemini": verbatim("Gemini"),
}
KEEPERS = frozenset({"ollama", "lmstudio", "openai"})
"""Dialects of servers that may load and unload models; providers keep theirs themselves."""
GLYPHS = {
    NodeState.UP: Glyph.DISC,
    NodeState.BUSY: Glyph.RUNNING,
    NodeState.LOADING: Glyph.RUNNING,
    NodeState.UNCONFIRMED: Glyph.RING,
}
SEVERITIES = {
    NodeState.DEGRADED: Severity.WARNING,
    NodeState.AUTH: Severity.WARNING,
    NodeState.OPEN: Severity.WARNING,
    NodeState.QUARANTINED: Severity.WARNING,
    NodeState.DOWN: Severity.LOST,
}
"""The shape of each state: what is wrong has one of a severity."""
_ASKABLE = frozenset({NodeState.UP, NodeState.BUSY, NodeState.LOADING, NodeState.DEGRADED, NodeState.OPEN})
RETRIED = frozenset({NodeState.DOWN, NodeState.AUTH})
"""States in which asking at once how a node is may change something."""


def what_it_is(node: NodeStatus) -> Message:
    """Return "LM Studio · qwen3-30b · 14 models"."""
    parts = [SERVERS.get(node.dialect, verbatim(node.dialect))]
    if node.model:
        parts.append(verbatim(short_model(node.model)))
    if node.models:
        parts.append(plural("{count} model", "{count} models", len(node.models)))
    return joined(parts) or parts[0]


def why(node: NodeStatus, down_s: float | None = None) -> Message | None:
    """Return why a node is not as it should be, for how long, and until when; None for one that is well."""
    parts = [node.reason] if node.reason else []
    if down_s is not None and down_s >= 60:
        parts.append(message("for {length:duration}", length=down_s // 60 * 60))
    return joined([*parts, *left_alone(node.retry_at_s)])


def how_fast(node: NodeStatus) -> Message | None:
    """Return latency, wait for the first text and pace, as far as they are known."""
    parts = []
    if node.latency_ms is not None:
        parts.append(message("{latency:.0f} ms", latency=node.latency_ms))
    if node.first_token_ms is not None:
        parts.append(message("first text after {seconds:.1f} s", seconds=node.first_token_ms / 1000))
    if node.tokens_per_s is not None:
        parts.append(message("{rate:.0f} tokens/s", rate=node.tokens_per_s))
    return joined(parts)


def how_busy(node: NodeStatus) -> Message | None:
    """Return what runs and waits there, and how hot it is."""
    parts = []
    if node.in_flight and node.max_in_flight:
        parts.append(message("{count} of {most} of Etoile's requests", count=node.in_flight, most=node.max_in_flight))
    elif node.in_flight:
        parts.append(plural("{count} of Etoile's requests", "{count} of Etoile's requests", node.in_flight))
    if node.load:
        parts += busyness(node.load)
    if node.temperature_c is not None:
        degrees = message("{degrees} °C", degrees=node.temperature_c)
        hot = message("{state}, {degrees}", state=THERMAL[node.thermal], degrees=degrees)
        parts.append(hot if node.thermal in HOT else degrees)
    return joined(parts)


def keeps_models(node: NodeStatus) -> bool:
    """Return whether its models can be loaded and unloaded now."""
    return node.local and node.dialect in KEEPERS and node.state in _ASKABLE


def works(node: NodeStatus) -> bool:
    """Return whether it answers somebody: what is unloaded then breaks off."""
    return node.in_flight > 0 or bool(node.load and node.load.running)


def loadable(node: NodeStatus) -> tuple[str, ...]:
    """Return its models that are not in memory and may be used."""
    return tuple(name for name in node.models if name not in node.loaded and name not in node.never)


def going_on(caring: Caring, elapsed_s: float) -> Message:
    """Return what is done with a model of a node, and for how long already."""
    name = short_model(caring.model)
    if caring.loaded:
        return message("{model} is being loaded: {time:duration}", model=name, time=elapsed_s)
    return message("{model} is being unloaded: {time:duration}", model=name, time=elapsed_s)
