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
        self.begin_several = frozenset(word for word, node in self._root.children.items() if node.children)
        """What phrases of several words begin with."""

    def begun(self) -> Iterator[tuple[str, set[T]]]:
        """Return each word that phrases begin with, and what these mean."""
        for word, node in self._root.children.items():
            nodes = [node]
            for one in nodes:
                nodes += one.children.values()
            yield word, {meaning for one in nodes for meaning in one.meanings}

    def end(self, words: Sequence[str], index: int, skipped: frozenset[str]) -> int:
        """Return up to where what stands at `index` may be part of a phrase."""
        node = self._root.children.get(words[index])
        end = index + 1
        for at in range(end, len(words) if node and node.children else 0):
            if words[at] in skipped:
                continue
            node = node.children.get(words[at]) if node else None
            if node is None:
                break
            end = at + 1
        return end

    def of(self, words: Sequence[str], skipped: frozenset[str]) -> Iterator[tuple[T, int, int]]:
        """Return what `words` begin with: what it means, over how many words it goes, and how many of them say it.

        Words of `skipped` may stand inside a phrase, and say nothing.
        """
        node, count = self._root, 0
        for length, word in enumerate(words, start=1):
            if length > 1 and word in skipped:
                continue
            following = node.children.get(word)
            if following is None:
                return
            node, count = following, count + 1
            for meaning in node.meanings:
                yield meaning, length, count
