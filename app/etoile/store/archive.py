"""Reads the whole history of the GPUs, beside the app that writes it or without one."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from etoile.domain.history import DAY_S, HOUR_S, KeptCard, Level
from etoile.errors import StoreError
from etoile.store.database import Database
from etoile.store.sample_rows import Row, kept_cards, read_rows
from etoile.store.sample_tables import MIGRATIONS
from etoile.text import message

FOREVER_S = 1 << 40


class Archive:
    """The history of every card.  No transaction outlasts a call of `rows`' iterator that reads from the file.

    Raises StoreError where the file cannot be read.
    """

    def __init__(self, connection: sqlite3.Connection, now_s: int) -> None:
        self._connection = connection
        quarters_until_s = (now_s - DAY_S) // Level.QUARTER * Level.QUARTER
        minutes_until_s = (now_s - HOUR_S) // Level.MINUTE * Level.MINUTE
        self._spans = (
            (Level.QUARTER, 0, quarters_until_s),
            (Level.MINUTE, quarters_until_s, minutes_until_s),
            (Level.SECOND, minutes_until_s, FOREVER_S),
        )

    def cards(self) -> dict[int, KeptCard]:
        """Return every card by its id."""
        return kept_cards(self._connection)

    def rows(self, card: int, since_s: int) -> Iterator[tuple[Level, Row]]:
        """Yield the history of a card from `since_s` on, oldest first, each time as finely as it is kept.

        A year of one card is held in memory at most, and no time twice.
        """
        for level, begin_s, end_s in self._spans:
            if since_s < end_s:
                # Read at once: whoever takes the rows may pause, and the journal of the app must not grow meanwhile.
                for row in list(read_rows(self._connection, card, level, level, max(begin_s, since_s), end_s)):
                    yield level, row


@contextmanager
def open_archive(path: Path, now_s: int) -> Iterator[Archive]:
    """Open the history in the file `path` for reading, as it is at `now_s`.  Raises StoreError."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            [version] = connection.execute("PRAGMA user_version").fetchone()
            if version != len(MIGRATIONS):
                _migrate(path)
            connection.execute("PRAGMA query_only = ON")
            yield Archive(connection, now_s)
    except sqlite3.Error as error:
        raise StoreError(message("{path} cannot be read: {error}.", path=str(path), error=str(error))) from error


def _migrate(path: Path) -> None:
    """Bring a file of an older version up to date.  Raises StoreError for one of a newer version."""
    with Database(path, MIGRATIONS) as database:
        database.opened.result()
