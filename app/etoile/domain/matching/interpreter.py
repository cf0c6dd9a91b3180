"""What one language makes of a request.

A request is cleaned, then explained word by word by the grammar; what is left over leaves it unmatched.  Only if that
fails are its words repaired, and only if that fails are unknown words taken for known ones that they resemble.
Everything is pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial

from etoile.domain.commands import COMMANDS, Consequence, SlotType
from etoile.domain.match import Candidate, Reason, Slots
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.cleaning import Cleaned, Cleaner
from etoile.domain.matching.compound import SAID_OF_ANYTHING, Compounds, has_a_name, takes_back
from etoile.domain.matching.found import PROPOSED, Found, Outcome, proposed, ranked, runs
from etoile.domain.matching.grammar import Grammar, Reading
from etoile.domain.matching.refusals import Refusals
from etoile.domain.matching.remarks import Bare, Remarks
from etoile.domain.matching.repair import Repaired, Repairer
from etoile.domain.matching.tokens import BREAK, Token, Tokens, fold, tokens_of
from etoile.domain.matching.values import values_of

_MOST_TOKENS = 100
_MOST_WITHOUT_FREE_TEXT = 24

_EXACT, _TEMPLATE = 1.0, 0.97
_OF_OTHER_MACHINES = 0.02
"""Taken off for a value that the catalogue knows and this machine does not."""
_OF_A_LIGHT_WORD = 0.04
_OF_FREE_TEXT = 0.03
_OF_A_REPAIR = 0.015
_OF_A_REMARK = 0.03
_OF_A_LOOSE_REMARK = 0.07
"""Of one beside a command that a light word was left out of: so much that with a slip as well nothing runs."""
_MOST_BENT = 10
"""Words of a request of which one that exists may be another: in a longer one it never decides."""
_LEAST_SAID = 2
"""Words of a command that destroys, beside a remark, and of a repaired one that takes any words."""
_LONG_WORD = 8
"""Letters of a word that is repaired although it is all that is said."""


class Interpreter:
    """The whole of one language, with the values that slots can take on this machine."""

    def __init__(
        self, catalogue: Catalogue, slot_values: Mapping[str, Sequence[str]], foreign: frozenset[str] = frozenset()
    ) -> None:
        """Take what is said in the language, the names this machine has, and the words of other languages."""
        self._catalogue = catalogue
        self._own = {slot: frozenset(names) for slot, names in slot_values.items()}
        values = values_of(catalogue, slot_values)
        self._grammar = Grammar(catalogue, values)
        self._cleaner = Cleaner(catalogue.words, catalogue.language)
        self._reach = self._grammar.reach
        self._repairer = Repairer(catalogue, self._grammar.lexicon, foreign, self._reach)
        words = catalogue.words
        self._remarks = Remarks(words, self._grammar, self._cleaner.bare, self._repairer.slips_of)
        self._compounds = Compounds(words, self._grammar, self._remarks.is_remark)
        self._refusals = Refusals(words, self._grammar, self._repairer.slips_of)

        # The parts of a compound and the command beside a remark are often the same words.
        self._known_outcome = lru_cache(maxsize=64)(self._as_it_stands)
        self._known_repair = lru_cache(maxsize=64)(self._repaired)

    def prepare(self) -> None:
        """Make at once what is otherwise made when a request first needs it."""
        self._catalogue.unfold()
        self._repairer.prepare()

    def outcome(self, text: str) -> Outcome:
        """Return what `text` means in this language."""
        tokens = self._tokens(text)
        if not tokens or len(tokens) > _MOST_TOKENS:
            return Outcome()
        outcome = self._compound(text, tokens, self._understood(text, tokens, bold=len(tokens) <= _MOST_BENT))
        outcome = self._refusals.questioned(text, self._cleaner.bare(tokens), outcome)
        if not outcome.found and not outcome.refused:
            outcome = self._remarked(text, tokens)
        if outcome.found or outcome.refused or len(tokens) > _MOST_WITHOUT_FREE_TEXT:
            return outcome
        return Outcome(refused=self._refusals.is_vetoed(tokens) or self._refusals.talks_about(tokens))

    def only_waives(self, text: str) -> bool:
        """Whether `text` only says that something is not needed: what it may mean is proposed."""
        return self._refusals.only_waives(self._tokens(text))

    def familiarity(self, text: str) -> int:
        """Return how many words of `text` are known in this language."""
        return sum(token.text in self._grammar.lexicon for token in self._tokens(text))

    def knows_start(self, text: str) -> bool:
        """Whether the first word of `text` is known in this language."""
        return any(token.text in self._grammar.lexicon for token in self._tokens(text)[:1])

    def _tokens(self, text: str) -> Tokens:
        return self._repairer.glued(tokens_of(text, self._catalogue.language, self._catalogue.same))

    # One command

    def _understood(self, text: str, tokens: Tokens, *, bold: bool) -> Outcome:
        """Explain the request as it stands, else with its words repaired; `bold` makes proposals of mere likenesses."""
        outcome = self._known_outcome(text, tokens)
        if outcome.found or outcome.refused or len(tokens) > _MOST_WITHOUT_FREE_TEXT:
            return outcome
        return self._known_repair(text, tokens, bold=bold)

    def _as_it_stands(self, text: str, tokens: Tokens) -> Outcome:
        if not self._reach.commands([token.text for token in tokens]) or self._is_none(tokens):
            return Outcome()
        return self._explained(text, tokens, _EXACT)

    def _is_none(self, tokens: Tokens) -> bool:
        """Whether `tokens` break off, or begin as no command does."""
        bare = self._cleaner.bare(tokens)
        return self._refusals.breaks_off(bare) or self._refusals.is_vetoed(bare)

    def _repaired(self, text: str, tokens: Tokens, *, bold: bool) -> Outcome:
        """Explain the request with as few of its words repaired as will do."""
        outcomes: list[Outcome] = []
        least: tuple[bool, int] | None = None
        as_said = frozenset(tokens)
        ways = self._repairer.repaired(tokens, bold=bold)
        for tried in () if not ways or self._is_none(tokens) else ways:
            if least and (tried.doubtful, tried.cost) > least:
                break
            outcome = self._explained(text, tried.tokens, _TEMPLATE - _OF_A_REPAIR * tried.cost, as_said)
            if outcome.found:
                # Free text swallows words that a further repair may explain: "mém oire du jpu".
                least = tried.doubtful, tried.cost + _takes_anything(outcome.found[0].candidate.command)
                outcomes.append(replace(outcome, found=tuple(_as_repaired(one, tried) for one in outcome.found)))
        return _agreed(outcomes)

    def _explained(
        self, text: str, tokens: Tokens, confidence: float, as_said: frozenset[Token] | None = None
    ) -> Outcome:
        """Explain every word of the request, politeness aside; `as_said` holds the words that were not repaired."""
        if self._refusals.is_vetoed(tokens):
            return Outcome()
        waives = self._refusals.only_waives(tokens)
        found: list[Found] = []
        refused = False
        for choice in self._cleaner.cleaned(tokens):
            if as_said is not None and _hangs_on_a_repair(text, choice.tokens, as_said):
                continue
            sure = confidence if len(choice.tokens) == len(tokens) else min(confidence, _TEMPLATE)
            for reading in self._readings(choice):
                one = self._found(text, choice, reading, sure)
                if one and waives:
                    one = self._refusals.waived(one)
                refused = refused or one is None
                found += [one] if one else []
        return Outcome(ranked(found), refused=refused and not found)

    def _readings(self, choice: Cleaned) -> Iterator[Reading]:
        for reading in self._grammar.readings([token.text for token in choice.tokens]):
            is_open = reading.slot is not None and reading.slot.is_open
            if not (choice.closed if is_open else len(choice.tokens) > _MOST_WITHOUT_FREE_TEXT):
                yield reading

    def _found(self, text: str, choice: Cleaned, reading: Reading, confidence: float) -> Found | None:
        """Return the command of `reading`; None when its value is out of range, or no name or query at all."""
        slots: Slots = {}
        repaired = confidence < _TEMPLATE
        confidence -= _OF_A_LIGHT_WORD * reading.passed_over
        if reading.slot and reading.slot.is_open:
            words = choice.tokens[reading.first : reading.last]
            if reading.slot is not SlotType.TEXT:
                words = self._cleaner.without_last_fillers(words)
            said = _free_text(text, words)
            if not self._refusals.is_free_text(reading.slot, said, words):
                return None
            [called] = COMMANDS[reading.command].slot_names
            slots = {called: said}
            confidence -= _OF_FREE_TEXT
            # A single word before any words, and that repaired, is not enough: "onte le chauffage" is no note.
            slight = repaired and reading.explained < _LEAST_SAID
            if slight or self._refusals.has_swallowed_more(reading.slot, words):
                confidence = min(confidence, PROPOSED)
        elif reading.slot:
            if reading.value is None:
                return None
            slots = {reading.slot.value: reading.value}
            own = self._own.get(reading.slot, frozenset())
            if own and reading.value not in own:
                confidence = PROPOSED if repaired else confidence - _OF_OTHER_MACHINES
        reason = Reason.EXACT if confidence == _EXACT and reading.slot is None else Reason.TEMPLATE
        candidate = Candidate(command=reading.command, slots=slots, confidence=round(confidence, 3))
        return Found(candidate, reason, reading.explained, choice.opened, reading.passed_over)

    # Several commands

    def _compound(self, text: str, tokens: Tokens, single: Outcome) -> Outcome:
        """Explain the request as commands that follow each other, each of them whole; `single` is what it is as one."""
        if single.refused or (single.found and not has_a_name(single.found[0])):
            return single
        parts = self._compounds.parts(text, tokens, partial(self._one, text))
        if not parts:
            swallowed = single.found and self._compounds.ends_in_a_command(text, tokens, partial(self._one, text))
            return Outcome() if swallowed else single
        if takes_back(parts):
            return Outcome(refused=True)
        first, *others = parts
        lowest = min(part.candidate.confidence for part in parts)
        candidate = replace(first.candidate, confidence=lowest)
        then = tuple(part.candidate for part in others if not _is_same(part.candidate, first.candidate))
        explained = sum(part.explained for part in parts)
        return Outcome((replace(first, candidate=candidate, reason=Reason.TEMPLATE, explained=explained),), then)

    def _one(self, text: str, tokens: Tokens, *, repair: bool = True) -> Found | None:
        """Return the one command that `tokens` mean for sure."""
        outcome = self._understood(text, tokens, bold=False) if repair else self._known_outcome(text, tokens)
        found = outcome.found
        return found[0] if runs(found) else None

    def _remarked(self, text: str, tokens: Tokens) -> Outcome:
        """Explain the request as a command beside clauses that only say why, if need be with its words repaired."""
        bares = self._remarks.without(text, tokens)
        outcome = self._beside(text, bares, repair=False)
        return outcome if outcome.found or not bares else self._beside(text, bares, repair=True)

    def _beside(self, text: str, bares: Sequence[Bare], *, repair: bool) -> Outcome:
        found: list[Found] = []
        order = None
        for bare in bares:
            if found and bare.order != order:
                break
            order = bare.order
            one = self._one(text, bare.tokens, repair=repair)
            if one is None or not one.explained:
                continue
            vague = not bare.resolved and self._compounds.speaks_of_it(text, bare.tokens)
            if not _goes_with_a_remark(one, bare, vague=vague):
                continue
            if not self._remarks.speaks_of_another(bare, one.candidate.command, one.candidate.slots):
                found += self._refusals.questioned(text, bare.tokens, Outcome((_with_remark(one),))).found
            if len({other.candidate.command for other in found}) > 1:
                return Outcome()
        return Outcome(ranked(found))


def _takes_anything(command: str) -> bool:
    return any(slot.is_open for slot in COMMANDS[command].slots)


def _is_same(one: Candidate, other: Candidate) -> bool:
    return (one.command, one.slots) == (other.command, other.slots)


def _hangs_on_a_repair(text: str, tokens: Tokens, as_said: frozenset[Token]) -> bool:
    """Whether a request is a single word that had to be repaired, and might be half of another word."""
    words = [token for token in tokens if token.text != BREAK]
    if len(words) != 1 or words[0] in as_said or len(words[0].text) >= _LONG_WORD:
        return False
    said = fold(text[words[0].start : words[0].end])
    whole = " " in said or len(said) > len(words[0].text) or sorted(said) == sorted(words[0].text)
    return not whole


def _agreed(outcomes: Sequence[Outcome]) -> Outcome:
    """Return what all ways to repair a request come to; where they differ it is only proposed."""
    found = ranked([one for outcome in outcomes for one in outcome.found])
    meant = {(outcome.found[0].candidate.command, *outcome.found[0].candidate.slots.values()) for outcome in outcomes}
    return Outcome(tuple(map(proposed, found)) if len(meant) > 1 else found)


def _as_repaired(found: Found, repaired: Repaired) -> Found:
    """Return a command that was found in a repaired request: if a word that exists was bent, it is only proposed."""
    found = replace(found, reason=Reason.FUZZY)
    return proposed(found) if repaired.doubtful else found


def _goes_with_a_remark(found: Found, bare: Bare, *, vague: bool) -> bool:
    """Whether `found` can be what a request beside a remark comes down to; `vague`: it may be about anything."""
    command, known = found.candidate.command, COMMANDS[found.candidate.command]
    vague = vague or (found.explained < _LEAST_SAID and not found.candidate.slots)  # "restart so the dishwasher stops"
    if command in SAID_OF_ANYTHING or (
        vague and (command == "assistant.stop_talking" or known.consequence is Consequence.DESTRUCTIVE)
    ):
        return False
    if not bare.resolved:
        return True
    asks_to_know = known.consequence is Consequence.SAFE and not bare.dislocated
    return not asks_to_know and not _takes_anything(command)


def _with_remark(found: Found) -> Found:
    cost = _OF_A_LOOSE_REMARK if found.passed_over else _OF_A_REMARK
    confidence = round(found.candidate.confidence - cost, 3)
    return replace(found, candidate=replace(found.candidate, confidence=confidence), reason=Reason.TEMPLATE)


def _free_text(text: str, tokens: Tokens) -> str:
    """Return the words of an open slot as they were said."""
    return text[tokens[0].start : tokens[-1].end].strip(" \t\n\"'«»“”.,;:!?…")
