"""`etoile nodes`, `status` and `doctor`: this machine and the nodes, as they are now."""

import argparse

from etoile.cli.console import Console
from etoile.cli.gpus import HOT, from_app, show, watch
from etoile.cli.settings import settings
from etoile.config import Config
from etoile.domain.nodes import NodeLoad, NodeStatus
from etoile.domain.readings import busyness
from etoile.domain.shapes import Line, node_line
from etoile.errors import UsageError
from etoile.ipc import client, endpoint
from etoile.text import NO_BREAK_SPACE, message, verbatim


def nodes(arguments: argparse.Namespace, console: Console) -> int:
    """Show every node, or confirm one that was found on this machine."""
    config, _ = settings(arguments)
    if arguments.what == "confirm":
        return _confirm(config, arguments.name, console)
    if arguments.what != "list":
        raise UsageError(message("“etoile nodes {what}” is not there yet.", what=arguments.what))
    told = from_app("nodes") if arguments.config is None else None
    lines = told["nodes"] if told is not None else measured_nodes(config, console.language)
    for line in lines:
        console.line(line) if console.json else console.say(verbatim(node_row(line, console)))
    if not lines and not console.json:
        console.note(message("No node is configured, and none was found on this machine: the guide answers."))
    return 0


def measured_nodes(config: Config, language: str) -> list[Line]:
    """Ask every node how it is, and return their lines.  Blocks for about two seconds at most."""
    return [node_line(node, language) for node in _check_nodes(config)]


def _check_nodes(config: Config) -> list[NodeStatus]:
    from etoile.parts import check_nodes

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
    return "  ".join(parts)


def _confirm(config: Config, name: str | None, console: Console) -> int:
    if not name:
        raise UsageError(message("Which node?"), message("“etoile nodes” names those that were found."))
    if client.ask_once(endpoint.runtime_folder(), {"do": "confirm", "node": name}) is None:
        raise UsageError(
            message("The tray app does not run."), message("Start it with “etoile”, and confirm the node again.")
        )
    console.say(message("{node} is used from now on.", node=name))
    return 0


def status(arguments: argparse.Namespace, console: Console) -> int:
    """Show the app, the GPUs and the nodes on one screen."""
    config, _ = settings(arguments)
    app = from_app("status")
    watched = next(watch(config, arguments)).lines
    if console.json:
        console.line({"app": app, "gpus": watched, "nodes": _nodes_now(config, console)})
        return 0
    console.say(message("The tray app is running.") if app else message("The tray app does not run."))
    if app and app["missing"]:
        console.say(message("Off: {parts}. “etoile doctor” tells more.", parts=app["missing"]))
    show(watched, console)
    for line in _nodes_now(config, console):
        console.say(verbatim(node_row(line, console)))
    return 0


def _nodes_now(config: Config, console: Console) -> list[Line]:
    told = from_app("nodes")
    return list(told["nodes"]) if told is not None else measured_nodes(config, console.language)


def doctor(arguments: argparse.Namespace, console: Console) -> int:
    """Check every part; the exit code is 1 when one that is needed does not work."""
    from etoile.doctor import doctor_line, examine

    config, _ = settings(arguments)
    worst = 0
    app = from_app("status")
    missing = app["missing"] if app else None
    for name, finding, elapsed_ms in examine(config, arguments.simulate, lambda: _check_nodes(config), missing):
        if console.json:
            console.line(doctor_line(name, finding, elapsed_ms, console.language))
        else:
            console.say(verbatim(f"{_MARKS[finding.ok]} {name}: {console.words(finding.detail)}"))
            if finding.remedy and not finding.ok:
                console.say(verbatim(f"    {console.words(finding.remedy)}"))
        worst = max(worst, 1 if finding.ok is False else 0)
    return worst


_MARKS: dict[bool | None, str] = {True: "✓", False: "✗", None: "–"}
