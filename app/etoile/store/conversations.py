"""The history: what was asked, what came of it, and who answered."""

import json
import time
from dataclasses import dataclass

from etoile.domain.effects import Outcome
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


@dataclass(frozen=True, slots=True)
class Kept:
    """An exchange of the history."""

    at_s: float
    request: str
    command: str | None
    ok: bool
    answer: str | None
    nodes: tuple[str, ...]


class Conversations:
    """Writes and reads the history in `etoile.db`."""

    def __init__(self, database: Database, language: str) -> None:
        self._database = database
        self._language = language

    def remember(self, outcome: Outcome) -> None:
        """Keep what became of a request.  Returns at once."""
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
        )
        self._database.write(
            lambda connection: connection.execute(
                "INSERT INTO exchanges (at_s, request, decision, command, slots, ok, answer, attribution, elapsed_ms)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        )

    def latest(self, count: int) -> tuple[Kept, ...]:
        """Return the `count` latest exchanges, newest first.  Blocks; raises StoreError."""
        rows = self._database.read(
            lambda connection: connection.execute(
                "SELECT at_s, request, command, ok, answer, attribution FROM exchanges ORDER BY id DESC LIMIT ?",
                (count,),
            ).fetchall()
        )
        return tuple(
            Kept(at_s, request, command, bool(ok), answer, tuple(part["node"] for part in json.loads(attribution)))
            for at_s, request, command, ok, answer, attribution in rows
        )

    def confirm_server(self, url: str) -> None:
        """Keep that the user wants the server at `url` used.  Returns at once."""
        self._database.write(
            lambda connection: connection.execute(
                "INSERT OR REPLACE INTO confirmed_servers VALUES (?, ?)", (url, time.time())
            )
        )

    def confirmed_servers(self) -> frozenset[str]:
        """Return the addresses of the servers that the user confirmed.  Blocks; raises StoreError."""
        rows = self._database.read(
            lambda connection: connection.execute("SELECT url FROM confirmed_servers").fetchall()
        )
        return frozenset(url for (url,) in rows)
