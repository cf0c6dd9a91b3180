"""`etoile commands score FILE`: how the matcher does on lines of known meaning."""

import argparse
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from etoile.cli.console import Console
from etoile.domain.match import Match
from etoile.domain.matching.scoring import LEVELS, Line, Matching, Score, Share, Verdict, score
from etoile.errors import UsageError
from etoile.text import message, verbatim

_EXAMPLE = '{"text": "coupe le son", "language": "fr", "command": "audio.mute"}'


def score_file(arguments: argparse.Namespace, console: Console, matching: Matching) -> int:
    """Print how the matcher does on a file of lines (see `domain.matching.scoring`), and what it did wrong."""
    if not arguments.file:
        raise UsageError(message("Which file?"), message("Each line holds {example}.", example=_EXAMPLE))

    def tell(number: int, line: Line, found: Match, verdict: Verdict) -> None:
        if not console.json and verdict not in (Verdict.RIGHT, Verdict.REJECTED, Verdict.MISSED):
            meant = f"{line.command or '–'} {_slots(line.slots)}"
            ran = f"{found.command or '–'} {_slots(found.slots)}"
            console.say(verbatim(f"{arguments.file}:{number}: {verdict}: {line.text} → {ran} ({meant})"))

    scores = score(list(_lines(Path(arguments.file))), matching, seed=arguments.seed, tell=tell)
    if console.json:
        console.line({name: one.line for name, one in scores.items()})
    else:
        console.say(verbatim("\n".join(_table(scores))))
    return 0


@contextmanager
def machine_of(path: Path) -> Iterator[Matching]:
    """Open a matcher for the machine that a file describes: slot -> names, or slot -> language -> names."""
    from etoile.catalogue import load_catalogues
    from etoile.domain.matching.matcher import Matcher

    written = _machine(path)
    catalogues = load_catalogues()
    matchers = {
        language: Matcher(catalogues, {slot: _names(names, language) for slot, names in written.items()})
        for language in catalogues
    }
    first = next(iter(matchers.values()))
    yield lambda text, language: matchers.get(language or "", first).match(text, language)


def _machine(path: Path) -> dict[str, Any]:
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(message("{path} cannot be read: {error}.", path=str(path), error=str(error))) from error
    if not isinstance(written, dict):
        raise UsageError(
            message("{path} describes no machine.", path=str(path)),
            message("It holds an object such as {example}.", example='{"app": ["Firefox"], "service": ["docker"]}'),
        )
    return written


def _names(names: Any, language: str) -> list[str]:
    chosen = names.get(language, []) if isinstance(names, dict) else names
    return [str(name) for name in chosen] if isinstance(chosen, list) else []


def _lines(path: Path) -> Iterator[Line]:
    try:
        written = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(
            message("{path} cannot be read: {error}.", path=str(path), error=error.strerror or str(error))
        ) from error
    for number, text in enumerate(written, start=1):
        if not text.strip():
            continue
        try:
            yield Line.of(json.loads(text))
        except (ValueError, AttributeError):
            raise UsageError(
                message("{path}, line {number}, is not such an object.", path=str(path), number=number),
                message("Each line holds {example}.", example=_EXAMPLE),
            ) from None


def _table(scores: Mapping[str, Score]) -> Iterator[str]:
    """Return a row for each measure and a column for each language."""
    names = sorted(scores, key=lambda name: (name == "all", name))
    yield f"{'':<30}" + "".join(f"{name:>22}" for name in names)
    for title, shares in _rows(scores):
        cells = (_cell(shares.get(name, Share())) for name in names)
        yield f"{title:<30}" + "".join(f"{cell:>22}" for cell in cells)


def _rows(scores: Mapping[str, Score]) -> Iterator[tuple[str, dict[str, Share]]]:
    def each(share: Any) -> dict[str, Share]:
        return {name: share(one) for name, one in scores.items()}

    groups = sorted({group for one in scores.values() for group in one.false_executions})
    kinds = sorted({kind for one in scores.values() for kind in one.noise_by_kind})
    yield "false_execution", each(lambda one: one.false_execution)
    for group in groups:
        yield f"  {group}", each(lambda one, group=group: one.false_executions.get(group, Share()))
    yield "wrong_command", each(lambda one: one.wrong)
    yield "  destructive", each(lambda one: Share(one.wrong_destructive, one.wrong.of))
    for level in LEVELS:
        yield f"right {level}", each(lambda one, level=level: one.right.get(level, Share()))
    yield "right slots", each(lambda one: one.slots)
    for operations in (1, 2):
        yield f"right, noise {operations}", each(lambda one, operations=operations: one.noise.get(operations, Share()))
    for kind in kinds:
        yield f"  {kind}", each(lambda one, kind=kind: one.noise_by_kind.get(kind, Share()))
    yield "wrong_command in noise", each(lambda one: one.wrong_in_noise)


def _cell(share: Share) -> str:
    return f"{share.count}/{share.of}  {share.percent:5.1f} %" if share.of else "–"


def _slots(slots: Mapping[str, str | int] | None) -> str:
    return " ".join(f"{name}={value}" for name, value in (slots or {}).items())
