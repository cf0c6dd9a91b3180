"""Which commands a word can be part of.

It tells at once that words which never stand together in a command explain nothing together, so that of the many ways
to repair a request only few are tried.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_
from typing import Final

from etoile.domain.commands import SlotType
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.grammar import Values
from etoile.domain.matching.phrases import Phrase
from etoile.domain.matching.quantities import READERS, UNITS
from etoile.domain.matching.tokens import DOTS, NUMBER_WORDS, PERCENT

EVERYTHING: Final = -1
"""All bits: it may stand in every command."""


class Reach:
    """For each word of a language a set of commands, as bits."""

    def __init__(self, catalogue: Catalogue, values: Values) -> None:
        self._bits: dict[str, int] = {}
        self._of_free_text = 0
        """Commands that take any words."""
        of_quantities = 0
        for index, (_, forms) in enumerate(catalogue.forms.items()):
            bit = 1 << index
            parts = {part for form in forms for part in form}
            for part in parts:
                slot = SlotType(part[1:-1]) if part[0] == "{" and len(part) > 1 else None
                if slot and slot.is_open:
                    self._of_free_text |= bit
                elif slot:
                    of_quantities |= bit if slot in READERS else 0
                    self._add(bit, values.get(slot, ()))
                elif part[0] == "<":
                    self._add(bit, catalogue.concepts[part[1:-1]])
                    self._add(bit, (half for split in catalogue.splits[part[1:-1]] for half in split))
                else:
                    self._add(bit, [(part,)])
        self._add(of_quantities, [tuple(UNITS[catalogue.language])])
        words = catalogue.words
        weightless = (*words.fillers, *words.openers, *words.closers, *words.connectors, *words.causes)
        numbers = NUMBER_WORDS[catalogue.language] | PERCENT
        self._weightless = frozenset(word for phrase in weightless for word in phrase)
        self._weightless |= words.stop | words.light | numbers

    def of(self, word: str) -> int:
        """Return the commands that `word` may be said for."""
        return self._bits_of(word) | self._of_free_text if word.isalpha() else EVERYTHING

    def meet(self, words: Sequence[str]) -> bool:
        """Whether `words` can all be said for one command: without free text, or behind what begins some."""
        said = [word for index, word in enumerate(words) if word.isalpha() and not _is_in_host(words, index)]
        return bool(reduce(and_, map(self._bits_of, said), EVERYTHING)) or self._may_begin_free_text(said)

    def _may_begin_free_text(self, words: Sequence[str]) -> bool:
        """Whether what begins a command with free text stands first, politeness aside: "look" of "look up the news"."""
        for word in words:
            if self._bits.get(word, 0) & self._of_free_text:
                return True
            if word not in self._weightless:
                return False
        return False

    def _bits_of(self, word: str) -> int:
        return EVERYTHING if word in self._weightless else self._bits.get(word, 0)

    def _add(self, bits: int, phrases: Iterable[Phrase]) -> None:
        for phrase in phrases:
            for word in phrase:
                self._bits[word] = self._bits.get(word, 0) | bits


def _is_in_host(words: Sequence[str], index: int) -> bool:
    return any(word in DOTS for word in words[max(index - 1, 0) : index + 2])
