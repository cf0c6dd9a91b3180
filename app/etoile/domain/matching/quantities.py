"""Numbers, durations, times of day and hosts, as they are spoken.

Each reads the tokens from a given one on, and tells how many of them it took and what they mean.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from etoile.domain.commands import SlotType
from etoile.domain.matching.phrases import Phrase
from etoile.domain.matching.tokens import DOTS

Read = tuple[int, str | int | None]
"""How many tokens, and what they mean; None is a value that no command takes, like 150 %."""

LONGEST_S: Final = 7 * 24 * 3600

_DURATION = {
    "fr": re.compile(
        r"""
        (?: (?P<h>\d+|une) \ (?:heures?|h)
              (?: (?:\ et)? \ (?P<h_half>demie?) | \ et (?:\ un)? \ (?P<h_quarter>quart)
                | (?:\ et)? \ (?P<h_3_quarters>3)\ quarts )?
              (?: (?:\ et)? \ (?P<h_m>\d+|une) (?:\ (?:minutes?|min|mn))? )?
              (?: (?:\ et)? \ (?P<h_s>\d+) \ (?:secondes?|s) )?
          | (?P<m>\d+|une) \ (?:minutes?|min|mn) (?: (?:\ et)? \ (?P<m_half>demie?) )?
              (?: (?:\ et)? \ (?P<m_s>\d+) (?:\ (?:secondes?|sec|s))? )?
          | (?P<s>\d+|une) \ (?:secondes?|sec|s)
          | (?P<half_hour>(?:une\ )?demi\ heure) | (?P<half_minute>(?:une\ )?demi\ minute)
          | (?P<three_quarters>3\ quarts\ d\ heure) | (?P<quarter_hour>(?:un\ )?quart\ d\ heure)
        ) (?!\S)""",
        re.VERBOSE,
    ),
    "en": re.compile(
        r"""
        (?: (?P<h>\d+|an?|one) \ (?:hours?|hrs?|h) (?: \ and\ a\ (?P<h_half>half) | \ and\ a\ (?P<h_quarter>quarter) )?
              (?: (?:\ and)? \ (?P<h_m>\d+|a|one) (?:\ (?:minutes?|mins?|m))? )?
              (?: (?:\ and)? \ (?P<h_s>\d+) \ (?:seconds?|secs?|s) )?
          | (?P<hh>\d+|one) \ and\ a\ half\ hours?
          | (?P<mm>\d+|one) \ and\ a\ half\ minutes?
          | (?P<m>\d+|a|one) \ (?:minutes?|mins?) (?: \ and\ a\ (?P<m_half>half) )?
              (?: (?:\ and)? \ (?P<m_s>\d+) (?:\ (?:seconds?|secs?|s))? )?
          | (?P<s>\d+|a|one) \ (?:seconds?|secs?|s)
          | (?P<half_hour>(?:a\ )?half\ (?:an\ )?hour) | (?P<half_minute>(?:a\ )?half\ (?:a\ )?minute)
          | (?P<three_quarters>3\ quarters\ of\ an\ hour) | (?P<quarter_hour>(?:a\ )?quarter\ of\ an\ hour)
        ) (?!\S)""",
        re.VERBOSE,
    ),
}

_WORTH_S = {
    "h": 3600, "hh": 3600, "h_m": 60, "h_s": 1, "m": 60, "mm": 60, "m_s": 1, "s": 1,
    "h_half": 1800, "h_quarter": 900, "h_3_quarters": 900, "m_half": 30,
    "half_hour": 1800, "half_minute": 30, "three_quarters": 2700, "quarter_hour": 900,
}  # fmt: skip

_TIME = {
    "fr": re.compile(
        r"""
        (?: (?P<noon>midi) | (?P<midnight>minuit) | (?P<h>\d{1,2}) (?: \ (?:heures?|h)\b | (?=\ :) | (?!\ \S) ) )
        (?: \ et\ (?P<half>demie?) | \ et (?:\ un)? \ (?P<quarter>quart) | \ moins\ le\ (?P<less>quart)
          | \ moins\ (?P<minus>\d{1,2}) | \ : \ (?P<m2>\d{2}) | \ (?P<m>\d{1,2}) )?
        (?: \ (?P<am>du\ matin) | \ (?P<pm>du\ soir|de\ l\ apres\ midi) )? (?!\S)""",
        re.VERBOSE,
    ),
    "en": re.compile(
        r"""
        (?: (?P<noon>noon|midday) | (?P<midnight>midnight)
          | (?: (?P<half>half) | (?P<quarter>quarter) | (?P<past>\d{1,2}) (?:\ minutes)? ) \ past \ (?P<h1>\d{1,2})
          | (?: (?P<less>quarter) | (?P<minus>\d{1,2}) (?:\ minutes)? ) \ to \ (?P<h2>\d{1,2})
          | (?P<h>\d{1,2}) (?: (?:\ [:.])? \ (?P<m>\d{2}) )?
        ) (?: \ o\ clock )?
        (?: \ (?P<am>a(?:\ \.)?\ ?m|in\ the\ morning)
          | \ (?P<pm>p(?:\ \.)?\ ?m|in\ the\ (?:afternoon|evening)|at\ night) )?
        (?!\S)""",
        re.VERBOSE,
    ),
}

_TOP_LEVELS = "com org net fr io dev ai be ch ca uk us eu de es it pt br co tv me app info gov edu cloud local lan"
_DOMAINS = frozenset(_TOP_LEVELS.split())
_BEFORE_DIFFERENCE = {"de", "d", "by", "minus", "moins", "plus", "-"}
"""Before a number they make it a difference: "by 20" is not "to 20"."""


_LEVELS: Mapping[str, Mapping[Phrase, int]] = {
    "en": {("3", "quarters"): 75, ("half",): 50, ("halfway",): 50, ("maximum",): 100, ("max",): 100},
    "fr": {("3", "quarts"): 75, ("moitie",): 50, ("maximum",): 100, ("max",): 100, ("fond",): 100},
}
"""Levels in words."""


def level(tokens: Sequence[str], index: int, language: str) -> Read | None:
    """Read a level in percent, 0 to 100."""
    if index and tokens[index - 1] in _BEFORE_DIFFERENCE:
        return None
    if found := next((said for said in _LEVELS[language] if tuple(tokens[index : index + len(said)]) == said), None):
        return len(found), _LEVELS[language][found]
    if not tokens[index].isdigit():
        return None
    after = tokens[index + 1] if index + 1 < len(tokens) else ""
    if after == "." or (index and tokens[index - 1] == "."):
        return None
    value = int(tokens[index]) if len(tokens[index]) < 6 else 1000
    return (2 if after == "%" else 1), (value if value <= 100 else None)


def seconds(tokens: Sequence[str], index: int, language: str) -> Read | None:
    """Read a duration."""
    found = _DURATION[language].match(" ".join(tokens[index:]))
    if found is None:
        return None
    total = sum(_WORTH_S[name] * _count(said) for name, said in found.groupdict().items() if said)
    total += sum(_WORTH_S[name] // 2 for name in ("hh", "mm") if found.groupdict().get(name))
    return _length(found), (total if 0 < total <= LONGEST_S else None)


def time_of_day(tokens: Sequence[str], index: int, language: str) -> Read | None:
    """Read a time of day: "HH:MM"."""
    found = _TIME[language].match(" ".join(tokens[index:]))
    if found is None:
        return None
    said = {name: text for name, text in found.groupdict().items() if text}
    hour = 12 if "noon" in said else 0 if "midnight" in said else int(said.get("h") or said.get("h1") or said["h2"])
    minute = (
        int(said.get("m") or said.get("m2") or said.get("past") or 0) + 30 * ("half" in said) + 15 * ("quarter" in said)
    )
    minute -= int(said.get("minus") or 0) + 15 * ("less" in said)
    if "pm" in said and hour < 12:
        hour += 12
    elif "am" in said and hour == 12:
        hour = 0
    if not (0 <= hour <= 24 and -60 < minute < 60):
        return _length(found), None
    of_day = (60 * hour + minute) % (24 * 60)
    return _length(found), f"{of_day // 60:02}:{of_day % 60:02}"


def site(tokens: Sequence[str], index: int, language: str) -> Read | None:
    """Read a web site's host: "youtube point com", "docs.python.org"."""
    parts = [tokens[index]]
    end = index + 1
    while end + 1 < len(tokens) and tokens[end] in DOTS and tokens[end + 1].isalnum():
        parts.append(tokens[end + 1])
        end += 2
    if len(parts) < 2 or parts[-1] not in _DOMAINS or not all(part.isascii() and part.isalnum() for part in parts):
        return None
    return end - index, ".".join(parts)


def host(tokens: Sequence[str], index: int, language: str) -> Read | None:
    """Read a name or an IPv4 address on the network."""
    numbers = tokens[index : index + 7 : 2]
    between = tokens[index + 1 : index + 7 : 2]
    dotted = len(numbers) == 4 and len(between) == 3 and all(dot in DOTS for dot in between)
    if dotted and all(number.isdigit() for number in numbers):
        right = all(len(number) < 4 and int(number) <= 255 for number in numbers)
        return 7, (".".join(numbers) if right else None)
    if tokens[index] == "localhost":
        return 1, "localhost"
    return site(tokens, index, language)


_ENGLISH_UNITS = """
hour hours hrs hr h minute minutes mins min m second seconds secs sec s half quarter quarters an a and past to o clock
halfway maximum max
am pm in the at night noon midnight morning afternoon evening dot com org net localhost
"""
_FRENCH_UNITS = """
heure heures h minute minutes min mn seconde secondes sec s et moins un une le du de la l d apres demi demie quart
quarts moitie maximum max fond midi minuit matin soir point com org net localhost
"""
UNITS = {"en": frozenset(_ENGLISH_UNITS.split()), "fr": frozenset(_FRENCH_UNITS.split())}
"""Words that belong to durations, times of day and hosts, for the repair of a misspelt one."""

_ENGLISH_BEGINNINGS = "one a an half quarter noon midnight halfway maximum max localhost"
_FRENCH_BEGINNINGS = "une un demi quart midi minuit moitie maximum max fond localhost"
BEGINNINGS = {"en": frozenset(_ENGLISH_BEGINNINGS.split()), "fr": frozenset(_FRENCH_BEGINNINGS.split())}
"""Words that a quantity may begin with; others begin with a digit, or go on with a dot."""

ARTICLES = frozenset({"a", "an", "one", "un", "une"})
"""Those of them that mean something else where no unit follows."""

READERS: Mapping[SlotType, Callable[[Sequence[str], int, str], Read | None]] = {
    SlotType.LEVEL: level,
    SlotType.SECONDS: seconds,
    SlotType.TIME: time_of_day,
    SlotType.SITE: site,
    SlotType.HOST: host,
}


def _count(said: str) -> int:
    return int(said) if said.isdigit() and len(said) < 8 else 1 if not said.isdigit() else 10**8


def _length(found: re.Match[str]) -> int:
    return found.group().count(" ") + 1
