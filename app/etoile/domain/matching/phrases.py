"""Sets of phrases, and where they stand among words."""

from collections.abc import Iterable, Iterator, Sequence

Phrase = tuple[str, ...]
"""Words that stand together."""


class PhraseSet:
    """Finds its phrases among words."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._phrases = frozenset(phrase for phrase in phrases if phrase)
        self._lengths: dict[str, dict[str, list[int]]] = {}
        """First word -> second, or empty -> the lengths of phrases that begin with them, the longest first."""
        for phrase in sorted(self._phrases, key=len, reverse=True):
            first, second, *_ = *phrase, ""
            lengths = self._lengths.setdefault(first, {}).setdefault(second, [])
            if len(phrase) not in lengths:
                lengths.append(len(phrase))

    def length_at(self, words: Sequence[str], index: int) -> int:
        """Return the length of the longest phrase that stands at `index`; 0 when none does."""
        following = self._lengths.get(words[index])
        if following is None:
            return 0
        for length in following.get(words[index + 1], ()) if index + 1 < len(words) else ():
            if index + length <= len(words) and tuple(words[index : index + length]) in self._phrases:
                return length
        return 1 if "" in following else 0

    def begins(self, word: str) -> bool:
        """Whether a phrase begins with `word`."""
        return word in self._lengths

    def may_be_in(self, words: Iterable[str]) -> bool:
        """Whether any of `words` begins a phrase."""
        return not self._lengths.keys().isdisjoint(words)

    def is_in(self, words: Sequence[str]) -> bool:
        """Whether a phrase stands anywhere among `words`."""
        return self.may_be_in(words) and any(self.places(words))

    def places(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Return where phrases stand among `words`, and how long the longest is at each place."""
        for index, word in enumerate(words):
            if word in self._lengths and (length := self.length_at(words, index)):
                yield index, length

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
