"""Which part of a growing answer can be spoken already: whole sentences, and never code."""

import re

_FENCE = re.compile(r"^\s*(```|~~~)", re.MULTILINE)
_END = re.compile(r"[.!?…][\"»”')\]]*(?=\s)|\n\s*\n|\n(?=\s*(?:[-*+]|\d+[.)])\s)")


def sentences(text: str, start: int) -> tuple[tuple[str, ...], int]:
    """Return the whole sentences of `text` from `start`, and the position up to which nothing is left to speak.

    A sentence is whole once something follows it.  Fenced code is skipped, and held back while its fence is open.
    """
    parts: list[str] = []
    while True:
        opening = _FENCE.search(text, start)
        limit = opening.start() if opening else len(text)
        while end := _END.search(text, start, limit):
            if sentence := text[start : end.end()].strip():
                parts.append(sentence)
            start = end.end()
        if opening is None:
            return tuple(parts), start
        closing = _FENCE.search(text, opening.end())
        if closing is None:
            return tuple(parts), start
        if rest := text[start:limit].strip():
            parts.append(rest)
        start = closing.end()
