"""Cards that are sampled by a clock of the test: for the tests of the history, and to fill one with a year."""

import math
import random
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from etoile.domain.gpus import GpuReading
from etoile.store import sample_tables
from etoile.store.database import Database
from etoile.store.samples import Samples

NOON_S = 1_795_262_400
"""2026-11-21 12:00:00 UTC: the beginning of a minute and of a quarter of an hour."""


class Clocks:
    """The time of day, which may be set, and the clock that never is."""

    def __init__(self, now_s: float = NOON_S) -> None:
        self.now_s, self.monotonic_s = now_s, 5000.0

    def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.now_s += seconds
        self.monotonic_s += seconds


def reading(number: int = 0, **values: object) -> GpuReading:
    """Return a reading of a card that reports everything."""
    about = {
        "uuid": f"GPU-{number}",
        "index": number,
        "name": f"RTX {number}",
        "host": "athena",
        "temperature_c": 60,
        "utilization_percent": 50,
        "memory_used_bytes": 8 << 30,
        "memory_total_bytes": 24 << 30,
        "power_w": 200.5,
        "fan_percent": 40,
    }
    return GpuReading(**(about | values))  # type: ignore[arg-type]


def open_samples(database: Database, clocks: Clocks) -> Samples:
    """Return what writes by these clocks."""
    return Samples(database, now_s=lambda: clocks.now_s, monotonic_s=lambda: clocks.monotonic_s)


def open_database(folder: Path) -> Database:
    """Return the database of `folder`."""
    return Database(folder / "metrics.db", sample_tables.MIGRATIONS)


def fill_a_year(path: Path, cards: Sequence[GpuReading], until_s: int | None = None, seed: int = 1) -> None:
    """Write a year of made-up history of `cards` into the new file `path`, as if Etoile had run all the time.

    The load comes in working hours, temperatures follow it; there are nights off and a holiday.
    """
    until_s = until_s or int(time.time())
    with Database(path, sample_tables.MIGRATIONS) as database:
        database.opened.result()
    chance = random.Random(seed)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    for number, card in enumerate(cards, start=1):
        connection.execute(
            "INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                card.uuid,
                card.host,
                card.name,
                card.index,
                card.kind,
                card.memory_total_bytes,
                card.power_limit_w,
                until_s,
            ),
        )
    day_s, quarter_s = until_s - 86400, until_s - 365 * 86400
    for table, step_s, since_s in (
        ("quarters", 900, quarter_s),
        ("minutes", 60, day_s),
        ("seconds", 1, until_s - 3600),
    ):
        for at_s in range(since_s // step_s * step_s, until_s, step_s):
            _fill_one(connection, table, at_s, step_s, cards, chance)
    for level, table in ((1, "seconds"), (60, "minutes")):
        connection.execute(f"UPDATE rolled SET id = (SELECT max(id) FROM {table}) WHERE level = ?", (level,))  # noqa: S608  # ours
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _fill_one(
    connection: sqlite3.Connection,
    table: str,
    at_s: int,
    step_s: int,
    cards: Sequence[GpuReading],
    chance: random.Random,
) -> None:
    day, hour = divmod(at_s / 86400, 1)
    if (int(day) % 11 == 3 and hour < 0.25) or int(day) % 365 in range(200, 215):
        return
    rows = []
    for number, card in enumerate(cards, start=1):
        busy = max(0.0, math.sin((hour - 0.2) * 2 * math.pi)) * (0.6 + 0.4 * math.sin(at_s / 700 + number))
        spread = min(1.0, step_s / 900) * 0.2
        total_mib = (card.memory_total_bytes or 0) >> 20
        middles = (
            (34 + 46 * busy + 4 * math.sin(day / 40)) * 10,
            1000 * busy,
            total_mib * (0.1 + 0.75 * (busy > 0.2)),
            (card.power_limit_w or 300) * (0.06 + 0.9 * busy) * 10,
            max(0.0, busy * 900 - 100),
        )
        most = (1000, 1000, total_mib, 1 << 30, 1000)
        values = [
            min(top, max(0, round(middle * (1 + chance.uniform(-0.01, 0.01)))))
            for middle, top in zip(middles, most, strict=True)
        ]
        if table == "seconds":
            rows.append((None, at_s, number, *values))
        else:
            key = at_s // 900 if table == "quarters" else None
            around = [
                part
                for value, top in zip(values, most, strict=True)
                for part in (round(value * (1 - spread)), value, min(top, round(value * (1 + spread))))
            ]
            rows.append((key, at_s, number, step_s, *around))
    places = ", ".join("?" * len(rows[0]))
    connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608  # a table of ours
