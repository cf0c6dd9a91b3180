"""What is taken away before a request is understood: hesitation, politeness, repetition."""

from functools import lru_cache
from operator import eq
from typing import NamedTuple

from etoile.domain.matching.catalogue import Words
from etoile.domain.matching.phrases import PhraseSet
from etoile.domain.matching.tokens import BREAK, Token, Tokens, in_words, with_numbers

_LONGEST_REPEAT = 4


class Cleaned(NamedTuple):
    """A request's bare words."""

    tokens: Tokens
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
        self.bare = lru_cache(maxsize=256)(self._bare)
        """Returns tokens without hesitation and repetition, which may hide one another: "s'il, euh, te plaît"."""

    def cleaned(self, tokens: Tokens) -> list[Cleaned]:
        """Return what `tokens` say: as they stand, without hesitation, and without politeness at either end.

        "So", "now" or "again" may belong to a command as well, hence the choice.
        """
        once = _without_repeats(tokens)
        kept = self.bare(once)
        # "I'd like you to" before "like": an opener may have a filler in it.
        begun = _without_start(once, self._beginnings)
        opened = _without_start(kept if begun is once else self.bare(begun), self._openers)
        found: list[Cleaned] = []
        seen: list[Tokens] = []
        for bare, is_opened, is_closed in (
            (tokens, False, False),
            (once, False, False),
            (kept, False, False),
            (opened, True, False),
            (_without_end(kept, self._closers), False, True),
            (_without_end(opened, self._closers), True, True),
        ):
            if bare and bare not in seen:
                seen.append(bare)
                found.append(Cleaned(bare, is_opened, is_closed))
        return found

    def without_last_fillers(self, tokens: Tokens) -> Tokens:
        """Return a name or a query without the "please" behind it, unless that is all of it."""
        return _without_end(tokens, self._fillers_backwards) or tokens

    def _bare(self, tokens: Tokens) -> Tokens:
        bare = _without_repeats(self._without_fillers(tokens))
        if len(bare) == len(tokens):
            return bare
        return self._bare(tuple(with_numbers(in_words(bare), self._language)))

    def _without_fillers(self, tokens: Tokens) -> Tokens:
        texts = [token.text for token in tokens]
        if not self._fillers.may_be_in(texts):
            return tokens
        kept: list[Token] = []
        index = 0
        while index < len(tokens):
            if length := self._fillers.length_at(texts, index):
                index += length
            else:
                kept.append(tokens[index])
                index += 1
        return tuple(kept)


def _without_start(tokens: Tokens, phrases: PhraseSet) -> Tokens:
    """Return `tokens` from the first that begins none of `phrases` and is no punctuation."""
    return tokens[_length_of_start(tokens, phrases) :]


def _without_end(tokens: Tokens, backwards: PhraseSet) -> Tokens:
    """Return `tokens` up to the last that ends none of the phrases, which are given backwards."""
    if not _may_begin(tokens[-1:], backwards):
        return tokens
    return tokens[: len(tokens) - _length_of_start(tokens[::-1], backwards)]


def _length_of_start(tokens: Tokens, phrases: PhraseSet) -> int:
    if not _may_begin(tokens, phrases):
        return 0
    texts = [token.text for token in tokens]
    start = 0
    while start < len(texts):
        length = 1 if texts[start] == BREAK else phrases.length_at(texts, start)
        if not length:
            break
        start += length
    return start


def _may_begin(tokens: Tokens, phrases: PhraseSet) -> bool:
    return bool(tokens) and (tokens[0].text == BREAK or phrases.begins(tokens[0].text))


def _without_repeats(tokens: Tokens) -> Tokens:
    """Return `tokens` with "the the" and "turn the turn the" said once; numbers may well repeat."""
    said = [token.text for token in tokens]
    apart = range(1, _LONGEST_REPEAT + 1)
    if len(set(said)) == len(said) or not any(any(map(eq, said, said[length:])) for length in apart):
        return tokens
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
    return tuple(kept)
