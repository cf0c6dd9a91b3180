"""`etoile nodes`: the nodes as they are now, and which models they hold in memory."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from etoile.cli.asking import agreed
from etoile.cli.console import Console
from etoile.cli.gpus import HOT, from_app
from etoile.cli.settings import settings
from etoile.config import Config
from etoile.domain.gpus import Thermal
from etoile.domain.model_names import Place, places
from etoile.domain.nodes import LoadedModel, NodeLoad, NodeState, NodeStatus
from etoile.domain.readings import busyness, left_alone
from etoile.domain.shapes import Line, node_line
from etoile.errors import UsageError
from etoile.ipc import client, endpoint
from etoile.text import NO_BREAK_SPACE, Message, message, verbatim

if TYPE_CHECKING:
    from etoile.caring import Care


def listing(arguments: argparse.Namespace, console: Console) -> int:
    """Show every node."""
    config, _ = settings(arguments)
    lines = node_lines(config, arguments, console.language)
    for line in lines:
        console.line(line) if console.json else console.say(verbatim(node_row(line, console)))
    if not lines and not console.json:
        console.note(message("No node is configured, and none was found on this machine: the guide answers."))
    return 0


def node_lines(config: Config, arguments: argparse.Namespace, language: str) -> list[Line]:
    """Return the line of every node, as the running app tells it, else as it is now."""
    told = from_app("nodes") if arguments.config is None else None
    return list(told["nodes"]) if told is not None else measured_nodes(config, language)


def measured_nodes(config: Config, language: str) -> list[Line]:
    """Ask every node how it is, and return their lines.  Blocks for about two seconds at most."""
    return [node_line(node, language) for node in checked_nodes(config)]


def checked_nodes(config: Config) -> list[NodeStatus]:
    """Ask every node how it is.  Blocks for about two seconds at most."""
    from etoile.parts.once import check_nodes

    return list(check_nodes(config))


def node_row(line: Line, console: Console) -> str:
    """Return one node for people."""
    parts = [line["name"], line["state"], line["dialect"], line["url"], line["model"] or "–"]
    if line["latency_ms"] is not None:
        parts.append(f"{line['latency_ms']:.0f}{NO_BREAK_SPACE}ms")
    if line["thermal"] in HOT:
        parts.append(console.words(HOT[line["thermal"]]))
    if line["load"]:
        parts += map(console.words, busyness(NodeLoad(**line["load"])))
    if line["reason"]:
        parts.append(line["reason"])
    parts += map(console.words, left_alone(line["retry_at_s"]))
    return "  ".join(parts)


def confirm(arguments: argparse.Namespace, console: Console) -> int:
    """Use a node that was found on this machine."""
    if client.ask_once(endpoint.runtime_folder(), {"do": "confirm", "node": arguments.name}) is None:
        raise UsageError(
            message("The tray app does not run."), message("Start it with “etoile”, and confirm the node again.")
        )
    console.say(message("{node} is used from now on.", node=arguments.name))
    return 0


def load(arguments: argparse.Namespace, console: Console) -> int:
    """Bring a model into the memory of a node."""
    from etoile.caring import in_memory

    with caring(arguments, console) as care:
        meant = care.choose(arguments.model, arguments.node)
        console.note(message("Loading {model} on {node}…", model=meant.model, node=meant.node.name))
        there = care.load(meant)
    if console.json:
        console.line(_loaded_line(meant, there.load_s, there.lies))
    elif there.load_s is None:
        console.say(message("{model} was in memory on {node} already.", model=meant.model, node=meant.node.name))
    else:
        console.say(in_memory(meant, there.load_s))
    if there.lies and (said := spilled(there.lies)):
        console.note(said)
    return 0


def spilled(lies: LoadedModel) -> Message | None:
    """Return what is to be said of a model that is not on GPUs alone."""
    if lies.gpu_bytes >= lies.size_bytes:
        return None
    return message(
        "{percent:.0f} % of it lies outside of the GPUs ({size:bytes}): it is slow there.",
        percent=100 * (1 - lies.gpu_bytes / lies.size_bytes),
        size=lies.size_bytes - lies.gpu_bytes,
    )


def _loaded_line(meant: Place, load_s: float | None, lies: LoadedModel | None) -> Line:
    return {
        "node": meant.node.name,
        "model": meant.model,
        "loaded": True,
        "load_s": None if load_s is None else round(load_s, 3),
        "size_bytes": lies.size_bytes if lies else None,
        "gpu_bytes": lies.gpu_bytes if lies else None,
    }


def unload(arguments: argparse.Namespace, console: Console) -> int:
    """Take a model out of the memory of a node; one that answers somebody only after a yes."""
    from etoile.caring import works

    with caring(arguments, console) as care:
        meant = _held(care, arguments.model, arguments.node)
        question = message(
            "{node} is answering: unloading {model} may break that off.  Do it?",
            node=meant.node.name,
            model=meant.model,
        )
        if works(meant.node) and not agreed(question, console, yes=arguments.yes):
            console.note(message("Nothing was done."))
            return 1
        was_there = care.unload(meant)
    if console.json:
        console.line({"node": meant.node.name, "model": meant.model, "loaded": False, "was_loaded": was_there})
    elif was_there:
        console.say(message("{model} is out of memory on {node}.", model=meant.model, node=meant.node.name))
    else:
        console.say(message("{model} was not in memory on {node}.", model=meant.model, node=meant.node.name))
    return 0


def _held(care: "Care", model: str, on: str | None) -> Place:
    """Return where `model` is in memory, else where it would be."""
    held = (one for one in places(care.statuses(), model) if on is None and one.model in one.node.loaded)
    return next(held, None) or care.choose(model, on)


@contextmanager
def caring(arguments: argparse.Namespace, console: Console) -> "Iterator[Care]":
    """Open what looks after models, on the nodes as the running app knows them, else as they are now."""
    from etoile.parts.once import open_care

    config, _ = settings(arguments)
    measured: list[NodeStatus] = []

    def statuses() -> list[NodeStatus]:
        """Return every node; where no app runs, nothing new is learned by asking each of them again."""
        told = from_app("nodes") if arguments.config is None else None
        if told is not None:
            return [_status(line) for line in told["nodes"]]
        if not measured:
            measured.extend(checked_nodes(config))
        return measured

    with open_care(config, statuses) as care:
        yield care


def _status(line: Line) -> NodeStatus:
    """Return a node from its line, as far as caring for its models goes."""
    return NodeStatus(
        name=line["name"],
        dialect=line["dialect"],
        url=line["url"],
        state=NodeState(line["state"]),
        model=line["model"],
        models=tuple(line["models"]),
        loaded=tuple(line["loaded"]),
        in_flight=line["in_flight"],
        thermal=Thermal(line["thermal"]),
        load=NodeLoad(**line["load"]) if line["load"] else None,
        reason=verbatim(line["reason"]) if line["reason"] else None,
    )
