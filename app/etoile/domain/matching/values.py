"""What is said for the values of closed slots: the names that this machine has, and those that a catalogue knows."""

from collections.abc import Iterable, Mapping, Sequence

from etoile.domain.commands import SlotType
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.grammar import Values
from etoile.domain.matching.phrases import Phrase
from etoile.domain.matching.tokens import texts_of

_ALSO: Mapping[SlotType, tuple[SlotType, ...]] = {SlotType.HOST: (SlotType.NODE, SlotType.SITE)}
"""Slots that take the values of other slots as well."""

_LONGEST = 8
"""Words of a value's name."""


def values_of(catalogue: Catalogue, machine: Mapping[str, Sequence[str]]) -> Values:
    """Return slot -> what is said -> value.

    `machine` lists the names that this computer has by slot ("app" -> "Firefox", ...).  A name of the catalogue that
    stands for one of them gives the machine's.
    """
    slots = [slot for slot in SlotType if not slot.is_open]
    own = {slot: _spoken(catalogue, catalogue.values.get(slot, {}), machine.get(slot, ())) for slot in slots}
    return {
        slot: {phrase: value for part in (*_ALSO.get(slot, ()), slot) for phrase, value in own[part].items()}
        for slot in slots
    }


def _spoken(catalogue: Catalogue, known: Mapping[Phrase, str], names: Iterable[str]) -> dict[Phrase, str]:
    spoken = dict(known)
    phrases = {name: texts_of(name, catalogue.language, catalogue.same) for name in names}
    for name, phrase in phrases.items():
        stands_for = known.get(phrase) or known.get(phrase[:1])
        if stands_for and stands_for not in phrases:
            spoken |= {said: name for said, value in known.items() if value == stands_for}
    for name, phrase in phrases.items():
        if 0 < len(phrase) <= _LONGEST and spoken.get(phrase) not in phrases:
            spoken[phrase] = name
        if short := _short(phrase, phrases.values()):
            spoken.setdefault(short, name)
    return spoken


def _short(phrase: Phrase, among: Iterable[Phrase]) -> Phrase | None:
    """Return the first words of a long name that has numbers in it ("qwen 3" of "qwen3-30b"), if no other begins so."""
    at = next((index for index, word in enumerate(phrase) if word.isdigit()), 0)
    short = phrase[: at + 1]
    if not at or len(short) == len(phrase):
        return None
    return short if sum(other[: at + 1] == short for other in among) == 1 else None
