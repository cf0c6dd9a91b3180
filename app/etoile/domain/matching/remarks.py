"""What only says why: "my ears hurt, turn it down", "mute the microphone so I can sneeze".

A remark stands beside a command that is whole by itself, begins as the catalogue lists, and has nothing in it that
makes the command somebody else's, or for later; nor is it a command itself.  A pronoun of the command may mean what the
remark names.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from etoile.domain.commands import SlotType
from etoile.domain.match import Slots
from etoile.domain.matching.catalogue import Words
from etoile.domain.matching.grammar import Grammar
from etoile.domain.matching.phrases import PhraseSet
from etoile.domain.matching.slips import Slips
from etoile.domain.matching.tokens import BREAK, Tokens, fold

_MOST_CLAUSES = 5
_MOST_NAMED = 4
_SHORTEST_REMARK, _LONGEST_REMARK = 3, 16
"""Words; what the catalogue lists whole may be shorter."""

_PRONOUN, _PLAIN, _DETERMINER = range(3)
"""The orders in which requests without their remarks are tried: "turn it down" with what "it" is, as it stands, and
"stop the service" with the service's name."""

_PROPER = frozenset(
    {SlotType.APP, SlotType.SERVICE, SlotType.PROCESS, SlotType.NODE, SlotType.MODEL, SlotType.SKILL, SlotType.SYMBOL}
)
"""Slots whose names mean nothing else; folders are called "music" and "documents"."""

Bared = Callable[[Tokens], Tokens]
"""Takes away hesitation and repetition."""
SlipsOf = Callable[[str, Slips], Iterable[Sequence[str]]]
"""Word and vocabulary -> what it may be a slip of."""


class Bare(NamedTuple):
    """A request without its remarks."""

    tokens: Tokens
    order: int = _PLAIN
    """What is found in an earlier order is meant."""
    dislocated: bool = False
    """Whether all that stood beside it was the name of what it is about: "is it hot, the gpu"."""
    remarks: tuple[Tokens, ...] = ()
    """What was left out."""

    @property
    def resolved(self) -> bool:
        """Whether a pronoun in it was replaced by what it means."""
        return self.order != _PLAIN


class Remarks:
    """Tells remarks from commands in one language."""

    def __init__(self, words: Words, grammar: Grammar, bare: Bared, slips_of: SlipsOf) -> None:
        """Take the words of a language; `bare` takes away hesitation: "the er next time"."""
        self._bare, self._slips_of = bare, slips_of
        phrases = (*words.remarks, *words.causes, *words.spoilers)
        self._vocabulary = Slips(word for phrase in phrases for word in phrase if word.isalpha())
        self._grammar = grammar
        self._pronouns = words.pronouns
        self._starts = PhraseSet(words.remarks)
        self._causes = PhraseSet(words.causes)
        self._spoilers = PhraseSet(words.spoilers)
        self._introductions = PhraseSet((*words.openers, *words.fillers))
        self._stop = words.stop
        self._negations = words.negations
        # A clause stands in many of the ways to part a request, and a word in many requests.
        self.is_remark = lru_cache(maxsize=64)(self._is_remark)
        self._only_names = lru_cache(maxsize=64)(self._names_only)
        self._meant = lru_cache(maxsize=4096)(self._found_meant)
        self._empty = words.stop | words.pronouns | {BREAK}

    def without(self, request: str, tokens: Tokens) -> list[Bare]:
        """Return what `tokens` may come down to, the likeliest first; empty when there is no remark in them."""
        found: dict[Bare, None] = {}
        for command, remarks in self._parts(request, tokens):
            said = tuple(itertools.chain.from_iterable(remarks))
            names = all(self._only_names(remark) for remark in remarks)
            found |= dict.fromkeys(
                bare._replace(dislocated=names, remarks=tuple(remarks)) for bare in self._resolved(command, said)
            )
            if all(self.is_remark(remark) for remark in remarks):
                found[Bare(command, remarks=tuple(remarks))] = None
        return sorted(found, key=lambda bare: bare.order)

    def _is_remark(self, clause: Tokens) -> bool:
        """Whether `clause` only says why: nothing in it makes the command somebody else's, or for later."""
        return self._is_listed(clause) and not self._is_spoiled(clause)

    def speaks_of_another(self, bare: Bare, command: str, slots: Slots) -> bool:
        """Whether a remark beside `command` is another command, or names an app or a service that it is not about."""
        return any(
            self._names_another(remark, slots) or (not bare.resolved and self._orders_another(remark, command))
            for remark in bare.remarks
        )

    def _names_another(self, remark: Tokens, slots: Slots) -> bool:
        own = {str(value).casefold() for value in slots.values()}
        texts = [token.text for token in remark]
        names = [span for span in self._grammar.spans(texts) if span.slot in _PROPER]
        called = [
            str(name.value).casefold()
            for name in names
            if " ".join(texts[name.first : name.last]) == fold(str(name.value))
        ]
        return any(name not in own for name in called)

    def _orders_another(self, remark: Tokens, command: str) -> bool:
        """Whether `remark` is another command; if it denies something, whether it ends in one: "you must not ..."."""
        texts = [token.text for token in remark]
        ends = (
            [texts] if not self._negations.intersection(texts) else [texts[at:] for at in range(max(len(texts) - 1, 1))]
        )
        return any(reading.command != command for end in ends for reading in self._grammar.readings(end))

    def _parts(self, request: str, tokens: Tokens) -> Iterator[tuple[Tokens, list[Tokens]]]:
        """Return every way to part `tokens` into a command and remarks beside it."""
        whole: list[tuple[Tokens, list[Tokens]]] = [(tokens, [])]
        for command, remarks in itertools.chain(self._beside(request, tokens), whole):
            if remarks and self._has_content(command):
                yield command, remarks
            for index, _ in self._causes.places([token.text for token in command]):
                if self._has_content(command[:index]) and not self._is_spoiled(command[index:]):
                    yield command[:index], [*remarks, command[index:]]

    def _beside(self, request: str, tokens: Tokens) -> Iterator[tuple[Tokens, list[Tokens]]]:
        """Return every clause or run of clauses that has nothing but remarks beside it."""
        clauses = list(_clauses(request, tokens))
        if not 1 < len(clauses) <= _MOST_CLAUSES:
            return
        said = [tokens[start:end] for start, end in clauses]
        for first, last in itertools.combinations(range(len(clauses) + 1), 2):
            remarks = [*said[:first], *said[last:]]
            if not remarks or any(map(self._denies, said[last:])):
                continue
            if all(map(self._may_stand_beside, remarks)):
                yield tokens[clauses[first][0] : clauses[last - 1][1]], remarks

    def _may_stand_beside(self, clause: Tokens) -> bool:
        return self.is_remark(clause) or self._only_names(clause)

    def _denies(self, clause: Tokens) -> bool:
        """Whether `clause`, behind a command, takes it back: "no way", "not now"."""
        return clause[0].text in self._negations

    def _is_listed(self, clause: Tokens) -> bool:
        """Whether `clause` begins as the catalogue says that remarks do."""
        return any(self._begins_as_listed(texts) for texts in self._wordings(clause))

    def _begins_as_listed(self, texts: list[str]) -> bool:
        index = 0
        while index < len(texts) and (length := self._introductions.length_at(texts, index)):
            if self._starts.length_at(texts, index):
                break
            index += length
        rest = texts[index:]
        length = self._start_of_remark(rest)
        if length and (length == len(rest) or len(rest) >= _SHORTEST_REMARK):
            return True
        return self._begins_with_a_name(rest)

    def _start_of_remark(self, texts: Sequence[str]) -> int:
        """Return how many words begin a remark: "i am", "because"."""
        return max(self._starts.length_at(texts, 0), self._causes.length_at(texts, 0)) if texts else 0

    def _begins_with_a_name(self, texts: Sequence[str]) -> bool:
        """Whether something is said of a thing that has a name: "docker crashed"."""
        spans = self._grammar.spans_at(texts, 0) if texts else ()
        return any(span.last < len(texts) and span.slot in _PROPER for span in spans)

    def _is_spoiled(self, clause: Tokens) -> bool:
        if len(clause) > _LONGEST_REMARK:
            return True
        sayings = itertools.chain(self._wordings(clause), self._wordings(self._bare(clause)))
        return any(map(self._spoilers.is_in, sayings))

    def _wordings(self, clause: Tokens) -> Iterator[list[str]]:
        """Yield what `clause` says, and, where a word of it is a slip, what it may have been meant to say."""
        texts = [token.text for token in clause]
        yield texts
        for index, text in enumerate(texts):
            for meant in self._meant(text):
                yield [*texts[:index], *meant, *texts[index + 1 :]]

    def _found_meant(self, word: str) -> Sequence[Sequence[str]]:
        """Return what `word` may be a slip of."""
        return tuple(self._slips_of(word, self._vocabulary))

    def _has_content(self, clause: Tokens) -> bool:
        return any(token.text not in self._empty for token in clause)

    def _names_only(self, clause: Tokens) -> bool:
        """Whether `clause` is nothing but the name of a thing: "the window, close it"."""
        content = sum(token.text not in self._stop for token in clause)
        texts = [token.text for token in clause]
        return any(end - start >= content for start, end in self._grammar.named(texts))

    def _resolved(self, command: Tokens, remark: Tokens) -> Iterator[Bare]:
        """Return `command` with a pronoun replaced by what `remark` names."""
        texts = [token.text for token in command]
        places = [index for index, text in enumerate(texts) if text in self._pronouns]
        if not places:
            return
        before_names = {start - 1 for start, _ in self._grammar.named(texts)}
        named = self._grammar.named([token.text for token in remark])[:_MOST_NAMED]
        for (start, end), at in itertools.product(named, places):
            order = _DETERMINER if at in before_names else _PRONOUN
            rest = command[at + 1 :]
            name = remark[start:end]
            if not self._grammar.reach.meet([token.text for token in (*command[:at], *name, *rest)]):
                continue
            yield Bare(command[:at] + name + rest, order)
            if rest:  # "tu peux le fermer", "coupe ce service": the name stands behind the word that follows
                yield Bare(command[:at] + rest[:1] + name + rest[1:], order)


def _clauses(request: str, tokens: Tokens) -> Iterator[tuple[int, int]]:
    """Return where each clause begins and ends; a colon divides nothing, for what follows may be a quotation."""
    start = 0
    for index, token in enumerate((*tokens, None)):
        if token is None or (token.text == BREAK and ":" not in request[token.start : token.end]):
            if index > start:
                yield start, index
            start = index + 1
