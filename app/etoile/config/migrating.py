"""A settings file of an older Etoile, brought to today's form; the file as it was is kept beside it.

`version` in the file counts the changes that it has seen.
"""

import shutil
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etoile.config.replacing import replace_file
from etoile.errors import ConfigError
from etoile.text import message

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

Migration = Callable[["TOMLDocument"], None]
"""Changes a document in place, comments and order kept."""

MIGRATIONS: tuple[Migration, ...] = ()
"""`MIGRATIONS[n]` brings a file from version n + 1 to n + 2."""


def refuse_newer(table: dict[str, Any], name: str, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Raise ConfigError when the settings `table` were written for a newer Etoile."""
    version, newest = _version(table, name), len(migrations) + 1
    if version > newest:
        raise ConfigError(
            message(
                "{path} is of a newer Etoile: its version is {version}, and {newest} is the newest known here.",
                path=name,
                version=version,
                newest=newest,
            ),
            message("Update Etoile, or name another settings file with --config."),
        )


def migrate(path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> Path | None:
    """Bring the settings file `path` to today's form; return where the former one is kept, None if nothing was to do.

    Raises ConfigError when the file cannot be read or written; it is then as it was.
    """
    try:
        text = path.read_text("utf-8")
        version = _version(tomllib.loads(text), str(path))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None  # whoever reads it next says what is wrong with it
    if version > len(migrations):
        return None
    import tomlkit

    document = tomlkit.parse(text)
    for change in migrations[version - 1 :]:
        change(document)
    document["version"] = len(migrations) + 1
    former = path.with_name(f"{path.name}.version-{version}")
    try:
        shutil.copy2(path, former)
        replace_file(path, tomlkit.dumps(document).encode())
    except OSError as error:
        raise ConfigError(
            message(
                "The settings file {path} cannot be written: {error}.", path=str(path), error=error.strerror or error
            )
        ) from error
    return former


def _version(table: Any, name: str) -> int:
    version = table.get("version", 1)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ConfigError(message("{path}: version must be a whole number from 1 on.", path=name))
    return int(version)
