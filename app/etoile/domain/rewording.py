"""What was heard and what was meant: the user's own dictionary, and what may be believed of a model's correction.

A speech model writes names that it does not know as words that it does: "cube hernetes".  The dictionary says what is
meant by them.  A language model may mend the rest of a sentence, and may as well answer it, so its text is weighed.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from etoile.domain.matching.nearness import ratio
from etoile.text import SPOKEN_LANGUAGES

ALIKE = 55.0
"""A correction sounds like what was heard; an answer or a translation does not."""
LONGER = 1.6
"""It is hardly longer, or shorter, than what was heard."""
SPARE_LETTERS = 12
"""Short sentences may change by more than that: a name may have any length."""


@dataclass(frozen=True, slots=True)
class Dictionary:
    """What the user means by what is heard, by language: {"fr": {"cube hernetes": "kubernetes"}}."""

    entries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def reworded(self, text: str, language: str | None) -> str:
        """Return `text` with every entry of its language in the place of its words, the longest entries first."""
        languages = (language,) if language else SPOKEN_LANGUAGES
        meant = {_plain(heard): word for one in languages for heard, word in self.entries.get(one, {}).items()}
        meant.pop((), None)
        words = list(re.finditer(r"\w+", text))
        plain = _plain(text)
        said, done = [], 0
        at = 0
        while at < len(words):
            heard = next(
                (key for key in sorted(meant, key=len, reverse=True) if plain[at : at + len(key)] == key), None
            )
            if heard is None:
                at += 1
                continue
            said += [text[done : words[at].start()], meant[heard]]
            at += len(heard)
            done = words[at - 1].end()
        return "".join([*said, text[done:]])


def believable(heard: str, corrected: str) -> bool:
    """Whether `corrected`, by a language model, can be what was meant by `heard`: near it in sound and length."""
    one, other = " ".join(_plain(heard)), " ".join(_plain(corrected))
    if not other or "\n" in corrected.strip():
        return False
    if len(other) > LONGER * len(one) + SPARE_LETTERS or len(one) > LONGER * len(other) + SPARE_LETTERS:
        return False
    return ratio(one.replace(" ", ""), other.replace(" ", "")) >= ALIKE


def _plain(text: str) -> tuple[str, ...]:
    """Return the words of `text` in small letters, without accents."""
    return tuple(_folded(word) for word in re.findall(r"\w+", text))


def _folded(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
