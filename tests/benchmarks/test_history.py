"""The history of the GPUs: how large a year is, how long it takes to be checked and read, and what is written a day."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from etoile.domain.history import DAY_S, HOUR_S, Span
from etoile.store.sample_rows import read_history
from tests.store.sampling import NOON_S, Clocks, fill_a_year, open_database, open_samples, reading

CARDS = [6, 64]


@pytest.fixture(scope="module", params=CARDS)
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """Return how many cards have a year of history in a file, and the file."""
    path = tmp_path_factory.mktemp("year") / "metrics.db"
    fill_a_year(path, [reading(number) for number in range(request.param)], until_s=NOON_S)
    return request.param, path


@pytest.fixture
def connection(year: tuple[int, Path]) -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(year[1])
    yield opened
    opened.close()


def test_size(benchmark: Any, year: tuple[int, Path]) -> None:
    benchmark.group = f"history: a year of {year[0]} cards"
    benchmark.extra_info |= {"value": year[1].stat().st_size / 1e6, "unit": "MB"}
    benchmark.pedantic(lambda: None, rounds=1)


def test_check(benchmark: Any, year: tuple[int, Path], connection: sqlite3.Connection) -> None:
    benchmark.group = f"history: quick_check, {year[0]} cards"
    benchmark.pedantic(lambda: connection.execute("PRAGMA quick_check").fetchone(), rounds=5)


@pytest.mark.parametrize("span", Span)
def test_chart(benchmark: Any, year: tuple[int, Path], connection: sqlite3.Connection, span: Span) -> None:
    benchmark.group = f"history: chart of a {span.name.lower()}, {year[0]} cards"
    benchmark.pedantic(lambda: read_history(connection, "GPU-3", span, NOON_S), rounds=10)


@pytest.mark.parametrize("cards", CARDS)
def test_written(benchmark: Any, cards: int, tmp_path: Path) -> None:
    """Hours of samples a second, of which the last two count: by then seconds are dropped as well."""
    benchmark.group = f"history: written a day, {cards} cards"
    clocks = Clocks()
    with open_database(tmp_path) as database, open_samples(database, clocks) as samples:

        def run(seconds: int) -> None:
            for _ in range(seconds):
                heat = int(clocks.now_s) % 40
                samples.keep([reading(card, temperature_c=50 + heat, power_w=90.0 + heat) for card in range(cards)])
                clocks.passes(1)
            samples.flush()
            database.read(lambda connection: None)

        run(3 * HOUR_S // 2)
        before = _written_bytes()
        benchmark.pedantic(run, args=(HOUR_S,), rounds=1)
        written = _written_bytes() - before
    benchmark.extra_info |= {"value": written * DAY_S / HOUR_S / 1e6, "unit": "MB"}


def _written_bytes() -> int:
    """Return what this process handed to the system to be written, so far."""
    counters = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(counters["wchar"])
