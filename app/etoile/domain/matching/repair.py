"""Repair of single words towards the words that mean something here.

A request is repaired only when it could not be understood as it stands, and every word must then be explained all the
same.  The first letter is never bent ("unlock" is not "lock"), nor are words that are known for something else.  Short
words may be slips, but then the request as a whole must hardly change ("robot" is not "reboot" all by itself).
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from etoile.domain.matching.nearness import nearest
from etoile.domain.matching.sounds import sound_of
from etoile.domain.matching.tokens import NUMBER_WORDS, PERCENT, Token, with_numbers

_SHORTEST = 6
"""Letters of a word that is repaired for sure..."""
_RATIO = 82.0
"""...when it is this near to a known word, 0 to 100..."""
_MARGIN = 3.0
"""...and no other word is nearly as near."""
_MOST_UNKNOWN = 3
_SHORTEST_SLIP = 4
_SLIP_RATIO = 74.0
_MOST_SLIPS = 2
_MOST_ALIKE = 4
_SHORTEST_JOINED = 5
_ELISIONS = {"fr": ("l", "d", "c", "s", "j", "m", "n", "t", "qu"), "en": ("a",)}
_PREFIXES = frozenset({"des", "dis", "re", "un"})
"""Torn off a word, they leave its opposite behind: "un mute"."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A request with some of its words replaced."""

    tokens: tuple[Token, ...]
    changes: int


class Repairer:
    """Replaces unknown words of one language by known ones that are nearly the same."""

    def __init__(
        self,
        lexicon: frozenset[str],
        foreign: frozenset[str],
        mistaken: Mapping[str, str],
        same: Mapping[str, str],
        language: str,
    ) -> None:
        """Take the words that mean something here, and those of other languages, which are never bent."""
        self._lexicon = lexicon | NUMBER_WORDS[language] | PERCENT
        self._known = self._lexicon | foreign
        self._mistaken = mistaken
        self._same = same
        self._language = language
        self._by_letter: dict[str, list[str]] = {}
        self._by_sound: dict[str, set[str]] = {}
        for word in sorted(self._lexicon):
            # "Steven" is not "seven": short number words are not guessed.
            shortest = _SHORTEST if word in NUMBER_WORDS[language] else _SHORTEST_SLIP
            if len(word) >= shortest and word.isalpha():
                self._by_letter.setdefault(word[0], []).append(word)
                self._by_sound.setdefault(sound_of(word, language), set()).add(self._base(word))

    def repaired(self, tokens: Sequence[Token]) -> Repaired:
        """Return `tokens` as they were probably meant; unchanged when too many are unknown."""
        if sum(self._is_unknown(token.text) for token in tokens) > _MOST_UNKNOWN:
            return Repaired(tuple(tokens), 0)
        kept: list[Token] = []
        changes = 0
        index = 0
        while index < len(tokens):
            taken, replacement = self._at(tokens, index)
            changes += replacement != tuple(tokens[index : index + taken])
            kept += replacement
            index += taken
        return Repaired(tuple(with_numbers(kept, self._language)), changes)

    def glued(self, tokens: Sequence[Token]) -> list[Token]:
        """Return `tokens` with torn-off prefixes put back, lest "de verrouille" be taken for "verrouille"."""
        kept: list[Token] = []
        for index, token in enumerate(tokens):
            before = kept[-1].text if kept else ""
            torn = before in _PREFIXES or (before == "de" and index == 1)
            if torn and before + token.text in self._lexicon:
                kept[-1] = Token(self._base(before + token.text), kept[-1].start, token.end)
            else:
                kept.append(token)
        return kept

    def slips(self, tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
        """Return `tokens`, as they are and repaired, with each unknown word taken for the known ones it resembles."""
        versions = dict.fromkeys((tuple(tokens), self.repaired(tokens).tokens))
        return list(dict.fromkeys(slip for version in versions for slip in self._slips(version)))

    def _slips(self, tokens: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
        unknown = [at for at, token in enumerate(tokens) if self._is_unknown(token.text)]
        if not 0 < len(unknown) <= _MOST_SLIPS:
            return
        for chosen in itertools.product(*(self._alike(tokens[at].text) for at in unknown)):
            changed = list(tokens)
            for at, word in zip(unknown, chosen, strict=True):
                changed[at] = Token(word, tokens[at].start, tokens[at].end)
            yield tuple(changed)

    def _base(self, word: str) -> str:
        return self._same.get(word, word)

    def _is_unknown(self, word: str) -> bool:
        return word.isalpha() and word not in self._known

    def _alike(self, word: str) -> list[str]:
        """Return the known words that `word` may be a slip of."""
        if len(word) < _SHORTEST_SLIP:
            return []
        known = self._by_letter.get(word[0], [])
        found = nearest(word, known, at_least=_SLIP_RATIO, limit=_MOST_ALIKE)
        return list(dict.fromkeys(self._base(known[index]) for index, _ in found))

    def _at(self, tokens: Sequence[Token], index: int) -> tuple[int, tuple[Token, ...]]:
        """Return how many tokens from `index` on are replaced, and by what."""
        token = tokens[index]
        joined = token.text + tokens[index + 1].text if index + 1 < len(tokens) else ""
        if mistaken := self._mistaken.get(token.text):
            return 1, _spread(mistaken.split(), token)
        if len(joined) >= _SHORTEST and joined in self._lexicon:
            return 2, (Token(self._base(joined), token.start, tokens[index + 1].end),)
        if self._is_unknown(token.text):
            words = self._split(token.text) or self._nearest(token.text)
            return 1, _spread([self._base(word) for word in words], token)
        return 1, (token,)

    def _split(self, word: str) -> Sequence[str]:
        """Return the two known words that `word` joins; of several ways, the one with the longest word."""
        ways = [(word[:at], word[at:]) for at in range(1, len(word))]
        known = [way for way in ways if self._joins(*way)]
        return max(known, key=lambda way: max(map(len, way))) if known else ()

    def _joins(self, first: str, second: str) -> bool:
        if second not in self._lexicon or len(second) < 2:
            return False
        elided = first in _ELISIONS[self._language]
        return elided or (len(first) > 1 and len(first + second) >= _SHORTEST_JOINED and first in self._lexicon)

    def _nearest(self, word: str) -> Sequence[str]:
        """Return the one known word that `word` sounds like, or is nearest to; `word` itself when there is none."""
        if len(word) < _SHORTEST:
            return (word,)
        alike = [known for known in self._by_sound.get(sound_of(word, self._language), ()) if known[0] == word[0]]
        if len(alike) == 1:
            return alike
        known = [one for one in self._by_letter.get(word[0], ()) if len(one) >= _SHORTEST - 1]
        found = nearest(word, known, at_least=_RATIO, limit=_MOST_ALIKE)
        best = _best_bases((self._base(known[index]), likeness) for index, likeness in found)
        if not best or (len(best) > 1 and best[0][1] - best[1][1] < _MARGIN):
            return (word,)
        return (best[0][0],)


def _best_bases(found: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Return each word once, with its best likeness."""
    best: dict[str, float] = {}
    for word, likeness in found:
        best.setdefault(word, likeness)
    return list(best.items())


def _spread(words: Sequence[str], token: Token) -> tuple[Token, ...]:
    return tuple(Token(word, token.start, token.end) for word in words)
