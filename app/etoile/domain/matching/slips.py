"""Words that are one slip of the keyboard or the ear away from others."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from etoile.domain.matching.nearness import is_one_slip

_SHORTEST = 3
"""Letters of a word in which one may be wrong; of a shorter one two can only be swapped."""


class Slips:
    """Finds those of its words that another word may be a slip of."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        self._by_rest: dict[str, list[str]] = {}
        """What is left of a word without one letter, or none -> the words."""
        for word in self.words:
            if word.isalpha() and len(word) > 1:
                for rest in _rests(word):
                    self._by_rest.setdefault(rest, []).append(word)

    def of(self, word: str) -> list[str]:
        """Return the words that one letter dropped, added, changed or swapped with the next makes `word` of."""
        return slips_of(word, (self,))

    def near(self, rests: set[str]) -> set[str]:
        """Return the words of which one of `rests` is left without one letter."""
        return {known for rest in self._by_rest.keys() & rests for known in self._by_rest[rest]}


def slips_of(word: str, vocabularies: Sequence[Slips]) -> list[str]:
    """Return the words of all `vocabularies` that `word` may be a slip of."""
    rests = _rests(word)
    near = set().union(*(vocabulary.near(rests) for vocabulary in vocabularies))
    return sorted(known for known in near if _is_worth(known, word) and is_one_slip(word, known))


@lru_cache(maxsize=16)
def slips_among(words: frozenset[str]) -> Slips:
    """Return the index of `words`, made once: those of a catalogue are many, and machines' names change."""
    return Slips(words)


def _rests(word: str) -> set[str]:
    """Return `word` and all that is left of it without one letter: two words one slip apart share one of these."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _is_worth(known: str, word: str) -> bool:
    """Whether `word` may be a slip of `known`: two letters can only be swapped, and none gets in at the start."""
    return (len(known) >= _SHORTEST or sorted(known) == sorted(word)) and (word[1:] != known or word[0] == known[0])
