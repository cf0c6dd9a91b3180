"""What is taken away before a request is understood: hesitation, politeness, repetition."""

from collections.abc import Sequence
from dataclasses import dataclass

from etoile.domain.matching.catalogue import Words
from etoile.domain.matching.phrases import PhraseSet
from etoile.domain.matching.tokens import BREAK, Token, in_words, with_numbers

_LONGEST_REPEAT = 4


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A request's bare words."""

    tokens: tuple[Token, ...]
    opened: bool
    """Whether words of asking were dropped from its start: "could you"."""
    closed: bool
    """Whether words were dropped from its end."""


class Cleaner:
    """Takes away what carries nothing in one language."""

    def __init__(self, words: Words, language: str) -> None:
        self._language = language
        self._fillers = PhraseSet(words.fillers)
        self._openers = PhraseSet(words.openers)
        self._beginnings = PhraseSet((*words.openers, *words.fillers))
        self._closers = PhraseSet(phrase[::-1] for phrase in words.closers)
        self._fillers_backwards = PhraseSet(phrase[::-1] for phrase in words.fillers)

    def cleaned(self, tokens: Sequence[Token]) -> list[Cleaned]:
        """Return what `tokens` say: as they stand, without hesitation, and without politeness at either end.

        "So", "now" or "again" may belong to a command as well, hence the choice.
        """
        once = _without_repeats(tokens)
        kept = self.bare(once)
        # "I'd like you to" before "like": an opener may have a filler in it.
        opened = _without_start(self.bare(list(_without_start(once, self._beginnings))), self._openers)
        closed = _without_start(kept[::-1], self._closers)[::-1]
        both = _without_start(opened[::-1], self._closers)[::-1]
        choices = {tuple(tokens): Cleaned(tuple(tokens), opened=False, closed=False)}
        choices.setdefault(tuple(once), Cleaned(tuple(once), opened=False, closed=False))
        choices.setdefault(tuple(kept), Cleaned(tuple(kept), opened=False, closed=False))
        choices.setdefault(tuple(opened), Cleaned(tuple(opened), opened=True, closed=False))
        choices.setdefault(tuple(closed), Cleaned(tuple(closed), opened=False, closed=True))
        choices.setdefault(tuple(both), Cleaned(tuple(both), opened=True, closed=True))
        return [choice for choice in choices.values() if choice.tokens]

    def without_last_fillers(self, tokens: Sequence[Token]) -> Sequence[Token]:
        """Return a name or a query without the "please" behind it, unless that is all of it."""
        return _without_start(tokens[::-1], self._fillers_backwards)[::-1] or tokens

    def bare(self, tokens: Sequence[Token]) -> list[Token]:
        """Return `tokens` without hesitation and repetition, which may hide one another: "s'il, euh, te plaît"."""
        bare = _without_repeats(self._without_fillers(tokens))
        if len(bare) == len(tokens):
            return bare
        return self.bare(with_numbers(in_words(bare), self._language))

    def _without_fillers(self, tokens: Sequence[Token]) -> list[Token]:
        texts = [token.text for token in tokens]
        if not self._fillers.may_be_in(texts):
            return list(tokens)
        kept: list[Token] = []
        index = 0
        while index < len(tokens):
            if length := self._fillers.length_at(texts, index):
                index += length
            else:
                kept.append(tokens[index])
                index += 1
        return kept


def _without_start(tokens: Sequence[Token], phrases: PhraseSet) -> Sequence[Token]:
    """Return `tokens` from the first that begins none of `phrases` and is no punctuation."""
    texts = [token.text for token in tokens]
    start = 0
    while start < len(tokens):
        length = 1 if texts[start] == BREAK else phrases.length_at(texts, start)
        if not length:
            break
        start += length
    return tokens[start:]


def _without_repeats(tokens: Sequence[Token]) -> list[Token]:
    """Return `tokens` with "the the" and "turn the turn the" said once; numbers may well repeat."""
    if len({token.text for token in tokens}) == len(tokens):
        return list(tokens)
    kept: list[Token] = []
    texts: list[str] = []
    for token in tokens:
        kept.append(token)
        texts.append(token.text)
        for length in range(_LONGEST_REPEAT, 0, -1):
            last = texts[-length:]
            if last == texts[-2 * length : -length] and not any(text.isdigit() or text == "." for text in last):
                del kept[-length:], texts[-length:]
                break
    return kept
