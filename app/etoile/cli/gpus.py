"""`etoile gpu`: everything whose heat is watched, host by host, as it is now."""

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import msgspec

from etoile.cli.console import Console
from etoile.cli.settings import settings
from etoile.config import Config
from etoile.domain.alerting.words import in_about
from etoile.domain.forecast import Forecast
from etoile.domain.shapes import Line, gpu_line
from etoile.domain.thermal import Track, assess
from etoile.errors import EtoileError, NvmlUnavailable
from etoile.ipc import client, endpoint
from etoile.text import NO_BREAK_SPACE, Message, message, verbatim

PERIOD_S = 1.0


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen at one moment."""

    lines: Sequence[Line]
    notes: Sequence[Message] = ()
    """Why something is not seen, and how to mend it."""
    without_gpu: NvmlUnavailable | None = None
    """Why this machine has no GPU; None as well where the app was asked."""


def gpu(arguments: argparse.Namespace, console: Console) -> int:
    """Show every GPU, once or every second."""
    config, _ = settings(arguments)
    noted: set[Message] = set()
    for sight in watch(config, arguments):
        if console.json:
            for line in sight.lines:
                console.line(line)
        else:
            show(sight.lines, console)
        for note in sight.notes:
            if note not in noted:
                console.note(note)
        noted.update(sight.notes)
        if not arguments.watch:
            break
        time.sleep(PERIOD_S)
        if not console.json:
            console.write("\n")
    return 0


def gpu_lines(config: Config, arguments: argparse.Namespace) -> list[Line]:
    """Return the line of every GPU, as the running app tells it, else as it is now.  Raises NvmlUnavailable."""
    sight = next(watch(config, arguments))
    gpus = [line for line in sight.lines if line["kind"] == "gpu"]
    if not gpus and sight.without_gpu:
        raise sight.without_gpu
    return gpus


def watch(config: Config, arguments: argparse.Namespace) -> Iterator[Sight]:
    """Yield what is there now, each time anew: as the app sees it, or measured here where none runs."""
    from etoile.parts.once import gpu_reader

    ask_app = arguments.simulate is None and arguments.config is None
    tracks: Mapping[str, Track] = {}
    with gpu_reader(config, arguments.simulate) as read:
        while True:
            if ask_app and (told := from_app("gpu")) is not None:
                yield Sight(told["gpus"], [verbatim(note) for note in told["notes"]])
                continue
            seen = read()
            at_s = max((reading.at_s for reading in seen.readings), default=0.0)
            # A first look has no past to hold a limit for: what it shows is what counts.
            thermal = config.thermal if tracks else msgspec.structs.replace(config.thermal, hold_s=0.0)
            tracks = assess(tracks, seen.readings, at_s, thermal, config.alerts.gpus)
            lines = [
                gpu_line(reading, track.state, track.limits, track.forecast, now_s=time.monotonic())
                for reading in seen.readings
                if (track := tracks[reading.uuid])
            ]
            yield Sight(lines, list(_notes(seen.local, seen.far)), seen.local)


def _notes(local: EtoileError | None, far: Mapping[str, EtoileError]) -> Iterator[Message]:
    if local:
        yield local.said
        if local.remedy:
            yield local.remedy
    for node, error in far.items():
        yield message("The GPUs of {node} are not known: {reason}.", node=node, reason=error.said)


def show(lines: Sequence[Line], console: Console) -> None:
    """Print `lines` for people."""
    for row, _ in rows(lines, console):
        console.say(verbatim(row))


def rows(lines: Sequence[Line], console: Console) -> Iterator[tuple[str, str]]:
    """Yield a row for each of `lines` and how hot it is; under the name of their host where there are several."""
    hosts = [(host, list(group)) for host, group in groupby(lines, key=lambda line: str(line["host"]))]
    for host, on_host in hosts:
        if len(hosts) > 1:
            yield host, ""
        for line in on_host:
            row = _row(line, console, with_host=len(hosts) == 1)
            yield row if len(hosts) == 1 else f"  {row}", line["thermal"]


def _row(line: Line, console: Console, *, with_host: bool) -> str:
    """Return one GPU or processor for people; "–" is what it does not report."""

    def value(key: str, unit: str) -> str:
        number = line[key]
        return "–" if number is None else f"{number:.0f}{NO_BREAK_SPACE}{unit}"

    parts = [_title(line), line["name"], value("temperature_c", "°C"), value("utilization_percent", "%")]
    if line["kind"] == "gpu":
        parts += [_memory(line, console), value("power_w", "W")]
    if with_host:
        parts.append(line["host"])
    if line["kind"] != "gpu":
        parts.append(console.words(message("no GPU")))
    if line["thermal"] in HOT:
        parts.append(console.words(HOT[line["thermal"]]))
    if forecast := line["forecast"]:
        parts.append(console.words(in_about(Forecast(forecast["limit_c"], forecast["in_s"]))))
    if line["state"] != "ok":
        parts.append(line["state"])
    if line["simulated"]:
        parts.append(console.words(message("simulated")))
    return "  ".join(part for part in parts if part)


def _title(line: Line) -> str:
    return f"GPU {line['index']}" if line["kind"] == "gpu" else "CPU"


def _memory(line: Line, console: Console) -> str:
    used, total = line["memory_used_bytes"], line["memory_total_bytes"]
    if used is None or total is None:
        return "–"
    return console.words(message("{used:bytes} / {total:bytes}", used=used, total=total))


HOT = {"warning": message("HOT"), "critical": message("CRITICAL")}


def from_app(what: str) -> Line | None:
    """Return what the running app tells; None when none runs."""
    return client.ask_once(endpoint.runtime_folder(), {"do": what})
