"""Repair of single words towards the words that mean something here.

A request is repaired only when it could not be understood as it stands, and every word must then be explained all the
same.  The first letter is never bent ("unlock" is not "lock"), nor are words that are known for something else.  Short
words may be slips, but then the request as a whole must hardly change ("robot" is not "reboot" all by itself).
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etoile.domain.matching.nearness import nearest
from etoile.domain.matching.tokens import Token

_SHORTEST = 6
_RATIO = 82.0
_SHORTEST_SLIP = 4
_SLIP_RATIO = 74.0
_MOST_SLIPS = 2
_MOST_ALIKE = 4
_MARGIN = 3.0
_ELISIONS = ("l", "d", "qu", "s", "m", "n", "j", "t")


@dataclass(frozen=True, slots=True)
class Repaired:
    """A request with some of its words replaced."""

    tokens: tuple[Token, ...]
    changes: int


class Repairer:
    """Replaces unknown words of one language by known ones that are nearly the same."""

    def __init__(self, lexicon: frozenset[str], mistaken: Mapping[str, str], language: str) -> None:
        self._lexicon = lexicon
        self._mistaken = mistaken
        self._language = language
        self._by_letter: dict[str, list[str]] = {}
        self._by_sound: dict[str, set[str]] = {}
        for word in sorted(lexicon):
            if len(word) >= _SHORTEST_SLIP and word.isalpha():
                self._by_letter.setdefault(word[0], []).append(word)
                self._by_sound.setdefault(sound_of(word, language), set()).add(word)

    def repaired(self, tokens: Sequence[Token]) -> Repaired:
        """Return `tokens` as they were probably meant."""
        kept: list[Token] = []
        changes = 0
        index = 0
        while index < len(tokens):
            taken, replacement = self._at(tokens, index)
            changes += replacement != tuple(tokens[index : index + taken])
            kept += replacement
            index += taken
        return Repaired(tuple(kept), changes)

    def slips(self, tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
        """Return `tokens` with each unknown word taken for the known ones that it resembles, the likeliest first."""
        tokens = self.repaired(tokens).tokens
        unknown = [at for at, token in enumerate(tokens) if self._is_unknown(token.text)]
        if not 0 < len(unknown) <= _MOST_SLIPS:
            return []
        alike = [self._alike(tokens[at].text) for at in unknown]
        tried: list[tuple[Token, ...]] = []
        for chosen in itertools.product(*alike):
            changed = list(tokens)
            for at, word in zip(unknown, chosen, strict=True):
                changed[at] = Token(word, tokens[at].start, tokens[at].end)
            tried.append(tuple(changed))
        return tried

    def _alike(self, word: str) -> list[str]:
        """Return the known words that `word` may be a slip of."""
        if len(word) < _SHORTEST_SLIP:
            return []
        known = self._by_letter.get(word[0], [])
        return [known[index] for index, _ in nearest(word, known, at_least=_SLIP_RATIO, limit=_MOST_ALIKE)]

    def _is_unknown(self, word: str) -> bool:
        return word.isalpha() and word not in self._lexicon

    def _at(self, tokens: Sequence[Token], index: int) -> tuple[int, tuple[Token, ...]]:
        """Return how many tokens from `index` on are replaced, and by what."""
        token = tokens[index]
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if mistaken := self._mistaken.get(token.text):
            return 1, _spread(mistaken.split(), token)
        if following and self._joins(token.text, following.text):
            return 2, (Token(token.text + following.text, token.start, following.end),)
        if not self._is_unknown(token.text):
            return 1, (token,)
        if parts := self._split(token.text):
            return 1, _spread(parts, token)
        if nearby := self._nearest(token.text):
            return 1, _spread([nearby], token)
        return 1, (token,)

    def _joins(self, first: str, second: str) -> bool:
        """Whether two words are one that was torn apart."""
        torn = first not in self._lexicon or second not in self._lexicon
        return torn and len(first + second) >= _SHORTEST and first + second in self._lexicon

    def _split(self, word: str) -> list[str] | None:
        """Return the two known words that `word` joins."""
        for at in range(1, len(word) - 3):
            first, second = word[:at], word[at:]
            joined = first in _ELISIONS if self._language == "fr" and at < 3 else at >= 3 and first in self._lexicon
            if joined and len(second) >= 4 and second in self._lexicon:
                return [first, second]
        return None

    def _nearest(self, word: str) -> str | None:
        if len(word) < _SHORTEST:
            return None
        alike = self._by_sound.get(sound_of(word, self._language), set())
        if len(alike) == 1:
            (said,) = alike
            if said[0] == word[0]:
                return said
        known = self._by_letter.get(word[0], [])
        found = nearest(word, known, at_least=_RATIO, limit=2)
        found = [(index, likeness) for index, likeness in found if len(known[index]) >= _SHORTEST - 1]
        if not found or (len(found) > 1 and found[0][1] - found[1][1] < _MARGIN):
            return None
        return known[found[0][0]]


_SOUNDS = {
    "fr": (
        ("ph", "f"), ("eaux?|aux?", "o"), ("qu|ck|c(?=[aoulrkt]|$)|k", "k"), ("c(?=[eiy])|ss|sc(?=[ei])", "s"),
        ("gu(?=[ei])", "g"), ("ge(?=[ao])|g(?=[eiy])", "j"), ("(?:ai|ei)(?=[st]?$|[^nm])", "e"), ("y", "i"), ("h", ""),
        ("(?:ein|ain|in|im(?=[bp]))", "in"), ("en(?=[^n])|em(?=[bp])", "an"),
        ("(?:e[rz]|es|ent|ee?s?)$", "e"), ("[dstxzp]+$", ""), ("e$", ""),
    ),
    "en": (
        ("ph", "f"), ("ck|qu|c(?=[aoulrkt]|$)", "k"), ("c(?=[eiy])", "s"), ("wr", "r"), ("kn", "n"),
        ("ee|ea|ie|y", "i"), ("oo|ou|ow", "u"), ("gh(?=t)", ""), ("z", "s"), ("e$", ""),
    ),
}  # fmt: skip


def sound_of(word: str, language: str) -> str:
    """Return a rough spelling of how `word` sounds: "eteint" and "eteins" are the same."""
    for letters, sound in _SOUNDS[language]:
        word = re.sub(letters, sound, word)
    return re.sub(r"(.)\1+", r"\1", word)


def _spread(words: Sequence[str], token: Token) -> tuple[Token, ...]:
    return tuple(Token(word, token.start, token.end) for word in words)
