"""The history: what was asked, what came of it, who answered, and which of it is one conversation."""

import json
import sqlite3
import time
import unicodedata
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from etoile.domain.effects import Outcome
from etoile.domain.events import ConversationResumed, Origin
from etoile.domain.exchange import Exchange
from etoile.domain.match import Match
from etoile.domain.nodes import Attribution
from etoile.domain.past import PastExchange
from etoile.store.database import Database
from etoile.store.drafts import Drafts
from etoile.text import render

_ALL = (
    "SELECT at_s, request, command, ok, answer, attribution, decision, origin, confidence, reason, undone"
    " FROM exchanges"
)
_PAST = """
SELECT id, at_s, request, answer, ok, attribution, elapsed_ms, undone FROM exchanges
WHERE :wanted = '[]' OR NOT EXISTS (
    SELECT 1 FROM json_each(:wanted) WHERE instr(plain(request || ' ' || coalesce(answer, '')), value) = 0
) ORDER BY id DESC LIMIT :count
"""
_REPEATS = """
SELECT 1 FROM exchanges WHERE at_s >= ? AND command IS NOT NULL
GROUP BY command HAVING count(DISTINCT date(at_s, 'unixepoch', 'localtime')) >= ? LIMIT 1
"""
_HELD = "SELECT 1 FROM exchanges WHERE conversation = ? AND id IN (SELECT value FROM json_each(?))"
_FORGET_ANSWERS = """
DELETE FROM answers WHERE request IN (
    SELECT request FROM exchanges WHERE id IN (SELECT value FROM json_each(?))
)
"""
_FORGET = "DELETE FROM exchanges WHERE id IN (SELECT value FROM json_each(?))"
_LATEST = " ORDER BY id DESC LIMIT ?"


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
        self.drafts = Drafts(database)
        self.language = language
        """In which Etoile's own answers are written down."""
        self._rows: dict[int, tuple[int | None, float]] = {}
        """Number and time of each turn's row, of this run; the thread of the database alone touches it.

        What is forgotten leaves its number to another: the time tells the two apart.
        """
        self._conversation: int | None = None
        """The conversation that goes on, once `resume` was called; the thread of the database alone touches it."""

    def remember(self, outcome: Outcome, origin: Origin | None = None, match: Match | None = None) -> None:
        """Keep what became of a request, where it came from and what it was taken for.  Returns at once."""
        answer = render(outcome.answer, self.language) if outcome.answer else None
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
            outcome.private,
            outcome.place,
        )

        def insert(connection: sqlite3.Connection) -> None:
            inserted = connection.execute(
                "INSERT INTO exchanges (at_s, request, decision, command, slots, ok, answer, attribution, elapsed_ms,"
                " language, origin, confidence, reason, compound, private, place, conversation)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, self._conversation if outcome.place else None),
            )
            self._rows[outcome.turn] = inserted.lastrowid, row[0]
            self.drafts.end(connection, outcome.turn)

        self.database.write(insert)

    def mark_undone(self, turn: int) -> None:
        """Keep that what `turn` of this run did was taken back.  Returns at once."""
        self.database.write(
            lambda connection: connection.execute(
                "UPDATE exchanges SET undone = 1 WHERE id = ? AND at_s = ?", self._rows.get(turn, (None, None))
            )
        )

    def resume(self, rests_s: float) -> "Future[ConversationResumed | None]":
        """Have the last conversation read and gone on with, unless nothing was added to it for `rests_s`.

        From here on what is remembered belongs to a conversation: that one, else a new one.  Returns at once.
        """
        now_s = time.time()

        def resume(connection: sqlite3.Connection) -> ConversationResumed | None:
            row = connection.execute("SELECT id, summary, upto FROM conversations ORDER BY id DESC LIMIT 1").fetchone()
            rows = _rows_of(connection, row[0]) if row else ()
            if row is None or (rows and not now_s - rests_s <= rows[-1][0] <= now_s):
                self._conversation = _begin(connection)
                return None
            self._conversation, summary, upto = row
            exchanges = tuple(_exchange(*told) for _, _, *told in rows if told[-1] > upto)
            private = any(private for _, private, *_ in rows)  # what is in the summary too
            return ConversationResumed(exchanges, summary, upto, private) if exchanges else None

        return self.database.ask(resume)

    def begin_conversation(self) -> None:
        """Let what is remembered from here on belong to a new conversation.  Returns at once."""

        def begin(connection: sqlite3.Connection) -> None:
            now = self._conversation
            if now is not None and (_rows_of(connection, now) or not _is_known(connection, now)):
                self._conversation = _begin(connection)

        self.database.write(begin)

    def keep_summary(self, summary: str, upto: int) -> None:
        """Keep what the conversation was about, up to the exchange at place `upto`.  Returns at once."""
        self.database.write(
            lambda connection: connection.execute(
                "UPDATE conversations SET summary = ?, upto = ? WHERE id = ?", (summary, upto, self._conversation)
            )
        )

    def answered(self, count: int) -> tuple[Kept, ...]:
        """Return the `count` latest exchanges that nodes answered, newest first.  Blocks; raises StoreError."""
        return self._read(_ALL + " WHERE ok AND decision = 'route' AND answer IS NOT NULL" + _LATEST, count)

    def latest(self, count: int) -> tuple[Kept, ...]:
        """Return the `count` latest exchanges, newest first.  Blocks; raises StoreError."""
        return self._read(_ALL + _LATEST, count)

    def find(self, words: str, count: int) -> "Future[tuple[PastExchange, ...]]":
        """Have the `count` latest exchanges read that hold all of `words` in request or answer.  Returns at once.

        Capitals and accents make no difference.
        """
        wanted = json.dumps(plain(words).split())

        def find(connection: sqlite3.Connection) -> tuple[PastExchange, ...]:
            connection.create_function("plain", 1, plain, deterministic=True)
            return tuple(map(_past, connection.execute(_PAST, {"wanted": wanted, "count": count})))

        return self.database.ask(find)

    def repeats(self, since_s: float, days: int) -> "Future[bool]":
        """Have it looked whether one command was asked for on so many days since then.  Returns at once."""
        return self.database.ask(
            lambda connection: connection.execute(_REPEATS, (since_s, days)).fetchone() is not None
        )

    def forget(self, exchanges: Sequence[int]) -> bool:
        """Erase exchanges, and answers kept for the same requests; return whether the conversation held any of them.

        Blocks; raises StoreError.
        """
        ids = json.dumps(exchanges)

        def erase(connection: sqlite3.Connection) -> bool:
            held = connection.execute(_HELD, (self._conversation, ids)).fetchone()
            connection.execute(_FORGET_ANSWERS, (ids,))
            connection.execute(_FORGET, (ids,))
            return held is not None

        return self.database.erase(erase)

    def _read(self, query: str, count: int) -> tuple[Kept, ...]:
        rows = self.database.read(lambda connection: connection.execute(query, (count,)).fetchall())
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


def plain(text: str) -> str:
    """Return `text` without capitals and accents, as it is searched."""
    return "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))


def _past(row: tuple[Any, ...]) -> PastExchange:
    number, at_s, request, answer, ok, attribution, elapsed_ms, undone = row
    return PastExchange(
        id=number,
        at_s=at_s,
        request=request,
        answer=answer,
        ok=bool(ok),
        attribution=tuple(Attribution(node=part["node"], model=part["model"]) for part in json.loads(attribution)),
        elapsed_ms=elapsed_ms,
        undone=bool(undone),
    )


def _begin(connection: sqlite3.Connection) -> int | None:
    return connection.execute("INSERT INTO conversations DEFAULT VALUES").lastrowid


def _is_known(connection: sqlite3.Connection, conversation: int) -> bool:
    """Whether there is such a conversation; one that was forgotten is none."""
    found = connection.execute("SELECT 1 FROM conversations WHERE id = ?", (conversation,)).fetchone()
    return found is not None


def _rows_of(connection: sqlite3.Connection, conversation: int) -> Sequence[tuple[Any, ...]]:
    """Return time, privacy, request, answer, attribution and place of each exchange of `conversation`, oldest first."""
    return connection.execute(
        "SELECT at_s, private, request, answer, attribution, place FROM exchanges"
        " WHERE conversation = ? AND place IS NOT NULL ORDER BY id",
        (conversation,),
    ).fetchall()


def _exchange(request: str, answer: str | None, attribution: str, place: int) -> Exchange:
    names = tuple(Attribution(node=part["node"], model=part["model"]) for part in json.loads(attribution))
    return Exchange(request, answer or "", names, place)
