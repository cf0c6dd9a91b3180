"""What a setting may be, from its type and its range in `etoile.config`."""

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

import msgspec

from etoile.config import Config
from etoile.config.checks import range_of
from etoile.config.writing import Value


class Control(Enum):
    """How a value is shown."""

    SWITCH = "switch"
    CHOICE = "choice"
    WHOLE = "whole"
    """A whole number."""
    NUMBER = "number"
    TEXT = "text"
    SEVERAL = "several"
    """Any of the choices."""
    LIST = "list"
    """Texts in a line."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a setting may be."""

    control: Control
    choices: frozenset[str] = frozenset()
    range: tuple[float, float] | None = None
    optional: bool = False
    """Whether nothing at all may stand there."""
    default: Value = None


@cache
def kind_of(section: str, key: str) -> Kind:
    """Return what the setting `key` of `section` may be.  Raises KeyError for one that does not exist."""
    field = _field(section, key)
    kind, optional = _without_none(field.type)
    default = field.default
    span = range_of(f"{section}.{key}")
    match kind:
        case msgspec.inspect.BoolType():
            return Kind(Control.SWITCH, default=default)
        case msgspec.inspect.LiteralType(values=values):
            return Kind(Control.CHOICE, frozenset(map(str, values)), default=default)
        case msgspec.inspect.IntType():
            return Kind(Control.WHOLE, range=span, optional=optional, default=default)
        case msgspec.inspect.FloatType():
            return Kind(Control.NUMBER, range=span, optional=optional, default=default)
        case msgspec.inspect.VarTupleType(item_type=msgspec.inspect.LiteralType(values=values)):
            return Kind(Control.SEVERAL, frozenset(map(str, values)), default=default)
        case msgspec.inspect.VarTupleType():
            return Kind(Control.LIST, default=default)
        case _:
            return Kind(Control.TEXT, optional=optional, default=default)


def value_of(config: Config, section: str, key: str) -> Value:
    """Return what the setting is in `config`."""
    value: Value = getattr(getattr(config, section), key)
    return value


def _field(section: str, key: str) -> Any:
    whole: Any = msgspec.inspect.type_info(Config)
    table = next(field.type for field in whole.fields if field.name == section)
    found = next((field for field in table.fields if field.name == key), None)
    if found is None:
        raise KeyError(f"{section}.{key}")
    return found


def _without_none(kind: Any) -> tuple[Any, bool]:
    if not isinstance(kind, msgspec.inspect.UnionType):
        return kind, False
    rest = [one for one in kind.types if not isinstance(one, msgspec.inspect.NoneType)]
    return rest[0], len(rest) < len(kind.types)
