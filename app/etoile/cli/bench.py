"""`etoile nodes bench`: how fast the models answer, and whether they were faster a month ago."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from etoile.cli.asking import agreed
from etoile.cli.charts import bar, blocks_shown, sparkline
from etoile.cli.console import Console
from etoile.cli.nodes import caring
from etoile.domain.benches import Bench, Change
from etoile.domain.gpus import Thermal
from etoile.domain.model_names import Place, node_called, places
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.domain.shapes import Line
from etoile.errors import EtoileError, UsageError
from etoile.text import Message, message, verbatim

if TYPE_CHECKING:
    from etoile.caring import Care

MOST_ROUNDS = 50
BAR_WIDTH = 30
TREND = 12
"""So many former measurements are drawn."""


@dataclass(frozen=True, slots=True)
class Result:
    """A measurement, and how it compares."""

    bench: Bench
    change: Change | None
    former: Sequence[Bench]
    whole: bool


def bench(arguments: argparse.Namespace, console: Console) -> int:
    """Measure models one after the other; Ctrl+C stops and keeps what was measured."""
    if not 1 <= arguments.rounds <= MOST_ROUNDS:
        raise UsageError(message("{count} rounds cannot be.", count=arguments.rounds))
    results: list[Result] = []
    code = 0
    with caring(arguments, console) as care:
        for meant in _meant(care.statuses(), arguments.names, arguments.model):
            try:
                result = _measured(care, meant, arguments, console)
            except EtoileError as error:
                console.error(error)
                code = 1
                continue
            except KeyboardInterrupt:
                console.note(message("Stopped."))
                code = 1
                break
            code = code if result.whole else 1
            results.append(result)
            if console.json:
                console.line(bench_line(result))
            if arguments.stopped:
                break
    if not results:
        console.note(message("Nothing was measured."))
        return 1
    if not console.json:
        _show(results, console)
    return code


def _meant(nodes: Sequence[NodeStatus], names: Sequence[str], model: str | None) -> list[Place]:
    """Return what is to be measured: on the nodes named, else on all of this house that are up."""
    from etoile.caring import MEASURED

    if names:
        chosen = [node_called(nodes, name) for name in names]
    else:
        up = (NodeState.UP, NodeState.BUSY, NodeState.DEGRADED, NodeState.LOADING)
        chosen = [node for node in nodes if node.state in up and node.dialect in MEASURED]
    found = [one for node in chosen for one in _of(node, model)]
    if not found:
        raise UsageError(
            message("There is nothing to measure.")
            if model is None
            else message("No node has a model called “{model}”.", model=model),
            message("“etoile nodes” shows the nodes that are up, with their models."),
        )
    return found


def _of(node: NodeStatus, model: str | None) -> list[Place]:
    """Return what to measure of `node`: the model asked for, else those in memory, else the one that would answer."""
    if model is not None:
        return places([node], model)[:1]
    return [Place(node, name) for name in node.loaded or ((node.model,) if node.model else ())]


def _measured(care: "Care", meant: Place, arguments: argparse.Namespace, console: Console) -> Result:
    """Return one measurement.  Raises EtoileError when there is none."""
    care.refuse_never(meant.node, meant.model)
    in_memory = care.loaded(meant.node)
    if meant.model not in in_memory:
        _ask_to_load(meant, in_memory, arguments, console)
    if meant.node.thermal is Thermal.WARNING:
        console.note(message("{node}: its GPU is hot, and may be slower for that.", node=meant.node.name))
    console.note(message("Measuring {model} on {node}…", model=meant.model, node=meant.node.name))
    measured = care.measure(meant, rounds=arguments.rounds, wait_s=arguments.wait)
    if isinstance(measured.cut, EtoileError):
        console.error(measured.cut)
    arguments.stopped = isinstance(measured.cut, KeyboardInterrupt)
    if arguments.stopped:
        console.note(message("Stopped: what was measured so far counts."))
    former = care.former(measured.bench)
    return Result(measured.bench, care.change(measured.bench), former, measured.cut is None)


def _ask_to_load(meant: Place, in_memory: Sequence[str], arguments: argparse.Namespace, console: Console) -> None:
    """Raise UsageError unless the person agrees that a model is loaded, which may drive another one out."""
    question = message(
        "{model} is not in memory on {node}.  Load it for this, and unload it afterwards?",
        model=meant.model,
        node=meant.node.name,
    )
    if in_memory:
        console.note(message("In memory there: {models}.  It may have to leave.", models=list(in_memory)))
    if not agreed(question, console, yes=arguments.yes):
        raise EtoileError(message("{node}: {model} was not measured.", node=meant.node.name, model=meant.model))


def bench_line(result: Result) -> Line:
    """Return the line of one measurement for `etoile nodes bench --json`."""
    one, change = result.bench, result.change
    return {
        "node": one.node,
        "model": one.model,
        "at": _at(one.at_s).isoformat(timespec="seconds"),
        "tokens_per_s": _rounded(one.output_per_s),
        "prompt_tokens_per_s": _rounded(one.prompt_per_s),
        "first_token_ms": _rounded(one.first_token_s, 1000),
        "load_s": _rounded(one.load_s),
        "rounds": one.rounds,
        "complete": result.whole,
        "prompt_tokens": one.prompt_tokens,
        "tokens": one.output_tokens,
        "spread_percent": round(one.spread_percent, 1),
        "counted_by": "server" if one.by_server else "here",
        "gpu_percent": _rounded(one.gpu_share, 100),
        "before": {
            "at": _at(change.then.at_s).isoformat(timespec="seconds"),
            "tokens_per_s": _rounded(change.then.output_per_s),
            "change_percent": round(change.percent, 1),
            "clear": change.clear,
            "replaced": change.replaced,
            "moved": change.moved,
        }
        if change
        else None,
    }


def _show(results: Sequence[Result], console: Console) -> None:
    """Print a table, a chart, and what is slower or faster than it was."""
    head = [
        message("node"),
        message("model"),
        message("tokens/s"),
        message("prompt/s"),
        message("first token"),
        message("load time"),
        message("rounds"),
    ]
    rows = [list(map(console.words, head)), *(_row(result, console) for result in results)]
    for line in _aligned(rows, left=2):
        console.say(verbatim(line))
    console.say(verbatim(""))
    for line in _chart(results, console):
        console.say(verbatim(line))
    for said in (said for result in results for said in _compared(result)):
        console.say(said)
    if any(not result.bench.by_server for result in results):
        console.note(message("* seen from here: the server does not count by itself."))


def _row(result: Result, console: Console) -> list[str]:
    one = result.bench
    return [
        one.node,
        one.model,
        _figure(console, one.output_per_s) + ("" if one.by_server else "*"),
        _figure(console, one.prompt_per_s),
        "–" if one.first_token_s is None else console.words(message("{time:.0f} ms", time=1000 * one.first_token_s)),
        "–" if one.load_s is None else console.words(message("{time:.1f} s", time=one.load_s)),
        str(one.rounds),
    ]


def _figure(console: Console, value: float | None) -> str:
    return "–" if value is None else console.words(message("{figure:.1f}", figure=value))


def _aligned(rows: Sequence[Sequence[str]], left: int) -> Iterator[str]:
    """Yield `rows` as lines; the first `left` columns are words, the others figures."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _chart(results: Sequence[Result], console: Console) -> Iterator[str]:
    """Yield a bar for each measurement, with the course of the former ones behind it."""
    blocks = blocks_shown()
    names = [f"{result.bench.node} {result.bench.model}" for result in results]
    widest = max(map(len, names))
    largest = max(result.bench.output_per_s or 0.0 for result in results)
    for name, result in zip(names, results, strict=True):
        value = result.bench.output_per_s or 0.0
        drawn = bar(value, largest, BAR_WIDTH, blocks=blocks).ljust(BAR_WIDTH)
        rates = [one.output_per_s for one in (*result.former[-TREND:], result.bench) if one.output_per_s]
        trend = sparkline(rates, blocks=blocks) if len(rates) > 1 else ""
        yield f"{name.ljust(widest)}  {drawn}  {_figure(console, value)}  {trend}".rstrip()


def _compared(result: Result) -> Iterator[Message]:
    """Yield what is to be said of a measurement that differs clearly from a former one."""
    change = result.change
    if change is None or not change.clear:
        return
    said = {
        "node": result.bench.node,
        "model": result.bench.model,
        "now": result.bench.output_per_s,
        "then": change.then.output_per_s,
        "date": f"{_at(change.then.at_s):%Y-%m-%d}",
        "percent": abs(change.percent),
    }
    if change.percent < 0:
        yield message(
            "{model} on {node} is {percent:.0f} % slower than on {date}: {now:.1f} tokens/s, then {then:.1f}.", **said
        )
    else:
        yield message(
            "{model} on {node} is {percent:.0f} % faster than on {date}: {now:.1f} tokens/s, then {then:.1f}.", **said
        )
    if change.replaced:
        yield message("The model itself is another one since, by the same name.")
    if change.moved:
        yield message(
            "Now {now:.0f} % of it lie on GPUs, then {then:.0f} %.",
            now=100 * (result.bench.gpu_share or 0),
            then=100 * (change.then.gpu_share or 0),
        )


def _at(at_s: float) -> datetime:
    return datetime.fromtimestamp(at_s).astimezone()


def _rounded(value: float | None, factor: float = 1.0) -> float | None:
    return None if value is None else round(factor * value, 2)
