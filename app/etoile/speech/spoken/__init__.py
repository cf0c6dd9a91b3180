"""What of an answer can be said aloud, and how: markdown, code, addresses and figures are written for the eye."""

import re

from etoile.speech.spoken import addresses, figures, markdown, secrets, symbols
from etoile.speech.spoken.english import ENGLISH
from etoile.speech.spoken.french import FRENCH
from etoile.speech.spoken.words import Words

_LANGUAGES = {words.language: words for words in (ENGLISH, FRENCH)}
_LETTER = re.compile(r"\w")


def speakable(text: str, language: str) -> str:
    """Return `text` (Markdown) as a voice of `language` ("fr", "en") can read it, on one line; empty when nothing can.

    Code and tables are summarised, links keep their words, bare addresses their host; figures, units and signs become
    words.  What looks like a secret is not read.  Pure; takes time in proportion to the text.
    """
    words = _LANGUAGES.get(language, ENGLISH)
    return _one_line(" ".join(_paragraphs(text, words)))


def _paragraphs(text: str, words: Words) -> list[str]:
    return [_aloud(line, words) for line in markdown.lines(text, words) if line]


def _aloud(line: str, words: Words) -> str:
    """Return one line of plain text as it is read."""
    line = symbols.cleared(line)
    for step in (addresses.hosts, secrets.hidden, addresses.aloud, figures.aloud, symbols.aloud):
        line = step(line, words)
    return line


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    return text if _LETTER.search(text) else ""
