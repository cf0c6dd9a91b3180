"""Abbreviations, names that voices read wrongly, and the signs that are left."""

import re
from functools import cache

from etoile.speech.spoken.words import Words

_PICTURES = re.compile(
    "[\u2600-\u27bf\u2b00-\u2bff\ufe00-\ufe0f\u200b-\u200f\u20e3\u2190-\u21ff\u2300-\u25ff\U0001f000-\U0001faff\U000e0000-\U000e007f]"
)
_ARROW = re.compile(r" ?(?:→|⇒|->|=>|⟶) ?")
_DASH = re.compile(r" [–—] |—| -- ")
_SPACES = re.compile(r"[ \t]{2,}|\t")
_JOINED = re.compile(r"(?<=[^\W_])_+(?=[^\W_])")
_SUM = re.compile(r"(?<=\s)\+(?=\s?\w)|(?<=\s)\*(?=\s)")
_GAP = re.compile(r" (?=[,.])")


def cleared(text: str) -> str:
    """Return `text` without pictures, with pauses for arrows and dashes, and with single spaces.

    What follows relies on the spaces: a pattern that looks over many would take long on more.
    """
    text = _PICTURES.sub(" ", _ARROW.sub(", ", _SPACES.sub(" ", text)))
    return _DASH.sub(", ", _SPACES.sub(" ", text))


def aloud(text: str, words: Words) -> str:
    """Return `text` with abbreviations and signs as they are said."""
    abbreviations, spelled = _patterns(words)
    for pattern, said in abbreviations:
        text = pattern.sub(said, text)
    text = spelled.sub(lambda name: words.spelled[name[0]], text)
    text = _SUM.sub(lambda sign: words.plus if sign[0] == "+" else words.times, text)
    return _GAP.sub("", _SPACES.sub(" ", _JOINED.sub(" ", text)))


@cache
def _patterns(words: Words) -> tuple[tuple[tuple[re.Pattern[str], str], ...], re.Pattern[str]]:
    abbreviations = tuple((re.compile(rf"(?<!\w)(?:{pattern})"), said) for pattern, said in words.abbreviations.items())
    names = "|".join(re.escape(name) for name in sorted(words.spelled, key=len, reverse=True))
    return abbreviations, re.compile(rf"(?<![\w-])(?:{names})(?![\w+#])")
