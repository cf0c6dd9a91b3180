"""Numbers, dates, times, units and money as they are said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from etoile.speech.spoken.words import SPACED_UNITS, Words

_SPACES = "\u00a0\u202f\u2009"
_SPACE = f"[ {_SPACES}]"
_ALONE = r"(?<![\w.,])"
_DIGITS = r"\d{1,30}(?:[.,]\d{1,30})?"

_GROUPED_BY_SPACE = re.compile(rf"{_ALONE}\d{{1,3}}(?:[{_SPACES}]\d{{3}}){{1,8}}(?!\d)")
_GROUPED_IN_FRENCH = re.compile(rf"{_ALONE}[1-9]\d{{0,2}}(?: \d{{3}}){{1,8}}(?!\d)")
_GROUPED_BY_COMMA = re.compile(r"(?<![\w.,])(\d{1,3}(?:,\d{3}){1,8})(\.\d{1,30})?(?![\d,])")
_DECIMAL = re.compile(r"(?<![\w.,])(\d{1,30})([.,])(\d{1,30})(?![\d]|[.,]\d)")

_STAMP = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?")
_ISO_DATE = re.compile(r"(?<![\w-])(\d{4})-(\d\d)-(\d\d)(?![\w-])")
_FRENCH_DATE = re.compile(r"(?<![\w/])(\d{1,2})/(\d{1,2})/(\d{4})(?![\w/])")
_CLOCK = re.compile(
    rf"(?<![\w:.,])([01]?\d|2[0-4])(:|{_SPACE}?h{_SPACE}?)([0-5]\d)(?::([0-5]\d))?(?![\w:]|{_SPACE}?min)"
)
_RANGE = re.compile(
    r"(?<![\w.,:/–-])(\d{1,6}(?:[.,]\d{1,6})?)[ ]?(?:–|(?<! )-)[ ]?(?=\d{1,6}(?:[.,]\d{1,6})?(?![\w/:–-]))"
)
_MINUS = re.compile(r"(?:(?<=\s)|(?<=[(«“:])|^)[-−](?=\d)")
_FRACTION = re.compile(r"(?<![\w/.,])(\d{1,4})/(\d{1,4})(?![\w/]|[.,]\d)")
_EXPONENT = re.compile(r"(?<![\w])(\d{1,9}(?:[.,]\d{1,9})?)[eE]([+-]?)(\d{1,4})(?!\w)")
_SIZE = re.compile(r"(?<![\w])(\d{3,5})\s?[x×]\s?(\d{3,5})(?!\w)")
_TIMES = re.compile(r"(?<=\d)\s?(?:×|\*)\s?(?=\d)|(?<=\d)\s?[x×](?![\w])")


def aloud(text: str, words: Words) -> str:
    """Return `text` with its figures as a voice of the language reads them."""
    patterns = _patterns(words)
    text = _dates(text, words)
    text = _FRACTION.sub(lambda found: _fraction(found, words), text)
    text = _joined(text, words)
    text = _EXPONENT.sub(lambda found: _exponent(found, words), text)
    text = _RANGE.sub(rf"\1 {words.to} ", text)
    text = _SIZE.sub(rf"\1 {words.by} \2", text)
    text = _TIMES.sub(f" {words.times} ", text)
    text = patterns.signs.sub(lambda sign: f"{words.signs[sign[1]]} ", text)
    text = _MINUS.sub(f"{words.minus} ", text)
    for pattern in (patterns.sum_before, patterns.sum_after):
        text = pattern.sub(lambda found: _sum(found["number"], found["scale"], found["sign"], words), text)
    text = patterns.units.sub(lambda found: _unit(found, words), text)
    return patterns.per.sub(lambda unit: f" {words.per} {words.per_units[unit[1]]}", text)


def _dates(text: str, words: Words) -> str:
    text = _STAMP.sub(r"\1, \2", text)
    text = _ISO_DATE.sub(lambda found: _date(found[0], found[1], found[2], found[3], words), text)
    if words.language == "fr":
        text = _FRENCH_DATE.sub(lambda found: _date(found[0], found[3], found[2], found[1], words), text)
    return _CLOCK.sub(lambda found: _clock(found, words), text)


def _date(written: str, year: str, month: str, day: str, words: Words) -> str:
    number, of = int(day), int(month)
    if not (1 <= of <= 12 and 1 <= number <= 31):
        return written
    said = words.first if number == 1 else str(number)
    return words.date.format(day=said, month=words.months[of - 1], year=year)


def _clock(found: re.Match[str], words: Words) -> str:
    """Return a time of the day; "10 h 30" is read as one in both languages."""
    hour, minute = int(found[1]), int(found[3])
    form = words.clock if minute else words.full_hour
    said = form.format(hour=hour, hours=_of(words.units["h"], hour, words), minute=minute)
    return f"{said} {int(found[4])} {_of(words.units['s'], int(found[4]), words)}" if found[4] else said


def _fraction(found: re.Match[str], words: Words) -> str:
    return words.fractions.get(found[0]) or f"{found[1]} {words.out_of} {found[2]}"


def _joined(text: str, words: Words) -> str:
    """Return `text` with grouped digits joined, and with the decimal mark of the language."""
    text = _GROUPED_BY_SPACE.sub(_without_spaces, text)
    if words.language == "fr":
        text = _GROUPED_IN_FRENCH.sub(_without_spaces, text)
    text = _GROUPED_BY_COMMA.sub(lambda found: _without_commas(found, words), text)
    return _DECIMAL.sub(lambda found: f"{found[1]}{_mark(found, words)}{found[3]}", text)


def _without_spaces(found: re.Match[str]) -> str:
    return "".join(found[0].split())


def _without_commas(found: re.Match[str], words: Words) -> str:
    """Return "1,234.5" as a number; in French "1,234" alone is one and a bit."""
    if words.language == "fr" and not found[2] and found[1].count(",") == 1:
        return found[0]
    return found[0].replace(",", "")


def _mark(found: re.Match[str], words: Words) -> str:
    """Return the decimal mark; in English a comma is one only behind so many digits that it can be nothing else."""
    return words.decimal if found[2] == "." or len(found[1]) > 3 else ","


def _exponent(found: re.Match[str], words: Words) -> str:
    sign = f"{words.minus} " if found[2] == "-" else ""
    return f"{found[1]} {words.power} {sign}{int(found[3])}"


def _sum(number: str, scale: str | None, sign: str, words: Words) -> str:
    currency = _of(words.currencies[sign], _value(number), words)
    if not scale:
        return f"{number} {currency}"
    large = words.scales.get(scale)
    spoken = _of(large, _value(number), words) if large else scale
    # "2 millions d'euros", "2 millions de dollars", "2 mille euros"
    if spoken.endswith("d'"):
        spoken = spoken if words.currencies[sign][1][0] in "aeiouy" else spoken.removesuffix("'") + "e "
        return f"{number} {spoken}{words.currencies[sign][1]}"
    return f"{number} {spoken} {words.currencies[sign][1]}"


def _unit(found: re.Match[str], words: Words) -> str:
    unit = "tok" if found["unit"] == "t" else found["unit"]
    if unit in SPACED_UNITS and not found["space"]:
        return found[0]
    return f"{found['number']} {_of(words.units[unit], _value(found['number']), words)}"


def _of(forms: tuple[str, str], number: float, words: Words) -> str:
    return forms[0] if number == 1 or number < words.singular_below else forms[1]


def _value(number: str) -> float:
    return float(number.replace(",", "."))


def _any_of(signs: Mapping[str, object]) -> str:
    return "|".join(re.escape(sign) for sign in sorted(signs, key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class _Patterns:
    """The patterns that are made of the words of a language."""

    units: re.Pattern[str]
    signs: re.Pattern[str]
    per: re.Pattern[str]
    sum_before: re.Pattern[str]
    """"$5": the sign stands before the sum."""
    sum_after: re.Pattern[str]


@cache
def _patterns(words: Words) -> _Patterns:
    currency, scale = _any_of(words.currencies), _any_of(words.scales)
    number, lone = rf"(?P<number>{_DIGITS})", rf"{_ALONE}(?P<number>{_DIGITS})"
    return _Patterns(
        units=re.compile(rf"{lone}(?P<space>{_SPACE}?)(?P<unit>{_any_of(words.units)}|t(?=/s))(?!\w)"),
        signs=re.compile(rf"(?:(?<=\s)|(?<=[(«“])|^)({_any_of(words.signs)})\s?(?=\d)"),
        per=re.compile(rf"(?<=[^\W\d])/({_any_of(words.per_units)})(?!\w)"),
        sum_before=re.compile(rf"(?P<sign>[$€£¥])\s?{number}(?:\s?(?P<scale>{scale}|{words.large})(?!\w))?"),
        sum_after=re.compile(
            rf"{lone}{_SPACE}?(?P<scale>(?:{scale})(?=\s?(?:{currency})))?{_SPACE}?(?P<sign>{currency})(?!\w)"
        ),
    )
