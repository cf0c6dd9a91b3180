"""The history of the GPUs: a sample every few seconds, by UUID."""

import time
from collections.abc import Iterable

from etoile.domain.gpus import GpuReading
from etoile.store.database import Database

MIGRATION = """
CREATE TABLE samples (
    uuid TEXT NOT NULL,
    at_s REAL NOT NULL,              -- seconds since 1970
    temperature_c INTEGER,           -- NULL is "not reported", never 0
    utilization_percent INTEGER,
    memory_used_bytes INTEGER,
    power_w REAL,
    fan_percent INTEGER,
    PRIMARY KEY (uuid, at_s)
) WITHOUT ROWID
"""


KEPT_S = 35 * 24 * 3600.0
"""A month of history and a little more."""


class Samples:
    """Writes samples to `metrics.db`, and drops those that are too old."""

    def __init__(self, database: Database) -> None:
        self._database = database
        oldest_s = time.time() - KEPT_S
        database.write(lambda connection: connection.execute("DELETE FROM samples WHERE at_s < ?", (oldest_s,)))

    def keep(self, readings: Iterable[GpuReading]) -> None:
        """Keep one sample of each real GPU; simulated ones leave no trace.  Returns at once."""
        now_s = time.time()
        rows = [
            (
                reading.uuid,
                now_s,
                reading.temperature_c,
                reading.utilization_percent,
                reading.memory_used_bytes,
                reading.power_w,
                reading.fan_percent,
            )
            for reading in readings
            if not reading.simulated
        ]
        if rows:
            self._database.write(
                lambda connection: connection.executemany("INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            )
