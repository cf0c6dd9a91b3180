"""Cuts a streaming answer into blocks, so that finished ones are never laid out again."""

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST_PROSE = 3000
"""Prose longer than this is cut at the next empty line where nothing goes on: laying it out again stays cheap."""

_FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})[ \t]*(?P<language>[^\s`]*)[^`]*$")
_GOES_ON = re.compile(r"^(\s|[-*+] |\d+[.)] |>|\|)")
"""A line that may belong to what stands before the empty line above it: a list, a quotation, a table."""


class Block(NamedTuple):
    """A piece of an answer: prose in markdown, or code in a language."""

    text: str
    is_code: bool = False
    language: str = ""


def blocks(markdown: str) -> list[Block]:
    """Return the blocks of `markdown`, in order; a fence that is still open is code as well.  Pure."""
    found: list[Block] = []
    prose: list[str] = []
    lines = iter(markdown.splitlines())
    for line in lines:
        if fence := _FENCE.match(line):
            _end_prose(prose, found)
            code = _code_until(fence["mark"], lines)
            found.append(Block("\n".join(code), is_code=True, language=fence["language"]))
        else:
            if _may_cut(prose, line):
                _end_prose(prose, found)
            prose.append(line)
    _end_prose(prose, found)
    return found


def _code_until(mark: str, lines: Iterator[str]) -> list[str]:
    code = []
    for line in lines:
        stripped = line.strip()
        if stripped.startswith(mark) and not stripped.strip(mark[0]):
            break
        code.append(line)
    return code


def _may_cut(prose: list[str], line: str) -> bool:
    """Whether a new block may begin at `line`: only long prose is cut, and only between its own blocks."""
    if not prose or prose[-1].strip() or _GOES_ON.match(line) or not line:
        return False
    return sum(map(len, prose)) > LONGEST_PROSE


def _end_prose(prose: list[str], found: list[Block]) -> None:
    text = "\n".join(prose).strip("\n")
    prose.clear()
    if text.strip():
        found.append(Block(text))
