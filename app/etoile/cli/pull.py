"""`etoile nodes pull`: a model is downloaded to a node, with what it does to the disk there."""

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from etoile.cli.console import Console
from etoile.cli.nodes import caring
from etoile.config import Node
from etoile.domain.model_names import node_called
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.shapes import Line
from etoile.domain.stored import Progress
from etoile.errors import EtoileError, UsageError
from etoile.text import Message, message, verbatim

if TYPE_CHECKING:
    from etoile.llm.keeping import Keeper

SHOWN_EVERY_S = 0.5
"""On a terminal; elsewhere a line every `TOLD_EVERY_S`."""
TOLD_EVERY_S = 10.0
RATE_OVER_S = 10.0
"""The rate is that of the last seconds."""
SPARE_BYTES = 1024**3
"""A disk is not filled to its brim."""
_FETCHING = ("ollama", "lmstudio")


def pull(arguments: argparse.Namespace, console: Console) -> int:
    """Download a model to a node; Ctrl+C stops, and the next call goes on from there."""
    model = arguments.model
    with caring(arguments, console) as care:
        node = _node(care.statuses(), arguments.node)
        care.refuse_never(node, model)
        console.note(message("Fetching {model} to {node}…", model=model, node=node.name))
        meter = Meter(console, node.name, model)
        try:
            care.visit(node, lambda keeper: _follow(keeper, model, care.settings(node), meter.take))
        except KeyboardInterrupt:
            meter.end()
            console.note(_STOPPED.get(node.dialect, _STOPPED["ollama"]))
            return 1
        except EtoileError:
            meter.end()
            raise
    meter.end()
    if console.json:
        console.line({"node": node.name, "model": model, "done": True, "total_bytes": meter.total_bytes})
    else:
        console.say(message("{model} is on {node}.", model=model, node=node.name))
    return 0


_STOPPED = {
    "ollama": message("Stopped.  The same call goes on from there."),
    "lmstudio": message("No longer looking on: LM Studio goes on with the download by itself."),
}


def _node(nodes: Sequence[NodeStatus], name: str | None) -> NodeStatus:
    """Return the node that is meant; without a name, the only one that fetches models."""
    if name is not None:
        return node_called(nodes, name)
    able = [node for node in nodes if node.dialect in _FETCHING and node.state is not NodeState.UNCONFIRMED]
    if len(able) == 1:
        return able[0]
    if not able:
        raise UsageError(message("No node can fetch models."), message("Ollama and LM Studio can."))
    raise UsageError(message("To which node?"), message("Add --node: {nodes}.", nodes=[node.name for node in able]))


async def _follow(keeper: "Keeper", model: str, node: Node, take: Callable[[Progress], None]) -> None:
    """Fetch `model`.  Raises EtoileError before the disk is full, where that can be seen from here."""
    from etoile.llm.keys import is_here

    disk = _disk(await keeper.folder()) if is_here(node) else None
    total_bytes = 0
    steps = keeper.fetch(model)
    try:
        async for step in steps:
            take(step)
            if disk and step.total_bytes and step.total_bytes != total_bytes:
                total_bytes = step.total_bytes
                _refuse_full(disk, total_bytes - (step.done_bytes or 0), node.name)
    finally:
        await steps.aclose()


def _disk(folder: object) -> Path | None:
    """Return the folder of models on this machine; None where it is not to be seen."""
    usual = (os.environ.get("OLLAMA_MODELS"), Path.home() / ".ollama/models", "/usr/share/ollama/.ollama/models")
    places = [folder] if folder is not None else usual
    return next((path for place in places if place and (path := Path(str(place))).is_dir()), None)


def _refuse_full(disk: Path, needed_bytes: int, node: str) -> None:
    free_bytes = shutil.disk_usage(disk).free
    if needed_bytes + SPARE_BYTES > free_bytes:
        raise EtoileError(
            message(
                "{node}: the download needs {needed:bytes} more, and {free:bytes} are free in {folder}.",
                node=node,
                needed=needed_bytes,
                free=free_bytes,
                folder=str(disk),
            ),
            message("“etoile nodes tidy” shows what can go."),
        )


class Meter:
    """Shows how far a download is, how fast, and how long it will take."""

    def __init__(self, console: Console, node: str, model: str, now_s: Callable[[], float] = time.monotonic) -> None:
        self.total_bytes: int | None = None
        self._console = console
        self._about: Line = {"node": node, "model": model}
        self._now_s = now_s
        self._live = not console.json and sys.stderr.isatty()
        self._seen: list[tuple[float, int]] = []
        self._shown_s = float("-inf")
        self._status = ""

    def take(self, step: Progress) -> None:
        """Take in what the node tells, and show it if it is time to, or something else begins."""
        now_s = self._now_s()
        self.total_bytes = step.total_bytes or self.total_bytes
        if step.done_bytes is not None:
            self._seen = [(at_s, done) for at_s, done in self._seen if now_s - at_s <= RATE_OVER_S]
            self._seen.append((now_s, step.done_bytes))
        pause_s = SHOWN_EVERY_S if self._live or self._console.json else TOLD_EVERY_S
        if now_s - self._shown_s >= pause_s or (self._live and step.status != self._status):
            self._show(step, self._rate())
            self._shown_s = now_s
        self._status = step.status

    def end(self) -> None:
        """Leave the line that was written anew each time."""
        if self._live:
            sys.stderr.write("\n")

    def _rate(self) -> float | None:
        """Return the bytes a second; what was there before this download began does not count."""
        if len(self._seen) < 2:
            return None
        (began_s, began), (now_s, now) = self._seen[0], self._seen[-1]
        return (now - began) / (now_s - began_s) if now_s > began_s and now >= began else None

    def _show(self, step: Progress, rate: float | None) -> None:
        if self._console.json:
            told = {"status": step.status, "done_bytes": step.done_bytes, "total_bytes": step.total_bytes}
            self._console.line({**self._about, **told, "bytes_per_s": None if rate is None else round(rate)})
            return
        text = self._console.words(_said(step, rate))
        if self._live:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
        else:
            self._console.note(verbatim(text))


def _said(step: Progress, rate: float | None) -> Message:
    if step.done_bytes is None or not step.total_bytes:
        return verbatim(step.status)
    far = message(
        "{percent:.0f} %  {done:bytes} of {total:bytes}",
        percent=100 * step.done_bytes / step.total_bytes,
        done=step.done_bytes,
        total=step.total_bytes,
    )
    if not rate:
        return far
    left_s = (step.total_bytes - step.done_bytes) / rate
    return message("{far}  {rate:bytes}/s  {left:duration} left", far=far, rate=rate, left=left_s)
