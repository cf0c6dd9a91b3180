"""What is wrong with catalogues, though each can be read.

Forms that two commands claim, forms that another command hides or that are never understood, slots without values,
commands that cannot be said at all.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from etoile.domain.commands import COMMANDS, SlotType
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.found import Found, as_likely, runs
from etoile.domain.matching.interpreter import Interpreter
from etoile.domain.matching.phrases import Phrase
from etoile.domain.matching.quantities import READERS
from etoile.domain.matching.templates import Choice
from etoile.text import Message, message

FEWEST_SPOKEN_FORMS: Final = 440
"""Sentences that a language knows at the least, slots unfilled."""

_SAID: Mapping[SlotType, str] = {
    SlotType.LEVEL: "20 %",
    SlotType.SECONDS: "5 minutes",
    SlotType.TIME: "7:30",
    SlotType.SITE: "example.org",
    SlotType.HOST: "10.0.0.1",
}
_FROM_THE_MACHINE = (SlotType.NODE, SlotType.MODEL, SlotType.VOICE, SlotType.SKILL)
"""Slots whose values only a machine can know."""


def check(catalogues: Mapping[str, Catalogue]) -> tuple[Message, ...]:
    """Return what is wrong with `catalogues`, by language; empty when all is well.  Takes seconds."""
    return tuple(problem for catalogue in catalogues.values() for problem in _problems(catalogue))


def _problems(catalogue: Catalogue) -> Iterator[Message]:
    language = catalogue.language
    if catalogue.spoken_forms < FEWEST_SPOKEN_FORMS:
        yield message(
            "{language}: only {count} sentences are known, {fewest} are expected.",
            language=language,
            count=catalogue.spoken_forms,
            fewest=FEWEST_SPOKEN_FORMS,
        )
    for command in COMMANDS:
        if not catalogue.templates.get(command):
            yield message("{language}: nothing is said for {command}.", language=language, command=command)
    used = {SlotType(part[1:-1]) for parts in catalogue.parts.values() for part in parts if part[0] == "{"}
    for slot in sorted(used):
        given = slot.is_open or slot in READERS or slot in _FROM_THE_MACHINE or catalogue.values.get(slot)
        if not given:
            yield message("{language}: the slot {slot} has no values.", language=language, slot=slot.value)
    yield from _misunderstood(catalogue)


def _misunderstood(catalogue: Catalogue) -> Iterator[Message]:
    """Return the sentences that do not mean the command that lists them, one for each pair of commands."""
    interpreter = Interpreter(catalogue, {slot.value: (_said(slot),) for slot in SlotType if not slot.is_open})
    told: set[tuple[str, ...]] = set()
    for command, templates in catalogue.templates.items():
        for sentence in dict.fromkeys(_sentences(catalogue, templates)):
            found = interpreter.outcome(sentence).found
            meant = (command, *(one.candidate.command for one in found[:2]))
            settled = runs(found) or (interpreter.only_waives(sentence) and _stands_out(found))
            if (not settled or meant[1] != command) and meant not in told:
                told.add(meant)
                yield _misunderstanding(catalogue.language, sentence, *meant)


def _stands_out(found: Sequence[Found]) -> bool:
    """Whether the first of `found` is proposed alone: all that a request may do which only says what is not needed."""
    return bool(found) and not any(as_likely(other, found[0]) for other in found[1:])


def _misunderstanding(language: str, sentence: str, command: str, first: str = "", second: str = "") -> Message:
    """Return what is wrong with a sentence of `command` that is understood as `first`, or perhaps `second`."""
    if not first:
        return message(
            "{language}: “{sentence}” is listed for {command} and never understood.",
            language=language,
            sentence=sentence,
            command=command,
        )
    if first != command:
        return message(
            "{language}: “{sentence}” is listed for {command} and means {other}.",
            language=language,
            sentence=sentence,
            command=command,
            other=first,
        )
    return message(
        '{language}: {commands} all claim "{sentence}".',
        language=language,
        commands=sorted({command, second or command}),
        sentence=sentence,
    )


def _sentences(catalogue: Catalogue, templates: Iterable[Choice]) -> Iterator[str]:
    """Return sentences in which all that is written in `templates` is said, concepts in their first words."""
    for template in templates:
        for form in filter(None, template.examples()):
            yield " ".join(itertools.chain.from_iterable(_words(catalogue, part) for part in form))


def _words(catalogue: Catalogue, part: str) -> Phrase:
    if part[0] == "<":
        return next(iter(catalogue.concepts[part[1:-1]]), ())
    return (_said(SlotType(part[1:-1])),) if part[0] == "{" else (part,)


def _said(slot: SlotType) -> str:
    return _SAID.get(slot, f"zz{slot.value}")
