"""The user's dictionary of what is misheard, in a file of the settings folder: `heard.toml`.

    [fr]
    "cube hernetes" = "kubernetes"

What Etoile learned has the same form and a file of its own, `heard-learned.toml`, so that nothing of what the user
wrote is written anew.  Both are read again whenever they changed.  Any thread.
"""

import json
import logging
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

from etoile.config import FOLDERS
from etoile.config.replacing import replace_file
from etoile.domain.learning.offers import Misheard
from etoile.domain.rewording import Dictionary
from etoile.errors import ConfigError
from etoile.locking import locked
from etoile.text import SPOKEN_LANGUAGES, message

log = logging.getLogger(__name__)

HEAD = """\
# What you taught Etoile of misheard words.  It writes this file anew when one comes or goes; your own words belong
# into heard.toml beside it, which counts first.
"""


class DictionaryFile:
    """Reads a dictionary of misheard words."""

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
            if language not in SPOKEN_LANGUAGES or not isinstance(entries, dict):
                raise self._wrong(language)
            if wrong := next((heard for heard, meant in entries.items() if not isinstance(meant, str)), None):
                raise self._wrong(f"{language}.{wrong}")
        return Dictionary(tables)

    def _wrong(self, key: str) -> ConfigError:
        return ConfigError(
            message("{path}: “{key}” has no place there.", path=str(self.path), key=key),
            message('Write what is heard and what is meant under its language: [en], then "queue when" = "qwen".'),
        )


class LearnedWords(DictionaryFile):
    """Reads and writes the misheard words that were learned."""

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(path or Path(FOLDERS.user_config_dir) / "heard-learned.toml")

    def read(self) -> tuple[Misheard, ...]:
        """Return them.  Raises ConfigError."""
        entries = self.current().entries
        return tuple(
            Misheard(heard=heard, meant=meant, language=language)
            for language, words in entries.items()
            for heard, meant in words.items()
        )

    def change(self, change: Callable[[tuple[Misheard, ...]], Iterable[Misheard]]) -> None:
        """Put what `change` makes of them in their place; nobody else changes them meanwhile.  Raises ConfigError."""
        try:
            with locked(self.path):
                self.write(change(self.read()))
        except OSError as error:
            raise self._unwritten(error) from error

    def write(self, words: Iterable[Misheard]) -> None:
        """Write `words` in place of what the file held.  Raises ConfigError."""
        by_language: dict[str, list[str]] = {}
        for one in words:
            line = f"{json.dumps(one.heard, ensure_ascii=False)} = {json.dumps(one.meant, ensure_ascii=False)}"
            by_language.setdefault(one.language, []).append(line)
        lines = [HEAD, *("\n".join([f"[{language}]", *found, ""]) for language, found in by_language.items())]
        try:
            replace_file(self.path, "\n".join(lines).encode())
        except (OSError, UnicodeEncodeError) as error:
            raise self._unwritten(error) from error

    def _unwritten(self, error: Exception) -> ConfigError:
        return ConfigError(
            message("{path} cannot be written: {error}.", path=str(self.path), error=str(error)),
            message("Check that the folder can be written and that the disk is not full."),
        )
