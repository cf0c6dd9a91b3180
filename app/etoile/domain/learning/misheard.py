"""Words that were misheard: what the speech model wrote, and what the user said, or wrote, in its place.

Heard:                    "ouvre fairfox"                       ┐ "fairfox" is offered to be read
Within `WITHIN`, asked:   "non, je voulais dire firefox",       │ as "firefox" whenever it is heard.
or, where nothing ran:    "ouvre firefox", spoken or typed      ┘

Only words that sound alike are a slip of the ear; everything else is a change of mind.  Where the user says which word
was meant, the request itself is mended with it at once, and asked again.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from etoile.domain.learning.aliases import NEGATIONS, WITHIN
from etoile.domain.learning.corrections import correction_of
from etoile.domain.learning.offers import Misheard, WordOffer
from etoile.domain.learning.record import Record
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.nearness import ratio
from etoile.domain.matching.sounds import sound_of
from etoile.domain.matching.tokens import fold, texts_of
from etoile.domain.replies import reply_to
from etoile.text import SPOKEN_LANGUAGES, Message, message

MOST_WORDS = 3
"""A name that is not known comes out as two or three words that are."""
FEWEST_LETTERS = 4
"""What is shorter stands in too many other requests."""
ALIKE = 70.0
"""Words are taken for each other by the ear from here on, 0 to 100 ("fairfox" and "firefox": 73)..."""
ALIKE_IF_SAID = 55.0
"""...and from here on where the user says which was meant ("jarre" and "java": 57)."""
_LONGEST = 40
"""Words of a request that is looked at; a dictated page is none."""

Words = tuple[str, ...]


def word_offers(records: Sequence[Record]) -> tuple[WordOffer, ...]:
    """Return the words that the history shows to be misheard, in the order they came up.

    `records` are in order of time.  What stands in a request that was carried out as it was heard is no slip.
    """
    found: dict[str, WordOffer] = {}
    for former, record in pairwise(records):
        if misheard := misheard_in(former, record):
            known = found.get(misheard.key, WordOffer(misheard=misheard, evidence=()))
            found[misheard.key] = replace(known, evidence=(*known.evidence, former.id, record.id))
    return tuple(offer for offer in found.values() if not _heard_rightly(offer, records))


def misheard_in(former: Record, record: Record) -> Misheard | None:
    """Return what was misheard in `former`, if `record`, which follows it, says so; None otherwise."""
    if not former.spoken or record.language != former.language or record.at - former.at > WITHIN:
        return None
    heard, meant = _words(former.asked), _words(record.asked)
    if not 0 < max(len(heard), len(meant)) <= _LONGEST:
        return None
    corrected = correction_of(record.request) is not None
    if former.ran and not corrected:
        return None  # who was obeyed and asks again means something else
    pairs = [_swapped(heard, meant), _put_in(heard, meant, former.language) if corrected else ((), ())]
    first, second = max(pairs, key=lambda pair: _likeness(pair[0], pair[1], former.language))
    if not _is_slip(first, second, former.language, ALIKE_IF_SAID if corrected else ALIKE):
        return None
    return Misheard(heard=fold(" ".join(first)), meant=" ".join(second), language=former.language)


def mended(sentence: str, meant: str, language: str) -> str | None:
    """Return `sentence` with `meant` in the place of what was misheard for it.

    None where nothing in it sounds so, and where `meant` is a sentence of its own.
    """
    found = list(re.finditer(r"\w+", sentence))
    heard, words = tuple(word[0] for word in found), _words(meant)
    if not 0 < len(words) <= MOST_WORDS or len(heard) > _LONGEST or language not in SPOKEN_LANGUAGES:
        return None
    first, behind = _place(heard, words, language)
    slip = _trimmed(heard[first:behind], words)
    part, is_part = _likeness(*slip, language), behind - first < len(heard)
    if not is_part or _likeness(*_swapped(heard, words), language) >= part:
        return None
    if not _is_slip(*slip, language, ALIKE_IF_SAID if len(slip[1]) == 1 else ALIKE):
        return None
    before, after = sentence[: found[first].start()], sentence[found[behind - 1].end() :]
    return before + meant.strip().rstrip(".!?…,;:") + after


def word_objection(misheard: Misheard, catalogues: Mapping[str, Catalogue]) -> Message | None:
    """Return why `misheard` must not be learned; None when it may: what commands consist of is heard as it is."""
    catalogue = catalogues.get(misheard.language)
    if catalogue and catalogue.vocabulary.issuperset(texts_of(misheard.heard, misheard.language, {})):
        return message("“{phrase}” is a word of the commands.", phrase=misheard.heard)
    return None


def with_misheard(known: Iterable[Misheard], one: Misheard) -> tuple[Misheard, ...]:
    """Return `known` with `one`, in place of what the same words meant."""
    return (*(other for other in known if (other.language, other.heard) != (one.language, one.heard)), one)


def _words(text: str) -> Words:
    return tuple(re.findall(r"\w+", text))


def _swapped(heard: Words, meant: Words) -> tuple[Words, Words]:
    """Return what differs between two requests, if it is one place and something around it is the same."""
    first, second = _trimmed(heard, meant)
    return (first, second) if len(first) < len(heard) else ((), ())


def _put_in(heard: Words, meant: Words, language: str) -> tuple[Words, Words]:
    """Return what was heard in the place of `meant`, where that is a word or a few: what sounds most like them."""
    if len(meant) > MOST_WORDS:
        return (), ()
    first, behind = _place(heard, meant, language)
    return _trimmed(heard[first:behind], meant)


def _place(heard: Words, meant: Words, language: str) -> tuple[int, int]:
    """Return from where to where in `heard` those words stand that sound most like `meant`."""
    places = [(at, at + count) for count in range(1, MOST_WORDS + 1) for at in range(len(heard) - count + 1)]
    return max(places, key=lambda place: _likeness(heard[place[0] : place[1]], meant, language), default=(0, 0))


def _trimmed(heard: Words, meant: Words) -> tuple[Words, Words]:
    """Return both without the words that they begin and end with alike."""
    while heard and meant and fold(heard[0]) == fold(meant[0]):
        heard, meant = heard[1:], meant[1:]
    while heard and meant and fold(heard[-1]) == fold(meant[-1]):
        heard, meant = heard[:-1], meant[:-1]
    return heard, meant


def _is_slip(heard: Words, meant: Words, language: str, alike: float) -> bool:
    """Whether the ear took `meant` for `heard`: they sound `alike`, and neither counts, answers or negates."""
    said = " ".join(heard)
    if max(len(heard), len(meant)) > MOST_WORDS or len("".join(heard)) < FEWEST_LETTERS:
        return False
    folded = {fold(word) for word in (*heard, *meant)}
    numbers = any(re.search(r"\d", word) for word in texts_of(" ".join((*heard, *meant)), language, {}))
    if numbers or folded & NEGATIONS or any(reply_to(said, language, options) is not None for options in (1, 3)):
        return False
    return _likeness(heard, meant, language) >= alike


def _likeness(heard: Words, meant: Words, language: str) -> float:
    return ratio(_sound(heard, language), _sound(meant, language)) if heard and meant else 0.0


def _sound(words: Words, language: str) -> str:
    """Return how `words` sound, said in one breath: where one ends is for the ear to guess."""
    return sound_of(fold("".join(words)), language)


def _heard_rightly(offer: WordOffer, records: Sequence[Record]) -> bool:
    """Whether the words stand in a request that was carried out, and that nobody corrected."""
    words = f" {offer.misheard.heard} "
    return any(
        record.ran and record.id not in offer.evidence and words in f" {fold(' '.join(_words(record.asked)))} "
        for record in records
    )
