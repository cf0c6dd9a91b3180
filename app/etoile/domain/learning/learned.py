"""All that was learned, as the user sees it: aliases and words that hold, what is offered, and what was refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from etoile.domain.descriptions import describe
from etoile.domain.learning.offers import Alias, AliasOffer, Misheard, Offer, Question, Suggestion, WordOffer, number_of
from etoile.text import Message, message, verbatim


class Standing(StrEnum):
    """What became of something learned."""

    OFFERED = "offered"
    TAKEN = "taken"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """Something that was learned."""

    number: int = 0
    """By which the user names it."""
    standing: Standing
    key: str
    said: Message
    alias: Alias | None = None
    misheard: Misheard | None = None
    offer: Offer | None = None
    """None where the history no longer speaks for it."""


def learned(
    taken: Sequence[Alias],
    aliases: Mapping[str, AliasOffer],
    habits: Iterable[Suggestion],
    refused: Iterable[str],
    *,
    misheard: Sequence[Misheard] = (),
    words: Mapping[str, WordOffer] | None = None,
) -> tuple[Learned, ...]:
    """Return all of it with its numbers; `aliases` and `words` are offers by key, `refused` the keys of refused ones.

    What was refused and does not show in the history any more is told by its key, so that it can be forgotten as well.
    """
    words = words or {}
    held = [_held(alias, aliases.get(alias.key)) for alias in taken]
    held += [_held_word(one, words.get(one.key)) for one in misheard]
    keys = {one.key for one in held}
    questions: tuple[Question, ...] = (*aliases.values(), *words.values())
    offers: list[Offer] = [*(offer for offer in questions if offer.key not in keys), *habits]
    known = {one.key: one for one in (*map(_offered, offers), *held)}
    for key in sorted(set(refused) - keys):
        former = known.get(key) or Learned(standing=Standing.REFUSED, key=key, said=verbatim(key))
        known[key] = replace(former, standing=Standing.REFUSED)
    return _numbered(known.values())


def _held(alias: Alias, offer: AliasOffer | None) -> Learned:
    said = message("“{phrase}” means: {what}", phrase=alias.said, what=describe(alias.what))
    return Learned(standing=Standing.TAKEN, key=alias.key, said=said, alias=alias, offer=offer)


def _held_word(misheard: Misheard, offer: WordOffer | None) -> Learned:
    return Learned(standing=Standing.TAKEN, key=misheard.key, said=misheard.said, misheard=misheard, offer=offer)


def _offered(offer: Offer) -> Learned:
    alias = offer.alias if isinstance(offer, AliasOffer) else None
    misheard = offer.misheard if isinstance(offer, WordOffer) else None
    return Learned(
        standing=Standing.OFFERED, key=offer.key, said=offer.said, alias=alias, misheard=misheard, offer=offer
    )


def _numbered(found: Iterable[Learned]) -> tuple[Learned, ...]:
    """Give each its number, or the next free one where two would have the same."""
    numbers: set[int] = set()
    numbered = []
    for one in found:
        number = number_of(one.key)
        while number in numbers:
            number += 1
        numbers.add(number)
        numbered.append(replace(one, number=number))
    return tuple(numbered)
