"""Repair of a request towards words that mean something together.

A request is repaired only when it could not be understood as it stands, and every word must then be explained all the
same.  A word that exists is never bent for sure ("robot" is not "reboot"), save those that the catalogue lists as heard
for another.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.meant import SLIP, Meaning, Meant
from etoile.domain.matching.reach import EVERYTHING, Reach
from etoile.domain.matching.slips import Slips
from etoile.domain.matching.tokens import DOTS, Token, Tokens, in_words, with_numbers

_SHORTEST_WHOLE = 6
"""Letters of a word that is put together from its halves before all else."""
_BEAM = 12
"""Half-repaired requests that are carried on."""
_FREE_LETTERS = 8
"""Letters of a request for each step of the costs it may have, beyond the first."""
_MOST_COST = 4
_DOTS = frozenset(DOTS)
_PREFIXES = frozenset({"des", "dis", "re", "un"})
"""Torn off a word, they leave its opposite behind: "un mute"."""


class Repaired(NamedTuple):
    """A request with some of its words replaced."""

    tokens: Tokens
    cost: int
    """1 for a slip, 2 for a word that is only near."""
    doubtful: bool = False
    """Whether a word that exists was taken for another."""


_Way = tuple[tuple[str, ...], int, int, int, int, bool, int]
"""What a word, or two, may stand for:

the words; the commands that these can all be said for, those with free text that one of them may begin, and may stand
right before; what it costs; whether there is doubt; and how many tokens it takes.  A bare tuple, since the collector
then leaves it alone."""

_Begun = tuple[Tokens, int, bool]
"""A repaired beginning of a request: its words, what they cost, and whether there is doubt."""
_BY_COST = itemgetter(1)
_BY_DOUBT_AND_COST = itemgetter(2, 1)


class Repairer:
    """Replaces unknown words of one language by known ones that are nearly the same."""

    def __init__(self, catalogue: Catalogue, lexicon: frozenset[str], foreign: frozenset[str], reach: Reach) -> None:
        """Take the words that mean something here, those of other languages, and what each can be part of."""
        self._language = catalogue.language
        self._mistaken = catalogue.mistaken
        self._reach = reach
        self._meant = Meant(catalogue, lexicon, foreign)
        self._asking = catalogue.words.telling.union(*(guard for guard in catalogue.words.guards if len(guard) == 1))
        self._ways_of = lru_cache(maxsize=4096)(self._found_ways)
        self._bold_ways_of = lru_cache(maxsize=1024)(self._found_bold_ways)

    def prepare(self) -> None:
        """Make the indexes of known words before a request needs repair."""
        self._meant.prepare()

    def repaired(self, tokens: Tokens, *, bold: bool) -> list[Repaired]:
        """Return what `tokens` may have been meant to say, the least changed first; empty when nothing is near.

        With `bold` words that exist are bent as well, if with doubt.
        """
        said = in_words(tokens)
        if not bold and not self._is_broken(said):
            return []
        words = self._whole(said)
        joined = (len(said) - len(words)) * SLIP
        most = min(_MOST_COST, 1 + sum(len(word.text) for word in words) // _FREE_LETTERS)
        ways = self._ways(words, bold=bold)
        if not _may_meet(ways):
            return []
        whole = sorted(_begun(words, ways, most)[-1], key=_BY_DOUBT_AND_COST)[:_BEAM]
        return [
            Repaired(tuple(with_numbers(said, self._language)), cost + joined, doubtful)
            for said, cost, doubtful in whole
            if cost + joined and self._reach.commands([token.text for token in said])
        ]

    def slips_of(self, word: str, vocabulary: Slips) -> Iterator[Sequence[str]]:
        """Return what `word`, which is none, may be a slip of: one of `vocabulary`, or two words of which one is."""
        return self._meant.slips_of(word, vocabulary)

    def glued(self, tokens: Tokens) -> Tokens:
        """Return `tokens` with torn-off prefixes put back, lest "de verrouille" be taken for "verrouille"."""
        kept: list[Token] = []
        for index, token in enumerate(tokens):
            before = kept[-1].text if kept else ""
            torn = before in _PREFIXES or (before == "de" and index == 1)
            if torn and before + token.text in self._meant.lexicon:
                kept[-1] = Token(self._meant.base(before + token.text), kept[-1].start, token.end)
            else:
                kept.append(token)
        return tuple(kept)

    def _is_broken(self, tokens: Sequence[Token]) -> bool:
        """Whether a word of `tokens` is none, is often heard for another, or is the half of one."""
        words = [token.text for token in tokens if token.text.isalpha()]
        return any(word in self._mistaken or not self._meant.exists(word) for word in words) or any(
            first.heard + second.heard in self._meant.lexicon for first, second in itertools.pairwise(tokens)
        )

    def _whole(self, tokens: Sequence[Token]) -> list[Token]:
        """Return `tokens` with the halves of a word put together: "pourq uoi", "mém oire"."""
        kept: list[Token] = []
        for token in tokens:
            joined = kept[-1].heard + token.heard if kept else ""
            is_word = joined in self._asking or (joined in self._meant.lexicon and len(joined) >= _SHORTEST_WHOLE)
            if is_word and not (self._meant.exists(kept[-1].heard) and self._meant.exists(token.heard)):
                kept[-1] = Token(self._meant.base(joined), kept[-1].start, token.end, said=joined)
            else:
                kept.append(token)
        return kept

    def _ways(self, tokens: Sequence[Token], *, bold: bool) -> list[Sequence[_Way]]:
        """Return what each of `tokens` may stand for, itself first, alone or with the next."""
        ways_of = self._bold_ways_of if bold else self._ways_of
        found: list[Sequence[_Way]] = [ways_of(token.text) for token in tokens]
        for index, (first, second) in enumerate(itertools.pairwise([token.heard for token in tokens])):
            if joined := self._meant.joined(first, second):
                as_said, *others = found[index]
                found[index] = as_said, *(self._way(meaning, taken=2) for meaning in joined), *others
        return found

    def _found_ways(self, word: str) -> tuple[_Way, ...]:
        """Return what `word` may stand for, itself first."""
        as_said = self._way(((word,), 0))
        if mistaken := self._mistaken.get(word) if word.isalpha() else None:
            return as_said, self._way((tuple(mistaken.split()), SLIP))
        if not word.isalpha() or self._meant.exists(word):
            return (as_said,)
        doubtful = self._meant.may_tell(word)
        return as_said, *(self._way(meaning, doubtful=doubtful) for meaning in self._meant.of(word))

    def _found_bold_ways(self, word: str) -> tuple[_Way, ...]:
        """Return the same, where a word that exists may stand for another as well."""
        alone = self._ways_of(word)
        if len(alone) > 1 or not word.isalpha() or word in self._meant.lexicon or not self._meant.exists(word):
            return alone
        return *alone, *(self._way(meaning, doubtful=True) for meaning in self._meant.of(word))

    def _way(self, meaning: Meaning, *, doubtful: bool = False, taken: int = 1) -> _Way:
        words, cost = meaning
        bases = tuple(map(self._meant.base, words))
        reach = self._reach
        return bases, reach.of(bases), reach.begun_by(bases), reach.triggered_by(bases), cost, doubtful, taken


def _begun(words: Sequence[Token], ways: Sequence[Sequence[_Way]], most: int) -> list[list[_Begun]]:
    """Return how the first of `words`, none of them, one, two and so on, may be repaired at a cost of `most`.

    What can mean nothing any more keeps its place: the repairs that it made room for were too often wrong.
    """
    begun: list[list[_Begun]] = [[] for _ in range(len(words) + 1)]
    begun[0].append(((), 0, False))
    for index, of_word in enumerate(ways):
        kept = begun[index] if len(begun[index]) == 1 else sorted(begun[index], key=_BY_COST)[:_BEAM]
        for meant, _, _, _, more, in_doubt, taken in of_word if kept else ():
            new = _with(meant, words[index], words[index + taken - 1])
            begun[index + taken] += [
                (said + new, cost + more, doubtful or in_doubt) for said, cost, doubtful in kept if cost + more <= most
            ]
    return begun


def _may_meet(ways: Sequence[Sequence[_Way]]) -> bool:
    """Whether something may be said with each word in one of its ways, or free text may follow the first."""
    reach, of_joined = EVERYTHING, 0
    for of_token in ways:
        of_one, of_two = of_joined, 0
        for way in of_token:
            if not _DOTS.isdisjoint(way[0]):
                return True  # the words beside a dot may be a host's
            of_one |= way[1]
            of_two |= way[1] if way[-1] == 2 else 0
        reach, of_joined = reach & of_one, of_two
    return bool(reach) or _may_begin(ways)


def _may_begin(ways: Sequence[Sequence[_Way]]) -> bool:
    """Whether free text may be said: a first word that means something begins some, and its trigger is there."""
    begun, triggered = 0, 0
    for of_token in ways:
        for way in of_token:
            triggered |= way[3]
    for of_token in ways if triggered else ():
        means_something = True
        for _, reach, begins, *_ in of_token:
            begun |= begins & triggered
            means_something = means_something and reach != EVERYTHING
        if begun or means_something:
            break
    return bool(begun)


def _with(words: Iterable[str], first: Token, last: Token) -> Tokens:
    """Return `words` in place of the tokens from `first` to `last`."""
    if first is last and words == (first.text,):
        return (first,)
    return tuple(Token(word, first.start, last.end) for word in words)
