"""What engines were seen to take for a model, beside what was estimated."""

from etoile.domain.fit import Calibration
from etoile.store.database import Database

NEAR = 2.0
"""A ratio serves for contexts up to so many times longer or shorter."""


class FitRatios:
    """Keeps in `etoile.db` by how much each model differs from its estimate, the latest figure of each setting."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, model: str, flags: str, context: int, seen: Calibration) -> None:
        """Keep what was `seen`, in place of what was seen before.  Returns at once."""
        row = (model, flags, context, seen.ratio, seen.source, seen.at_s)
        self._database.write(
            lambda connection: connection.execute("INSERT OR REPLACE INTO fit_ratios VALUES (?, ?, ?, ?, ?, ?)", row)
        )

    def nearest(self, model: str, flags: str, context: int) -> Calibration | None:
        """Return what was seen at the context nearest to `context`; None where nothing near was.

        Blocks; raises StoreError.
        """
        row = self._database.read(
            lambda connection: connection.execute(
                "SELECT ratio, source, at_s FROM fit_ratios WHERE model = ? AND flags = ? AND context BETWEEN ? AND ?"
                " ORDER BY abs(context - ?), at_s DESC LIMIT 1",
                (model, flags, context / NEAR, context * NEAR, context),
            ).fetchone()
        )
        return None if row is None else Calibration(ratio=row[0], source=row[1], at_s=row[2])
