"""`etoile gpu`, `nodes`, `status` and `doctor`: this machine and the nodes, as they are now."""

import argparse
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from etoile.cli.console import Console
from etoile.cli.settings import settings
from etoile.config import Config
from etoile.domain.alerting.words import in_about
from etoile.domain.forecast import Forecast
from etoile.domain.gpus import GpuReading
from etoile.domain.nodes import NodeStatus
from etoile.domain.shapes import Line, gpu_line, node_line
from etoile.domain.thermal import Track, assess
from etoile.errors import UsageError
from etoile.ipc import client, endpoint
from etoile.text import NO_BREAK_SPACE, message, verbatim

if TYPE_CHECKING:
    from etoile.gpu.source import GpuSource

PERIOD_S = 1.0


def gpu(arguments: argparse.Namespace, console: Console) -> int:
    """Show every GPU, once or every second."""
    config, _ = settings(arguments)
    for lines in _samples(config, arguments):
        for line in lines:
            console.line(line) if console.json else console.say(verbatim(_gpu_row(line, console)))
        if not lines and not console.json:
            console.note(message("No GPU was found."))
        if not arguments.watch:
            return 0
        time.sleep(PERIOD_S)
        if not console.json:
            console.write("\n")
    return 0


def gpu_lines(config: Config, arguments: argparse.Namespace) -> list[Line]:
    """Return the line of every card, as the running app tells it, else as it is now.  Raises NvmlUnavailable."""
    return next(_samples(config, arguments))


def _samples(config: Config, arguments: argparse.Namespace) -> Iterator[list[Line]]:
    """Yield every GPU as it is now, each time anew: as the app sees it, or measured here where none runs."""
    source: GpuSource | None = None
    tracks: Mapping[str, Track] = {}
    while True:
        if arguments.simulate is None and (told := _from_app("gpu")) is not None:
            yield told["gpus"]
            continue
        from etoile.gpu.monitor import open_source, read_once

        source = source or open_source(arguments.simulate)
        readings = read_once(source)
        at_s = max((reading.at_s for reading in readings), default=0.0)
        tracks = assess(tracks, readings, at_s, config.thermal, config.alerts.gpus)
        yield [_line(reading, tracks[reading.uuid]) for reading in readings]


def _line(reading: GpuReading, track: Track) -> Line:
    return gpu_line(reading, track.state, track.limits, track.forecast)


def _gpu_row(line: Line, console: Console) -> str:
    """Return one GPU for people; "–" is what the card does not report."""

    def value(key: str, unit: str) -> str:
        number = line[key]
        return "–" if number is None else f"{number:.0f}{NO_BREAK_SPACE}{unit}"

    used, total = line["memory_used_bytes"], line["memory_total_bytes"]
    memory = "–"
    if used is not None and total is not None:
        memory = console.words(message("{used:bytes} / {total:bytes}", used=used, total=total))
    parts = [
        f"GPU {line['index']}",
        line["name"],
        value("temperature_c", "°C"),
        value("utilization_percent", "%"),
        memory,
        value("power_w", "W"),
        line["host"],
    ]
    if line["thermal"] in ("warning", "critical"):
        parts.append(console.words(_THERMAL[line["thermal"]]))
    if forecast := line["forecast"]:
        parts.append(console.words(in_about(Forecast(forecast["limit_c"], forecast["in_s"]))))
    if line["state"] != "ok":
        parts.append(line["state"])
    if line["simulated"]:
        parts.append(console.words(message("simulated")))
    return "  ".join(parts)


_THERMAL = {"warning": message("HOT"), "critical": message("CRITICAL")}


def nodes(arguments: argparse.Namespace, console: Console) -> int:
    """Show every node, or confirm one that was found on this machine."""
    config, _ = settings(arguments)
    if arguments.what == "confirm":
        return _confirm(config, arguments.name, console)
    if arguments.what != "list":
        raise UsageError(message("“etoile nodes {what}” is not there yet.", what=arguments.what))
    told = _from_app("nodes") if arguments.config is None else None
    lines = told["nodes"] if told is not None else measured_nodes(config, console.language)
    for line in lines:
        console.line(line) if console.json else console.say(verbatim(node_row(line)))
    if not lines and not console.json:
        console.note(message("No node is configured, and none was found on this machine: the guide answers."))
    return 0


def measured_nodes(config: Config, language: str) -> list[Line]:
    """Ask every node how it is, and return their lines.  Blocks for about two seconds at most."""
    return [node_line(node, language) for node in _check_nodes(config)]


def _check_nodes(config: Config) -> list[NodeStatus]:
    from etoile.parts import check_nodes

    return list(check_nodes(config))


def node_row(line: Line) -> str:
    """Return one node for people."""
    parts = [line["name"], line["state"], line["dialect"], line["url"], line["model"] or "–"]
    if line["latency_ms"] is not None:
        parts.append(f"{line['latency_ms']:.0f}{NO_BREAK_SPACE}ms")
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
    app = _from_app("status")
    if console.json:
        console.line({"app": app, "gpus": _gpus_or_none(config, arguments), "nodes": _nodes_now(config, console)})
        return 0
    console.say(message("The tray app is running.") if app else message("The tray app does not run."))
    if app and app["missing"]:
        console.say(message("Off: {parts}. “etoile doctor” tells more.", parts=app["missing"]))
    for line in _gpus_or_none(config, arguments):
        console.say(verbatim(_gpu_row(line, console)))
    for line in _nodes_now(config, console):
        console.say(verbatim(node_row(line)))
    return 0


def _gpus_or_none(config: Config, arguments: argparse.Namespace) -> list[Line]:
    from etoile.errors import NvmlUnavailable

    try:
        return gpu_lines(config, arguments)
    except NvmlUnavailable:
        return []


def _nodes_now(config: Config, console: Console) -> list[Line]:
    told = _from_app("nodes")
    return list(told["nodes"]) if told is not None else measured_nodes(config, console.language)


def doctor(arguments: argparse.Namespace, console: Console) -> int:
    """Check every part; the exit code is 1 when one that is needed does not work."""
    from etoile.doctor import doctor_line, examine

    config, _ = settings(arguments)
    worst = 0
    app = _from_app("status")
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


def _from_app(what: str) -> Line | None:
    """Return what the running app tells; None when none runs."""
    return client.ask_once(endpoint.runtime_folder(), {"do": what})
