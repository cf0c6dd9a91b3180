"""Settings and history into one file, while Etoile goes on; without any secret."""

import hashlib
import re
import shutil
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

import msgspec

from etoile import __version__
from etoile.errors import StoreError
from etoile.installed.contents import DATABASES, FORMAT, MANIFEST, OTHER_DATA, Entry, Manifest, Places, settings_files
from etoile.text import message

_CREDENTIALS = re.compile(rb"(?<=://)[^/@\s\"']+@")
"""A user name and password within an address."""


def back_up(file: Path, where: Places, now: datetime) -> Manifest:
    """Write the backup `file`, which must not be there yet, and return what it holds.

    Raises FileExistsError, OSError when it cannot be written (nothing of it is left then), StoreError when a database
    cannot be read.
    """
    with file.open("xb") as out:
        try:
            file.chmod(0o600)  # it holds what was asked and answered
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
                return _fill(archive, where, now)
        except BaseException:
            file.unlink()
            raise


def _fill(archive: zipfile.ZipFile, where: Places, now: datetime) -> Manifest:
    files = {
        name: _add(archive, name, _CREDENTIALS.sub(b"", path.read_bytes())) for name, path in settings_files(where)
    }
    for name in OTHER_DATA:
        if (where.data / name).is_file():
            files[f"data/{name}"] = _add(archive, f"data/{name}", (where.data / name).read_bytes())
    for name in DATABASES:
        if (where.data / name).is_file():
            files[f"data/{name}"] = _add_database(archive, f"data/{name}", where.data / name)
    manifest = Manifest(etoile_backup=FORMAT, version=__version__, made=now.isoformat(timespec="seconds"), files=files)
    archive.writestr(MANIFEST, msgspec.json.encode(manifest))
    return manifest


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> Entry:
    archive.writestr(name, content)
    return Entry(len(content), hashlib.sha256(content).hexdigest())


def _add_database(archive: zipfile.ZipFile, name: str, path: Path) -> Entry:
    """Add the database as it is at this moment, whoever writes to it meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        try:
            with (
                closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
                closing(sqlite3.connect(copy)) as target,
            ):
                source.backup(target)
        except sqlite3.Error as error:
            raise StoreError(message("{path} cannot be read: {error}.", path=str(path), error=str(error))) from error
        with copy.open("rb") as content, archive.open(name, "w", force_zip64=True) as target_file:
            shutil.copyfileobj(content, target_file)
        with copy.open("rb") as content:
            return Entry(copy.stat().st_size, hashlib.file_digest(content, "sha256").hexdigest())
