"""How an answer is cut for the voice: whole sentences, its first clause early, code and tables in one piece."""

import re
from collections.abc import Iterator

_BLOCK = re.compile(r"^[ \t]*(`{3,}|~{3,}|\|)", re.MULTILINE)
"""Where code or a table begins."""
_AFTER_TABLE = re.compile(r"\n(?![ \t]*\|)")
_END = re.compile(
    r"""[.!?…]+[\"»”’')\]*_]*(?=\s+\S)
    |\n[ \t]*\n
    |\n(?=[ \t]*(?:[-*+•]|\d{1,9}[.)]|\#{1,6})\s)
    |(?<=\n)[ \t]{0,3}\#{1,6}[ ][^\n]*(?=\n)
    |\A[ \t]{0,3}\#{1,6}[ ][^\n]*(?=\n)""",
    re.VERBOSE,
)
_ABBREVIATED = re.compile(
    r"(?:^|[\s(«“\"'’])(?:[^\W\d_]|p\.\s?ex|par ex|c\.-à-d|e\.g|i\.e|cf|env|approx|resp|vs|no|n°|fig|vol|chap"
    r"|m|mm|mme|mlle|dr|pr|st|mr|mrs|ms|prof|jr|sr|inc|ltd|dept|est)$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:^|\n)[ \t]*\d{1,9}$")
_CLAUSE = re.compile(r"[,;:][\"»”’')\]*_]*(?=\s)|\s[–—](?=\s)|\)(?=\s)")

FIRST_LETTERS = 24
"""The first clause is spoken by itself from this length on, so that the voice begins before the sentence is whole."""
LONGEST_LETTERS = 280
"""A sentence that is longer is cut at a clause: nobody waits for an engine to read a page."""
_LOOKED_BACK = 16
"""How long an abbreviation is at most."""


def sentences(text: str, start: int) -> tuple[tuple[str, ...], int]:
    """Return what of a growing answer can be spoken from `start` on, and up to where nothing is left to speak.

    A sentence is whole once something follows it; of the very first one a clause is enough.  Code and tables come
    whole, markup and all, and are held back while they grow.
    """
    parts = []
    for part, end in _cut(text, start, early=start == 0):
        start = end
        if part := part.strip():
            parts.append(part)
    return tuple(parts), start


def pieces(text: str) -> tuple[str, ...]:
    """Return all of a finished text, cut as above."""
    start, parts = 0, []
    for part, end in _cut(text, 0, early=False):
        start = end
        parts.append(part)
    return tuple(part.strip() for part in (*parts, text[start:]) if part.strip())


def is_block(piece: str) -> bool:
    """Whether a piece is code or a table, which no voice reads."""
    return _BLOCK.match(piece) is not None


def _cut(text: str, start: int, *, early: bool) -> Iterator[tuple[str, int]]:
    """Yield the pieces that are whole, each with the position behind it."""
    while True:
        block = _BLOCK.search(text, start)
        limit = block.start() if block else len(text)
        while end := _sentence_end(text, start, limit, early=early):
            yield text[start:end], end
            start, early = end, False
        if block is None:
            return
        if text[start:limit].strip():
            yield text[start:limit], limit
        if (closed := _block_end(text, block)) is None:
            return
        yield text[limit:closed], closed
        start, early = closed, False


def _sentence_end(text: str, start: int, limit: int, *, early: bool) -> int | None:
    """Return where the next sentence before `limit` ends, or a clause of it where it is long; None when none does."""
    end = next((found.end() for found in _END.finditer(text, start, limit) if _is_end(text, start, found)), None)
    if early and (clause := _clause_end(text, start + FIRST_LETTERS, end or limit)):
        return clause
    if (end or limit) - start > LONGEST_LETTERS:
        return _clause_end(text, start + LONGEST_LETTERS // 2, end or limit) or end
    return end


def _clause_end(text: str, least: int, limit: int) -> int | None:
    clause = _CLAUSE.search(text, least, limit)
    return clause.end() if clause and clause.end() < limit else None


def _is_end(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence, and is none of an abbreviation, an initial or a number in a list."""
    if found[0][0] != "." or len(found[0].rstrip("*_")) > 1:
        return True
    if _follows_small(text, found.end()):
        return False
    before = text[max(start, found.start() - _LOOKED_BACK) : found.start()]
    return not (_ABBREVIATED.search(before) or _NUMBERED.search(before))


def _follows_small(text: str, position: int) -> bool:
    """Whether the sentence goes on: the next word begins with a small letter."""
    after = text[position : position + 3].lstrip()
    return bool(after) and after[0].islower()


def _block_end(text: str, block: re.Match[str]) -> int | None:
    """Return where code or a table ends; None while it grows."""
    fence = block[1]
    if fence == "|":
        after = _AFTER_TABLE.search(text, block.end())
        return after.end() if after and after.end() < len(text) else None
    closing = re.compile(rf"^[ \t]*{re.escape(fence)}{fence[0]}*[ \t]*$", re.MULTILINE)
    closed = closing.search(text, block.end())
    return closed.end() if closed else None
