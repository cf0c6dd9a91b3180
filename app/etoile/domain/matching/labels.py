"""What stands at a token of a request: a word, something that says a concept, a value of a slot."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from sys import intern

from etoile.domain.commands import SlotType
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.quantities import ARTICLES, BEGINNINGS, READERS, UNITS
from etoile.domain.matching.reach import Values
from etoile.domain.matching.starts import Label, Starts
from etoile.domain.matching.tokens import DOTS

_NOTHING: frozenset[str] = frozenset()
_DOTS = frozenset(DOTS)


SLOTS = {f"{{{slot}}}": slot for slot in SlotType}
"""What stands for a value -> its slot."""
_READERS = {f"{{{slot}}}": reader for slot, reader in READERS.items()}


Here = tuple[tuple[Label, ...], tuple[Label, ...], int]
"""All that stands at a token; the values of slots among it; and the length of the longest thing among it."""


class Labels:
    """Tells what stands at the tokens of requests in one language."""

    def __init__(self, catalogue: Catalogue, values: Values) -> None:
        self._catalogue = catalogue
        self._stop = catalogue.words.stop
        self._values = Starts(
            (content := catalogue.content(phrase), Label(intern(f"{{{slot}}}"), len(content), value))
            for slot, spoken in values.items()
            for phrase, value in spoken.items()
        )
        self._starts = (catalogue.said, self._values)
        self._seconds = {
            word: frozenset().union(*(starts.seconds.get(word, ()) for starts in self._starts))
            for word in catalogue.said.seconds.keys() | self._values.seconds.keys()
        }
        """What phrases of several words begin with -> what may follow it."""
        begun: dict[str, set[str]] = {}
        for starts in self._starts:
            for word, names in starts.begun():
                begun.setdefault(word, set()).update(names)
        shared: dict[frozenset[str], frozenset[str]] = {}
        self._begun = {word: shared.setdefault(of := frozenset(names), of) for word, names in begun.items()}
        """Word -> the names of all phrases that it may begin."""
        self._language = catalogue.language
        self._units, self._beginnings = UNITS[self._language], BEGINNINGS[self._language]
        self._known = lru_cache(maxsize=4096)(self._found)
        self._known_quantities = lru_cache(maxsize=512)(self._with_quantities)

    def at(self, tokens: Sequence[str], index: int) -> Here:
        """Return what stands at `index` of `tokens`."""
        if self._may_be_a_quantity(tokens, index):
            return self._known_quantities(tokens[index - 1] if index else "", tuple(tokens[index:]))
        return self._known(tuple(tokens[index : self._end(tokens, index)]))

    def may_be(self, among: Mapping[str, object], tokens: Sequence[str], index: int) -> bool:
        """Whether something of a name `among` these may stand at `index`: told by its first word alone."""
        token = tokens[index]
        if token in among or not among.keys().isdisjoint(self._begun.get(token, _NOTHING)):
            return True
        return not among.keys().isdisjoint(_READERS) and self._may_be_a_quantity(tokens, index)

    def _end(self, tokens: Sequence[str], index: int) -> int:
        """Return how far from `index` on a phrase may go: what stands behind that does not matter."""
        token = tokens[index]
        seconds = self._seconds.get(token)
        if seconds is None or index + 1 == len(tokens):
            return index + 1
        if tokens[index + 1] not in seconds and tokens[index + 1] not in self._stop:
            return index + 1
        ends = [starts.end(tokens, index, self._stop) for starts in self._starts]
        if token in self._stop:
            ends += [starts.end(tokens, index, _NOTHING) for starts in self._starts]
        return max(ends)

    def _may_be_a_quantity(self, tokens: Sequence[str], index: int) -> bool:
        """Whether a number, a time or a host may begin."""
        token = tokens[index]
        if token in ARTICLES:
            return index + 1 < len(tokens) and tokens[index + 1] in self._units
        if token.isdigit() or token in self._beginnings:
            return True
        return index + 1 < len(tokens) and tokens[index + 1] in _DOTS

    def _with_quantities(self, before: str, tokens: tuple[str, ...]) -> Here:
        """Return what stands at the first of `tokens`, quantities too; `before` is the one before it, or empty."""
        read = ((name, reader((before, *tokens), 1, self._language)) for name, reader in _READERS.items())
        found = (Label(name, *quantity) for name, quantity in read if quantity)
        return _here((*self._known(tokens)[0], *found))

    def _found(self, tokens: tuple[str, ...]) -> Here:
        """Return what stands at the first of `tokens`, quantities aside."""
        labels = [Label(tokens[0], 1), *self._phrases(tokens, self._stop)]
        if tokens[0] in self._stop:
            # What is made of stop words alone keeps them.
            labels += self._phrases(tokens, _NOTHING)
        return _here(labels)

    def _phrases(self, tokens: tuple[str, ...], skipped: frozenset[str]) -> Iterator[Label]:
        halves = []
        for label, length in self._catalogue.said.of(tokens, skipped):
            if label.tail:
                halves.append(label if length == label.length else label._replace(length=length))
            else:
                yield label if length == label.length else label._replace(length=length, words=length)
        yield from halves
        for label, length in self._values.of(tokens, skipped):
            yield label if length == label.length else label._replace(length=length)


def _here(labels: Iterable[Label]) -> Here:
    distinct = tuple(dict.fromkeys(labels))
    values = tuple(label for label in distinct if label.name in SLOTS)
    return distinct, values, max((label.length for label in distinct if _is_thing(label)), default=0)


def _is_thing(label: Label) -> bool:
    """Whether a label is that of something with a name: no number, no time, no half of a concept."""
    return len(label.name) > 1 and label.name[0] in "<{" and label.name not in _READERS and not label.tail
