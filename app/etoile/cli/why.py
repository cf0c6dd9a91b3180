"""`etoile ask --why`: how each node stands for a request, and what this machine's GPUs were like then."""

import time
from collections.abc import Iterator
from dataclasses import replace

import msgspec

from etoile.cli.console import Console
from etoile.config import Config
from etoile.domain import events as on
from etoile.domain.shapes import Line
from etoile.domain.state import State, advance
from etoile.text import Message, message, verbatim

FAR_WITHIN_S = 0.5
"""An exporter that takes longer does not hold a request up: the heat of its node is unknown, then."""


def show_plan(plan: list[Line], console: Console) -> None:
    """Print how each node stands: the best first, last those that may not take it."""
    for place, standing in enumerate(plan, start=1):
        console.note(_head(place, standing))
        for said in _lines(standing):
            console.note(verbatim(f"      {said}"))


def _head(place: int, standing: Line) -> Message:
    name = " · ".join(part for part in (standing["node"], standing["model"]) if part)
    if not standing["takes"]:
        return message("  –  {node}: not asked", node=name)
    points = float(standing["score"])
    if standing["full"]:
        return message(
            "  {place}  {node}: {points:+.1f} points, has to be waited for", place=place, node=name, points=points
        )
    return message("  {place}  {node}: {points:+.1f} points", place=place, node=name, points=points)


def _lines(standing: Line) -> Iterator[str]:
    yield from standing["reasons"]
    if not standing["takes"] and standing["remedy"]:
        yield standing["remedy"]


def with_heat(state: State, config: Config, simulate: str | None) -> State:
    """Return the state after one look at every GPU, where no app watches them.  Blocks for a second or two.

    A first look has no past to hold a limit for: what it shows is what counts.
    """
    from etoile.parts.once import gpu_reader

    with gpu_reader(config, simulate, FAR_WITHIN_S) as read:
        seen = read()
    at_once = replace(state, limits=msgspec.structs.replace(config.thermal, hold_s=0.0))
    looked, _ = advance(at_once, on.GpusRead(seen.readings, time.monotonic()))
    return looked
