"""What stands at a token of a request: a word, something that says a concept, a value of a slot."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from etoile.domain.commands import SlotType
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.phrases import Phrase
from etoile.domain.matching.quantities import BEGINNINGS, READERS
from etoile.domain.matching.reach import Values
from etoile.domain.matching.starts import Starts
from etoile.domain.matching.tokens import DOTS

_NOTHING: frozenset[str] = frozenset()


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

    @property
    def slot(self) -> SlotType | None:
        """The slot that it is a value of."""
        return SLOTS.get(self.name)


SLOTS = {f"{{{slot}}}": slot for slot in SlotType}
_QUANTITIES = frozenset(f"{{{slot}}}" for slot in READERS)


class Here(NamedTuple):
    """All that stands at a token."""

    labels: tuple[Label, ...]
    names: frozenset[str]


class Labels:
    """Tells what stands at the tokens of requests in one language."""

    def __init__(self, catalogue: Catalogue, values: Values) -> None:
        self._catalogue = catalogue
        self._stop = catalogue.words.stop
        self._values = Starts(
            (catalogue.content(phrase), (f"{{{slot}}}", value))
            for slot, spoken in values.items()
            for phrase, value in spoken.items()
        )
        self._beginnings = BEGINNINGS[catalogue.language]
        indexes = (catalogue.said, catalogue.said_around, self._values)
        self._first_words = self._beginnings.union(*(index.first_words for index in indexes))
        self._alone = lru_cache(maxsize=4096)(_alone)
        self._known = lru_cache(maxsize=4096)(self._found)

    def at(self, tokens: Sequence[str], index: int) -> Here:
        """Return what stands at `index` of `tokens`."""
        token = tokens[index]
        if token in self._first_words or _may_be_a_quantity(tokens, index):
            return self._known(tokens[index - 1] if index else "", tuple(tokens[index:]))
        return self._alone(token)

    def _found(self, before: str, tokens: tuple[str, ...]) -> Here:
        """Return what stands at the first of `tokens`; `before` is the one before it, or empty."""
        labels = tuple(dict.fromkeys(self._at((before, *tokens), 1)))
        return Here(labels, frozenset(label.name for label in labels))

    def _at(self, tokens: tuple[str, ...], index: int) -> Iterator[Label]:
        yield Label(tokens[index], 1)
        yield from self._phrases(tokens, index, self._stop)
        if tokens[index] in self._stop:
            # What is made of stop words alone keeps them.
            yield from self._phrases(tokens, index, _NOTHING)
        if tokens[index] in self._beginnings or _may_be_a_quantity(tokens, index):
            for slot, read in READERS.items():
                if found := read(tokens, index, self._catalogue.language):
                    yield Label(f"{{{slot}}}", *found)

    def _phrases(self, tokens: tuple[str, ...], index: int, skipped: frozenset[str]) -> Iterator[Label]:
        for name, length, _ in self._catalogue.said.of(tokens, index, skipped):
            yield Label(name, length, words=length)
        for (name, tail), length, count in self._catalogue.said_around.of(tokens, index, skipped):
            if tail[0] in tokens[index + 1 :]:
                yield Label(name, length, words=count, tail=tail)
        for (name, value), length, _ in self._values.of(tokens, index, skipped):
            yield Label(name, length, value)


def _may_be_a_quantity(tokens: Sequence[str], index: int) -> bool:
    """Whether a number or a host may begin, in whatever words."""
    return tokens[index].isdigit() or (index + 1 < len(tokens) and tokens[index + 1] in DOTS)


def _alone(token: str) -> Here:
    return Here((Label(token, 1),), frozenset((token,)))


def is_thing(label: Label) -> bool:
    """Whether a label is that of something with a name: no number, no time, no half of a concept."""
    return len(label.name) > 1 and label.name[0] in "<{" and label.name not in _QUANTITIES and not label.tail
