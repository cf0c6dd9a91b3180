"""`etoile nodes tidy`: models on the disks of nodes that nobody needs; each is asked for before it is removed."""

import argparse
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from etoile.cli.asking import agreed
from etoile.cli.console import Console
from etoile.cli.gpus import gpu_lines
from etoile.cli.nodes import caring
from etoile.cli.settings import settings
from etoile.config import Config, Node, uuids
from etoile.domain.fit import Card
from etoile.domain.fit.room import need_beyond
from etoile.domain.model_names import node_called, same_model
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.shapes import Line
from etoile.domain.stored import Stored
from etoile.domain.tidying import STAYS, Finding, Known, findings, frees_bytes, told
from etoile.errors import EtoileError, NodeError, NvmlUnavailable, UnreadableModel, UsageError
from etoile.text import Message, message, verbatim

if TYPE_CHECKING:
    from etoile.caring import Care
    from etoile.llm.keeping import Keeper

log = logging.getLogger(__name__)

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one node has on its disk."""

    node: NodeStatus
    stock: tuple[Stored, ...]
    found: tuple[Finding, ...]


def tidy(arguments: argparse.Namespace, console: Console) -> int:
    """Show what may go and what that frees; remove what the person agrees to."""
    if arguments.days < 1:
        raise UsageError(message("{days} days cannot be.", days=arguments.days))
    config, _ = settings(arguments)
    code = 0
    with caring(arguments, console) as care:
        cards = _cards(care, config, arguments)
        for node in _nodes(care.statuses(), arguments.names):
            try:
                shelf = _shelf(care, node, cards(node), arguments, console)
                _show(shelf, console)
                if arguments.simulate and not arguments.dry_run:
                    console.note(message("By simulated GPUs nothing is removed."))
                elif not arguments.dry_run:
                    code = max(code, _clear(care, shelf, arguments, console))
            except EtoileError as error:
                console.error(error)
                code = 1
    return code


def _nodes(nodes: Sequence[NodeStatus], names: Sequence[str]) -> list[NodeStatus]:
    if names:
        return [node_called(nodes, name) for name in names]
    unseen = (NodeState.DOWN, NodeState.UNCONFIRMED, NodeState.AUTH)
    found = [node for node in nodes if node.dialect == "ollama" and node.state not in unseen]
    if not found:
        raise UsageError(message("No Ollama answers: only of its models is it known what they are made of."))
    return found


def _shelf(
    care: "Care", node: NodeStatus, cards: Sequence[Card], arguments: argparse.Namespace, console: Console
) -> Shelf:
    """Look through the disk of `node`.  Raises EtoileError."""
    from etoile.caring import busy

    own = care.settings(node)

    async def work(keeper: "Keeper") -> tuple[list[Stored], list[str]]:
        stock = [model if model.elsewhere else await keeper.made_of(model) for model in await keeper.stored()]
        return stock, list(await keeper.loaded())

    if node.dialect != "ollama":
        raise UsageError(
            message("{node} cannot be tidied: only Ollama tells enough, and removes models.", node=node.name)
        )
    stock, loaded = care.visit(node, work)
    used = care.uses.last_s(node.name) if care.uses else {}
    known = Known(
        now_s=time.time(),
        unused_after_s=arguments.days * DAY_S,
        loaded=loaded + ([node.model] if busy(node) and node.model else []),
        configured=[name for name in (own.model, *own.models.values()) if name],
        never=own.never,
        used_s={model.name: at_s for model in stock for name, at_s in used.items() if same_model(model.name, name)},
        recorded_since_s=care.uses.since_s() if care.uses else None,
        too_big=_too_big(own, stock, cards, care.connect_s),
    )
    _tell_limits(known, cards, node, arguments, console)
    return Shelf(node, tuple(stock), tuple(findings(stock, known)))


def _tell_limits(
    known: Known, cards: Sequence[Card], node: NodeStatus, arguments: argparse.Namespace, console: Console
) -> None:
    """Say what cannot be judged, and why."""
    if known.recorded_since_s is None or known.now_s - known.recorded_since_s < known.unused_after_s:
        console.note(
            message("What was not used for {days} days is not known: the history is younger.", days=arguments.days)
        )
    if not cards:
        console.note(message("What is too big for {node} is not known: its GPUs are not.", node=node.name))


def _too_big(
    node: Node, stock: Sequence[Stored], cards: Sequence[Card], connect_s: float
) -> dict[str, tuple[int, int]]:
    """Return need and room of each model that the cards cannot hold, empty as they may be."""
    from etoile.llm.described import describe
    from etoile.llm.keys import secret

    found = {}
    room_bytes = sum(card.total_bytes for card in cards)
    for stored in stock:
        if not cards or stored.elsewhere or 2 * stored.size_bytes < max(card.total_bytes for card in cards):
            continue
        if stored.size_bytes > room_bytes:
            found[stored.name] = (stored.size_bytes, room_bytes)
            continue
        try:
            described = describe([node], stored.name, connect_s, secret)
        except (UnreadableModel, NodeError) as error:
            log.info("%s: %s", stored.name, error)
            continue
        if described is not None and (need_bytes := need_beyond(described.model, cards)) is not None:
            found[stored.name] = (need_bytes, room_bytes)
    return found


def _cards(care: "Care", config: Config, arguments: argparse.Namespace) -> Callable[[NodeStatus], list[Card]]:
    """Return what tells the cards of a node, as if they were empty."""
    try:
        lines = gpu_lines(config, arguments)
    except NvmlUnavailable:
        lines = []

    def of(node: NodeStatus) -> list[Card]:
        own = care.settings(node)
        return [card for line in lines if _uses(own, line) and (card := _empty_card(line)) is not None]

    return of


def _uses(node: Node, line: Line) -> bool:
    from etoile.llm.keys import is_here

    if line["far"]:
        return bool(line["host"] == node.name)
    return line["uuid"] in uuids(node) if uuids(node) else is_here(node)


def _empty_card(line: Line) -> Card | None:
    total = line["memory_total_bytes"]
    if total is None:
        return None
    return Card(
        uuid=line["uuid"],
        name=line["name"],
        host=line["host"],
        index=line["index"],
        total_bytes=total,
        free_bytes=total,
    )


def _show(shelf: Shelf, console: Console) -> None:
    now_s = time.time()
    for finding in shelf.found:
        if console.json:
            console.line(_line(shelf.node.name, finding, now_s, console))
        else:
            console.say(verbatim(_row(finding, now_s, console)))
    if console.json:
        return
    names = {finding.model.name for finding in shelf.found if finding.removable}
    if names:
        console.say(
            message(
                "{node}: removing all that may go frees {size:bytes} of {total:bytes}.",
                node=shelf.node.name,
                size=frees_bytes(shelf.stock, names),
                total=frees_bytes(shelf.stock, {model.name for model in shelf.stock}),
            )
        )
    else:
        console.say(message("{node}: there is nothing to tidy.", node=shelf.node.name))


def _row(finding: Finding, now_s: float, console: Console) -> str:
    parts = [finding.model.name, console.words(told(finding, now_s))]
    if finding.removable:
        parts.append(console.words(_frees(finding.frees_bytes)))
    elif finding.stays:
        parts.append(console.words(STAYS[finding.stays]))
    return "  ".join(parts)


def _frees(size: int) -> Message:
    if not size:
        return message("frees nothing by itself: others need the same files")
    return message("frees {size:bytes}", size=size)


def _line(node: str, finding: Finding, now_s: float, console: Console) -> Line:
    return {
        "node": node,
        "model": finding.model.name,
        "reason": finding.reason,
        "detail": console.words(told(finding, now_s)),
        "removable": finding.removable,
        "stays": finding.stays,
        "other": finding.other,
        "size_bytes": finding.model.size_bytes,
        "frees_bytes": finding.frees_bytes if finding.removable else 0,
        "digest": finding.model.digest,
    }


def _clear(care: "Care", shelf: Shelf, arguments: argparse.Namespace, console: Console) -> int:
    """Remove what the person agrees to; return the exit code."""
    candidates = [finding for finding in shelf.found if finding.removable]
    if not candidates:
        return 0
    removed: set[str] = set()
    code = 0
    every = _all_at_once(shelf, candidates, arguments, console)
    for finding in candidates:
        if not (finding.plain if every or arguments.yes else _wanted(shelf, finding, removed, console)):
            continue
        try:
            care.visit(shelf.node, partial(_remove, finding=finding))
        except EtoileError as error:
            console.error(error)
            code = 1
        else:
            removed.add(finding.model.name)
            console.note(message("{model} is removed from {node}.", model=finding.model.name, node=shelf.node.name))
    freed = frees_bytes(shelf.stock, removed)
    if console.json:
        console.line({"node": shelf.node.name, "removed": sorted(removed), "freed_bytes": freed})
    elif removed:
        console.say(message("{node}: {size:bytes} freed.", node=shelf.node.name, size=freed))
    else:
        console.note(message("Nothing was done."))
    return code


def _all_at_once(shelf: Shelf, candidates: Sequence[Finding], arguments: argparse.Namespace, console: Console) -> bool:
    """Return whether the person wants all of it removed; what the settings only forbid is asked for one by one."""
    names = [finding.model.name for finding in candidates if finding.plain]
    if arguments.yes or len(names) < 2 or len(names) < len(candidates):
        return False
    question = message(
        "Remove all of them from {node}: {models}?  That frees {size:bytes}.",
        node=shelf.node.name,
        models=names,
        size=frees_bytes(shelf.stock, set(names)),
    )
    return agreed(question, console, yes=False)


def _wanted(shelf: Shelf, finding: Finding, removed: set[str], console: Console) -> bool:
    name = finding.model.name
    more = frees_bytes(shelf.stock, {*removed, name}) - frees_bytes(shelf.stock, removed)
    question = message("Remove {model} from {node}?  ({what})", model=name, node=shelf.node.name, what=_frees(more))
    return agreed(question, console, yes=False)


async def _remove(keeper: "Keeper", finding: Finding) -> None:
    """Remove a model, unless it was loaded or became another one since it was looked at.  Raises EtoileError."""
    name = finding.model.name
    if name in await keeper.loaded():
        raise EtoileError(message("{model} was loaded meanwhile: it stays.", model=name))
    now = next((model for model in await keeper.stored() if model.name == name), None)
    if now is None or now.digest != finding.model.digest:
        raise EtoileError(message("{model} was changed meanwhile: it stays.", model=name))
    await keeper.remove(name)
