"""The catalogues of voice commands that are shipped, with what the user adds to them.

The user's files lie in `commands/<language>/*.toml` of the settings folder and are read after the shipped ones: they
add to them, or replace what is said for a command ([instead]).
"""

from collections.abc import Iterator
from pathlib import Path

from etoile.config import FOLDERS
from etoile.domain.matching import Catalogue, parse
from etoile.errors import ConfigError
from etoile.resources import resource
from etoile.text import LANGUAGES, message


def load_catalogues(own: Path | None = None) -> dict[str, Catalogue]:
    """Return the catalogue of each language; `own` is the user's folder, by default the one beside the settings.

    Raises ConfigError, which names the file and what is wrong in it.
    """
    own = own or Path(FOLDERS.user_config_dir) / "commands"
    return {
        language: parse(_files((resource("commands"), own), language), language, _dictionary(language))
        for language in LANGUAGES
    }


def _dictionary(language: str) -> frozenset[str]:
    lines = (resource("commands") / language / "dictionary.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def _files(folders: tuple[Path, ...], language: str) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for path in sorted((folder / language).glob("*.toml")):
            try:
                yield str(path), path.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(
                    message("{path} cannot be read: {error}.", path=str(path), error=str(error))
                ) from error
