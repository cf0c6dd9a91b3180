"""The file of a plan: TOML that a person can read and edit.

kinds = ["code"]                        # requests of these kinds take it by themselves

[[units]]
id = "write"
role = "code"                           # which nodes may take it

[[units]]
id = "review"
role = "review"
reviews = "write"                       # gives what "write" made a score, and waits for it
"""

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, Final, Never, get_args

from etoile.config.sections import Role, Tool
from etoile.domain.commander.graph import cycle_in
from etoile.domain.commander.plans import Plan, PlannedUnit, refuse, with_shown
from etoile.domain.tasks.kinds import TaskKind
from etoile.text import Message, message

LONGEST_BYTES: Final = 64_000
MOST_UNITS: Final = 8
LONGEST_PROMPT: Final = 4000

_ROLES: Final[tuple[str, ...]] = get_args(Role)
_TOOLS: Final[tuple[str, ...]] = get_args(Tool)
_KEYS: Final = ("kinds", "units")
_UNIT_KEYS: Final = (
    "id",
    "role",
    "prompt",
    "after",
    "reviews",
    "needs",
    "optional",
    "elsewhere",
    "shown",
    "every_node",
)


def read(text: str, name: str, path: str) -> Plan:
    """Return the plan `name` in `text`; `path` is what errors call its file.

    Raises ConfigError, which names the file, says what is wrong, and how to mend it.
    """
    return _Reader(path).plan(text, name)


class _Reader:
    """Reads one file."""

    def __init__(self, path: str) -> None:
        self._path = path

    def plan(self, text: str, name: str) -> Plan:
        """Return the plan in `text`.  Raises ConfigError."""
        table = self._table(text)
        self._known("", table, _KEYS)
        kinds = self._among("kinds", self._texts(table, "kinds", ""), tuple(TaskKind))
        listed = table.get("units")
        if not isinstance(listed, list) or not listed:
            self._refuse(message("it has no units"), message("A unit begins with [[units]], an id and a role."))
        units = tuple(map(self._unit, listed))
        self._check(units)
        return Plan(name=name, units=with_shown(units), kinds=kinds, path=self._path)

    def _table(self, text: str) -> dict[str, Any]:
        if len(text) > LONGEST_BYTES:
            self._refuse(message("the file is too long"), message("A plan has at most {most} units.", most=MOST_UNITS))
        try:
            return tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self._refuse(
                message("this is no TOML: {error}", error=str(error)), message("Mend that line, or remove the file.")
            )

    def _unit(self, table: object) -> PlannedUnit:
        if not isinstance(table, dict):
            self._refuse(message("a unit is no table"), message("A unit begins with [[units]], an id and a role."))
        unit_id = self._text(table, "id", "")
        if not unit_id:
            self._refuse(message("a unit has no id"), message('Name it: id = "write".'))
        self._known(unit_id, table, _UNIT_KEYS)
        prompt = self._text(table, "prompt", unit_id)
        if len(prompt) > LONGEST_PROMPT:
            what = message("the prompt of unit “{unit}” is too long", unit=unit_id)
            self._refuse(what, message("Keep it below {most} characters.", most=LONGEST_PROMPT))
        reviews = self._text(table, "reviews", unit_id) or None
        after = self._texts(table, "after", unit_id)
        role = self._text(table, "role", unit_id)
        if not role:
            what = message("unit “{unit}” has no role", unit=unit_id)
            self._refuse(what, message("Known are: {names}.", names=_ROLES))
        return PlannedUnit(
            id=unit_id,
            role=self._among(unit_id, (role,), _ROLES)[0],
            prompt=prompt,
            after=after if reviews is None or reviews in after else (*after, reviews),
            reviews=reviews,
            needs=frozenset(self._among(unit_id, self._texts(table, "needs", unit_id), _TOOLS)),
            optional=self._flag(table, "optional", unit_id),
            elsewhere=self._flag(table, "elsewhere", unit_id),
            shown=self._flag(table, "shown", unit_id),
            every_node=self._flag(table, "every_node", unit_id),
        )

    def _check(self, units: tuple[PlannedUnit, ...]) -> None:
        """Raise ConfigError unless the units fit together."""
        if len(units) > MOST_UNITS:
            what = message("it has {count} units, and {most} is the most", count=len(units), most=MOST_UNITS)
            self._refuse(what, message("Join some of them into one."))
        ids = [unit.id for unit in units]
        for unit in units:
            if ids.count(unit.id) > 1:
                what = message("two units are called “{unit}”", unit=unit.id)
                self._refuse(what, message("Give one of them another name."))
            for other in unit.after:
                if other not in ids:
                    what = message("unit “{unit}” comes after “{other}”, which is none", unit=unit.id, other=other)
                    self._refuse(what, _nearest(other, ids))
        if circle := cycle_in({unit.id: unit.after for unit in units}):
            what = message("units wait for each other: {names}", names=" → ".join(circle))
            self._refuse(what, message("Take one of these out of “after” or “reviews”."))
        self._check_reviews({unit.id: unit for unit in units})

    def _check_reviews(self, units: Mapping[str, PlannedUnit]) -> None:
        for unit in units.values():
            author = units.get(unit.reviews or "")
            if author is not None and (author.every_node or author.reviews or unit.every_node or unit.shown):
                what = message("unit “{unit}” cannot review “{other}”", unit=unit.id, other=author.id)
                remedy = message("A review looks at one unit that is no review, is made once, and is not shown itself.")
                self._refuse(what, remedy)
        if all(unit.reviews for unit in units.values()):
            self._refuse(message("it has nothing but reviews"), message("Add the unit that makes the answer."))

    def _known(self, unit_id: str, table: Mapping[str, Any], keys: tuple[str, ...]) -> None:
        for key in table:
            if key not in keys:
                what = message("there is no key “{key}”", key=f"{unit_id}.{key}" if unit_id else key)
                self._refuse(what, _nearest(key, keys))

    def _among(self, where: str, values: Iterable[str], known: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if value not in known:
                self._refuse(
                    message("“{value}” in {where} is not known", value=value, where=where), _nearest(value, known)
                )
        return tuple(values)

    def _text(self, table: Mapping[str, Any], key: str, where: str) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            self._refuse_type(key, where, message('Write it in quotes: {key} = "…".', key=key))
        return value.strip()

    def _texts(self, table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self._refuse_type(key, where, message('Write a list: {key} = ["…"].', key=key))
        return tuple(value)

    def _flag(self, table: Mapping[str, Any], key: str, where: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            self._refuse_type(key, where, message("Write {key} = true, or leave it out.", key=key))
        return value

    def _refuse_type(self, key: str, where: str, remedy: Message) -> Never:
        self._refuse(message("“{key}” is not as it should be", key=f"{where}.{key}" if where else key), remedy)

    def _refuse(self, what: Message, remedy: Message) -> Never:
        refuse(self._path, what, remedy)


def _nearest(value: str, known: Iterable[str]) -> Message:
    import difflib  # only for what is mistyped

    close = difflib.get_close_matches(value, known := tuple(known), n=1, cutoff=0.5)
    if close:
        return message("Did you mean {key}?", key=close[0])
    return message("Known are: {names}.", names=known)
