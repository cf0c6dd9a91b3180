"""The language that the command line writes in."""

from collections.abc import Sequence

from etoile.config import config_path, load
from etoile.errors import ConfigError
from etoile.text import INTERFACE_LANGUAGES, desktop_language


def written_language(arguments: Sequence[str]) -> str:
    """Return what to write in before anything is parsed: --language, else the settings', else the desktop's."""
    for position, given in enumerate(arguments):
        name, _, value = given.partition("=")
        if name == "--language":
            value = value or "".join(arguments[position + 1 : position + 2])
            if value in INTERFACE_LANGUAGES:
                return value
    try:
        configured = load(config_path(), must_exist=False).window.language
    except ConfigError:
        configured = "auto"
    return desktop_language() if configured == "auto" else configured
