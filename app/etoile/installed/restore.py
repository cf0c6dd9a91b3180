"""A backup put back: checked as a whole before anything is touched, and what it replaces is kept.

Everything is unpacked beside its place, checked there, and moved in at the end; a move that fails undoes those before.
"""

import hashlib
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from etoile.config import parse
from etoile.errors import BadBackup
from etoile.installed.contents import ASIDE, FORMAT, MANIFEST, Manifest, Places
from etoile.text import Message, message

_MANIFEST_BYTES = 10_000_000
_MOST_BYTES = 4 * 1024**3
"""No history of ours grows so large; a file that says so is meant to fill the disk."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it."""

    manifest: Manifest
    kept: tuple[Path, ...]
    """Folders with the files that were replaced."""


def read_manifest(file: Path) -> Manifest:
    """Return what the backup `file` says of itself.  Raises BadBackup and OSError."""
    with _archive(file) as archive:
        return _manifest(archive, file)


def restore(file: Path, where: Places, versions: Mapping[str, int], now: datetime) -> Restored:
    """Put the backup `file` back; no Etoile may run meanwhile.

    `versions` are the newest versions of the databases that this Etoile can read, by name.  Raises BadBackup,
    ConfigError for settings that this Etoile refuses, and OSError; in each case everything is as it was.
    """
    with ExitStack() as stack:
        archive = stack.enter_context(_archive(file))
        manifest = _manifest(archive, file)
        targets = {name: _target(where, name, file) for name in manifest.files}
        _refuse_full(where, manifest, file)
        staged = {name: _unpack(archive, manifest, name, targets[name], stack, file) for name in targets}
        for name, path in staged.items():
            _check(name, path, file, versions)
        return Restored(manifest, _move_in(staged, targets, where, now))


@contextmanager
def _archive(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _bad(file, message("it is damaged, or no backup at all")) from error


def _manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    try:
        with archive.open(MANIFEST) as content:
            manifest = msgspec.json.decode(content.read(_MANIFEST_BYTES), type=Manifest)
    except (KeyError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _bad(file, message("it is no backup of Etoile's")) from error
    if manifest.etoile_backup > FORMAT:
        raise BadBackup(
            message("{path} was made by a newer Etoile ({version}).", path=str(file), version=manifest.version),
            message("Update Etoile, then try again."),
        )
    return manifest


def _target(where: Places, name: str, file: Path) -> Path:
    target = where.target(name)
    if target is None:
        raise _bad(file, message("it holds {name}, which is none of Etoile's files", name=name))
    return target


def _refuse_full(where: Places, manifest: Manifest, file: Path) -> None:
    if any(entry.size_bytes < 0 for entry in manifest.files.values()):
        raise _bad(file, message("it is damaged, or no backup at all"))
    needed_bytes = sum(entry.size_bytes for entry in manifest.files.values())
    where.data.mkdir(parents=True, exist_ok=True)
    free_bytes = shutil.disk_usage(where.data).free
    if needed_bytes > min(free_bytes, _MOST_BYTES):
        raise BadBackup(
            message(
                "The backup holds {needed:bytes}, and {free:bytes} are free in {folder}.",
                needed=needed_bytes,
                free=free_bytes,
                folder=str(where.data),
            )
        )


def _unpack(
    archive: zipfile.ZipFile, manifest: Manifest, name: str, target: Path, stack: ExitStack, file: Path
) -> Path:
    """Unpack `name` beside `target`, and return where; it goes with `stack` unless it was moved."""
    entry = manifest.files[name]
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".restore-", delete=False) as out:
        staged = Path(out.name)
        stack.callback(staged.unlink, missing_ok=True)
        digest, left_bytes = hashlib.sha256(), entry.size_bytes
        try:
            with archive.open(name) as content:
                while part := content.read(min(1 << 20, left_bytes + 1)):
                    digest.update(part)
                    left_bytes -= len(part)
                    if left_bytes < 0:
                        break
                    out.write(part)
        except KeyError as error:
            raise _bad(file, message("{name} is missing in it", name=name)) from error
    if left_bytes or digest.hexdigest() != entry.sha256:
        raise _bad(file, message("{name} in it is not what was backed up", name=name))
    return staged


def _check(name: str, path: Path, file: Path, versions: Mapping[str, int]) -> None:
    """Refuse what this Etoile could not use."""
    if name == "settings/config.toml":
        parse(path.read_bytes(), f"{file} (config.toml)")
    if newest := versions.get(name.removeprefix("data/")):
        _check_database(path, name, file, newest)


def _check_database(path: Path, name: str, file: Path, newest: int) -> None:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            whole = database.execute("PRAGMA quick_check").fetchone() == ("ok",)
            version = database.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error:
        whole = False
    if not whole:
        raise _bad(file, message("{name} in it is damaged", name=name))
    if version > newest:
        raise BadBackup(
            message("{path} was written by a newer Etoile (version {version}).", path=name, version=version),
            message("Update Etoile, then try again."),
        )


def _move_in(staged: Mapping[str, Path], targets: Mapping[str, Path], where: Places, now: datetime) -> tuple[Path, ...]:
    """Move every file to its place, what is there to a folder beside; return these folders.  All of it, or nothing."""
    stamp = f"{ASIDE}{now:%Y%m%d-%H%M%S}"
    kept: dict[Path, None] = {}
    with ExitStack() as undoing:
        for name, target in targets.items():
            root = where.data if name.startswith("data/") else where.settings
            for old in (target, *_journals(target)):
                if old.exists():
                    aside = root / stamp / (old.relative_to(root) if old.is_relative_to(root) else old.name)
                    aside.parent.mkdir(parents=True, exist_ok=True)
                    shutil.move(old, aside)
                    undoing.callback(shutil.move, aside, old)
                    kept[root / stamp] = None
            staged[name].chmod(0o600)
            staged[name].replace(target)
            undoing.callback(_take_out, target)
        undoing.pop_all()
    return tuple(kept)


def _journals(target: Path) -> list[Path]:
    """Return the journals of a database: they belong to the old one."""
    return [target.with_name(target.name + suffix) for suffix in ("-wal", "-shm")] if target.suffix == ".db" else []


def _take_out(target: Path) -> None:
    with suppress(FileNotFoundError):
        target.unlink()


def _bad(file: Path, why: Message) -> BadBackup:
    return BadBackup(
        message("{path} cannot be restored: {why}.", path=str(file), why=why), message("Nothing was changed.")
    )
