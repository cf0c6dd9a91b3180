"""Phrases with what they mean, found where words begin with them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from etoile.domain.matching.phrases import Phrase

T = TypeVar("T")


class _Node(Generic[T]):
    __slots__ = ("children", "meanings")

    def __init__(self) -> None:
        self.children: dict[str, _Node[T]] = {}
        self.meanings: dict[T, None] = {}


class Starts(Generic[T]):
    """Finds the phrases that words begin with: a tree with a branch for each word."""

    def __init__(self, said: Iterable[tuple[Phrase, T]]) -> None:
        self._root: _Node[T] = _Node()
        for phrase, meaning in said:
            node = self._root
            for word in phrase:
                node = node.children.setdefault(word, _Node())
            if phrase:
                node.meanings[meaning] = None

    @property
    def first_words(self) -> Iterable[str]:
        """What a phrase begins with."""
        return self._root.children.keys()

    def of(self, words: Sequence[str], index: int, skipped: frozenset[str]) -> Iterator[tuple[T, int, int]]:
        """Return what stands at `index` of `words`: what it means, over how many words it goes, and how many say it.

        Words of `skipped` may stand inside a phrase, and say nothing.
        """
        node, count = self._root, 0
        for at in range(index, len(words)):
            word = words[at]
            if at > index and word in skipped:
                continue
            following = node.children.get(word)
            if following is None:
                return
            node, count = following, count + 1
            for meaning in node.meanings:
                yield meaning, at - index + 1, count
