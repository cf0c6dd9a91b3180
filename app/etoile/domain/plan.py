"""Which node is asked, with which model, and why: one pure function.

A node may not take a piece of work at all (`routing.obstacles`), or what speaks for and against it adds up
(`routing.points`): heat, memory, queue, speed, the user's wishes.  Points are seconds of waiting, more or less, so that
unlike things can be weighed: a weight of 20 in the settings is 20 s of patience.

- Heat: at the warning a node gets one request at a time, and only what no cool node takes.  At the critical limit it
  gets nothing; where it is the only one, the request is refused with the reason and not held: cooling takes minutes,
  and only its user knows whether to wait.  Naming the node overrides that, and the answer tells.
- Live data: while a healthy node declares what is needed, no other takes it; where none does, any answers, and tells.
- What failed lately comes last, rather than not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from etoile.domain.gpus import Thermal
from etoile.domain.nodes import NodeStatus
from etoile.domain.routing.models import model_for
from etoile.domain.routing.obstacles import obstacle, too_hot
from etoile.domain.routing.points import Point, is_full, is_last_resort, points
from etoile.domain.routing.standing import LACKING, Standing
from etoile.domain.routing.wanted import Rules, Wanted
from etoile.text import Message, message

__all__ = ["Rules", "Standing", "Wanted", "order", "plan"]


_NO_RULES = Rules()


def plan(wanted: Wanted, nodes: Sequence[NodeStatus], rules: Rules = _NO_RULES) -> tuple[Standing, ...]:
    """Return how each of `nodes`, in the user's order, stands: the best first, last those that may not take it."""
    judged = [_judge(wanted, node, earlier, rules) for earlier, node in enumerate(nodes)]
    judged = _with_live_data(wanted, judged)
    taking = sorted((one for one in judged if one.standing.takes), key=lambda one: -one.standing.score)
    refusing = [one for one in judged if not one.standing.takes]
    best = taking[0].standing.score if taking else 0.0
    notes = tuple(_passed_for_heat(one.node) for one in refusing if one.only_heat and one.standing.score > best)
    told = [replace(one.standing, notes=(*notes, *one.standing.notes)) for one in taking]
    return (*told, *(one.standing for one in refusing))


def order(nodes: Sequence[NodeStatus]) -> tuple[NodeStatus, ...]:
    """Return the nodes that are in use, the one that is best off first, whatever it is about: to look after them.

    One that must not be given work, since it is hot or its model forbidden, has its place all the same.
    """
    named = {node.name: node for node in nodes}
    return tuple(named[one.node] for one in plan(Wanted(), tuple(map(_for_anything, nodes))) if one.takes)


def _for_anything(node: NodeStatus) -> NodeStatus:
    thermal = Thermal.WARNING if node.thermal is Thermal.CRITICAL else node.thermal
    return replace(node, roles=(), never=(), local=True, thermal=thermal)


@dataclass(frozen=True, slots=True)
class _Judged:
    node: NodeStatus
    standing: Standing
    only_heat: bool = False


def _judge(wanted: Wanted, node: NodeStatus, earlier: int, rules: Rules) -> _Judged:
    model = model_for(node, wanted.role)
    against = obstacle(wanted, node, model, rules)
    counted = tuple(points(wanted, node, model, earlier))
    standing = Standing(
        node=node.name,
        model=model,
        takes=against is None,
        score=sum(one.points for one in counted),
        reasons=(against.said,) if against else tuple(map(_reason, counted)),
        full=is_full(node),
        notes=(_named_while_hot(node),) if against is None and node.thermal is Thermal.CRITICAL else (),
        remedy=against.remedy if against else None,
    )
    return _Judged(node, standing, only_heat=against is not None and against.heat)


def _reason(one: Point) -> Message:
    return message("{points:+.1f}: {reason}", points=round(one.points, 1) + 0.0, reason=one.said)  # never "-0.0"


def _with_live_data(wanted: Wanted, judged: list[_Judged]) -> list[_Judged]:
    """Return the same, in which only nodes with live data take what needs it, or everybody tells that it lacks."""
    if not wanted.needs:
        return judged
    having = [one for one in judged if _has(one, wanted) and one.standing.takes and not is_last_resort(one.node)]
    without = _refuse_without if having else _tell_without
    return [one if _has(one, wanted) else without(one, wanted) for one in judged]


def _has(one: _Judged, wanted: Wanted) -> bool:
    return wanted.needs <= set(one.node.tools)


def _refuse_without(one: _Judged, wanted: Wanted) -> _Judged:
    if not one.standing.takes:
        return _Judged(one.node, one.standing)
    said = message("it has no live data ({tools})", tools=sorted(wanted.needs))
    return _Judged(one.node, replace(one.standing, takes=False, reasons=(said,)))


def _tell_without(one: _Judged, wanted: Wanted) -> _Judged:
    if not one.standing.takes:
        return one
    notes = (*one.standing.notes, *(LACKING[need] for need in sorted(wanted.needs) if need in LACKING))
    return replace(one, standing=replace(one.standing, notes=notes))


def _passed_for_heat(node: NodeStatus) -> Message:
    return message("{node} was left to cool: {reason}.", node=node.name, reason=too_hot(node))


def _named_while_hot(node: NodeStatus) -> Message:
    return message("{node} answers because you named it: {reason}.", node=node.name, reason=too_hot(node))
