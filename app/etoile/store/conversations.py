"""The history: what was asked, what came of it, and who answered."""

import json
import sqlite3
import time
from dataclasses import dataclass
from typing import Any

from etoile.domain.effects import Outcome
from etoile.domain.events import Origin
from etoile.domain.match import Match
from etoile.store.database import Database
from etoile.text import render

MIGRATION = """
CREATE TABLE exchanges (
    id INTEGER PRIMARY KEY,
    at_s REAL NOT NULL,              -- seconds since 1970
    request TEXT NOT NULL,
    decision TEXT,                   -- run, ask, propose, refuse, route; NULL when the turn ended before one
    command TEXT,
    slots TEXT NOT NULL,             -- JSON
    ok INTEGER NOT NULL,
    answer TEXT,
    attribution TEXT NOT NULL,       -- JSON: [{"node", "model"}]
    elapsed_ms REAL
);
CREATE INDEX exchanges_at ON exchanges (at_s);
CREATE TABLE confirmed_servers (
    url TEXT PRIMARY KEY,            -- found on this machine, and confirmed by the user
    at_s REAL NOT NULL
)
"""

HOW_IT_WAS_UNDERSTOOD = """
ALTER TABLE exchanges ADD COLUMN language TEXT;
ALTER TABLE exchanges ADD COLUMN origin TEXT;                        -- voice, window, line, ...; NULL before this
ALTER TABLE exchanges ADD COLUMN confidence REAL;                    -- of the match: 0 to 1
ALTER TABLE exchanges ADD COLUMN reason TEXT;                        -- how the match came about, or why there is none
ALTER TABLE exchanges ADD COLUMN compound INTEGER NOT NULL DEFAULT 0;    -- it held further commands
ALTER TABLE exchanges ADD COLUMN undone INTEGER NOT NULL DEFAULT 0
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """An exchange of the history."""

    at_s: float
    request: str
    command: str | None
    ok: bool
    answer: str | None
    nodes: tuple[str, ...]
    decision: str | None = None
    origin: str | None = None
    confidence: float | None = None
    reason: str | None = None
    undone: bool = False


class Conversations:
    """Writes and reads the history in `etoile.db`."""

    def __init__(self, database: Database, language: str) -> None:
        self.database = database
        self._language = language
        self._rows: dict[int, tuple[int | None, float]] = {}
        """Number and time of each turn's row, of this run; the thread of the database alone touches it.

        What is forgotten leaves its number to another: the time tells the two apart.
        """

    def remember(self, outcome: Outcome, origin: Origin | None = None, match: Match | None = None) -> None:
        """Keep what became of a request, where it came from and what it was taken for.  Returns at once."""
        answer = render(outcome.answer, self._language) if outcome.answer else None
        attribution = json.dumps([{"node": part.node, "model": part.model} for part in outcome.attribution])
        row = (
            time.time(),
            outcome.text,
            outcome.decision,
            outcome.command,
            json.dumps(dict(outcome.slots)),
            outcome.ok,
            answer,
            attribution,
            outcome.elapsed_ms,
            outcome.language,
            origin,
            match.confidence if match else None,
            match.reason if match else None,
            bool(match and match.then),
        )

        def insert(connection: sqlite3.Connection) -> None:
            inserted = connection.execute(
                "INSERT INTO exchanges (at_s, request, decision, command, slots, ok, answer, attribution, elapsed_ms,"
                " language, origin, confidence, reason, compound) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            self._rows[outcome.turn] = inserted.lastrowid, row[0]

        self.database.write(insert)

    def mark_undone(self, turn: int) -> None:
        """Keep that what `turn` of this run did was taken back.  Returns at once."""
        self.database.write(
            lambda connection: connection.execute(
                "UPDATE exchanges SET undone = 1 WHERE id = ? AND at_s = ?", self._rows.get(turn, (None, None))
            )
        )

    def latest(self, count: int) -> tuple[Kept, ...]:
        """Return the `count` latest exchanges, newest first.  Blocks; raises StoreError."""
        rows = self.database.read(
            lambda connection: connection.execute(
                "SELECT at_s, request, command, ok, answer, attribution, decision, origin, confidence, reason, undone"
                " FROM exchanges ORDER BY id DESC LIMIT ?",
                (count,),
            ).fetchall()
        )
        return tuple(map(_kept, rows))

    def confirm_server(self, url: str) -> None:
        """Keep that the user wants the server at `url` used.  Returns at once."""
        self.database.write(
            lambda connection: connection.execute(
                "INSERT OR REPLACE INTO confirmed_servers VALUES (?, ?)", (url, time.time())
            )
        )

    def confirmed_servers(self) -> frozenset[str]:
        """Return the addresses of the servers that the user confirmed.  Blocks; raises StoreError."""
        rows = self.database.read(lambda connection: connection.execute("SELECT url FROM confirmed_servers").fetchall())
        return frozenset(url for (url,) in rows)


def _kept(row: tuple[Any, ...]) -> Kept:
    at_s, request, command, ok, answer, attribution, decision, origin, confidence, reason, undone = row
    nodes = tuple(part["node"] for part in json.loads(attribution))
    return Kept(at_s, request, command, bool(ok), answer, nodes, decision, origin, confidence, reason, bool(undone))
