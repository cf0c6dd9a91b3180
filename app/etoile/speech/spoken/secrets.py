"""What must not be read aloud: keys, tokens, passwords; and what nobody can listen to: long identifiers."""

import re
from itertools import pairwise

from etoile.speech.spoken.words import Words

_KNOWN = re.compile(
    r"(?<!\w)(?:"
    r"(?:sk|pk|rk)[-_][\w-]{12,}|gh[pousr]_\w{16,}|github_pat_\w{10,}|glpat-[\w-]{10,}|hf_\w{12,}|gsk_\w{12,}"
    r"|nvapi-[\w-]{10,}|xox[abeoprs]-[\w-]{8,}|AKIA[0-9A-Z]{12,}|AIza[\w-]{20,}|ya29\.[\w-]{10,}|eyJ[\w.-]{16,}"
    r")"
)
"""Keys that tell by their beginning what they are."""
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+(?=\S*[\d+/=])[^\s\"',;]{8,}")
_LABEL = (
    r"(?:api[ _-]?key|access[ _-]?(?:key|token)|auth[ _-]?token|client[ _-]?secret|password|passwd|pwd|passphrase"
    r"|mot de passe|cl[ée] (?:d['’]api|secr[èe]te|priv[ée]e))"
)
_WEAK_LABEL = rf"(?:{_LABEL}|token|secret|key|cl[ée]|jeton)"
"""Words of every day too: what follows is a secret only where a digit is in it."""
_VALUE = r"[\"'“«]?\s?[^\s\"'”»]"
_WITH_DIGIT = r"(?=[\"'“«]?\s?[^\s\"'”»]{0,200}?\d)"
_ASSIGNED = re.compile(rf"(?i)\b({_LABEL}[\"']?\s{{0,3}}[:=]\s{{0,3}}){_VALUE}{{4,}}[\"'”»]?")
_TOLD = re.compile(
    rf"(?i)\b({_WEAK_LABEL}[\"']?\s{{0,3}}(?:[:=]|is|was|est|était)\s{{0,3}}){_WITH_DIGIT}{_VALUE}{{6,}}[\"'”»]?"
)
_UUID = re.compile(r"(?i)(?<![0-9a-z])(?:gpu-|mig-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z])")
_TOKEN = re.compile(r"[^\s\"'“”«»()<>,;]{16,}")
_RUN = re.compile(r"[A-Za-z0-9+]{16,}")
_LOOKED_AT = 400
"""A token is judged by its beginning: it may be a megabyte long."""


def hidden(text: str, words: Words) -> str:
    """Return `text` with every secret and every long identifier named instead of read."""
    text = _UUID.sub(words.identifier, text)
    text = _KNOWN.sub(words.secret, text)
    text = _BEARER.sub(words.secret, text)
    text = _ASSIGNED.sub(rf"\g<1>{words.secret}", text)
    text = _TOLD.sub(rf"\g<1>{words.secret}", text)
    return _TOKEN.sub(lambda token: _named(token[0], words), text)


def _named(token: str, words: Words) -> str:
    """Return what a long token is called, or itself where it is made of words."""
    if "://" in token[:12]:
        return token
    if not any(_is_random(run[0]) for run in _RUN.finditer(token[:_LOOKED_AT])):
        return token
    stop = token[-1] if token[-1] in ".!?:" else ""
    return words.secret + stop


def _is_random(run: str) -> bool:
    """Whether letters and digits are mixed as in no word or name."""
    digits = sum(letter.isdigit() for letter in run)
    changes = sum(one.isdigit() != two.isdigit() for one, two in pairwise(run))
    return 0 < digits < len(run) and changes >= 3
