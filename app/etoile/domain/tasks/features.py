"""What the model of task kinds sees of a request: pieces of words, words, and words that follow each other.

Each feature is a substring of the cleaned request, in which a space marks where a word begins and ends: "pyt", " pyt",
" python ", " git rebase ".  So one vocabulary holds them all.
"""

import re
import unicodedata
from typing import Final

HEAD: Final = 1000
TAIL: Final = 300
"""Characters that are looked at: a request says what it wants at its beginning, or after what it pastes."""

_SHORTEST, _LONGEST = 3, 5
"""Letters of a piece of a word, the marks of its ends included."""
_PHRASE = 4
"""Words that a feature may span."""
_TOKEN = re.compile(r"[^\W_]+(?:[+#]+(?!\w))?|[^\w\s]")


def excerpt(text: str) -> str:
    """Return what is looked at of `text`: all of it, or its beginning and its end."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]} {text[-TAIL:]}"


def words(text: str) -> list[str]:
    """Return the words of `text`, small and without accents; signs stand alone, "c++" and "c#" stay whole."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _TOKEN.findall(plain.replace("'", " ").replace("’", " ").replace("-", " "))


def features(tokens: list[str]) -> set[str]:
    """Return the features of a request of these words."""
    found: set[str] = set()
    for token in set(tokens):
        found.update(_pieces(f" {token} "))
    for length in range(2, _PHRASE + 1):
        found.update(f" {' '.join(tokens[at : at + length])} " for at in range(len(tokens) - length + 1))
    return found


def _pieces(marked: str) -> list[str]:
    """Return the pieces of one word, its longer beginnings, and itself."""
    size = len(marked)
    pieces = [marked[at : at + length] for length in range(_SHORTEST, _LONGEST + 1) for at in range(size - length + 1)]
    pieces += [marked[:length] for length in range(_LONGEST + 1, min(size, 12))]
    pieces.append(marked)
    return pieces
