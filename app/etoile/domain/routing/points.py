"""What speaks for and against a node, in points: one is worth about a second of waiting.  Pure.

The figures are judgements, and ordered so that what the user can feel decides: a model in memory on an idle node, then
one that works already, then one to be loaded, then a queue.
"""

from collections.abc import Iterator
from typing import NamedTuple

from etoile.domain.gpus import HOT, Thermal
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.routing.models import is_loaded, missing_model
from etoile.domain.routing.wanted import Wanted
from etoile.text import Message, message

LATER_IN_FILE = 2.0
"""For each node before it in the settings, up to `MOST_LATER`: more than differences in latency, less than anything
else."""
MOST_LATER = 10.0
WARM_CACHE = 15.0
"""A conversation goes on where it is known: a long one takes that long to be read again."""
NOT_FOR_IT = -300.0
"""More than everything else but a failure: work for one role goes elsewhere only when nobody is left for it."""
AUTHOR = -60.0
WARM = -50.0
LAST_RESORT = -1000.0
"""A node that failed lately: a user with one node would rather try again than be told to wait."""
DEGRADED, LOADING, TURNED_AWAY = -15.0, -45.0, -30.0
WORKING = -10.0
"""For a node that is full but for one place; in proportion to how full it is."""
FULL = -25.0
WAITING_THERE, MOST_WAITING = -5.0, -40.0
"""For each request that the server says is waiting, whoever asked it."""
CACHE_FULL_PERCENT = 90
CACHE_FULL = -10.0
LEAST_LOADING, UNKNOWN_LOADING, MOST_LOADING = -12.0, -20.0, -45.0
"""Loading always costs more than waiting for a place beside another request, as models that come and go do."""
LOADED_BYTES_PER_S = 1e9
"""What a usual disk brings."""
MAKES_ROOM = -10.0
SPILLS = -60.0
"""A model that lies on the CPU in part is many times slower; for all of it."""
READING_PER_S = 20.0
"""Tokens a second that are as fast as anybody reads: more are worth nothing, so that a small model is not preferred for
being quick."""
USUAL_ANSWER = 300
"""Tokens."""
SLOWEST = -60.0

_TELL_WHAT_IS_LOADED = ("ollama", "lmstudio")
_STUMBLING = {NodeState.DEGRADED: DEGRADED, NodeState.LOADING: LOADING}
_FAILED_LATELY = (NodeState.OPEN, NodeState.DOWN, NodeState.AUTH)


class Point(NamedTuple):
    """Something that speaks for or against a node."""

    points: float
    said: Message
    """A clause."""


def points(wanted: Wanted, node: NodeStatus, model: str | None, earlier: int) -> Iterator[Point]:
    """Yield everything that speaks for or against `node`, of which `earlier` ones stand before it in the settings."""
    yield from _wish(wanted, node, earlier)
    yield from _state(node)
    yield from _heat(node)
    yield from _memory(node, model)
    yield from _queue(node)
    yield from _speed(node, model)


def room(node: NodeStatus) -> int | None:
    """Return how many requests `node` is given at once: one while it is hot; None where nothing tells."""
    return 1 if node.thermal in HOT else node.max_in_flight


def is_full(node: NodeStatus) -> bool:
    """Whether `node` has as many requests of ours as it is given."""
    most = room(node)
    return node.state is NodeState.BUSY or (most is not None and node.in_flight >= most)


def is_last_resort(node: NodeStatus) -> bool:
    """Whether `node` failed lately."""
    return node.state in _FAILED_LATELY


def _wish(wanted: Wanted, node: NodeStatus, earlier: int) -> Iterator[Point]:
    if earlier:
        behind = message("{count} before it in the settings", count=earlier)
        yield Point(-min(MOST_LATER, LATER_IN_FILE * earlier), behind)
    if node.weight:
        yield Point(node.weight, message("its weight in the settings"))
    if node.roles and wanted.role not in node.roles:
        said = message("it is for other work ({roles}), not for {role}", roles=list(node.roles), role=wanted.role)
        yield Point(NOT_FOR_IT, said)
    if (model := missing_model(node, wanted.role)) is not None:
        yield Point(0, message("it has no {model}, which the settings name for {role}", model=model, role=wanted.role))
    if node.name in wanted.avoid:
        yield Point(AUTHOR, message("what is to be judged is its own work"))
    if node.name == wanted.sticky:
        yield Point(WARM_CACHE, message("it knows this conversation already"))


def _state(node: NodeStatus) -> Iterator[Point]:
    if is_last_resort(node):
        yield Point(LAST_RESORT, node.reason or message("it failed lately"))
    elif node.state in _STUMBLING:
        yield Point(_STUMBLING[node.state], node.reason or message("it is not ready yet"))
    elif node.state is NodeState.BUSY and node.reason is not None:
        yield Point(TURNED_AWAY, node.reason)


def _heat(node: NodeStatus) -> Iterator[Point]:
    if node.thermal is Thermal.WARNING:
        yield Point(WARM, _hot(node))
    elif node.thermal is Thermal.NORMAL and node.temperature_c is not None:
        yield Point(0, message("its GPUs are cool ({temperature} °C)", temperature=node.temperature_c))


def _hot(node: NodeStatus) -> Message:
    if node.temperature_c is None:
        return message("its GPUs are hot: one request at a time")
    return message("its GPUs are hot ({temperature} °C): one request at a time", temperature=node.temperature_c)


def _memory(node: NodeStatus, model: str | None) -> Iterator[Point]:
    if model is None or not node.local:
        return
    if is_loaded(node, model):
        yield _loaded(node, model)
    elif node.loaded or (node.dialect in _TELL_WHAT_IS_LOADED and node.models):
        yield from _cold(node, model, node.need_bytes.get(model))


def _loaded(node: NodeStatus, model: str) -> Point:
    lies = next((one for one in node.in_memory if one.name == model), None)
    if lies is None or lies.gpu_bytes >= lies.size_bytes:
        return Point(0, message("{model} is in memory", model=model))
    outside = 1 - lies.gpu_bytes / lies.size_bytes
    said = message("{percent:.0f} % of {model} lies outside of the GPUs", percent=100 * outside, model=model)
    return Point(SPILLS * outside, said)


def _cold(node: NodeStatus, model: str, need: int | None) -> Iterator[Point]:
    if need is None:
        yield Point(UNKNOWN_LOADING, message("{model} is not in memory", model=model))
        return
    loading = max(MOST_LOADING, min(LEAST_LOADING, -need / LOADED_BYTES_PER_S))
    yield Point(loading, message("{model} is not in memory, and takes about {need:bytes}", model=model, need=need))
    total, free = node.memory_total_bytes, node.memory_free_bytes
    if total is not None and need > total:
        outside = 1 - total / need
        said = message("{percent:.0f} % of it would not fit into {total:bytes}", percent=100 * outside, total=total)
        yield Point(min(SPILLS * outside, MAKES_ROOM), said)
    elif free is not None and need > free:
        yield Point(MAKES_ROOM, message("something would have to make room: {free:bytes} are free", free=free))


def _queue(node: NodeStatus) -> Iterator[Point]:
    most = room(node)
    if is_full(node):
        yield Point(FULL, message("it is busy with {count}, as many as it is given", count=node.in_flight))
    elif node.in_flight:
        share = node.in_flight / most if most else 0.5
        yield Point(WORKING * share, message("it is busy with {count}", count=node.in_flight))
    load = node.load
    if load is None:
        return
    others = max(0, (load.running or 0) - node.in_flight)
    if others:
        yield Point(WORKING * others / (others + 4), message("its server answers {count} others", count=others))
    if load.waiting:
        said = message("{count} wait at its server", count=load.waiting)
        yield Point(max(MOST_WAITING, WAITING_THERE * load.waiting), said)
    if load.kv_cache_percent is not None and load.kv_cache_percent >= CACHE_FULL_PERCENT:
        said = message("its memory for conversations is {percent} % full", percent=load.kv_cache_percent)
        yield Point(CACHE_FULL, said)


def _speed(node: NodeStatus, model: str | None) -> Iterator[Point]:
    measured = model == node.model  # what was measured is the usual model
    if node.first_token_ms is not None and measured:
        waited = node.first_token_ms / 1000
        yield Point(max(SLOWEST, -waited), message("it began after {seconds:.1f} s lately", seconds=waited))
    elif node.latency_ms is not None:
        said = message("it tells of itself within {latency:.0f} ms", latency=node.latency_ms)
        yield Point(max(SLOWEST, -node.latency_ms / 1000), said)
    if node.tokens_per_s and measured:
        late = USUAL_ANSWER / node.tokens_per_s - USUAL_ANSWER / READING_PER_S
        yield Point(max(SLOWEST, min(0.0, -late)), message("{rate:.0f} tokens a second", rate=node.tokens_per_s))
