"""A SQLite database with one writer: a thread that owns the connection, in WAL, with numbered migrations.

`etoile.db` and `metrics.db` are two of these.  Rooms hand writes over and go on; readers wait for their rows.  A file
that SQLite finds corrupt is set aside under another name, and told: nothing of it is deleted.
"""

import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from etoile.errors import StoreError
from etoile.text import message

log = logging.getLogger(__name__)

Result = TypeVar("Result")
Work = Callable[[sqlite3.Connection], object]
Do = Callable[[sqlite3.Connection, Work], object]
"""How a piece of work is done."""

OPEN_S = 60.0
"""So long a reader waits for the file to be checked and opened: a large one on a slow disk takes its time."""
READ_S = 5.0
"""A reader that then waited this long for its rows gives up: the disk is stuck."""


class Database:
    """One SQLite file and the thread `store` that opens, reads and writes it.

    `migrations[n]` is the SQL that brings the file from version n to n + 1.  Making one returns at once, however large
    the file: what is asked of it waits until it is open.
    """

    def __init__(self, path: Path, migrations: Sequence[str]) -> None:
        self.path = path
        self.opened: Future[Path | None] = Future()
        """Where a corrupt file was put, None if there was none; or the StoreError of a file that can neither be opened
        nor set aside."""
        self._work: queue.SimpleQueue[tuple[Do, Work, Future[object]] | None] = queue.SimpleQueue()
        self.rests = False
        """Whether nothing is to be written any more; what is asked and erased goes on.  Set from any thread."""
        self._skipping = False
        self._checked: sqlite3.Connection | None = None
        """The connection, while its file is checked."""
        self._thread = threading.Thread(
            target=self._run, args=(tuple(migrations),), name=f"store {path.name}", daemon=True
        )
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, work: Work) -> None:
        """Do `work` in a transaction, later, unless the database rests; a failure is logged.  Returns at once."""
        if not self.rests:
            self._work.put((_in_a_transaction, work, Future()))

    def ask(self, work: Callable[[sqlite3.Connection], Result]) -> "Future[Result]":
        """Have `work` read, after everything written so far.  Returns at once.

        What it returns tells those who wait for it on the thread of the store.
        """
        return self._later(_in_a_transaction, work)

    def read(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Return what `work` reads, after everything written so far.  Blocks; raises StoreError."""
        return self._done(_in_a_transaction, work)

    def erase(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Return what `work`, which deletes, returns; of what it deleted nothing stays in the file or its journal.

        Blocks; raises StoreError.
        """
        return self._done(_without_a_trace, work)

    def tidy(self, work: Callable[[sqlite3.Connection], bool]) -> None:
        """Do `work`, later; where it erased something nothing of that stays in the file.  Returns at once."""
        self._work.put((_tidied, work, Future()))

    def _done(self, do: Do, work: Callable[[sqlite3.Connection], Result]) -> Result:
        done = self._later(do, work)
        try:
            self.opened.result(OPEN_S)
            return done.result(READ_S)
        except (sqlite3.Error, TimeoutError) as error:
            raise StoreError(
                message("{path} cannot be read: {error}.", path=str(self.path), error=str(error) or "timeout")
            ) from error

    def _later(self, do: Do, work: Callable[[sqlite3.Connection], Result]) -> "Future[Result]":
        done: Future[Result] = Future()
        self._work.put((do, work, done))  # type: ignore[arg-type]  # the future takes what `work` gives
        return done

    def skip_check(self) -> None:
        """Leave the check of a large file for the next time: whoever waits for it is to end.  Any thread."""
        self._skipping = True
        if checked := self._checked:
            with suppress(sqlite3.ProgrammingError):
                checked.interrupt()

    def close(self) -> None:
        """Finish what was handed over, and close the file, checked or not."""
        self.skip_check()
        self._work.put(None)
        self._thread.join()

    def _run(self, migrations: tuple[str, ...]) -> None:
        try:
            connection, set_aside = self._open(migrations)
        except (OSError, sqlite3.Error) as error:
            self._refuse(
                StoreError(
                    message("{path} cannot be opened: {error}.", path=str(self.path), error=str(error)),
                    message("Check that the folder can be written and that the disk is not full."),
                )
            )
            return
        except Exception as error:  # noqa: BLE001  # whoever waits for it gets an answer, whatever went wrong
            self._refuse(error)
            return
        self.opened.set_result(set_aside)
        while (item := self._work.get()) is not None:
            _do(connection, *item)
        connection.close()

    def _refuse(self, error: Exception) -> None:
        """Tell everybody that the file could not be opened."""
        self.opened.set_exception(error)
        while (item := self._work.get()) is not None:
            item[2].set_exception(error)

    def _open(self, migrations: tuple[str, ...]) -> tuple[sqlite3.Connection, Path | None]:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_private(self.path)
        try:
            return self._connect(migrations), None
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            set_aside = _set_aside(self.path)
            _make_private(self.path)
            log.warning("%s is corrupt (%s); set aside as %s", self.path, error, set_aside)
            return self._connect(migrations), set_aside

    def _connect(self, migrations: tuple[str, ...]) -> sqlite3.Connection:
        """Return a connection, its file checked and brought to the newest version."""
        connection = sqlite3.connect(self.path, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            if not self._is_whole(connection):
                raise sqlite3.DatabaseError("quick_check failed")
            _migrate(connection, self.path, migrations)
        except BaseException:
            connection.close()
            raise
        return connection

    def _is_whole(self, connection: sqlite3.Connection) -> bool:
        """Tell whether SQLite finds the file whole; while the app ends nobody waits for that."""
        self._checked = connection
        try:
            return self._skipping or connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        except sqlite3.OperationalError:
            if self._skipping:
                return True
            raise
        finally:
            self._checked = None


def _make_private(path: Path) -> None:
    """Let nobody but the owner read what was asked and answered; SQLite gives its journals the mode of the file."""
    path.touch(mode=0o600)
    path.chmod(0o600)


def _migrate(connection: sqlite3.Connection, path: Path, migrations: tuple[str, ...]) -> None:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(migrations):
        raise StoreError(
            message("{path} was written by a newer Etoile (version {version}).", path=str(path), version=version),
            message("Update Etoile, or move the file away to begin a new one."),
        )
    for number, statements in enumerate(migrations[version:], start=version + 1):
        connection.executescript(f"BEGIN; {statements}; PRAGMA user_version = {number}; COMMIT;")


def _set_aside(path: Path) -> Path:
    """Rename the corrupt file and its journal; return the new name."""
    aside = path.with_name(f"{path.name}.corrupt-{time.strftime('%Y%m%d-%H%M%S')}")
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        journal = path.with_name(path.name + suffix)
        if journal.exists():
            journal.rename(aside.with_name(aside.name + suffix))
    return aside


def _do(connection: sqlite3.Connection, do: Do, work: Work, done: "Future[object]") -> None:
    """Do `work`; its result or its failure goes to `done`."""
    try:
        result = do(connection, work)
    except Exception as error:  # noqa: BLE001  # whatever the work raised, its transaction ends and its reader hears of it
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        log.error("the store failed: %s", error)
        done.set_exception(error)
    else:
        done.set_result(result)


def _in_a_transaction(connection: sqlite3.Connection, work: Work) -> object:
    connection.execute("BEGIN")
    result = work(connection)
    connection.execute("COMMIT")
    return result


def _without_a_trace(connection: sqlite3.Connection, work: Work) -> object:
    """Do `work`, then write the file anew and empty its journal: deleting alone leaves the words on the disk."""
    result = _in_a_transaction(connection, work)
    if not _write_anew(connection):
        raise sqlite3.OperationalError("another program is reading it, and the journal is not empty yet")
    return result


def _tidied(connection: sqlite3.Connection, work: Work) -> object:
    """Do `work`, and what `_without_a_trace` does where it erased something: the file is large."""
    if erased := _in_a_transaction(connection, work):
        _write_anew(connection)
    return erased


def _write_anew(connection: sqlite3.Connection) -> bool:
    """Leave nothing in the file but what it holds; return whether the journal is empty as well."""
    connection.execute("VACUUM")
    [busy, *_] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy
