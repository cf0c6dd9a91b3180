"""What is wrong with catalogues, though each can be read: forms that two commands claim, commands nobody can say."""

import itertools
from collections.abc import Iterator, Mapping

from etoile.domain.commands import COMMANDS, SlotType
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.grammar import Grammar, Reading
from etoile.domain.matching.phrases import Phrase
from etoile.domain.matching.quantities import READERS
from etoile.domain.matching.templates import Form
from etoile.text import Message, message

_SPELLINGS = 6
"""Sentences of a form that are tried."""
_SAID: Mapping[SlotType, Phrase] = {
    SlotType.LEVEL: ("20", "%"),
    SlotType.SECONDS: ("5", "minutes"),
    SlotType.TIME: ("7", ":", "30"),
    SlotType.SITE: ("example", ".", "org"),
    SlotType.HOST: ("10", ".", "0", ".", "0", ".", "1"),
}
_FROM_THE_MACHINE = (SlotType.NODE, SlotType.MODEL, SlotType.VOICE, SlotType.SKILL)
"""Slots whose values only a machine can know."""


def check(catalogues: Mapping[str, Catalogue]) -> tuple[Message, ...]:
    """Return what is wrong with `catalogues`, by language; empty when all is well."""
    return tuple(problem for catalogue in catalogues.values() for problem in _problems(catalogue))


def _problems(catalogue: Catalogue) -> Iterator[Message]:
    language = catalogue.language
    for command in COMMANDS:
        if not catalogue.forms.get(command):
            yield message("{language}: nothing is said for {command}.", language=language, command=command)
    used = {SlotType(part[1:-1]) for forms in catalogue.forms.values() for form in forms for part in _slots(form)}
    for slot in sorted(used):
        given = slot.is_open or slot in READERS or slot in _FROM_THE_MACHINE or catalogue.values.get(slot)
        if not given:
            yield message("{language}: the slot {slot} has no values.", language=language, slot=slot.value)
    yield from _claimed_twice(catalogue)


def _claimed_twice(catalogue: Catalogue) -> Iterator[Message]:
    """Return the sentences that mean two commands, one for each pair of commands."""
    values = {slot: {_said(slot): slot.value} for slot in SlotType if not slot.is_open and slot not in READERS}
    grammar = Grammar(catalogue, values)
    seen: set[frozenset[str]] = set()
    for command, forms in catalogue.forms.items():
        for form in forms:
            for sentence in itertools.islice(_sentences(catalogue, form), _SPELLINGS):
                claimants = _claimants(grammar.readings(sentence)) | {command}
                if len(claimants) > 1 and frozenset(claimants) not in seen:
                    seen.add(frozenset(claimants))
                    yield message(
                        '{language}: {commands} all claim "{sentence}".',
                        language=catalogue.language,
                        commands=sorted(claimants),
                        sentence=" ".join(sentence),
                    )


def _claimants(readings: list[Reading]) -> set[str]:
    """Return the commands whose wording explains a sentence best."""
    most = max((reading.explained for reading in readings), default=0)
    return {reading.command for reading in readings if reading.explained == most}


def _sentences(catalogue: Catalogue, form: Form) -> Iterator[Phrase]:
    """Return sentences of `form`, its concepts in their words and its slot filled."""
    choices = [catalogue.concepts[part[1:-1]] if part.startswith("<") else (_words(part),) for part in form]
    for chosen in itertools.product(*choices):
        yield tuple(itertools.chain.from_iterable(chosen))


def _words(part: str) -> Phrase:
    return _said(SlotType(part[1:-1])) if part.startswith("{") else (part,)


def _said(slot: SlotType) -> Phrase:
    return _SAID.get(slot, (f"x{slot.value}",))


def _slots(form: Form) -> Iterator[str]:
    return (part for part in form if part.startswith("{"))
