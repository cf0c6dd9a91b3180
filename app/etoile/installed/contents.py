"""What a backup holds: the user's own settings and history.  Not in it: speech models, logs, recordings, any secret."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import msgspec

from etoile.config import FOLDERS

FORMAT = 1
"""Of the file; a newer one is refused."""
MANIFEST = "manifest.json"
DATABASES = ("etoile.db", "metrics.db")
OTHER_DATA = ("alarms.json",)
ASIDE = "before-restore-"
"""How the folder begins that holds what a restore replaced."""

_SETTINGS = (".toml", ".txt")


class Entry(msgspec.Struct, frozen=True):
    """One file of a backup."""

    size_bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself."""

    etoile_backup: int
    """Its `FORMAT`."""
    version: str
    """Of the Etoile that made it."""
    made: str
    """ISO 8601, with the offset of its time zone."""
    files: Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Places:
    """Where the user's files are."""

    config: Path
    """The settings file."""
    settings: Path
    """The folder of commands, skills and the like."""
    data: Path

    def target(self, name: str) -> Path | None:
        """Return where the file `name` of a backup belongs; None for one that does not belong anywhere.

        A name from a file that anybody may have written: only what a backup of ours could hold has a place.
        """
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or str(path) != name:
            return None
        match path.parts:
            case ("data", known) if known in (*DATABASES, *OTHER_DATA):
                return self.data / known
            case ("settings", "config.toml"):
                return self.config
            case ("settings", *rest) if rest and path.suffix in _SETTINGS:
                return self.settings.joinpath(*rest)
        return None


def places(config: Path) -> Places:
    """Return the places of this user, with `config` as the settings file."""
    return Places(config.absolute(), Path(FOLDERS.user_config_dir), Path(FOLDERS.user_data_dir))


def settings_files(where: Places) -> Iterator[tuple[str, Path]]:
    """Yield the name in a backup and the path of every file of settings."""
    if where.config.is_file():
        yield "settings/config.toml", where.config
    for path in sorted(where.settings.rglob("*")):
        inside = path.relative_to(where.settings)
        own = path.suffix in _SETTINGS and not inside.parts[0].startswith((ASIDE, "."))
        if own and path.is_file() and inside.as_posix() != "config.toml":
            yield f"settings/{inside.as_posix()}", path
