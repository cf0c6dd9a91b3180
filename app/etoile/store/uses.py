"""When each model was last asked, read from the history of requests."""

from etoile.store.database import Database

_LAST = """
SELECT json_extract(part.value, '$.model'), max(at_s)
FROM exchanges, json_each(exchanges.attribution) AS part
WHERE json_extract(part.value, '$.node') = ?
GROUP BY 1
"""


class Uses:
    """What the history in `etoile.db` tells of models."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_s(self, node: str) -> dict[str, float]:
        """Return when each model last answered on `node`, in seconds since 1970.  Blocks; raises StoreError."""
        rows = self._database.read(lambda connection: connection.execute(_LAST, (node,)).fetchall())
        return {model: at_s for model, at_s in rows if model is not None}

    def since_s(self) -> float | None:
        """Return when the history begins; None where there is none.  Blocks; raises StoreError."""
        row = self._database.read(lambda connection: connection.execute("SELECT min(at_s) FROM exchanges").fetchone())
        since_s: float | None = row[0]
        return since_s
