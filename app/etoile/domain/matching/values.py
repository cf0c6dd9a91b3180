"""What is said for the values of closed slots: the names that this machine has, and those that a catalogue knows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from etoile.domain.commands import SlotType
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.phrases import Phrase
from etoile.domain.matching.reach import Values
from etoile.domain.matching.tokens import DOTS, texts_of

_ALSO: Mapping[SlotType, tuple[SlotType, ...]] = {SlotType.HOST: (SlotType.NODE, SlotType.SITE)}
"""Slots that take the values of other slots as well."""

_SHORTEST_ALONE = 4
"""Letters that a name for short begins with."""
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
        for short in _shorter(phrase, phrases.values()):
            spoken.setdefault(short, name)
    return spoken


def _shorter(phrase: Phrase, among: Iterable[Phrase]) -> Iterator[Phrase]:
    """Return what a long name with numbers in it is called for short, if no other may be meant.

    "qwen3-30b-a3b" is "qwen 3 30 b" or "qwen 3 30", "gemma-3-12b" is "gemma", "qwen3-coder-30b" is "qwen coder".
    """
    if not any(word.isdigit() for word in phrase) or len(phrase[0]) < _SHORTEST_ALONE:
        return
    others = [other for other in among if other != phrase]
    words = _words(phrase)
    beginnings = [phrase[:length] for length in range(1, len(phrase))]
    unlike = [short for short in beginnings if all(other[: len(short)] != short for other in others)]
    if len(words) > 1 and all(_words(other) != words for other in others):
        unlike.append(words)
    for short in (phrase, *unlike):
        yield short
        for dot in DOTS[1:]:
            yield tuple(dot if word == DOTS[0] else word for word in short)


def _words(phrase: Phrase) -> Phrase:
    return tuple(word for word in phrase if word.isalpha() and len(word) > 1)
