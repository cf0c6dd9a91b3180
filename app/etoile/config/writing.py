"""Writing a setting back: the one place where Etoile changes a file that the user wrote.

Comments and order stay as they are (tomlkit).  What would not be a valid configuration is never written.
"""

from pathlib import Path
from typing import Any

from etoile.config.reading import parse
from etoile.config.replacing import replace_file
from etoile.errors import ConfigError
from etoile.text import message


def put(path: Path, section: str, key: str, value: str | float | bool) -> None:
    """Set `key` of the table `section` ("speech", "speech.voices") in the settings file `path`; make what is missing.

    The file is replaced in one go, with its mode.  Raises ConfigError when it is broken already, when the result would
    be, or when it cannot be written.
    """
    import tomlkit

    try:
        text = path.read_text("utf-8") if path.exists() else ""
        parse(text.encode(), str(path))
        document = tomlkit.parse(text)
        table: Any = document
        for part in section.split("."):
            table = table.setdefault(part, tomlkit.table())
        table[key] = value
        content = tomlkit.dumps(document).encode()
        parse(content, str(path))
        replace_file(path, content)
    except OSError as error:
        raise ConfigError(
            message(
                "The settings file {path} cannot be written: {error}.", path=str(path), error=error.strerror or error
            )
        ) from error
