"""`etoile status`: the app, the GPUs, the nodes and their models on one screen."""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Iterable, Iterator

from etoile.cli.console import Console
from etoile.cli.gpus import PERIOD_S, from_app, rows, watch
from etoile.cli.nodes import node_lines, node_row
from etoile.cli.settings import settings
from etoile.config import Config
from etoile.domain.nodes import NodeState
from etoile.domain.parts_named import part_name
from etoile.domain.shapes import Line
from etoile.text import message

Row = tuple[str, str]
"""What is shown, and how grave it is: "warning", "critical" or "lost"; anything else is as it should be."""

_COLOURS = {"warning": "\x1b[33m", "critical": "\x1b[31m", "lost": "\x1b[31m"}
_PLAIN = "\x1b[0m"
_MARKS = {"warning": "▲", "critical": "■", "lost": "⊘"}
"""The shape tells as much as the colour, and so do the words behind it."""
_FROM_THE_TOP = "\x1b[H\x1b[J"

_GRAVE = {
    NodeState.DOWN: "lost",
    NodeState.AUTH: "lost",
    NodeState.QUARANTINED: "lost",
    NodeState.OPEN: "warning",
    NodeState.DEGRADED: "warning",
}


def status(arguments: argparse.Namespace, console: Console) -> int:
    """Show everything, once or every second."""
    config, _ = settings(arguments)
    for line in _sights(config, arguments, console):
        if console.json:
            console.line(line)
        else:
            _show(line, console, again=arguments.watch)
        if not arguments.watch:
            break
        time.sleep(PERIOD_S)
    return 0


def _sights(config: Config, arguments: argparse.Namespace, console: Console) -> Iterator[Line]:
    """Yield what is there now, each time anew; without the app, nodes are asked as often as it would."""
    nodes: list[Line] = []
    asked_s = float("-inf")
    for sight in watch(config, arguments):
        app = from_app("status")
        if app or time.monotonic() - asked_s >= config.routing.heartbeat_s:
            nodes = node_lines(config, arguments, console.language)
            asked_s = time.monotonic()
        yield {"app": app, "gpus": list(sight.lines), "nodes": nodes}


def _show(line: Line, console: Console, *, again: bool) -> None:
    shown = [*_app_rows(line["app"], console), *rows(line["gpus"], console), *_nodes_rows(line["nodes"], console)]
    if not sys.stdout.isatty():
        console.write("".join(f"{_marked(row)}\n" for row in shown) + ("\n" if again else ""))
        return
    size = shutil.get_terminal_size()
    fitting = list(_cut(shown, size.lines - 1, console)) if again else shown
    drawn = "".join(f"{_coloured(row, size.columns)}\n" for row in fitting)
    console.write(_FROM_THE_TOP + drawn if again else drawn)


def _app_rows(app: Line | None, console: Console) -> Iterator[Row]:
    running = message("The tray app is running.") if app else message("The tray app does not run.")
    yield console.words(running), ""
    if app and app["missing"]:
        parts = [part_name(part) for part in app["missing"]]
        yield console.words(message("Off: {parts}. “etoile doctor” tells more.", parts=parts)), ""


def _nodes_rows(nodes: list[Line], console: Console) -> Iterator[Row]:
    for node in nodes:
        grave = _GRAVE.get(node["state"], "")
        yield node_row(node, console), grave if grave == "lost" else node["thermal"] if _hot(node) else grave
        if node["loaded"]:
            yield console.words(message("    in memory: {models}", models=node["loaded"])), ""
        elif node["models"]:
            yield console.words(message("    models: {models}", models=node["models"])), ""
    if not nodes:
        said = message("No node is configured, and none was found on this machine: the guide answers.")
        yield console.words(said), ""


def _hot(node: Line) -> bool:
    return node["thermal"] in _COLOURS


def _cut(shown: list[Row], height: int, console: Console) -> Iterable[Row]:
    """Return as many rows as there is room for; the last tells how many are missing."""
    if len(shown) <= height:
        return shown
    left_out = len(shown) - max(0, height - 1)
    return [*shown[:-left_out], (console.words(message("… {count} more", count=left_out)), "")]


def _marked(row: Row) -> str:
    text, grave = row
    mark = _MARKS.get(grave)
    return f"{mark} {text}" if mark else text


def _coloured(row: Row, columns: int) -> str:
    """Return `row` as wide as the terminal at most."""
    text = _marked(row)
    if len(text) > columns:
        text = text[: max(0, columns - 1)] + "…"
    colour = _COLOURS.get(row[1]) if "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb" else None
    return f"{colour}{text}{_PLAIN}" if colour else text
