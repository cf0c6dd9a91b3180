"""The user's own commands, written in the settings window: checked and tried out before they are kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from etoile.catalogue import drafted, own_folder
from etoile.config.replacing import replace_file
from etoile.domain.descriptions import describe
from etoile.domain.match import Candidate, Match, Reason
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.matcher import Matcher
from etoile.errors import ConfigError
from etoile.text import Message, message

NAME = "own.toml"
"""The file that the window writes; others beside it stay as they are."""
BEGINNING = """\
# Phrases of your own, added to those that Etoile knows.  Write a phrase below and try it out.

[phrases]
# "audio.mute" = ["make it <mute>", "peace and quiet"]
"""


@dataclass(frozen=True, slots=True)
class OwnCommands:
    """Reads, checks, tries and writes one file a language; `values` returns what slots may be filled with here.

    All of it may block.
    """

    values: Callable[[], Mapping[str, Sequence[str]]]
    folder: Callable[[], Path] = own_folder

    def place(self, language: str) -> Path:
        """Return where the file of `language` is."""
        return self.folder() / language / NAME

    def read(self, language: str) -> str:
        """Return what the file holds; what one begins with where there is none.  Raises ConfigError."""
        path = self.place(language)
        try:
            return path.read_text("utf-8") if path.exists() else BEGINNING
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(message("{path} cannot be read: {error}.", path=str(path), error=str(error))) from error

    def meaning(self, language: str, text: str, request: str) -> Message | None:
        """Return what `request` would do if the file held `text`; None without a request.

        Raises ConfigError, which says what is wrong with `text`.
        """
        catalogue = self._drafted(language, text)
        if not request.strip():
            return None
        return told(Matcher({language: catalogue}, self.values()).match(request, language))

    def write(self, language: str, text: str) -> None:
        """Keep `text`; it counts from the next request on.  Raises ConfigError when it is wrong or not writable."""
        self._drafted(language, text)
        path = self.place(language)
        try:
            replace_file(path, text.encode())
        except OSError as error:
            raise ConfigError(
                message("{path} cannot be written: {error}.", path=str(path), error=error.strerror or str(error))
            ) from error

    def _drafted(self, language: str, text: str) -> Catalogue:
        return drafted(language, NAME, text, self.folder())


def told(match: Match) -> Message:
    """Return what comes of `match`, without doing it."""
    if match.command is not None:
        steps = [Candidate(command=match.command, slots=match.slots), *match.then]
        return message("It would run: {what}.", what=[describe(step) for step in steps])
    if match.choices:
        return message("It would ask: {what}?", what=[describe(choice) for choice in match.choices])
    if match.reason is Reason.REFUSED:
        return message("It would run nothing: it is understood, and not as an order.")
    return message("It would go to the nodes: it is no command.")
