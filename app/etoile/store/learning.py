"""What learning needs of the history, and what the user said to its offers.

Everything here can be forgotten: what is deleted is overwritten, and the journal emptied (`Database.erase`).
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

from etoile.domain.effects import Decision
from etoile.domain.events import Origin
from etoile.domain.learning.record import Record
from etoile.domain.match import Reason
from etoile.store.database import Database

_MOST_RECORDS = 20_000

Row = dict[str, Any]
Kind = TypeVar("Kind", Decision, Reason)


class Memory:
    """Reads the history for learning, and keeps what was shown and refused, in `etoile.db`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def records(self, since: datetime) -> tuple[Record, ...]:
        """Return what was asked since then, oldest first.  Blocks; raises StoreError."""
        rows = self._database.read(
            lambda connection: connection.execute(
                "SELECT id, at_s, request, origin, language, decision, command, slots, ok, reason, compound, undone"
                " FROM exchanges WHERE at_s >= ? ORDER BY id DESC LIMIT ?",
                (since.timestamp(), _MOST_RECORDS),
            ).fetchall()
        )
        return tuple(map(_record, reversed(rows)))

    def exchanges(self) -> Iterator[Row]:
        """Return the whole history, oldest first, as it is kept.  Blocks; raises StoreError."""
        rows = self._database.read(lambda connection: _rows(connection, "SELECT * FROM exchanges ORDER BY id"))
        for row in rows:
            at = datetime.fromtimestamp(row.pop("at_s")).astimezone().isoformat(timespec="milliseconds")
            kept = {"at": at, **row}
            kept |= {name: json.loads(row[name]) for name in ("slots", "attribution")}
            yield kept | {name: bool(row[name]) for name in ("ok", "compound", "undone")}

    def refused(self) -> frozenset[str]:
        """Return the keys of the offers that the user wants never again.  Blocks; raises StoreError."""
        rows = self._database.read(
            lambda connection: connection.execute("SELECT key FROM offers WHERE refused_s IS NOT NULL").fetchall()
        )
        return frozenset(key for (key,) in rows)

    def suggested(self) -> datetime | None:
        """Return when something was last suggested unasked.  Blocks; raises StoreError."""
        [(at_s,)] = self._database.read(
            lambda connection: connection.execute("SELECT max(shown_s) FROM offers").fetchall()
        )
        return datetime.fromtimestamp(at_s).astimezone() if at_s is not None else None

    def keep_shown(self, key: str, at: datetime) -> None:
        """Keep that the suggestion `key` was shown unasked.  Returns at once."""
        self._keep(key, "shown_s", at.timestamp())

    def refuse(self, key: str) -> None:
        """Keep that the user wants the offer `key` never again.  Returns at once."""
        self._keep(key, "refused_s", time.time())

    def forget(self, key: str, exchanges: Iterable[int]) -> None:
        """Erase what was said to the offer `key`, and the exchanges that it was learned from.  Raises StoreError."""
        ids = [(number,) for number in exchanges]

        def erase(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM offers WHERE key = ?", (key,))
            connection.executemany(
                "DELETE FROM answers WHERE request = (SELECT request FROM exchanges WHERE id = ?)", ids
            )
            connection.executemany("DELETE FROM exchanges WHERE id = ?", ids)

        self._database.erase(erase)

    def forget_all(self) -> int:
        """Erase the whole history, what was made of it, and all said to offers; return how many exchanges it held.

        Raises StoreError.
        """

        def erase(connection: sqlite3.Connection) -> int:
            for table in ("offers", "answers", "conversations", "drafts"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608  # names of ours
            return connection.execute("DELETE FROM exchanges").rowcount

        return self._database.erase(erase)

    def _keep(self, key: str, column: str, at_s: float) -> None:
        self._database.write(
            lambda connection: connection.execute(
                f"INSERT INTO offers (key, {column}) VALUES (?, ?)"  # noqa: S608  # one of two names of ours
                f" ON CONFLICT (key) DO UPDATE SET {column} = excluded.{column}",
                (key, at_s),
            )
        )


def _rows(connection: sqlite3.Connection, query: str) -> list[Row]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _record(row: tuple[Any, ...]) -> Record:
    number, at_s, request, origin, language, decision, command, slots, ok, reason, compound, undone = row
    return Record(
        id=number,
        at=datetime.fromtimestamp(at_s).astimezone(),
        request=request,
        spoken=origin in (Origin.VOICE, Origin.WAKE),
        language=language or "en",
        decision=_known(Decision, decision),
        command=command,
        slots=json.loads(slots),
        ok=bool(ok),
        reason=_known(Reason, reason),
        compound=bool(compound),
        undone=bool(undone),
    )


def _known(kind: type[Kind], value: str | None) -> Kind | None:
    """Return the member of `kind`; None for one that only another version knows."""
    with suppress(ValueError):
        return kind(value) if value is not None else None
    return None
