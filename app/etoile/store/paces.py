"""How fast models usually answer, kept over a restart: a row for each model on each server."""

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict

from etoile.domain.routing.usual import LASTS_S, UsualPace
from etoile.store.database import Database

_KEEP = "INSERT OR REPLACE INTO paces VALUES (:url, :model, :first_token_s, :tokens_per_s, :at_s)"


class Paces:
    """Keeps them in `etoile.db`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> Sequence[UsualPace]:
        """Return all of them.  Blocks; raises StoreError."""

        def rows(connection: sqlite3.Connection) -> Sequence[UsualPace]:
            found = connection.execute("SELECT url, model, first_token_s, tokens_per_s, at_s FROM paces")
            return [
                UsualPace(url=url, model=model, first_token_s=first_s, tokens_per_s=rate, at_s=at_s)
                for url, model, first_s, rate, at_s in found
            ]

        return self._database.read(rows)

    def keep(self, paces: Sequence[UsualPace], now_s: float) -> None:
        """Keep `paces` in place of what was known of their models, and drop what nobody goes by any more.

        `now_s` is the time of day, in seconds since 1970.  Returns at once.
        """

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany(_KEEP, [asdict(pace) for pace in paces])
            connection.execute("DELETE FROM paces WHERE at_s < ?", (now_s - LASTS_S,))

        self._database.write(write)
