"""Aliases: phrases of the user's own that stand for a command, exactly as they were said.

Asked, and no command:  "balance la sauce"          ┐ twice, each time followed within `WITHIN` by
Asked, and carried out: "lance la musique"          ┘ the same command: "balance la sauce" is offered as an alias.
"no, I meant ..." after a request says the same at once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from etoile.domain.commands import COMMANDS
from etoile.domain.descriptions import describe
from etoile.domain.learning.corrections import correction_of
from etoile.domain.learning.offers import Alias, AliasOffer, key_of
from etoile.domain.learning.record import Record
from etoile.domain.match import Candidate, Match, Reason
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.cleaning import Cleaner
from etoile.domain.matching.matcher import LONGEST_REQUEST, Matcher
from etoile.domain.matching.tokens import texts_of, tokens_of
from etoile.domain.replies import reply_to
from etoile.text import Message, message

WITHIN = timedelta(seconds=90)
"""A request that follows later than this has nothing to do with the one before."""
ENOUGH = 2
"""How often a wording must have been followed by the same command."""
SURE = 2 / 3
"""The share of a wording's occurrences that must have been followed by that command."""
LONGEST_WORDS = 12
_SHORTEST = 5
"""Letters: what is shorter is too easily heard in a noise."""

_NEGATING = """
ne n pas jamais rien aucun aucune ni sans non
no not never nothing none nor neither without cannot cant dont don doesn isn won
"""
NEGATIONS = frozenset(_NEGATING.split())
"""Words that turn a sentence around, in both languages, without accents."""


def phrase_of(alias: Alias) -> tuple[str, ...]:
    """Return the words of an alias as they are compared."""
    return texts_of(alias.said, alias.language, {})


class AliasBook:
    """The aliases that hold.  They are matched word by word, politeness aside; pure."""

    def __init__(self, aliases: Iterable[Alias], catalogues: Mapping[str, Catalogue]) -> None:
        self._catalogues = catalogues
        self._cleaners = {language: Cleaner(catalogue.words, language) for language, catalogue in catalogues.items()}
        self._aliases = {
            (alias.language, phrase_of(alias)): alias for alias in aliases if _badly_worded(alias, catalogues) is None
        }

    def match(self, text: str, found: Match) -> Match:
        """Return what `text` means with the aliases, where the commands made `found` of it.

        What a command says itself stays that command's, and what must not run stays so.
        """
        if (
            not self._aliases
            or len(text) > LONGEST_REQUEST
            or found.reason in (Reason.EXACT, Reason.TEMPLATE, Reason.REFUSED)
        ):
            return found
        alias = self._of(text)
        if alias is None:
            return found
        return Match(
            text=text,
            language=alias.language,
            command=alias.command,
            slots=alias.slots,
            confidence=1.0,
            reason=Reason.EXACT,
        )

    def _of(self, text: str) -> Alias | None:
        for language, cleaner in self._cleaners.items():
            tokens = tokens_of(text, language, {})
            if len(tokens) > 3 * LONGEST_WORDS:
                continue
            for choice in cleaner.cleaned(tokens):
                words = tuple(token.text for token in choice.tokens if token.text != ",")
                if alias := self._aliases.get((language, words)):
                    return alias
        return None


def objection(alias: Alias, catalogues: Mapping[str, Catalogue], matcher: Matcher) -> Message | None:
    """Return why `alias` must not be one; None when it may.

    It never takes words of negation or of an answer, and never what a command says itself.
    """
    command = COMMANDS.get(alias.command)
    if command is None or set(alias.slots) != set(command.slot_names):
        return message("There is no command {command} with just these values.", command=alias.command)
    return _badly_worded(alias, catalogues) or _taken(alias, matcher)


def _badly_worded(alias: Alias, catalogues: Mapping[str, Catalogue]) -> Message | None:
    """Return what makes the phrase unfit for any command."""
    words = phrase_of(alias)
    negations = NEGATIONS.union(*(catalogue.words.negations for catalogue in catalogues.values()))
    if len(words) > LONGEST_WORDS:
        return message("“{phrase}” is too long for an alias.", phrase=alias.said[:80])
    if len("".join(words)) < _SHORTEST:
        return message("“{phrase}” is too short for an alias: it is easily misheard.", phrase=alias.said)
    if negations & set(words):
        return message("“{phrase}” holds a negation, which no alias may.", phrase=alias.said)
    replies = (reply_to(alias.said, alias.language, options) for options in (1, 3))
    if correction_of(alias.said) or any(reply is not None for reply in replies):
        return message("“{phrase}” answers a question, so it cannot be an alias.", phrase=alias.said)
    return None


def _taken(alias: Alias, matcher: Matcher) -> Message | None:
    """Return what the phrase means without the alias, where that stands in its way."""
    for found in (matcher.match(alias.said, None), matcher.match(alias.said, alias.language)):
        if found.reason is Reason.REFUSED:
            return message("“{phrase}” talks about a command and does not ask for one.", phrase=alias.said)
        if found.command is not None and found.reason in (Reason.EXACT, Reason.TEMPLATE):
            meant = Candidate(command=found.command, slots=found.slots)
            return message("“{phrase}” means something already: {what}.", phrase=alias.said, what=describe(meant))
    return None


def alias_offers(records: Sequence[Record]) -> tuple[AliasOffer, ...]:
    """Return the aliases that the history speaks for, in the order they came up; `records` are in order of time."""
    seen: Counter[str] = Counter()
    votes: dict[str, list[_Vote]] = defaultdict(list)
    for index, record in enumerate(records):
        wording = wording_of(record)
        if record.handed_over or record.was_chosen:
            seen[wording] += 1
        if vote := _vote(records, index):
            votes[wording].append(vote)
    found = [_offer(given, seen[wording]) for wording, given in votes.items() if wording]
    return tuple(offer for offer in found if offer)


def wording_of(record: Record) -> str:
    """Return the words of a request as they are compared, without what only introduces a correction."""
    return _wording(record.asked, record.language)


@lru_cache(maxsize=50_000)
def _wording(asked: str, language: str) -> str:
    """Words are taken apart once, though the history is looked at after every request."""
    return " ".join(texts_of(asked[:LONGEST_REQUEST], language, {}))


@dataclass(frozen=True, slots=True)
class _Vote:
    """A request and the command that, as it turned out, it meant."""

    asked: Record
    meant: Record
    corrected: bool
    """Whether the user said so, rather than only did so."""


def _vote(records: Sequence[Record], index: int) -> _Vote | None:
    record = records[index]
    if record.was_chosen and not record.about_the_talk:
        return _Vote(record, record, corrected=False)
    following = _following(records, index)
    if following is None or not following.ran or following.about_the_talk:
        return None
    corrected = correction_of(following.request) is not None
    if record.handed_over or (corrected and record.what != following.what):
        return _Vote(record, following, corrected)
    return None


def _following(records: Sequence[Record], index: int) -> Record | None:
    """Return what the user asked instead: the next request in other words, if it came in time."""
    wording = wording_of(records[index])
    for former, record in zip(records[index:], records[index + 1 :], strict=False):
        if record.at - former.at > WITHIN:
            return None
        if wording_of(record) != wording:
            return record
    return None


def _offer(votes: Sequence[_Vote], seen: int) -> AliasOffer | None:
    meant, count = Counter(key_of(vote.meant.what) for vote in votes).most_common(1)[0]
    speaking = [vote for vote in votes if key_of(vote.meant.what) == meant]
    if count < SURE * max(seen, len(votes)) or (count < ENOUGH and not speaking[-1].corrected):
        return None
    last = speaking[-1]
    what = last.meant.what
    alias = Alias(said=last.asked.asked, language=last.meant.language, command=what.command, slots=what.slots)
    ids = {record.id for vote in speaking for record in (vote.asked, vote.meant)}
    return AliasOffer(alias=alias, evidence=tuple(sorted(ids)))


def without(aliases: Iterable[Alias], key: str) -> tuple[Alias, ...]:
    """Return `aliases` without the one named `key`."""
    return tuple(alias for alias in aliases if alias.key != key)


def with_alias(aliases: Iterable[Alias], alias: Alias) -> tuple[Alias, ...]:
    """Return `aliases` with `alias`, in place of one that says the same words."""
    others = [other for other in aliases if (other.language, phrase_of(other)) != (alias.language, phrase_of(alias))]
    return (*others, replace(alias, said=" ".join(alias.said.split())))
