"""What each language needs words for: signs, units, abbreviations."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """How one language says what is written in signs."""

    language: str
    decimal: str
    """The decimal mark that its voices read."""
    singular_below: float
    """Less than this is one, as 1 is: "1,5 degré"."""
    months: tuple[str, ...]
    date: str
    first: str
    """The first day of a month."""
    clock: str
    """A time of the day, with its minutes."""
    full_hour: str
    dot: str
    """In addresses and names of files."""
    point: str
    """In versions."""
    slash: str
    at: str
    port: str
    version: str
    to: str
    """Between the ends of a range."""
    minus: str
    plus: str
    times: str
    by: str
    """Between width and height."""
    per: str
    out_of: str
    power: str
    code: tuple[str, str]
    """A block of code of one line, and of more."""
    written_in: str
    table: tuple[str, str]
    secret: str
    identifier: str
    units: Mapping[str, tuple[str, str]]
    """Singular and plural, by sign."""
    currencies: Mapping[str, tuple[str, str]]
    scales: Mapping[str, tuple[str, str]]
    """Of money: thousands, millions."""
    large: str
    """Words of `scales`, as a pattern, that may follow a sum."""
    per_units: Mapping[str, str]
    """What stands below a stroke: "/s"."""
    signs: Mapping[str, str]
    """Before a number."""
    fractions: Mapping[str, str]
    abbreviations: Mapping[str, str]
    """By a pattern of what is written."""
    spelled: Mapping[str, str]
    """Names that voices of this language read wrongly, as they should be read."""


BYTES = {"k": "kilo", "K": "kilo", "M": "mega", "G": "giga", "T": "tera", "P": "peta"}
BINARY = {"Ki": "kibi", "Mi": "mebi", "Gi": "gibi", "Ti": "tebi"}


def with_prefixes(signs: Mapping[str, tuple[str, str]], prefixes: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return every one of `signs` with every prefix: "GB" of "B" and "G"."""
    return {
        prefix + sign: (before + one, before + many)
        for sign, (one, many) in signs.items()
        for prefix, before in prefixes.items()
    }


SPACED_UNITS = frozenset({"m", "g", "B", "o", "it", "b"})
"""These stand for too much else right behind a number: "5m", "7B"."""
