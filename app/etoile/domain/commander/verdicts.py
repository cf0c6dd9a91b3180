"""What a reviewer said: a score from 0 to 1, and why.  Its text is read, shown and never followed."""

import math
import re
from dataclasses import dataclass
from typing import Any, Final

from etoile.domain.commander.objects import objects_in

SUMMARY_CHARACTERS: Final = 600

_SCORE_KEYS: Final = ("score", "note", "rating", "grade")
_SUMMARY_KEYS: Final = ("summary", "résumé", "resume", "comment", "reason", "verdict")
_LIST_KEYS: Final = ("problems", "problèmes", "problemes", "issues")

_NUMBER = r"[-+]?\d{1,4}(?:[.,]\d{1,6})?"
_SCALE = r"(?:\s*(?P<percent>%)|\s*(?:/|sur|out of|of|von)\s*(?P<most>\d{1,3}))?"
_WRITTEN = re.compile(rf"\s*(?P<value>{_NUMBER}){_SCALE}\s*", re.IGNORECASE)
_COMMA = re.compile(rf'("(?:{"|".join(_SCORE_KEYS)})"\s*:\s*\d+),(\d)', re.IGNORECASE)
"""A French decimal that would break the JSON."""
_AFTER_WORD = re.compile(
    rf"\b(?:{'|'.join(_SCORE_KEYS)})\b[\"'*_`]*\s*(?:[:=]|is|est(?: de)?)[\s\"'*_`]*(?P<value>{_NUMBER}){_SCALE}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A review."""

    score: float | None
    """0 to 1; None where the review holds none that makes sense."""
    summary: str = ""


def verdict_in(text: str) -> Verdict:
    """Return the verdict in the review `text`: JSON as it was asked for, else what looks like a score."""
    text = _COMMA.sub(r"\1.\2", text)
    for found in objects_in(text):
        keys = {key.casefold(): value for key, value in found.items()}
        score = next((keys[key] for key in _SCORE_KEYS if key in keys), None)
        if (worth := _score_of(score)) is not None:
            return Verdict(worth, _summary_of(keys))
    if (said := _AFTER_WORD.search(text)) is not None:
        return Verdict(_scaled(said), _plain(_without_json(text)))
    return Verdict(None, _plain(_without_json(text)))


def _score_of(value: object) -> float | None:
    """Return a score as JSON holds it: a number, or text such as "8/10", "85 %", "0,85"."""
    match value:
        case bool():
            return None
        case int() | float():
            return _within(float(value), None)
        case str():
            written = _WRITTEN.fullmatch(value)
            return _scaled(written) if written else None
        case _:
            return None


def _scaled(found: re.Match[str]) -> float | None:
    value = float(found["value"].replace(",", "."))
    most = 100.0 if found["percent"] else float(found["most"]) if found["most"] else None
    return _within(value, most)


def _within(value: float, most: float | None) -> float | None:
    """Return `value` as a part of `most`; without one the smallest of 1, 10 and 100 that it fits."""
    if not math.isfinite(value) or value < 0:
        return None
    if most is None:
        most = next((scale for scale in (1.0, 10.0, 100.0) if value <= scale), 0.0)
    return value / most if most and value <= most else None


def _summary_of(keys: dict[str, Any]) -> str:
    parts = [str(keys[key]) for key in _SUMMARY_KEYS if isinstance(keys.get(key), str)][:1]
    for key in _LIST_KEYS:
        listed = keys.get(key)
        parts += [str(one) for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    return _plain(" ".join(parts))


def _without_json(text: str) -> str:
    return "" if text.lstrip().startswith(("{", "```")) else text


def _plain(text: str) -> str:
    """Return `text` on one line, without control characters, and no longer than what is read."""
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return words if len(words) <= SUMMARY_CHARACTERS else words[: SUMMARY_CHARACTERS - 1] + "…"
