"""How long the history is kept, and how large it may become: what is older, or too much, is erased, the oldest first.

Recordings without text are not the history's: see `etoile.speech.unfinished`.
"""

import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

from etoile.store.database import Database

log = logging.getLogger(__name__)

DAY_S, MB = 86_400.0, 1_000_000
STEP_S = 2.0
"""What the two clocks may drift apart from one look to the next."""
_BATCH = 20
"""Rows that are erased at a time, until the file is small enough."""
_LEFT = 0.9
"""Of the size that is allowed, so that not every further request erases one."""

_DROP_ANSWERS = "DELETE FROM answers WHERE at_s < ?"
_DROP_OLD = "DELETE FROM exchanges WHERE at_s < ?"
_DROP_OLDEST_ANSWERS = "DELETE FROM answers WHERE sense IN (SELECT sense FROM answers ORDER BY at_s LIMIT ?)"
_DROP_OLDEST = "DELETE FROM exchanges WHERE id IN (SELECT id FROM exchanges ORDER BY id LIMIT ?)"
_DROP_EMPTY = """
DELETE FROM conversations WHERE id < (SELECT max(id) FROM conversations)
AND id NOT IN (SELECT conversation FROM exchanges WHERE conversation IS NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of the history is kept; 0 is without a bound."""

    days: float = 0.0
    megabytes: float = 0.0


class Retention:
    """Erases from `etoile.db` what is beyond `bounds`; `look` is to be called now and then.

    By age nothing is erased unless the clock went without a step since the last look: one that is wrong by years must
    not cost the history.
    """

    def __init__(
        self,
        database: Database,
        bounds: Bounds,
        now_s: Callable[[], float] = time.time,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self.bounds = bounds
        """May be set from any thread; counts from the next look on."""
        self._now_s, self._monotonic_s = now_s, monotonic_s
        self._apart_s = now_s() - monotonic_s()

    def look(self) -> None:
        """Have erased what is beyond the bounds.  Returns at once."""
        apart_s = self._now_s() - self._monotonic_s()
        is_steady, self._apart_s = abs(apart_s - self._apart_s) <= STEP_S, apart_s
        days, megabytes = self.bounds.days, self.bounds.megabytes
        oldest_s = self._now_s() - days * DAY_S if days and is_steady else None
        if oldest_s is not None or megabytes:
            self._database.tidy(lambda connection: _erase(connection, oldest_s, megabytes * MB))


def _erase(connection: sqlite3.Connection, oldest_s: float | None, most_bytes: float) -> bool:
    """Erase what is too old or too much; return whether there was any."""
    erased = 0
    if oldest_s is not None:
        connection.execute(_DROP_ANSWERS, (oldest_s,))
        erased += connection.execute(_DROP_OLD, (oldest_s,)).rowcount
    if most_bytes and _used_bytes(connection) > most_bytes:
        # Answers to be given again go first: they alone must not cost the history.
        for drop in (_DROP_OLDEST_ANSWERS, _DROP_OLDEST):
            while _used_bytes(connection) > most_bytes * _LEFT:
                dropped = connection.execute(drop, (_BATCH,)).rowcount
                if not dropped:
                    break
                erased += dropped
    if erased:
        connection.execute(_DROP_EMPTY)
        log.info("%d requests and answers of the history were beyond what is to be kept", erased)
    return bool(erased)


def _used_bytes(connection: sqlite3.Connection) -> int:
    """Return how much of the file is in use: what was erased in this transaction is not."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)
