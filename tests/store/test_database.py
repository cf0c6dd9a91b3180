"""One writer, numbered migrations, and a corrupt file that is set aside, never deleted."""

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from etoile.errors import StoreError
from etoile.store.database import Database
from tests.waiting import wait_until

PETS = "CREATE TABLE pets (name TEXT NOT NULL)"
LEGS = "ALTER TABLE pets ADD COLUMN legs INTEGER NOT NULL DEFAULT 4"


def _names(database: Database) -> list[str]:
    return database.read(lambda connection: [name for (name,) in connection.execute("SELECT name FROM pets")])


def _add(database: Database, name: str) -> None:
    database.write(lambda connection: connection.execute("INSERT INTO pets (name) VALUES (?)", (name,)))


def _open(path: Path, migrations: list[str]) -> None:
    with Database(path, migrations) as database:
        database.opened.result()


def test_what_was_written_is_read_afterwards_and_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "pets.db"
    with Database(path, [PETS]) as database:
        _add(database, "Rex")
        assert _names(database) == ["Rex"]
    with Database(path, [PETS]) as database:
        assert _names(database) == ["Rex"]
    assert sqlite3.connect(path).execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "pets.db"
    with Database(path, [PETS]) as database:
        _add(database, "Rex")
        assert _names(database) == ["Rex"]
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (path.parent, *path.parent.iterdir())}
    assert modes == {"data": 0o700, "pets.db": 0o600, "pets.db-wal": 0o600, "pets.db-shm": 0o600}


def test_an_older_file_is_migrated_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "pets.db"
    with Database(path, [PETS]) as database:
        _add(database, "Rex")
    with Database(path, [PETS, LEGS]) as database:
        assert database.read(lambda connection: connection.execute("SELECT * FROM pets").fetchall()) == [("Rex", 4)]


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "pets.db"
    with Database(path, [PETS]) as database:
        _add(database, "Rex")
    with pytest.raises(StoreError, match="cannot be opened"):
        _open(path, [PETS, f"{LEGS}; CREATE TABLE pets (twice TEXT)"])
    with Database(path, [PETS]) as database:
        assert _names(database) == ["Rex"]


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pets.db"
    Database(path, [PETS, LEGS]).close()
    with pytest.raises(StoreError, match="newer Etoile"):
        _open(path, [PETS])


def test_a_corrupt_file_is_set_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "pets.db"
    path.write_bytes(b"this was a database once" * 400)
    with Database(path, [PETS]) as database:
        _add(database, "Rex")
        assert _names(database) == ["Rex"]
        set_aside = database.opened.result()
        assert set_aside is not None
        assert set_aside.read_bytes().startswith(b"this was a database once")
    assert "set aside" in caplog.text
    caplog.clear()


def test_a_write_that_fails_is_rolled_back_whole_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO pets VALUES ('half')")
        connection.execute("INSERT INTO pets VALUES (NULL)")

    with Database(tmp_path / "pets.db", [PETS]) as database:
        database.write(half)
        assert _names(database) == []
        with pytest.raises(StoreError, match="cannot be read"):
            database.read(lambda connection: connection.execute("SELECT * FROM nowhere"))
    assert "NOT NULL" in caplog.text
    caplog.clear()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be opened"):
        _open(tmp_path / "file" / "pets.db", [PETS])


def test_it_opens_in_the_background_and_what_is_asked_of_it_waits(tmp_path: Path) -> None:
    path = tmp_path / "pets.db"
    with Database(path, [PETS]) as database:
        _add(database, "Rex")
    slow = sqlite3.connect(path, isolation_level=None)
    slow.execute("BEGIN IMMEDIATE")  # the migration must wait for this
    with Database(path, [PETS, LEGS]) as database:
        assert not database.opened.done()
        _add(database, "Tom")
        names = database.ask(lambda connection: [name for (name,) in connection.execute("SELECT name FROM pets")])
        assert not names.done()
        slow.execute("COMMIT")
        assert names.result(10) == ["Rex", "Tom"]
        assert database.opened.result() is None
    slow.close()


def test_a_file_that_is_damaged_deep_inside_is_set_aside_and_nothing_new_is_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "pets.db"
    with Database(path, [PETS]) as database:
        database.write(
            lambda connection: connection.executemany(
                "INSERT INTO pets VALUES (?)", [(f"Rex {n}" * 50,) for n in range(500)]
            )
        )
    whole = path.read_bytes()
    path.write_bytes(whole[: 4096 * 9] + bytes(4096 * 3) + whole[4096 * 12 :])
    with Database(path, [PETS]) as database:
        _add(database, "Tom")
        assert _names(database) == ["Tom"]
        set_aside = database.opened.result()
    assert set_aside
    assert set_aside.stat().st_size == len(whole)
    assert "is corrupt" in caplog.text
    caplog.clear()


def test_a_file_that_cannot_be_opened_refuses_all_that_is_asked_of_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with Database(tmp_path / "file" / "pets.db", [PETS]) as database:
        _add(database, "Rex")
        with pytest.raises(StoreError, match="cannot be opened"):
            _names(database)
        assert isinstance(database.ask(lambda connection: None).exception(5), StoreError)


SLOW = "CREATE TABLE slow (n INTEGER CHECK (length(hex(zeroblob(10000000 + n))) > 0))"
"""A row of this takes some 40 ms to be checked."""


def test_a_reader_that_is_to_leave_does_not_wait_for_a_check(tmp_path: Path) -> None:
    path = tmp_path / "pets.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(SLOW)
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.executemany("INSERT INTO slow VALUES (?)", [(n,) for n in range(3000)])
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
    with Database(path, [SLOW]) as database, ThreadPoolExecutor(1) as readers:
        count = readers.submit(database.read, lambda it: it.execute("SELECT max(n) FROM slow").fetchone())
        assert not count.done()

        def has_left() -> bool:
            database.skip_check()
            return count.done()

        wait_until(has_left, 20)
        assert count.result() == (2999,)


def test_nobody_who_leaves_waits_for_a_check(tmp_path: Path) -> None:
    """Closing at any moment of the opening keeps what was handed over, and the file whole."""
    path = tmp_path / "pets.db"
    with Database(path, [PETS]) as database:
        database.write(
            lambda connection: connection.executemany("INSERT INTO pets VALUES (?)", [("Rex" * 99,)] * 20_000)
        )
    for number in range(20):
        database = Database(path, [PETS])
        _add(database, f"Tom {number}")
        wait_until(lambda: database.opened.done() or number % 3)  # noqa: B023  # waited for here
        database.close()
        assert database.opened.result() is None
    with Database(path, [PETS]) as database:
        assert [name for name in _names(database) if name.startswith("Tom")] == [f"Tom {n}" for n in range(20)]
