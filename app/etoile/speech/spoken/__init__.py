"""What of an answer can be said aloud: markdown, code and addresses are for the eye."""

import re
from urllib.parse import urlsplit

_FENCE = re.compile(r"(?ms)^\s*(```|~~~).*?(?:^\s*\1\s*$|\Z)")
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_URL = re.compile(r"<?https?://[^\s>)\]]+>?")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_RULE = re.compile(r"(?m)^\s*(?:[-*_]\s*){3,}$|^\s*\|?(?:\s*:?-{2,}:?\s*\|)+[\s:-]*$")
_MARGIN = re.compile(r"(?m)^\s*(?:#{1,6}\s+|>\s?|[-*+]\s+|\[[ xX]\]\s+)+")
_EMPHASIS = re.compile(r"(\*\*\*|\*\*|\*|___|__|~~)(?=\S)(.+?)(?<=\S)\1")
_UNDERLINED = re.compile(r"(?<!\w)_(?=\S)(.+?)(?<=\S)_(?!\w)")
_BACKTICKS = re.compile(r"`+([^`]*)`+")
_CELLS = re.compile(r"\s*\|\s*")
_PICTURES = re.compile("[\u2190-\u21ff\u2500-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]")
_LETTER = re.compile(r"\w")

LONGEST_LETTERS = 20_000
"""About twenty minutes of speech; nobody listens longer, and patterns take long on more."""


def speakable(text: str) -> str:
    """Return `text` as it can be read aloud, on one line; empty when nothing of it can.

    Code blocks and pictures go, links keep their words, bare addresses their host, tables their cells.
    """
    text = _FENCE.sub(" ", text[:LONGEST_LETTERS])
    text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    text = _URL.sub(_host, text)
    text = _TAG.sub(" ", text)
    text = _MARGIN.sub("", _RULE.sub("", text))
    text = _BACKTICKS.sub(r"\1", text)
    text = _UNDERLINED.sub(r"\1", _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", text)))
    text = "\n".join(_row(line) for line in _PICTURES.sub(" ", text).splitlines())
    text = " ".join(text.split())
    return text if _LETTER.search(text) else ""


def _host(address: re.Match[str]) -> str:
    """Return the host of an address and the full stop that followed it."""
    url = address[0].strip("<>")
    end = url[-1] if url[-1] in ".,;:!?" else ""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    return host.removeprefix("www.") + end


def _row(line: str) -> str:
    """Return a row of a table as a list of its cells."""
    if "|" not in line:
        return line
    return _CELLS.sub(", ", line.strip().strip("|").strip())
