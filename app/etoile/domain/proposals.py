"""Commands that a language model may propose.  Pure.

A proposal is data: its id must be one of these, its slots those of the command, each of its type, and a name one that
this machine has.  What becomes of it is for `policy` to say, and there for a person's hand.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from etoile.domain.commands import COMMANDS, KILL, Command, SlotType
from etoile.domain.match import Candidate, Slots

MOST_PROPOSALS: Final = 3
"""For one request; the user reads each of them."""
LONGEST_TEXT: Final = 500

_NOT_FOR_MODELS: Final = frozenset(
    {"assistant", "conversation", "consensus", "dictation", "skills", "window", "tab", "edit", "scroll", "clipboard"}
)
"""What steers the conversation itself; skills, which hold further commands; and what acts on the window in front, which
is Etoile's own when the user clicks."""

PROPOSABLE: Final[Mapping[str, Command]] = {
    name: command
    for name, command in COMMANDS.items()
    if name.partition(".")[0] not in _NOT_FOR_MODELS and name not in (KILL, "browser.back")
}
"""By id.  What ends a process asks with numbers that only a look at the machine tells: it is asked for in words."""

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_HOST = re.compile(r"[\w.:-]{1,253}")
_RANGES: Final = {SlotType.LEVEL: range(101), SlotType.SECONDS: range(1, 7 * 86_400 + 1)}
_PATTERNS: Final = {SlotType.TIME: _TIME, SlotType.SITE: _HOST, SlotType.HOST: _HOST}


class Unfit(Exception):
    """A proposal that cannot be made; told the model, in English."""


def candidate_of(name: object, slots: object, values: Mapping[str, Sequence[str]]) -> Candidate:
    """Return what is proposed; `values` are the names that this machine has, by slot.  Raises Unfit."""
    command = PROPOSABLE.get(name) if isinstance(name, str) else None
    if command is None:
        raise Unfit(f"There is no such command: {str(name)[:80]!r}.")
    given = slots if isinstance(slots, dict) else {}
    wanted = set(command.slot_names)
    if set(given) != wanted:
        raise Unfit(f"{command.id} takes these slots: {sorted(wanted) or 'none'}.")
    return Candidate(command=command.id, slots=dict(_slots(command, given, values)), confidence=1.0)


def _slots(
    command: Command, given: Mapping[str, object], values: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str | int]]:
    for slot in command.slots:
        yield slot.value, _value(slot, given[slot.value], values)


def _value(slot: SlotType, value: object, values: Mapping[str, Sequence[str]]) -> str | int:
    if slot in _RANGES:
        if isinstance(value, bool) or not isinstance(value, int) or value not in _RANGES[slot]:
            raise Unfit(f"{slot.value} is an integer from {_RANGES[slot][0]} to {_RANGES[slot][-1]}.")
        return value
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT or not value.isprintable():
        raise Unfit(f"{slot.value} is a text of one line, of at most {LONGEST_TEXT} characters.")
    if slot in _PATTERNS:
        if not _PATTERNS[slot].fullmatch(value):
            raise Unfit(f"{slot.value} does not look like that: {value[:80]!r}.")
        return value
    return value.strip() if slot.is_open else _known(slot, value, values.get(slot.value, ()))


def _known(slot: SlotType, value: str, names: Sequence[str]) -> str:
    """Return the name as this machine has it.  A closed slot takes no other: it might be anything."""
    found = next((name for name in names if name.casefold() == value.strip().casefold()), None)
    if found is None:
        raise Unfit(f"This machine has no {slot.value} called {value[:80]!r}.")
    return found


def written(command: str, slots: Slots) -> str:
    """Return a proposal as it is shown: its id, and its slots word for word."""
    return " ".join([command, *(f"{name}={value}" for name, value in slots.items())])
