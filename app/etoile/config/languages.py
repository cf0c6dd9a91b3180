"""The two languages of Etoile, which are apart: what is written, and what is heard and spoken."""

from etoile.config.sections import Config
from etoile.text import SPOKEN_LANGUAGES, desktop_language


def interface_language(config: Config) -> str:
    """Return the language of window, notifications and command line: the configured one, else the desktop's."""
    return desktop_language() if config.window.language == "auto" else config.window.language


def spoken_language(config: Config) -> str:
    """Return the language of requests that do not tell their own, and of what is spoken without being asked.

    The configured one; between the two, that of the interface where it is spoken, else English.
    """
    if config.speech.language != "auto":
        return config.speech.language
    written = interface_language(config)
    return written if written in SPOKEN_LANGUAGES else SPOKEN_LANGUAGES[0]
