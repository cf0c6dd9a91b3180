"""Phrases by the two words that they begin with."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from etoile.domain.matching.phrases import Phrase

T = TypeVar("T")


class Starts(Generic[T]):
    """Phrases with what each means, found by the two words that they begin with."""

    def __init__(self, said: Iterable[tuple[Phrase, T]]) -> None:
        self._phrases: dict[Phrase, dict[tuple[Phrase, T], None]] = {}
        for phrase, meaning in said:
            if phrase:
                self._phrases.setdefault(phrase[:2], {})[phrase, meaning] = None

    def at(self, first: str, following: Sequence[str]) -> Iterator[tuple[Phrase, T]]:
        """Return the phrases that are `first`, or begin with it and one of `following`."""
        yield from self._phrases.get((first,), ())
        for second in following:
            yield from self._phrases.get((first, second), ())
