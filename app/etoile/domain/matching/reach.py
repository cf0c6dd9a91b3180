"""Which commands a word can be part of.

It tells at once that words which never stand together in a command explain nothing together, so that only few commands
are looked at closely, and of the many ways to repair a request only few are tried.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import chain
from operator import or_
from typing import Final

from etoile.domain.commands import SlotType
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.phrases import Phrase
from etoile.domain.matching.quantities import READERS, UNITS
from etoile.domain.matching.tokens import DOTS, NUMBER_WORDS, PERCENT

Values = Mapping[SlotType, Mapping[Phrase, str]]
"""Slot -> what is said -> value."""

_DOTS = frozenset(DOTS)

EVERYTHING: Final = -1
"""All bits: it may stand in every command."""


class Reach:
    """For each word of a language a set of commands, as bits."""

    def __init__(self, catalogue: Catalogue, values: Values) -> None:
        self._bits: dict[str, int] = {}
        self._all = sum(catalogue.bits.values())
        bits_of_parts: dict[str, int] = {}
        for command, parts in catalogue.parts.items():
            for part in parts:
                bits_of_parts[part] = bits_of_parts.get(part, 0) | catalogue.bits[command]
        self._of_free_text = 0
        """Commands that take any words."""
        of_quantities = 0
        for part, bits in bits_of_parts.items():
            slot = SlotType(part[1:-1]) if part[0] == "{" else None
            if slot and slot.is_open:
                self._of_free_text |= bits
            elif slot:
                of_quantities |= bits if slot in READERS else 0
                self._add(bits, frozenset(chain.from_iterable(values.get(slot, ()))))
            elif part[0] == "<":
                self._add(bits, catalogue.words_of_concepts[part[1:-1]])
            else:
                self._add(bits, (part,))
        self._add(of_quantities, UNITS[catalogue.language])
        self._begins_any = 0
        """Commands with free text that a number or a time may begin."""
        self._begins: dict[str, int] = {}
        """Word -> the commands with free text that it may begin."""
        begun = catalogue.graph.root
        for part in begun.labels:
            bits = begun.child(part).commands & self._of_free_text
            self._begins_any |= bits if part[0] == "{" else 0
            for phrase in catalogue.phrases_of(part) if bits else ():
                # A number that begins a phrase may have been said in words.
                for word in phrase[:1] if phrase[0].isalpha() else phrase:
                    self._begins[word] = self._begins.get(word, 0) | bits
        self._triggers_any = 0
        """Commands with free text that a number, a name or the like may stand right before."""
        self._triggers: dict[str, int] = {}
        """Word -> the commands with free text that it may stand right before."""
        for part, bits in catalogue.graph.triggers.items():
            for last in (phrase[-1] for phrase in catalogue.phrases_of(part)) if part[0] != "{" else ("",):
                if last.isalpha():
                    self._triggers[last] = self._triggers.get(last, 0) | bits
                else:
                    self._triggers_any |= bits
        for tail in catalogue.tails:
            self._triggers[tail[-1]] = self._triggers.get(tail[-1], 0) | self._of_free_text
        words = catalogue.words
        weightless = (*words.fillers, *words.openers, *words.closers, *words.connectors, *words.causes)
        numbers = NUMBER_WORDS[catalogue.language] | PERCENT
        self._weightless = frozenset(word for phrase in weightless for word in phrase)
        self._weightless |= words.stop | words.light | numbers
        self._bits |= dict.fromkeys(self._weightless, EVERYTHING)

    def of(self, words: Iterable[str]) -> int:
        """Return the commands that `words` can all be said for, free text aside."""
        return self._together(words)

    def begun_by(self, words: Iterable[str]) -> int:
        """Return the commands with free text that one of `words` may begin."""
        return reduce(or_, (self._begins.get(word, 0) for word in words), self._begins_any)

    def triggered_by(self, words: Iterable[str]) -> int:
        """Return the commands with free text that may begin right behind one of `words`."""
        return reduce(or_, (self._triggers.get(word, 0) for word in words), self._triggers_any)

    def meet(self, words: Sequence[str]) -> bool:
        """Whether `words` may all be said for one command once repaired: with free text behind what begins it."""
        said = _outside_hosts(words)
        return bool(self._together(said) or self._begun(said))

    def commands(self, words: Sequence[str]) -> int:
        """Return the commands that `words` can all be said for."""
        begun = self._begun(words)
        if begun and self._triggers.keys().isdisjoint(words):
            begun &= self._triggers_any
        elif begun:
            begun &= self.triggered_by(words)
        return (self._together(_outside_hosts(words)) | begun) & self._all

    def _together(self, words: Iterable[str]) -> int:
        bits = EVERYTHING
        for word in words:
            of_word = self._bits.get(word, 0)
            if of_word or word.isalpha():
                bits &= of_word
                if not bits:
                    break
        return bits

    def _begun(self, words: Sequence[str]) -> int:
        """Return the commands with free text that `words` may begin, politeness aside: "look" of "look up the news"."""
        bits = self._begins_any
        for index, word in enumerate(words):
            bits |= self._begins.get(word, 0)
            if word not in self._weightless and word.isalpha() and not _is_in_host(words, index):
                break
        return bits

    def _add(self, bits: int, words: Iterable[str]) -> None:
        for word in filter(str.isalpha, words):
            self._bits[word] = self._bits.get(word, 0) | bits


def _outside_hosts(words: Sequence[str]) -> Sequence[str]:
    if _DOTS.isdisjoint(words):
        return words
    return [word for index, word in enumerate(words) if word.isalpha() and not _is_in_host(words, index)]


def _is_in_host(words: Sequence[str], index: int) -> bool:
    return not _DOTS.isdisjoint(words[max(index - 1, 0) : index + 2])
