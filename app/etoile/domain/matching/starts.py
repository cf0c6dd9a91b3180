"""Phrases with what they mean, found where words begin with them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from etoile.domain.matching.phrases import Phrase


class Label(NamedTuple):
    """What stands at a token."""

    name: str
    """A word, a `<concept>` or a `{slot}`."""
    length: int
    """How many tokens say it."""
    value: str | int | None = None
    """The slot's; None if it is out of range."""
    words: int = 1
    """How many words it explains."""
    tail: Phrase = ()
    """What is still to be said of a concept in two."""


class _Node:
    __slots__ = ("children", "labels")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.labels: dict[Label, None] = {}


class Starts:
    """Finds the phrases that words begin with: a tree with a branch for each word."""

    def __init__(self, said: Iterable[tuple[Phrase, Label]]) -> None:
        self._root = _Node()
        for phrase, label in said:
            node = self._root
            for word in phrase:
                node = node.children.setdefault(word, _Node())
            if phrase:
                node.labels[label] = None
        self.seconds = {word: frozenset(node.children) for word, node in self._root.children.items() if node.children}
        """What phrases of several words begin with -> what may follow it."""

    def begun(self) -> Iterator[tuple[str, set[str]]]:
        """Return each word that phrases begin with, and the names of what these mean."""
        for word, node in self._root.children.items():
            nodes = [node]
            for one in nodes:
                nodes += one.children.values()
            yield word, {label.name for one in nodes for label in one.labels}

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

    def of(self, words: Sequence[str], skipped: frozenset[str]) -> Iterator[tuple[Label, int]]:
        """Return what `words` begin with, and over how many words it goes.

        Words of `skipped` may stand inside a phrase, and say nothing.
        """
        node = self._root
        for length, word in enumerate(words, start=1):
            if length > 1 and word in skipped:
                continue
            following = node.children.get(word)
            if following is None:
                return
            node = following
            for label in node.labels:
                yield label, length
