"""The catalogues of voice commands that are shipped, with what the user adds to them.

The user's files lie in `commands/<language>/*.toml` of the settings folder and are read after the shipped ones: they
add to them, or replace what is said for a command ([instead]).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from etoile.config import FOLDERS
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.parsing import parse
from etoile.errors import ConfigError
from etoile.resources import resource
from etoile.text import SPOKEN_LANGUAGES, message

Stamps = tuple[tuple[Path, int, int], ...]
"""Files as they are: path, when last written in ns, size in bytes."""

_MOST_KEPT = 4
"""Catalogues that are kept, for two folders of the user's."""


def load_catalogues(own: Path | None = None) -> dict[str, Catalogue]:
    """Return the catalogue of each language; `own` is the user's folder, by default the one beside the settings.

    What was read is kept for as long as its files do not change.  Raises ConfigError, which names the file and what is
    wrong in it.
    """
    own = own or own_folder()
    folders = (resource("commands"), own)
    return {language: _catalogue(language, _stamps(folders, language)) for language in SPOKEN_LANGUAGES}


def own_folder() -> Path:
    """Return the folder of the user's own commands."""
    return Path(FOLDERS.user_config_dir) / "commands"


def drafted(language: str, name: str, text: str, own: Path | None = None) -> Catalogue:
    """Return the catalogue of `language` as it would be if the user's file `name` held `text`.

    Nothing is written.  Raises ConfigError, which names the file and what is wrong in it.
    """
    own = own or own_folder()
    draft = own / language / name
    others = [stamp for stamp in _stamps((resource("commands"), own), language) if stamp[0] != draft]
    return parse((*_read(tuple(others)), (name, text)), language, _dictionary(language))


@lru_cache(maxsize=_MOST_KEPT)
def _catalogue(language: str, stamps: Stamps) -> Catalogue:
    return parse(_read(stamps), language, _dictionary(language))


def _dictionary(language: str) -> frozenset[str]:
    lines = (resource("commands") / language / "dictionary.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def _stamps(folders: tuple[Path, ...], language: str) -> Stamps:
    return tuple(_stamp(path) for folder in folders for path in sorted((folder / language).glob("*.toml")))


def _stamp(path: Path) -> tuple[Path, int, int]:
    with _readable(path):
        status = path.stat()
    return path, status.st_mtime_ns, status.st_size


def _read(stamps: Stamps) -> Iterator[tuple[str, str]]:
    for path, *_ in stamps:
        with _readable(path):
            text = path.read_text("utf-8")
        yield str(path), text


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say which file cannot be read."""
    try:
        yield
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(message("{path} cannot be read: {error}.", path=str(path), error=str(error))) from error
