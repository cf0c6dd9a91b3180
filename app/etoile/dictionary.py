"""The user's dictionary of what is misheard, in a file of the settings folder: `heard.toml`.

    [fr]
    "cube hernetes" = "kubernetes"

Read again whenever it changed.  Any thread.
"""

import logging
import tomllib
from pathlib import Path

from etoile.config import FOLDERS
from etoile.domain.rewording import Dictionary
from etoile.errors import ConfigError
from etoile.text import LANGUAGES, message

log = logging.getLogger(__name__)


class DictionaryFile:
    """Reads the dictionary."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(FOLDERS.user_config_dir) / "heard.toml"
        self._stamp: tuple[int, int] | None = None
        self._read = Dictionary()

    def current(self) -> Dictionary:
        """Return it as it is now; empty where there is none.  Raises ConfigError, which names what is wrong."""
        try:
            status = self.path.stat()
        except OSError:
            return Dictionary()
        stamp = status.st_mtime_ns, status.st_size
        if stamp != self._stamp:
            self._read = self._parsed()
            self._stamp = stamp
        return self._read

    def _parsed(self) -> Dictionary:
        try:
            tables = tomllib.loads(self.path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(
                message("{path} cannot be read: {error}.", path=str(self.path), error=str(error))
            ) from error
        for language, entries in tables.items():
            if language not in LANGUAGES or not isinstance(entries, dict):
                raise self._wrong(language)
            if wrong := next((heard for heard, meant in entries.items() if not isinstance(meant, str)), None):
                raise self._wrong(f"{language}.{wrong}")
        return Dictionary(tables)

    def _wrong(self, key: str) -> ConfigError:
        return ConfigError(
            message("{path}: “{key}” has no place there.", path=str(self.path), key=key),
            message('Write what is heard and what is meant under its language: [en], then "queue when" = "qwen".'),
        )
