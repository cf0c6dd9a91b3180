"""How fast models answered, measurement by measurement."""

import sqlite3
from dataclasses import asdict
from typing import Any

from etoile.domain.benches import METHOD, Bench
from etoile.store.database import Database

KEPT = 1000
"""Measurements of one model on one node; older ones are dropped."""

_INSERT = """
INSERT OR REPLACE INTO benches VALUES (
    :node, :model, :at_s, :method, :rounds, :prompt_tokens, :output_tokens, :prompt_per_s, :output_per_s,
    :first_token_s, :load_s, :spread_percent, :by_server, :gpu_share, :digest
)
"""
_DROP = """
DELETE FROM benches WHERE node = :node AND model = :model AND at_s <= (
    SELECT at_s FROM benches WHERE node = :node AND model = :model ORDER BY at_s DESC LIMIT 1 OFFSET :kept
)
"""
_SELECT = """
SELECT node, model, at_s, rounds, prompt_tokens, output_tokens, prompt_per_s, output_per_s, first_token_s, load_s,
    spread_percent, by_server, gpu_share, digest
FROM benches WHERE node = ? AND model = ? AND method = ? ORDER BY at_s
"""


class Benches:
    """Keeps measurements in `etoile.db`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, bench: Bench) -> None:
        """Keep a measurement.  Returns at once."""
        row = asdict(bench) | {"method": METHOD, "kept": KEPT}
        self._database.write(lambda connection: (connection.execute(_INSERT, row), connection.execute(_DROP, row)))

    def of(self, node: str, model: str) -> tuple[Bench, ...]:
        """Return the measurements of `model` on `node`, oldest first.  Blocks; raises StoreError."""

        def read(connection: sqlite3.Connection) -> tuple[Bench, ...]:
            rows = connection.execute(_SELECT, (node, model, METHOD))
            names = [column[0] for column in rows.description]
            return tuple(_bench(dict(zip(names, row, strict=True))) for row in rows)

        return self._database.read(read)


def _bench(row: dict[str, Any]) -> Bench:
    return Bench(**row | {"by_server": bool(row["by_server"])})
