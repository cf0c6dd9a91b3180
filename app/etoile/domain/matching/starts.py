"""Phrases with what they mean, found where words begin with them."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from etoile.domain.matching.phrases import Phrase

T = TypeVar("T")


class Starts(Generic[T]):
    """Finds the phrases that words begin with."""

    def __init__(self, said: Iterable[tuple[Phrase, T]]) -> None:
        self._meanings: dict[Phrase, dict[T, None]] = {}
        for phrase, meaning in said:
            if phrase:
                self._meanings.setdefault(phrase, {})[meaning] = None
        self._lengths: dict[str, set[int]] = {}
        for phrase in self._meanings:
            self._lengths.setdefault(phrase[0], set()).add(len(phrase))

    def of(self, words: Phrase) -> Iterator[tuple[T, int]]:
        """Return what `words` may begin with: what it means, and how many of them say it."""
        for length in self._lengths.get(words[0], ()):
            if length <= len(words):
                for meaning in self._meanings.get(words[:length], ()):
                    yield meaning, length
