"""What a single word may stand for, towards the words that mean something here.

What is bent is a slip of the keyboard or the ear: a word that no dictionary knows ("volme", "mte"), two words that run
together, or one that falls apart.  All of it is found once for a word.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.nearness import is_one_slip, nearest
from etoile.domain.matching.quantities import UNITS
from etoile.domain.matching.slips import Slips, slips_among, slips_of
from etoile.domain.matching.sounds import by_sound, sound_of
from etoile.domain.matching.tokens import NUMBER_WORDS, PERCENT

_SHORTEST = 6
"""Letters of a word that may differ in more than one place..."""
_RATIO = 82.0
"""...when it is this near to a known word, 0 to 100."""
_SHORTEST_SLIP = 3
_SHORTEST_JOINED = 5
_SHORTEST_SPLIT = 4
_LONGEST_DOUBTED = 2
_MOST_ALIKE = 6
_SHORTEST_SECOND = 2
"""Letters of a word that may hang on another."""
SLIP, _NEAR, _EXISTING = 1, 2, 2
_ELISIONS = {"fr": ("l", "d", "c", "s", "j", "m", "n", "t", "qu"), "en": ("a", "i", "s")}

Meaning = tuple[tuple[str, ...], int]
"""Words, and what it costs to take another for them."""


class Meant:
    """Tells what words of one language may stand for."""

    def __init__(self, catalogue: Catalogue, lexicon: frozenset[str], foreign: frozenset[str]) -> None:
        """Take the words that mean something here, and those of other languages."""
        self._language = catalogue.language
        self._same = catalogue.same
        self._negations = catalogue.words.negations
        self._telling = catalogue.words.telling
        self.lexicon = lexicon | NUMBER_WORDS[self._language] | PERCENT | UNITS[self._language]
        self._existing = self.lexicon | foreign | catalogue.dictionary
        self._vocabulary = catalogue.vocabulary
        # The halves of a word that fell apart come again with each way to part a request.
        self._one_slip_from = lru_cache(maxsize=256)(self._found_one_slip_from)

    # The indexes are made when a request first needs repair, or beforehand.

    def prepare(self) -> None:
        """Make the indexes of known words."""
        _ = self._slips, self._by_letter, self._by_sound

    @cached_property
    def _slips(self) -> tuple[Slips, ...]:
        return tuple(map(slips_among, self._halves(1)))

    @cached_property
    def _by_sound(self) -> tuple[dict[str, list[str]], ...]:
        """What a long word sounds like -> the words."""
        return tuple(by_sound(words, self._language) for words in self._halves(_SHORTEST - 1))

    @cached_property
    def _by_letter(self) -> dict[str, list[str]]:
        """First letter -> the long words that begin with it."""
        index: dict[str, list[str]] = {}
        for word in sorted(frozenset().union(*self._halves(_SHORTEST - 1))):
            index.setdefault(word[0], []).append(word)
        return index

    def _halves(self, shortest: int) -> tuple[frozenset[str], frozenset[str]]:
        """Return the words of so many letters: those of the catalogue, whose indexes are kept, and the machine's."""
        words = frozenset(word for word in self.lexicon if word.isalpha() and len(word) >= shortest)
        return words & self._vocabulary, words - self._vocabulary

    def exists(self, word: str) -> bool:
        """Whether `word` is one; of two letters nearly all are in some dictionary."""
        return word in self.lexicon or (len(word) > _LONGEST_DOUBTED and word in self._existing)

    def base(self, word: str) -> str:
        """Return the form of `word` that the catalogue uses."""
        return self._same.get(word, word)

    def slips_of(self, word: str, vocabulary: Slips) -> Iterator[Sequence[str]]:
        """Return what `word`, which is none, may be a slip of: one of `vocabulary`, or two words of which one is."""
        if word in vocabulary.words or not word.isalpha() or self.exists(word):
            return
        yield from ((known,) for known in vocabulary.of(word))
        for at in range(1, len(word)):
            first, second = word[:at], word[at:]
            known = first in vocabulary.words, second in vocabulary.words
            if any(known) and (known[0] or self.exists(first)) and (known[1] or self.exists(second)):
                yield first, second

    def of(self, word: str) -> Iterator[Meaning]:
        """Return what a word outside the lexicon may stand for."""
        return ((tuple(words), cost) for words, cost in self._meant(word))

    def _meant(self, word: str) -> Iterator[tuple[Sequence[str], int]]:
        if self.exists(word):
            alike = self._one_slip_from(word) if len(word) > _SHORTEST_SLIP else ()
            yield from (([other], _EXISTING) for other in alike)
            return
        alike = self._one_slip_from(word)
        if self._may_hold_a_negation(word):
            return
        splits = list(self._splits(word))
        yield from ((split, SLIP) for split in splits)
        if any(not self._negations.isdisjoint(split) for split in splits):
            return
        yield from (([other], SLIP) for other in alike)
        if not alike and not splits and len(word) >= _SHORTEST:
            yield from (([other], cost) for other, cost in self._near(word))
            yield from ((split, 2 * SLIP) for split in self._slipped_splits(word))

    def joined(self, first: str, second: str) -> tuple[Meaning, ...]:
        """Return what two words may be the halves of."""
        joined = first + second
        if joined not in self.lexicon and self.exists(first) and self.exists(second):
            return ()
        if len(joined) < _SHORTEST_JOINED or not joined.isalpha():
            return ()
        if joined in self.lexicon:
            return (((joined,), SLIP),)
        alike = self._one_slip_from(joined) if joined not in self._existing else ()
        if not alike or self._may_deny(first) or self._may_deny(second):
            return ()
        return tuple(((word,), 2 * SLIP) for word in alike)

    def _found_one_slip_from(self, word: str) -> tuple[str, ...]:
        """Return the known words that are one slip away; none if one of them negates."""
        if len(word) < 2:
            return ()
        alike = slips_of(word, self._slips)
        if not self._negations.isdisjoint(alike):
            return ()
        return tuple(dict.fromkeys(map(self.base, alike)))

    def _may_deny(self, word: str) -> bool:
        """Whether `word` is a negation, or may be one: "ps"."""
        return word in self._negations or any(is_one_slip(word, negation) for negation in self._negations)

    def _may_hold_a_negation(self, word: str) -> bool:
        """Whether one hangs on a known word: "désactivepsa"."""
        ends = range(_SHORTEST, len(word) - _SHORTEST_SECOND + 1)
        return any(word[:at] in self.lexicon and self._may_deny(word[at:]) for at in ends)

    def may_tell(self, word: str) -> bool:
        """Whether `word` is as near to one that makes a command none: "eep" may be "keep"."""
        return any(is_one_slip(word, telling) for telling in self._telling)

    def _near(self, word: str) -> Iterator[tuple[str, int]]:
        """Return the known words that a long word sounds like, or is nearest to."""
        sound = sound_of(word, self._language)
        alike = {self.base(known) for index in self._by_sound for known in index.get(sound, ()) if known[0] == word[0]}
        yield from ((known, SLIP) for known in sorted(alike))
        known = self._by_letter.get(word[0], [])
        for index, _ in nearest(word, known, at_least=_RATIO, limit=_MOST_ALIKE):
            # What is much longer may be two words, and the second a "not".
            if self.base(known[index]) not in alike and len(word) - len(known[index]) < _SHORTEST_SECOND:
                yield self.base(known[index]), _NEAR

    def _splits(self, word: str) -> Iterator[Sequence[str]]:
        """Return the two known words that `word` joins, in every way."""
        for at in range(1, len(word)):
            if self._joins(word[:at], word[at:]):
                yield word[:at], word[at:]

    def _slipped_splits(self, word: str) -> Iterator[Sequence[str]]:
        """Return the known words that `word` joins where one of them has a slip as well: "theclpiboard"."""
        for at in range(2, len(word) - 1):
            first, second = word[:at], word[at:]
            if first in self.lexicon and len(second) >= _SHORTEST_SPLIT:
                yield from ((first, meant) for meant in self._one_slip_from(second))
            elif second in self.lexicon and len(first) >= _SHORTEST_SPLIT:
                yield from ((meant, second) for meant in self._one_slip_from(first))

    def _joins(self, first: str, second: str) -> bool:
        if second not in self.lexicon or len(second) < 2:
            return False
        elided = first in _ELISIONS[self._language]
        return elided or (len(first) > 1 and len(first + second) >= _SHORTEST_SPLIT and first in self.lexicon)
