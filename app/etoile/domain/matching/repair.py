"""Repair of single words towards the words that mean something here.

A request is repaired only when it could not be understood as it stands, and every word must then be explained all the
same.  What is bent is a slip of the keyboard or the ear: a word that no dictionary knows ("volme", "mte"), two words
that run together, or one that falls apart.  A word that exists is never bent for sure ("robot" is not "reboot"), save
those that the catalogue lists as heard for another.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.nearness import is_one_slip, nearest
from etoile.domain.matching.quantities import UNITS
from etoile.domain.matching.reach import EVERYTHING, Reach
from etoile.domain.matching.sounds import sound_of
from etoile.domain.matching.tokens import NUMBER_WORDS, PERCENT, Token, in_words, with_numbers

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
_BEAM = 12
"""Half-repaired requests that are carried on."""
_FREE_LETTERS = 8
"""Letters of a request for each step of the costs it may have, beyond the first."""
_MOST_COST = 4
_SLIP, _NEAR, _EXISTING = 1, 2, 2
_ELISIONS = {"fr": ("l", "d", "c", "s", "j", "m", "n", "t", "qu"), "en": ("a", "i", "s")}
_PREFIXES = frozenset({"des", "dis", "re", "un"})
"""Torn off a word, they leave its opposite behind: "un mute"."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A request with some of its words replaced."""

    tokens: tuple[Token, ...]
    cost: int
    """1 for a slip, 2 for a word that is only near."""
    doubtful: bool = False
    """Whether a word that exists was taken for another."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A repaired beginning of a request, or what one of its words may be."""

    words: tuple[Token, ...] = ()
    reach: int = EVERYTHING
    cost: int = 0
    doubtful: bool = False
    taken: int = 1
    """Tokens that it stands for."""


class Repairer:
    """Replaces unknown words of one language by known ones that are nearly the same."""

    def __init__(self, catalogue: Catalogue, lexicon: frozenset[str], foreign: frozenset[str], reach: Reach) -> None:
        """Take the words that mean something here, those of other languages, and what each can be part of."""
        language = catalogue.language
        numbers = NUMBER_WORDS[language]
        self._catalogue = catalogue
        self._lexicon = lexicon | numbers | PERCENT | UNITS[language]
        self._existing = self._lexicon | foreign | catalogue.dictionary
        self._reach = reach
        self._asking = catalogue.words.telling.union(*(guard for guard in catalogue.words.guards if len(guard) == 1))
        self._of_catalogue = self._lexicon & catalogue.vocabulary
        self._of_machine = self._lexicon - catalogue.vocabulary
        self._words = sorted(word for word in self._lexicon if word.isalpha() and len(word) > 1)

    # The indexes are made when a request first needs repair.

    @cached_property
    def _by_slip(self) -> tuple[Mapping[str, Sequence[str]], ...]:
        """What is left of a word without one letter, or none -> the words: of the catalogue, of the machine."""
        return _by_slip(self._of_catalogue), _by_slip(self._of_machine)

    @cached_property
    def _by_letter(self) -> dict[str, list[str]]:
        """First letter -> the long words that begin with it."""
        index: dict[str, list[str]] = {}
        for word in self._words:
            if len(word) >= _SHORTEST - 1:
                index.setdefault(word[0], []).append(word)
        return index

    @cached_property
    def _by_sound(self) -> dict[str, set[str]]:
        """What a long word sounds like -> the words."""
        index: dict[str, set[str]] = {}
        for word in self._words:
            if len(word) >= _SHORTEST - 1:
                index.setdefault(sound_of(word, self._catalogue.language), set()).add(word)
        return index

    def repaired(self, tokens: Sequence[Token], *, bold: bool) -> list[Repaired]:
        """Return what `tokens` may have been meant to say, the least changed first; empty when nothing is near.

        With `bold` words that exist are bent as well, if with doubt.
        """
        said = in_words(tokens)
        if not bold and not self._is_broken(said):
            return []
        tokens = self._whole(said)
        joined = (len(said) - len(tokens)) * _SLIP
        most = min(_MOST_COST, 1 + sum(len(token.text) for token in tokens) // _FREE_LETTERS)
        begun: list[list[_Part]] = [[] for _ in range(len(tokens) + 1)]
        begun[0].append(_Part())
        for index in range(len(tokens)):
            kept = sorted(begun[index], key=lambda part: part.cost)[:_BEAM]
            for part in self._parts(tokens, index, bold=bold) if kept else ():
                for before in kept:
                    cost, reach = before.cost + part.cost, before.reach & part.reach
                    if reach and cost <= most:
                        begun[index + part.taken].append(
                            _Part(before.words + part.words, reach, cost, before.doubtful or part.doubtful)
                        )
        whole = sorted(begun[-1], key=lambda part: (part.doubtful, part.cost))[:_BEAM]
        return [
            Repaired(tuple(with_numbers(list(part.words), self._catalogue.language)), part.cost + joined, part.doubtful)
            for part in whole
            if part.cost + joined and self._reach.meet([token.text for token in part.words])
        ]

    def _is_broken(self, tokens: Sequence[Token]) -> bool:
        """Whether a word of `tokens` is none, is often heard for another, or is the half of one."""
        mistaken = self._catalogue.mistaken
        words = [token.text for token in tokens if token.text.isalpha()]
        return any(word in mistaken or not self._exists(word) for word in words) or any(
            first.heard + second.heard in self._lexicon for first, second in itertools.pairwise(tokens)
        )

    def _whole(self, tokens: Sequence[Token]) -> list[Token]:
        """Return `tokens` with the halves of a word put together: "pourq uoi", "mém oire"."""
        kept: list[Token] = []
        for token in tokens:
            joined = kept[-1].heard + token.heard if kept else ""
            is_word = joined in self._asking or (joined in self._lexicon and len(joined) >= _SHORTEST)
            if is_word and not (self._exists(kept[-1].heard) and self._exists(token.heard)):
                kept[-1] = Token(self._base(joined), kept[-1].start, token.end, said=joined)
            else:
                kept.append(token)
        return kept

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

    def _parts(self, tokens: Sequence[Token], index: int, *, bold: bool) -> Iterator[_Part]:
        """Return what the token at `index`, alone or with the next, may stand for."""
        token = tokens[index]
        yield self._part([token.text], token, 0)
        if index + 1 < len(tokens):
            yield from self._joined(token, tokens[index + 1])
        if not token.text.isalpha():
            return
        if mistaken := self._catalogue.mistaken.get(token.text):
            yield self._part(mistaken.split(), token, _SLIP)
        elif token.text not in self._lexicon:
            exists = self._exists(token.text)
            if exists and not bold:
                return
            doubtful = exists or self._may_tell(token.text)
            for words, cost in self._meant(token.text, exists):
                yield self._part(words, token, cost, doubtful=doubtful)

    def slips_of(self, word: str, vocabulary: frozenset[str]) -> Iterator[Sequence[str]]:
        """Return what `word`, which is none, may be a slip of: one of `vocabulary`, or two words of which one is."""
        if word in vocabulary or not word.isalpha() or self._exists(word):
            return
        near = {known for rest in _slips_of(word) for known in _by_slip(vocabulary).get(rest, ())}
        yield from ((known,) for known in sorted(near) if _is_worth(known, word) and is_one_slip(word, known))
        for at in range(1, len(word)):
            first, second = word[:at], word[at:]
            known = first in vocabulary, second in vocabulary
            if any(known) and (known[0] or self._exists(first)) and (known[1] or self._exists(second)):
                yield first, second

    def _exists(self, word: str) -> bool:
        """Whether `word` is one; of two letters nearly all are in some dictionary."""
        return word in self._lexicon or (len(word) > _LONGEST_DOUBTED and word in self._existing)

    def _part(self, words: Sequence[str], token: Token, cost: int, *, doubtful: bool = False, taken: int = 1) -> _Part:
        bases = [self._base(word) for word in words]
        reach = EVERYTHING
        for word in bases:
            reach &= EVERYTHING if word in NUMBER_WORDS[self._catalogue.language] | PERCENT else self._reach.of(word)
        replaced = (token,) if bases == [token.text] else tuple(Token(word, token.start, token.end) for word in bases)
        return _Part(replaced, reach, cost, doubtful, taken)

    def _joined(self, token: Token, following: Token) -> Iterator[_Part]:
        """Return the word that two tokens are the halves of."""
        joined = token.heard + following.heard
        if len(joined) < _SHORTEST_JOINED or not joined.isalpha():
            return
        whole = Token(joined, token.start, following.end)
        broken = not self._exists(token.heard) or not self._exists(following.heard)
        if joined in self._lexicon:
            yield self._part([joined], whole, _SLIP, taken=2)
        elif (
            broken
            and joined not in self._existing
            and not (self._may_deny(token.heard) or self._may_deny(following.heard))
        ):
            for word in self._one_slip_from(joined):
                yield self._part([word], whole, 2 * _SLIP, taken=2)

    def _meant(self, word: str, exists: bool) -> Iterator[tuple[Sequence[str], int]]:
        """Return what a word outside the lexicon may stand for, and at what cost."""
        alike = self._one_slip_from(word)
        if exists:
            yield from (([other], _EXISTING) for other in alike if len(word) > _SHORTEST_SLIP)
            return
        if self._may_hold_a_negation(word):
            return
        splits = list(self._splits(word))
        yield from ((split, _SLIP) for split in splits)
        if any(not self._catalogue.words.negations.isdisjoint(split) for split in splits):
            return
        yield from (([other], _SLIP) for other in alike)
        if not alike and not splits and len(word) >= _SHORTEST:
            yield from (([other], cost) for other, cost in self._near(word))
            yield from ((split, 2 * _SLIP) for split in self._slipped_splits(word))

    def _one_slip_from(self, word: str) -> list[str]:
        """Return the known words that are one slip away; none if one of them negates."""
        if len(word) < 2:
            return []
        candidates = {known for rest in _slips_of(word) for index in self._by_slip for known in index.get(rest, ())}
        alike = sorted(known for known in candidates if _is_worth(known, word) and is_one_slip(word, known))
        if any(known in self._catalogue.words.negations for known in alike):
            return []
        return list(dict.fromkeys(self._base(known) for known in alike))

    def _may_deny(self, word: str) -> bool:
        """Whether `word` is a negation, or may be one: "ps"."""
        negations = self._catalogue.words.negations
        return word in negations or any(is_one_slip(word, negation) for negation in negations)

    def _may_hold_a_negation(self, word: str) -> bool:
        """Whether one hangs on a known word: "désactivepsa"."""
        ends = range(_SHORTEST, len(word) - _SHORTEST_SECOND + 1)
        return any(word[:at] in self._lexicon and self._may_deny(word[at:]) for at in ends)

    def _may_tell(self, word: str) -> bool:
        """Whether `word` is as near to one that makes a command none: "eep" may be "keep"."""
        return any(is_one_slip(word, telling) for telling in self._catalogue.words.telling)

    def _near(self, word: str) -> Iterator[tuple[str, int]]:
        """Return the known words that a long word sounds like, or is nearest to."""
        sounds = self._by_sound.get(sound_of(word, self._catalogue.language), set())
        alike = {self._base(known) for known in sounds if known[0] == word[0]}
        yield from ((known, _SLIP) for known in sorted(alike))
        known = self._by_letter.get(word[0], [])
        for index, _ in nearest(word, known, at_least=_RATIO, limit=_MOST_ALIKE):
            # What is much longer may be two words, and the second a "not".
            if self._base(known[index]) not in alike and len(word) - len(known[index]) < _SHORTEST_SECOND:
                yield self._base(known[index]), _NEAR

    def _splits(self, word: str) -> Iterator[Sequence[str]]:
        """Return the two known words that `word` joins, in every way."""
        for at in range(1, len(word)):
            if self._joins(word[:at], word[at:]):
                yield word[:at], word[at:]

    def _slipped_splits(self, word: str) -> Iterator[Sequence[str]]:
        """Return the known words that `word` joins where one of them has a slip as well: "theclpiboard"."""
        for at in range(2, len(word) - 1):
            first, second = word[:at], word[at:]
            if first in self._lexicon and len(second) >= _SHORTEST_SPLIT:
                yield from ((first, meant) for meant in self._one_slip_from(second))
            elif second in self._lexicon and len(first) >= _SHORTEST_SPLIT:
                yield from ((meant, second) for meant in self._one_slip_from(first))

    def _joins(self, first: str, second: str) -> bool:
        if second not in self._lexicon or len(second) < 2:
            return False
        elided = first in _ELISIONS[self._catalogue.language]
        return elided or (len(first) > 1 and len(first + second) >= _SHORTEST_SPLIT and first in self._lexicon)

    def _base(self, word: str) -> str:
        return self._catalogue.same.get(word, word)


def _is_worth(known: str, word: str) -> bool:
    """Whether `word` may be a slip of `known`: two letters can only be swapped, and none gets in at the start."""
    return (len(known) >= _SHORTEST_SLIP or sorted(known) == sorted(word)) and (
        word[1:] != known or word[0] == known[0]
    )


@lru_cache(maxsize=16)
def _by_slip(words: frozenset[str]) -> Mapping[str, Sequence[str]]:
    """Return what is left of each of `words` without one letter, or none -> the words.

    Those of a catalogue are far more than the names of a machine, which change.
    """
    index: dict[str, list[str]] = {}
    for word in words:
        if word.isalpha() and len(word) > 1:
            for rest in _slips_of(word):
                index.setdefault(rest, []).append(word)
    return index


def _slips_of(word: str) -> Iterable[str]:
    """Return `word` and all that is left of it without one letter: two words one slip apart share one of these."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
