"""Answers that may be given again: bounded in number and age, and forgotten with the history."""

import json
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future

from etoile.domain.exchange import Remembered
from etoile.domain.nodes import Attribution
from etoile.store.database import Database

DAY_S = 86_400.0


class Answers:
    """Keeps answers in `etoile.db` for `days`, and no more than `most` of them; none for 0 days.

    An answer from the future is as worthless as an old one: the clock was set back since, and nobody knows its age.
    """

    def __init__(self, database: Database, *, days: float, most: int, now_s: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now_s = now_s
        self.configure(days=days, most=most)

    def configure(self, *, days: float, most: int) -> None:
        """Keep no more than `most` for `days` from now on, and none for 0 days.  Any thread."""
        self._oldest_s, self._most = days * DAY_S, most

    def find(self, sense: str) -> "Future[Remembered | None]":
        """Have the answer to what asks `sense` looked up; None when there is none.  Returns at once."""
        if not self._oldest_s:
            nothing: Future[Remembered | None] = Future()
            nothing.set_result(None)
            return nothing
        now_s = self._now_s()

        def find(connection: sqlite3.Connection) -> Remembered | None:
            row = connection.execute(
                "SELECT request, answer, attribution, at_s FROM answers WHERE sense = ? AND at_s BETWEEN ? AND ?",
                (sense, now_s - self._oldest_s, now_s),
            ).fetchone()
            if row is None:
                return None
            request, answer, attribution, at_s = row
            names = tuple(Attribution(**part) for part in json.loads(attribution))
            return Remembered(request=request, answer=answer, attribution=names, age_s=now_s - at_s)

        return self._database.ask(find)

    def keep(self, sense: str, request: str, answer: str, attribution: tuple[Attribution, ...]) -> None:
        """Keep `answer`, in place of a former one; the oldest make room.  Returns at once."""
        now_s, most = self._now_s(), self._most if self._oldest_s else 0
        names = json.dumps([{"node": part.node, "model": part.model} for part in attribution])

        def keep(connection: sqlite3.Connection) -> None:
            if most:
                connection.execute(
                    "INSERT OR REPLACE INTO answers (sense, at_s, request, answer, attribution) VALUES (?, ?, ?, ?, ?)",
                    (sense, now_s, request, answer, names),
                )
            connection.execute(
                "DELETE FROM answers WHERE at_s NOT BETWEEN ? AND ? OR sense NOT IN"
                " (SELECT sense FROM answers ORDER BY at_s DESC LIMIT ?)",
                (now_s - self._oldest_s, now_s, most),
            )

        self._database.write(keep)
