"""What must run nothing although it has the words of a command: what is only talked about, asked or broken off."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from etoile.domain.commands import COMMANDS, Consequence, SlotType
from etoile.domain.matching.catalogue import Words
from etoile.domain.matching.found import Found, Outcome, proposed
from etoile.domain.matching.grammar import Grammar
from etoile.domain.matching.phrases import PhraseSet
from etoile.domain.matching.remarks import SlipsOf
from etoile.domain.matching.slips import Slips
from etoile.domain.matching.tokens import BREAK, Tokens

_MOST_STARTS = 3
"""Places where a command that is talked about may begin."""
_WHERE_A_FILE_STANDS = 3
"""Words into a query."""
_TIMES = frozenset({SlotType.SECONDS, SlotType.TIME})


class Refusals:
    """Tells in one language what is no command."""

    def __init__(self, words: Words, grammar: Grammar, slips_of: SlipsOf) -> None:
        self._grammar = grammar
        self._slips_of = slips_of
        self._files = Slips(words.files)
        self._negations = words.negations
        self._determiners, self._prepositions = words.determiners, words.prepositions
        self._begin_no_name = words.begin_no_name
        self._here = PhraseSet(words.here)
        self._guards = PhraseSet((*words.guards, *words.code, *words.here))
        self._vetoes = PhraseSet(words.vetoes)
        self._unneeded = PhraseSet(words.unneeded)
        self._statements = PhraseSet(words.statements)
        self._conditions = PhraseSet(words.conditions)
        self._fillers = PhraseSet(words.fillers)

    def is_vetoed(self, tokens: Tokens) -> bool:
        """Whether `tokens` begin as no command does: "thanks for closing firefox"."""
        texts = [token.text for token in tokens]
        start = self._start(texts)
        return start < len(texts) and self._vetoes.length_at(texts, start) > 0

    def breaks_off(self, tokens: Tokens) -> bool:
        """Whether something is missing: "mute the", "the of volume"."""
        texts = [*(token.text for token in tokens if token.text != BREAK), ""]
        pairs = itertools.pairwise(texts)
        return any(word in self._determiners and self._lacks(word, following) for word, following in pairs)

    def _lacks(self, determiner: str, following: str) -> bool:
        """Whether `determiner` needs another word behind it than `following`, which is empty at the end."""
        if following in self._determiners:
            return determiner != following
        return not following or following in self._prepositions

    def is_free_text(self, slot: SlotType, said: str, tokens: Tokens) -> bool:
        """Whether `said` can be what a command is to work on."""
        if not any(letter.isalnum() for letter in said) or tokens[0].text in self._negations:
            return False
        if slot is SlotType.NAME:
            whole = not said.startswith(".") and not set(said) & set('/\\:*?<>|"') and said.isprintable()
            return whole and tokens[0].text not in self._begin_no_name
        if slot is SlotType.QUERY:
            return not self._here.is_in([token.text for token in tokens]) and not self._begins_with_a_file(tokens)
        return True

    def _begins_with_a_file(self, tokens: Tokens) -> bool:
        """Whether a query looks for a file of this computer: "for hte flie report.pdf"."""
        said = [token.text for token in tokens[:_WHERE_A_FILE_STANDS]]
        return any(word in self._files.words or any(self._slips_of(word, self._files)) for word in said)

    def has_swallowed_more(self, slot: SlotType, tokens: Tokens) -> bool:
        """Whether a name goes on with what is none: "invoices when I leave"."""
        if slot is not SlotType.NAME:
            return False
        rest = [token.text for token in tokens[1:]]
        times = (span for span in self._grammar.spans(rest) if span.slot in _TIMES and span.last > span.first + 1)
        return self._conditions.is_in(rest) or any(times)

    def questioned(self, text: str, tokens: Tokens, outcome: Outcome) -> Outcome:
        """Return `outcome` as that of `tokens`, which may be a question: "mute?" proposes, "could you mute?" runs."""
        if "?" not in text or not _is_asked(text, tokens, outcome):
            return outcome
        texts = [token.text for token in tokens]
        start = self._start(texts)
        stated = start < len(texts) and self._statements.length_at(texts, start) > 0
        return replace(outcome, found=tuple(_only_proposed(found, stated=stated) for found in outcome.found))

    def only_waives(self, tokens: Tokens) -> bool:
        """Whether `tokens` only say that something is not needed: "no need for the timer"."""
        return self._unneeded.is_in([token.text for token in tokens])

    def waived(self, found: Found) -> Found | None:
        """Return `found` as what a request that only waives something may mean; None where it says more than that."""
        if COMMANDS[found.candidate.command].consequence is Consequence.SAFE:
            return found
        return None if found.passed_over else proposed(found)  # "no need to set a timer" cancels none

    def talks_about(self, tokens: Tokens) -> bool:
        """Whether a command is named in a negation, a question, or somebody's words."""
        words = [token.text for token in tokens]
        if not self._guards.is_in(words):
            return False
        bare = self._guards.without(words)
        return any(self._grammar.readings(bare[at:]) for at in range(min(len(bare) - 1, _MOST_STARTS)))

    def _start(self, texts: Sequence[str]) -> int:
        """Return where the first word is that is no hesitation."""
        start = 0
        while start < len(texts):
            length = 1 if texts[start] == BREAK else self._fillers.length_at(texts, start)
            if not length:
                break
            start += length
        return start


def _is_asked(text: str, tokens: Tokens, outcome: Outcome) -> bool:
    """Whether a question mark stands behind `tokens` or, free text aside, among them: "mute? no way"."""
    ends = [token.end for token in tokens if token.text != BREAK]
    if outcome.found and any(slot.is_open for slot in COMMANDS[outcome.found[0].candidate.command].slots):
        ends = ends[-1:]
    return text.rstrip().endswith("?") or any(text[end:].lstrip(" !.").startswith("?") for end in ends)


def _only_proposed(found: Found, *, stated: bool) -> Found:
    if (found.opened and not stated) or COMMANDS[found.candidate.command].consequence is Consequence.SAFE:
        return found
    return proposed(found)
