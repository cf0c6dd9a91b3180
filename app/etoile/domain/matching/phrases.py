"""Sets of phrases, and where they stand among words."""

from collections.abc import Iterable, Sequence

Phrase = tuple[str, ...]
"""Words that stand together."""


class PhraseSet:
    """Finds its phrases among words."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by_first: dict[str, list[Phrase]] = {}
        for phrase in sorted(set(phrases), key=len, reverse=True):
            if phrase:
                self._by_first.setdefault(phrase[0], []).append(phrase)

    def length_at(self, words: Sequence[str], index: int) -> int:
        """Return the length of the longest phrase that stands at `index`; 0 when none does."""
        for phrase in self._by_first.get(words[index], ()):
            if tuple(words[index : index + len(phrase)]) == phrase:
                return len(phrase)
        return 0

    def is_in(self, words: Sequence[str]) -> bool:
        """Whether a phrase stands anywhere among `words`."""
        return any(self.length_at(words, index) for index in range(len(words)))

    def without(self, words: Sequence[str]) -> list[str]:
        """Return `words` without the phrases."""
        kept: list[str] = []
        index = 0
        while index < len(words):
            if length := self.length_at(words, index):
                index += length
            else:
                kept.append(words[index])
                index += 1
        return kept
