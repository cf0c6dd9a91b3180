"""`etoile export`: the history of the GPUs as CSV or as JSON lines, with the app running and without."""

import argparse
import csv
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from etoile.cli.console import Console
from etoile.config import FOLDERS
from etoile.domain.history import KeptCard, Level, Measure, chosen, since
from etoile.errors import StoreError, UsageError
from etoile.text import message, plural

if TYPE_CHECKING:
    from etoile.store.archive import Archive
    from etoile.store.sample_rows import Row

_ABOUT = ("at", "span_s", "uuid", "host", "index", "name", "kind", "samples")
_STATISTICS = ("min", "mean", "max")
COLUMNS = (
    *_ABOUT,
    *(
        f"{quantity}_{statistic}_{unit}"
        for quantity, _, unit in (measure.rpartition("_") for measure in Measure)
        for statistic in _STATISTICS
    ),
)
"""Of each line: when, for how many seconds, of which card, and what was measured, with units."""

Write = Callable[[Sequence[Any]], object]
Wanted = Sequence[tuple[int, KeptCard]]


def export(arguments: argparse.Namespace, console: Console) -> int:
    """Write the history to stdout or to a file, line by line."""
    from etoile.store.archive import open_archive

    since_s = _since_s(arguments.since)
    path = Path(FOLDERS.user_data_dir) / "metrics.db"
    if not path.exists():
        raise StoreError(
            message("There is no history of GPUs yet."), message("Etoile writes it while it runs in the tray.")
        )
    with open_archive(path, int(time.time())) as archive:
        wanted = _wanted(archive, arguments.gpu)
        if not arguments.output:
            return _to_stdout(archive, wanted, since_s, arguments.format)
        target = Path(arguments.output)
        with _opened(target, force=arguments.force) as file:
            count = _write(archive, wanted, since_s, _writer(file, arguments.format))
    console.note(plural("{count} line written to {path}.", "{count} lines written to {path}.", count, path=str(target)))
    return 0


def _since_s(text: str | None) -> int:
    if text is None:
        return 0
    begin = since(text, datetime.now().astimezone())
    if begin is None:
        raise UsageError(
            message("“{text}” is no time.", text=text),
            message("Write how long ago, such as 24h or 7d, or a date, such as 2026-11-21 or 2026-11-21T14:30."),
        )
    return int(begin.timestamp())


def _wanted(archive: "Archive", named: str | None) -> Wanted:
    """Return the cards to be written, with their ids; those that `named` means, else all."""
    cards = archive.cards()
    if named is None:
        return list(cards.items())
    found = chosen(cards.values(), named)
    if not found:
        known = [f"{card.index} {card.name} {card.uuid}" for card in cards.values()]
        raise UsageError(
            message("No GPU of the history is called “{name}”.", name=named),
            message("It knows: {gpus}.", gpus=known) if known else None,
        )
    return [(number, card) for number, card in cards.items() if card in found]


def _to_stdout(archive: "Archive", wanted: Wanted, since_s: int, form: str) -> int:
    """Write everything to stdout, until whoever reads it has enough."""
    try:
        _write(archive, wanted, since_s, _writer(sys.stdout, form))
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would write what is left when it ends, and fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _write(archive: "Archive", wanted: Wanted, since_s: int, write: Write) -> int:
    """Write the history of every card; return how many lines it has."""
    count = 0
    for number, card in wanted:
        about = (card.uuid, card.host, card.index, card.name, str(card.kind))
        for level, row in archive.rows(number, since_s):
            write(_line(about, level, row))
            count += 1
    return count


def _line(about: Sequence[Any], level: Level, row: "Row") -> list[Any]:
    at = datetime.fromtimestamp(row.at_s).astimezone().isoformat(timespec="seconds")
    line = [at, int(level), *about, row.samples]
    for measure, values in zip(Measure, row.values, strict=True):
        if values is None:
            line += (None, None, None)
        elif measure is Measure.MEMORY:
            line += map(round, values)
        else:
            line += values
    return line


def _writer(file: TextIO, form: str) -> Write:
    """Return what writes a line to `file`; CSV begins with the names of its columns."""
    if form == "csv":
        write: Write = csv.writer(file, lineterminator="\n").writerow
        write(COLUMNS)
        return write
    return lambda line: file.write(json.dumps(dict(zip(COLUMNS, line, strict=True)), ensure_ascii=False) + "\n")


@contextmanager
def _opened(path: Path, *, force: bool) -> Iterator[TextIO]:
    """Open `path` for writing: it appears when it is whole, and replaces another file only by `force`."""
    try:
        path = path.resolve()
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="") as file:  # a pipe, a terminal
                yield file
            return
        if path.exists() and not force:
            raise UsageError(
                message("{path} exists already.", path=str(path)),
                message("Name a file that is not there yet, or add --force to replace it."),
            )
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with unfinished.open("x", encoding="utf-8", newline="") as file:
                yield file
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            message("{path} cannot be written: {error}.", path=str(path), error=error.strerror or str(error))
        ) from error
