"""Settings and history go into a file and come back; nothing is lost, whatever the file holds."""

import hashlib
import json
import sqlite3
import stat
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from etoile.config import FOLDERS
from etoile.ipc import endpoint
from etoile.store.database import Database
from etoile.store.tables import MIGRATIONS

SETTINGS = """\
# Mine.
[[nodes]]
name = "M1"
url = "http://me:secret-word@10.5.0.2:1234"
key = "env:M1_KEY"
"""
ALIASES = "[[alias]]\n"


def data() -> Path:
    return Path(FOLDERS.user_data_dir)


def history(count: int) -> None:
    """Write a history with `count` requests, as the app would."""
    with Database(data() / "etoile.db", MIGRATIONS) as database:
        database.write(lambda connection: connection.execute("DROP TABLE IF EXISTS story"))
        database.write(lambda connection: connection.execute("CREATE TABLE story (line)"))
        database.write(lambda connection: connection.executemany("INSERT INTO story VALUES (?)", [(1,)] * count))
        database.read(lambda connection: connection.execute("SELECT 1").fetchone())


def counted() -> int:
    with closing(sqlite3.connect(data() / "etoile.db")) as database:
        return int(database.execute("SELECT count(*) FROM story").fetchone()[0])


def own_aliases() -> Path:
    return Path(FOLDERS.user_config_dir) / "commands" / "aliases.toml"


@pytest.fixture
def home(etoile: Any) -> Any:
    """Give a command line whose user has settings, an alias and a history of three requests."""
    etoile.settings.write_text(SETTINGS)
    own_aliases().parent.mkdir(parents=True)
    own_aliases().write_text(ALIASES)
    history(3)
    return etoile


@pytest.fixture
def file(home: Any, tmp_path: Path) -> Path:
    """Give the backup of that user."""
    path = tmp_path / "saved.etoile"
    assert home("backup", str(path)) == 0
    return path


def test_a_backup_holds_settings_and_history_and_no_secret(home: Any, file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        everything = b"".join(archive.read(name) for name in names)
    assert names == {"manifest.json", "settings/config.toml", "settings/commands/aliases.toml", "data/etoile.db"}
    assert b"secret-word" not in everything
    assert b"http://10.5.0.2:1234" in everything


@pytest.mark.skipif(sys.platform == "win32", reason="the bits are those of Unix")
def test_a_backup_is_for_its_owner_alone(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_was_lost_comes_back_and_what_is_replaced_is_kept(home: Any, file: Path) -> None:
    home.settings.write_text("[window]\ntheme = 'dark'\n")
    own_aliases().unlink()
    history(1)
    assert home("restore", str(file), "--yes", "--json") == 0
    [line] = home.lines
    assert "secret-word" not in home.settings.read_text()
    assert "# Mine." in home.settings.read_text()
    assert own_aliases().read_text() == ALIASES
    assert counted() == 3
    kept = {path.name: path for folder in line["kept"] for path in Path(folder).rglob("*") if path.is_file()}
    assert "theme = 'dark'" in kept["config.toml"].read_text()
    with closing(sqlite3.connect(kept["etoile.db"])) as before:
        assert before.execute("SELECT count(*) FROM story").fetchone() == (1,)


def test_a_second_backup_does_not_hold_what_the_first_restore_kept(home: Any, file: Path, tmp_path: Path) -> None:
    assert home("restore", str(file), "--yes") == 0
    assert home("backup", str(tmp_path / "again.etoile"), "--json") == 0
    assert set(home.lines[0]["files"]) == {"settings/config.toml", "settings/commands/aliases.toml", "data/etoile.db"}


def test_a_backup_while_the_history_is_written_is_whole(home: Any, tmp_path: Path) -> None:
    with Database(data() / "etoile.db", MIGRATIONS) as database:
        database.write(lambda connection: connection.executemany("INSERT INTO story VALUES (?)", [(1,)] * 1000))
        database.read(lambda connection: connection.execute("SELECT 1").fetchone())
        assert home("backup", str(tmp_path / "busy.etoile")) == 0
    assert home("restore", str(tmp_path / "busy.etoile"), "--yes") == 0
    assert counted() == 1003


def test_nothing_is_put_back_while_etoile_runs_or_unless_somebody_agrees(home: Any, file: Path) -> None:
    held = endpoint.lock(endpoint.runtime_folder())
    assert held is not None
    with held:
        assert home("restore", str(file), "--yes") == 2
    assert "etoile quit" in home.err
    assert home("restore", str(file)) == 2
    assert "--yes" in home.err
    assert counted() == 3


def test_a_file_that_is_there_is_not_overwritten(home: Any, file: Path) -> None:
    before = file.read_bytes()
    assert home("backup", str(file)) == 2
    assert "exists already" in home.err
    assert file.read_bytes() == before


def rewritten(file: Path, change: Callable[[dict[str, bytes]], object], *, honest: bool = True) -> None:
    """Change what is in the backup; an `honest` one has the sums of what it holds then."""
    with zipfile.ZipFile(file) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    change(held)
    manifest = json.loads(held.pop("manifest.json"))
    if honest:
        sums = {
            name: {"size_bytes": len(held[name]), "sha256": hashlib.sha256(held[name]).hexdigest()} for name in held
        }
        manifest["files"] = sums
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, content in held.items():
            archive.writestr(name, content)


def newer(held: dict[str, bytes]) -> None:
    held["manifest.json"] = json.dumps({**json.loads(held["manifest.json"]), "etoile_backup": 99}).encode()


def newer_history(held: dict[str, bytes]) -> None:
    path = data() / "made.db"
    path.write_bytes(held["data/etoile.db"])
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute("PRAGMA user_version = 999")
    held["data/etoile.db"] = path.read_bytes()
    path.unlink()


DAMAGES: dict[str, tuple[Callable[[dict[str, bytes]], object], bool, str]] = {
    "a newer format": (newer, True, "newer Etoile"),
    "a newer history": (newer_history, True, "newer Etoile"),
    "no manifest of ours": (lambda held: held.update({"manifest.json": b"{}"}), False, "no backup of Etoile's"),
    "a changed file": (lambda held: held.update({"settings/config.toml": b"# other"}), False, "not what was backed up"),
    "a file less": (lambda held: held.pop("data/etoile.db"), False, "is missing"),
    "a history that is none": (lambda held: held.update({"data/etoile.db": b"x" * 5000}), True, "damaged"),
    "settings that are wrong": (lambda held: held.update({"settings/config.toml": b"[nodez]"}), True, "nodez"),
    "a way out": (lambda held: held.update({"settings/../../.bashrc.toml": b"x"}), True, "none of Etoile's files"),
    "an absolute path": (lambda held: held.update({"/etc/x.toml": b"x"}), True, "none of Etoile's files"),
    "a program": (lambda held: held.update({"settings/evil.sh": b"x"}), True, "none of Etoile's files"),
    "another database": (lambda held: held.update({"data/other.db": b"x"}), True, "none of Etoile's files"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_changes_nothing(damage: str, home: Any, file: Path) -> None:
    change, honest, says = DAMAGES[damage]
    rewritten(file, change, honest=honest) if damage != "no manifest of ours" else None
    if damage == "no manifest of ours":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("manifest.json", "{}")
    before = everything()
    assert home("restore", str(file), "--yes") in (1, 2)
    assert says in home.err
    assert everything() == before


def everything() -> dict[str, bytes]:
    """Return every file of the user, but for the empty lock."""
    folders = (Path(FOLDERS.user_config_dir), data())
    return {str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"no zip at all" * 100])
def test_what_is_no_backup_is_refused(content: bytes, home: Any, tmp_path: Path) -> None:
    path = tmp_path / "no.backup"
    path.write_bytes(content)
    before = everything()
    assert home("restore", str(path), "--yes") == 1
    assert "damaged, or no backup at all" in home.err
    assert everything() == before


def test_a_backup_with_a_flipped_byte_is_refused(home: Any, file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        held = archive.getinfo("data/etoile.db")
        inside = held.header_offset + 30 + len(held.filename) + held.compress_size // 2
    content = bytearray(file.read_bytes())
    content[inside : inside + 8] = b"\xff" * 8
    file.write_bytes(content)
    before = everything()
    assert home("restore", str(file), "--yes") == 1
    assert "cannot be restored" in home.err
    assert everything() == before


def test_a_size_below_nothing_is_refused(home: Any, file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(held["manifest.json"])
    manifest["files"]["data/etoile.db"]["size_bytes"] = -2
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in {**held, "manifest.json": json.dumps(manifest).encode()}.items():
            archive.writestr(name, content)
    assert home("restore", str(file), "--yes") == 1
    assert "damaged" in home.err


def test_a_backup_cut_off_is_refused(home: Any, file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-200])
    before = everything()
    assert home("restore", str(file), "--yes") == 1
    assert everything() == before


def test_a_file_that_is_not_there_or_a_folder_that_is_not_there_is_told(home: Any, tmp_path: Path) -> None:
    assert home("restore", str(tmp_path / "nowhere"), "--yes") == 2
    assert "Nothing was changed." in home.err
    assert home("backup", str(tmp_path / "no folder" / "x")) == 2
    assert "cannot be written" in home.err


def test_a_move_that_fails_half_way_undoes_those_before(home: Any, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.settings.write_text("# now\n")
    history(1)
    before = home.settings.read_text()
    moved = Path.replace
    full = OSError(28, "No space left on device")

    def fails(path: Path, target: Path) -> Path:
        if Path(target).name == "etoile.db":
            raise full
        return moved(path, target)

    with monkeypatch.context() as disk:
        disk.setattr(Path, "replace", fails)
        assert home("restore", str(file), "--yes") == 2
    assert "No space left" in home.err
    assert home.settings.read_text() == before
    assert counted() == 1


def test_a_disk_that_fills_up_leaves_no_half_backup(home: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object, **more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    assert home("backup", str(tmp_path / "saved")) == 2
    assert "No space left" in home.err
    assert not (tmp_path / "saved").exists()
