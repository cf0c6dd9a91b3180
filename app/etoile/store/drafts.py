"""What is being asked and answered, kept as it comes: a process that dies in the middle loses no word that it had.

A draft lasts until its request is remembered.  One whose process is gone becomes an exchange of the history.
"""

import json
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future

from etoile.domain.effects import Decision
from etoile.domain.nodes import Attribution
from etoile.domain.turn.answering import SEAM
from etoile.store.database import Database

_BEGIN = "INSERT OR IGNORE INTO drafts (process, turn, at_s, request, language) VALUES (?, ?, ?, ?, ?)"
_ADD = "INSERT INTO pieces (draft, text) SELECT id, ? FROM drafts WHERE process = ? AND turn = ?"
_SEPARATE = """
INSERT INTO pieces (draft, text) SELECT id, ? FROM drafts
WHERE process = ? AND turn = ? AND EXISTS (SELECT 1 FROM pieces WHERE draft = drafts.id)
"""
_SIGN = "UPDATE drafts SET attribution = json_insert(attribution, '$[#]', json(?)) WHERE process = ? AND turn = ?"
_END = "DELETE FROM drafts WHERE process = ? AND turn = ?"
_ANSWER = "SELECT group_concat(text, '') FROM (SELECT text FROM pieces WHERE draft = drafts.id ORDER BY id)"
_KEEP = f"""
INSERT INTO exchanges (at_s, request, decision, slots, ok, answer, attribution, language)
SELECT at_s, request, CASE attribution WHEN '[]' THEN NULL ELSE '{Decision.ROUTE}' END, '{{}}', 0, ({_ANSWER}),
       attribution, language
FROM drafts WHERE id = ?
"""  # noqa: S608  # words of ours


def _is_alive(pid: int) -> bool:
    import psutil  # only where drafts were left behind

    return psutil.pid_exists(pid)


class Drafts:
    """Writes them into `etoile.db`; every method returns at once and may be called from any thread.

    `is_alive` tells whether a process goes on: another program's draft is left alone meanwhile.
    """

    def __init__(self, database: Database, is_alive: Callable[[int], bool] = _is_alive) -> None:
        self._database = database
        self._is_alive = is_alive
        self._process = os.getpid()

    def begin(self, turn: int, request: str, language: str | None) -> None:
        """Keep what is asked in `turn`, unless that is kept already."""
        row = (self._process, turn, time.time(), request, language)
        self._database.write(lambda connection: connection.execute(_BEGIN, row))

    def sign(self, turn: int, attribution: Attribution) -> None:
        """Keep who answers from here on; a seam parts that from what another node left unfinished."""
        name = json.dumps({"node": attribution.node, "model": attribution.model})

        def sign(connection: sqlite3.Connection) -> None:
            connection.execute(_SEPARATE, (SEAM, self._process, turn))
            connection.execute(_SIGN, (name, self._process, turn))

        self._database.write(sign)

    def add(self, turn: int, text: str) -> None:
        """Keep a further piece of the answer; of a turn that is over it is worth nothing."""
        self._database.write(lambda connection: connection.execute(_ADD, (text, self._process, turn)))

    def end(self, connection: sqlite3.Connection, turn: int) -> None:
        """Drop the draft of `turn`, which is remembered in the same transaction.  On the thread of the database."""
        connection.execute(_END, (self._process, turn))

    def drop(self) -> None:
        """Drop the drafts of this process: from now on nothing is to be kept.  Returns at once."""

        def drop(connection: sqlite3.Connection) -> bool:
            return connection.execute("DELETE FROM drafts WHERE process = ?", (self._process,)).rowcount > 0

        self._database.tidy(drop)

    def recover(self) -> "Future[int]":
        """Have the drafts of processes that are gone taken into the history; returns how many it were.

        To be called before the first `begin`: what has the number of this process is of one that had it before.
        """

        def recover(connection: sqlite3.Connection) -> int:
            known = connection.execute("SELECT id, process FROM drafts ORDER BY id").fetchall()
            left = [(draft,) for draft, process in known if process == self._process or not self._is_alive(process)]
            connection.executemany(_KEEP, left)
            connection.executemany("DELETE FROM drafts WHERE id = ?", left)
            return len(left)

        return self._database.ask(recover)
