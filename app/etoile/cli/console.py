"""What the command line prints: results on stdout, everything else on stderr; with --json nothing but JSON lines."""

import json as json_module
import sys
from dataclasses import dataclass
from typing import Any

from etoile.errors import EtoileError, UsageError
from etoile.llm.pages import about
from etoile.text import Message, message, render


@dataclass(frozen=True, slots=True)
class Console:
    """Prints in one language, for people or for programs."""

    language: str
    json: bool

    def words(self, said: Message) -> str:
        """Return `said` in the language of this console."""
        return render(said, self.language)

    def line(self, line: dict[str, Any]) -> None:
        """Print one JSON object."""
        print(json_module.dumps(line, ensure_ascii=False), flush=True)

    def say(self, said: Message) -> None:
        """Print a sentence for people."""
        print(self.words(said), flush=True)

    def write(self, text: str) -> None:
        """Print a piece of a text, as it comes."""
        print(text, end="", flush=True)

    def note(self, said: Message) -> None:
        """Print something beside the result."""
        print(self.words(said), file=sys.stderr, flush=True)

    def error(self, error: EtoileError) -> None:
        """Print what went wrong and how to mend it."""
        self.note(message("etoile: {said}", said=error.said))
        if error.remedy:
            self.note(error.remedy)
        if not isinstance(error, UsageError) and (section := about(type(error).__name__, self.language)):
            self.note(message("More: etoile help {topic}", topic=section.topic))
