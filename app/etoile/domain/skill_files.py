"""The file of a skill: TOML that a person can read and write.

name = "open the project {project}"     # how it is called
also = ["projet {project}"]             # further names, perhaps in another language
language = "en"                         # of the steps; without it each language is tried
steps = [
  "open the folder {project}",          # a command, as it is said
  { ask = "What is new in {project}?" } # a request to a node
]
[parameters]
project = ["etoile", "athena"]          # the values there are; or "a default" where it may be anything
"""

import json
import re
import tomllib
from collections.abc import Iterable
from typing import Any, Never

from etoile.domain.skill import LONGEST_NAME, MOST_STEPS, Parameter, Skill, Step
from etoile.domain.skills import Book, places_in
from etoile.errors import ConfigError
from etoile.text import SPOKEN_LANGUAGES, Message, message

LONGEST_BYTES = 64_000
_LONGEST_STEP = 500
_KEYS = ("name", "also", "language", "steps", "parameters")


def read(text: str, path: str) -> Skill:
    """Return the skill in `text`; `path` is what errors call it.

    Raises ConfigError, which names file and line, says what is wrong, and how to mend it.
    """
    return _Reader(text, path).skill()


def written(skill: Skill) -> str:
    """Return the file of `skill`."""
    lines = [f"name = {_quoted(skill.name)}"]
    if skill.also:
        lines.append(f"also = [{', '.join(map(_quoted, skill.also))}]")
    if skill.language:
        lines.append(f"language = {_quoted(skill.language)}")
    lines.append("steps = [")
    lines += [f"  {_step(step)}," for step in skill.steps]
    lines.append("]")
    if skill.parameters:
        lines += ["", "[parameters]"]
    for name, parameter in skill.parameters.items():
        value = f"[{', '.join(map(_quoted, parameter.among))}]" if parameter.among else _quoted(parameter.default)
        lines.append(f"{name} = {value}")
    return "\n".join(lines) + "\n"


def _step(step: Step) -> str:
    return f"{{ ask = {_quoted(step.text)} }}" if step.asks else _quoted(step.text)


def book_of(files: Iterable[tuple[str, str | ConfigError]]) -> Book:
    """Return the skills of `files` (path and content, or why there is none); a wrong file costs its own skill only."""
    skills: list[Skill] = []
    problems: list[ConfigError] = []
    for path, content in files:
        try:
            skills.append(_new(path, content, skills))
        except ConfigError as error:
            problems.append(error)
    return Book(tuple(skills), tuple(problems))


def _new(path: str, content: str | ConfigError, others: Iterable[Skill]) -> Skill:
    """Return the skill in `content`, whose names are none of the `others`'.  Raises ConfigError."""
    if isinstance(content, ConfigError):
        raise content
    skill = read(content, path)
    taken = {name.casefold(): other.path for other in others for name in other.names}
    for name in skill.names:
        if other := taken.get(name.casefold()):
            what = message("“{name}” is the name of {other} already", name=name, other=other)
            raise _error(path, _line_of(content, name), what, message("Give one of them another name."))
    return skill


class _Reader:
    """Reads one file, and tells the line of what is wrong in it."""

    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self._path = path

    def skill(self) -> Skill:
        """Return the skill.  Raises ConfigError."""
        table = self._table()
        for key in table:
            if key not in _KEYS:
                self._refuse(key, message("there is no key “{key}”", key=key), _known_keys())
        parameters = self._parameters(table.get("parameters", {}))
        skill = Skill(
            name=self._name(table.get("name")),
            also=tuple(map(self._name, self._list(table, "also"))),
            language=self._language(table.get("language")),
            parameters=parameters,
            steps=tuple(map(self._step, self._list(table, "steps"))),
            path=self._path,
        )
        self._check(skill)
        return skill

    def _table(self) -> dict[str, Any]:
        if len(self._text) > LONGEST_BYTES:
            self._refuse("", message("the file is too long"), _HOW_MANY)
        try:
            return tomllib.loads(self._text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            found = re.search(r"line (\d+)", str(error))
            line = int(found[1]) if found else self._text.count("\n") + 1
            raise _error(self._path, line, message("this is no TOML: {error}", error=str(error)), _EXAMPLE) from None

    def _list(self, table: dict[str, Any], key: str) -> list[Any]:
        value = table.get(key, [])
        if not isinstance(value, list):
            self._refuse(key, message("“{key}” is no list", key=key), message("Write {key} = [ … ].", key=key))
        return value

    def _name(self, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            self._refuse("name", message("it has no name"), _A_NAME)
        name = " ".join(value.split())
        bare = re.sub(r"\{\w+\}", "", name)
        if len(name) > LONGEST_NAME or not name.isprintable() or not any(letter.isalpha() for letter in bare):
            self._refuse(value, message("“{name}” cannot be said as a name", name=name[:LONGEST_NAME]), _GOOD_NAME)
        return name

    def _language(self, value: object) -> str | None:
        if value is not None and value not in SPOKEN_LANGUAGES:
            self._refuse("language", message("I do not speak “{language}”", language=str(value)), _LANGUAGES)
        return str(value) if value else None

    def _step(self, value: object) -> Step:
        asks = isinstance(value, dict) and list(value) == ["ask"]
        text = value["ask"] if isinstance(value, dict) and asks else value
        if not isinstance(text, str) or not text.strip():
            self._refuse("steps", message("a step is neither a command nor a request"), _EXAMPLE)
        if len(text) > _LONGEST_STEP or not text.isprintable():
            self._refuse(text[:20], message("a step is too long, or holds what cannot be said"), _EXAMPLE)
        return Step(text.strip(), asks)

    def _parameters(self, table: object) -> dict[str, Parameter]:
        if not isinstance(table, dict):
            self._refuse("parameters", message("“parameters” is no table"), _PARAMETER)
        return {name: self._parameter(name, value) for name, value in table.items()}

    def _parameter(self, name: str, value: object) -> Parameter:
        listed = value if isinstance(value, list) else [value]
        among = tuple(one.strip() for one in listed if isinstance(one, str) and one.strip() and one.isprintable())
        if not among or len(among) < len(listed) or not name.isidentifier():
            self._refuse(name, message("the parameter “{name}” is neither a text nor texts", name=name), _PARAMETER)
        return Parameter(among[0], among if isinstance(value, list) else ())

    def _check(self, skill: Skill) -> None:
        """Raise ConfigError for what is wrong with the whole."""
        if not 0 < len(skill.steps) <= MOST_STEPS:
            self._refuse("steps", message("it has {count} steps", count=len(skill.steps)), _HOW_MANY)
        for text in (*skill.names, *(step.text for step in skill.steps)):
            for place in places_in(text):
                if place not in skill.parameters:
                    self._refuse(f"{{{place}}}", message("there is no parameter “{name}”", name=place), _PARAMETER)
        for name in skill.names:
            for place in places_in(name):
                if not skill.parameters[place].among and not name.endswith(f"{{{place}}}"):
                    anything = message("“{name}” may be anything, and does not end the name", name=place)
                    self._refuse(name, anything, _ENDS)

    def _refuse(self, needle: str, what: Message, remedy: Message) -> Never:
        raise _error(self._path, _line_of(self._text, needle), what, remedy)


def _error(path: str, line: int, what: Message, remedy: Message) -> ConfigError:
    return ConfigError(message("{path}, line {line}: {what}.", path=path, line=line, what=what), remedy)


def _line_of(text: str, needle: str) -> int:
    """Return the first line that holds `needle`, which may be written with escapes; the first when none does."""
    quoted = _quoted(needle)[1:-1]
    lines = enumerate(text.splitlines(), start=1)
    return next((number for number, line in lines if needle in line or quoted in line), 1)


def _quoted(text: str) -> str:
    """Return `text` as a string of TOML, whose escapes JSON shares."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _known_keys() -> Message:
    return message("Known keys here: {keys}.", keys=list(_KEYS))


_EXAMPLE = message("Write for example {example}.", example='steps = ["mute", { ask = "What is new?" }]')
_PARAMETER = message("Write for example {example} under [parameters].", example='project = ["etoile", "athena"]')
_HOW_MANY = message("Write 1 to {most} steps.", most=MOST_STEPS)
_A_NAME = message("Write for example {example}.", example='name = "morning report"')
_GOOD_NAME = message("Use up to {most} letters, digits and spaces.", most=LONGEST_NAME)
_LANGUAGES = message("Known languages: {languages}.", languages=list(SPOKEN_LANGUAGES))
_ENDS = message("Put it at the end, or list the values that it may have.")
