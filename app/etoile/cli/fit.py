"""`etoile fit`: whether a model fits the cards as they are now, and what would fit instead."""

import argparse
import platform
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from etoile.cli.console import Console
from etoile.cli.gpus import gpu_lines
from etoile.cli.settings import settings
from etoile.config import Config
from etoile.domain.fit import (
    Card,
    Model,
    Setup,
    Verdict,
    advise,
    judge,
    judge_together,
    model_of,
    observed_in,
    ratio_of,
)
from etoile.domain.fit.calibration import Calibration, flags_of
from etoile.domain.fit.report import Report, fit_line, judged, needs, suggested
from etoile.domain.shapes import Line
from etoile.errors import EtoileError, NodeError, NvmlUnavailable, UnreadableModel, UsageError
from etoile.text import message, verbatim

if TYPE_CHECKING:
    from etoile.llm.described import Described
    from etoile.store.fits import FitRatios

USUAL_CONTEXT = 8192
LONGEST_CONTEXT = 100_000_000
MOST_PARALLEL = 1024
MOST_LOG_BYTES = 100_000_000


def fit(arguments: argparse.Namespace, console: Console) -> int:
    """Tell whether the model fits: a line a card, and one for the cards of each host together."""
    from etoile.parts.once import open_fit_ratios

    config, _ = settings(arguments)
    setup = _setup(arguments)
    model, described = _model(arguments, config, console)
    with open_fit_ratios(config) as ratios:
        calibration = _calibrated(ratios, arguments, model, setup, described)
    reports = _reports(model, setup, _lines(config, arguments, console), calibration)
    if console.json:
        for report in reports:
            console.line(fit_line(report, console.language))
    else:
        _tell(reports, console)
    return 0


def _setup(arguments: argparse.Namespace) -> Setup:
    if not 1 <= arguments.context <= LONGEST_CONTEXT or not 1 <= arguments.parallel <= MOST_PARALLEL:
        raise UsageError(
            message(
                "A context of {context} tokens for {parallel} conversations cannot be.",
                context=arguments.context,
                parallel=arguments.parallel,
            ),
            message(
                "Take 1 to {context} tokens, and 1 to {parallel} conversations.",
                context=LONGEST_CONTEXT,
                parallel=MOST_PARALLEL,
            ),
        )
    if arguments.kv.startswith(("q", "iq")) and not arguments.flash_attention:
        raise UsageError(
            message("A cache in {kind} needs flash attention.", kind=arguments.kv),
            message("Leave out --no-flash-attention, or take f16."),
        )
    return Setup(
        context=arguments.context,
        parallel=arguments.parallel,
        key_type=arguments.kv,
        value_type=arguments.kv,
        flash_attention=arguments.flash_attention,
    )


def _model(arguments: argparse.Namespace, config: Config, console: Console) -> "tuple[Model, Described | None]":
    """Return the model that is meant, and, if a node has it, what that tells of it."""
    name = arguments.model
    try:
        if name.lower().endswith(".gguf") or Path(name).is_file():
            found: tuple[Model, Described | None] = _from_file(Path(name), console), None
        else:
            found = _from_anywhere(name, config)
        if arguments.mmproj:
            found = _with_projector(found[0], Path(arguments.mmproj)), found[1]
    except UnreadableModel as error:
        raise EtoileError(message("{model}: {problem}.", model=name, problem=error.said), error.remedy) from error
    return found


def _from_file(path: Path, console: Console) -> Model:
    from etoile.llm.gguf import read_gguf

    file = read_gguf(path)
    if not file.whole:
        console.note(message("{path} is not whole: its download may not be finished.", path=path.name))
    return model_of(file.metadata, file.tensors, name=path.name)


def _with_projector(model: Model, path: Path) -> Model:
    from etoile.llm.gguf import read_gguf

    return replace(model, projector_bytes=sum(tensor.size_bytes for tensor in read_gguf(path).tensors))


def _from_anywhere(name: str, config: Config) -> "tuple[Model, Described | None]":
    """Return the model that a node has, else the one that is well known."""
    from etoile.llm.known import known_model, known_names
    from etoile.parts.once import describe_model

    failed: NodeError | None = None
    try:
        if (described := describe_model(config, name)) is not None:
            return described.model, described
    except NodeError as error:
        failed = error
    if (known := known_model(name)) is not None:
        return known, None
    if failed is not None:
        raise EtoileError(message("{model} was not found, and not every node answered.", model=name)) from failed
    raise UsageError(
        message("There is no file “{model}”, and no node has such a model.", model=name),
        message("Name a .gguf file, a model that “etoile nodes” lists, or one of these: {names}.", names=known_names()),
    )


def _calibrated(
    ratios: "FitRatios | None",
    arguments: argparse.Namespace,
    model: Model,
    setup: Setup,
    described: "Described | None",
) -> Calibration | None:
    """Keep what the engine is seen to take, and return what it was seen to take for settings like these."""
    from etoile.fitting import learn

    seen = _seen_in_log(arguments, model, setup)
    if ratios is None:
        return None
    if seen is not None:
        ratios.keep(model.key, flags_of(setup), setup.context, seen)
    elif described is not None:
        learn(replace(described, model=model), ratios, time.time())
    return ratios.nearest(model.key, flags_of(setup), setup.context)


def _seen_in_log(arguments: argparse.Namespace, model: Model, setup: Setup) -> Calibration | None:
    if arguments.log is None:
        return None
    path = Path(arguments.log)
    try:
        with path.open(errors="replace") as file:
            observed = observed_in(file.read(MOST_LOG_BYTES).splitlines())
    except OSError as error:
        raise UsageError(
            message("{path} cannot be read: {error}.", path=str(path), error=error.strerror or str(error))
        ) from error
    ratio = ratio_of(model, setup, observed) if observed else None
    if ratio is None:
        raise UsageError(
            message("{path} does not tell what this model takes on one card.", path=str(path)),
            message("Give the log of llama-server from its start, with the context that it was started with."),
        )
    return Calibration(ratio=ratio, source=path.name, at_s=time.time())


def _lines(config: Config, arguments: argparse.Namespace, console: Console) -> list[Line]:
    try:
        return gpu_lines(config, arguments)
    except NvmlUnavailable as error:
        console.error(error)
        return []


def _reports(model: Model, setup: Setup, lines: Sequence[Line], calibration: Calibration | None) -> list[Report]:
    """Return how the model fits each card, and the cards of each host together."""
    if not lines:
        return [Report(model=model, setup=setup, host=platform.node(), calibration=calibration)]
    reports = []
    for host, group in groupby(sorted(lines, key=_place), key=lambda line: str(line["host"])):
        on_host = list(group)
        cards = [card for line in on_host if (card := _card(line)) is not None]
        shared = Report(
            model=model, setup=setup, host=host, calibration=calibration, simulated=bool(on_host[0]["simulated"])
        )
        for line in on_host:
            card = _card(line)
            reports.append(_report(shared, [card]) if card else replace(shared, unknown=str(line["uuid"])))
        if len(cards) > 1:
            reports.append(_report(shared, cards))
    return reports


def _place(line: Line) -> tuple[str, int]:
    return str(line["host"]), int(line["index"])


def _report(shared: Report, cards: Sequence[Card]) -> Report:
    ratio = shared.calibration.ratio if shared.calibration else 1.0
    place = judge if len(cards) == 1 else judge_together

    def fits(model: Model, setup: Setup) -> bool:
        return place(model, setup, cards, ratio=ratio).verdict is Verdict.FITS

    found = place(shared.model, shared.setup, cards, ratio=ratio)
    report = replace(shared, fit=found, card=found.fullest.card)
    return report if found.verdict is Verdict.FITS else replace(report, advice=advise(shared.model, shared.setup, fits))


def _card(line: Line) -> Card | None:
    """Return the card of a line; None where it does not tell how much is free."""
    total, free, used = line["memory_total_bytes"], line.get("memory_free_bytes"), line["memory_used_bytes"]
    if free is None and total is not None and used is not None:
        free = total - used
    if line["state"] != "ok" or total is None or free is None:
        return None
    return Card(
        uuid=line["uuid"],
        name=line["name"],
        host=line["host"],
        index=line["index"],
        total_bytes=total,
        free_bytes=free,
    )


def _tell(reports: Sequence[Report], console: Console) -> None:
    for sentence in needs(reports[0]):
        console.say(sentence)
    trained = reports[0].model.context_length
    if trained is not None and reports[0].setup.context > trained:
        console.say(message("The model was made for contexts up to {context}.", context=trained))
    for report in reports:
        console.say(verbatim(_row(report, console)))
    best = _best(reports)
    for sentence in suggested(best) if best.verdict is not Verdict.FITS else ():
        console.say(sentence)


def _row(report: Report, console: Console) -> str:
    """Return one card, or the cards of a host together, for people."""
    parts: list[str] = []
    fit, card = report.fit, report.card
    if fit is not None and len(fit.shares) > 1:
        indexes = [str(share.card.index) for share in fit.shares]
        parts.append(console.words(message("GPU {indexes} together, of which the fullest:", indexes=indexes)))
    if card is not None:
        parts += [f"GPU {card.index}", card.name]
        parts.append(
            console.words(message("{free:bytes} of {total:bytes} free", free=card.free_bytes, total=card.total_bytes))
        )
    elif report.unknown:
        parts.append(report.unknown)
    parts += [report.host, console.words(judged(report))]
    if report.simulated:
        parts.append(console.words(message("simulated")))
    return "  ".join(parts)


def _best(reports: Iterable[Report]) -> Report:
    """Return where the model is best placed."""
    ranks = {verdict: rank for rank, verdict in enumerate(Verdict)}

    def badness(report: Report) -> tuple[int, int]:
        spare = report.fit.fullest.spare_bytes if report.fit else 0
        return (len(ranks) if report.verdict is None else ranks[report.verdict], -spare)

    return min(reports, key=badness)
