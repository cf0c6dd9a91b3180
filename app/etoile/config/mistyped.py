"""Values of the settings file that are of the wrong kind: which one it is, and what may stand there instead."""

import re
from typing import Any

import msgspec

from etoile.config.sections import Config
from etoile.errors import ConfigError
from etoile.text import Message, message

_PLACE = re.compile(r"\s*- at (?:`(?P<part>\w+)` in )?`\$\.?(?P<path>[^`]*)`$")
_NONE = msgspec.inspect.NoneType()


def refusal(error: msgspec.ValidationError, name: str) -> ConfigError:
    """Return what to raise for `error`, found in the file `name`: where it is, what is wrong, what may stand there."""
    place = _PLACE.search(str(error))
    if place is None:
        return ConfigError(message("{path}: {error}.", path=name, error=str(error)))
    wrong = str(error)[: place.start()]
    said = message("{path}: {key}: {error}.", path=name, key=place["path"], error=wrong)
    return ConfigError(said, _allowed(_kind(place["path"], of_a_key=place["part"] == "key")))


def _kind(path: str, *, of_a_key: bool) -> msgspec.inspect.Type | None:
    """Return the kind of value that belongs at `path` ("nodes[0].url"), or of the keys there."""
    kind: msgspec.inspect.Type | None = msgspec.inspect.type_info(Config)
    for step in re.findall(r"\.\.\.|[^.\[\]]+", path):
        kind = _within(kind, step)
    return kind.key_type if of_a_key and isinstance(kind, msgspec.inspect.DictType) else kind


def _within(kind: Any, step: str) -> msgspec.inspect.Type | None:
    match kind:
        case msgspec.inspect.UnionType(types=types):
            return next((inner for one in types if (inner := _within(one, step))), None)
        case msgspec.inspect.StructType(fields=fields):
            return next((field.type for field in fields if field.encode_name == step), None)
        case msgspec.inspect.VarTupleType(item_type=inner) | msgspec.inspect.DictType(value_type=inner):
            return inner
        case _:
            return None


def _allowed(kind: msgspec.inspect.Type | None) -> Message | None:
    """Return what to write where a value of `kind` belongs; None where the error itself has said it."""
    match kind:
        case msgspec.inspect.UnionType(types=types):
            return _allowed(next(one for one in types if one != _NONE))
        case msgspec.inspect.LiteralType(values=values):
            return message("Write one of these: {values}.", values=[f'"{value}"' for value in values])
        case msgspec.inspect.BoolType():
            return message("Write true or false, without quotes.")
        case msgspec.inspect.IntType():
            return message("Write a whole number, without quotes.")
        case msgspec.inspect.FloatType():
            return message("Write a number, without quotes.")
        case msgspec.inspect.StrType():
            return message('Write it in quotes: "…".')
        case msgspec.inspect.VarTupleType():
            return message("Write a list, in brackets: […].")
        case _:
            return None
