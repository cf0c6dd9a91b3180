"""Cuts a streaming answer into blocks, so that finished ones are never laid out again."""

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST_PROSE = 3000
"""Prose longer than this is cut at the next empty line where nothing goes on: laying it out again stays cheap."""
LARGEST_PROSE = 12_000
"""Prose longer than this is cut wherever a line begins, and a longer line is cut as well."""

_FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})[ \t]*(?P<language>[^\s`]*)[^`]*$")
_GOES_ON = re.compile(r"^(\s|[-*+] |\d+[.)] |>|\|)")
"""A line that may belong to what stands before the empty line above it: a list, a quotation, a table."""


class Block(NamedTuple):
    """A piece of an answer: prose in markdown, or code in a language."""

    text: str
    is_code: bool = False
    language: str = ""
    start: int = 0
    """Where it begins in the answer."""


def blocks(markdown: str) -> list[Block]:
    """Return the blocks of `markdown`, in order; a fence that is still open is code as well.  Pure."""
    found: list[Block] = []
    prose = _Prose()
    lines = _lines(markdown)
    for start, line in lines:
        if fence := _FENCE.match(line):
            found += prose.taken()
            code = _code_until(fence["mark"], lines)
            found.append(Block("\n".join(code), is_code=True, language=fence["language"], start=start))
        else:
            if prose.ends_before(line):
                found += prose.taken()
            prose.add(start, line)
    return found + prose.taken()


def grown(before: list[Block], markdown: str) -> list[Block]:
    """Return the blocks of `markdown`, an answer that begins with the one that gave `before`: only its end is read."""
    if not before:
        return blocks(markdown)
    start = before[-1].start
    return before[:-1] + [block._replace(start=start + block.start) for block in blocks(markdown[start:])]


class _Prose:
    """Collects lines of prose."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._start = 0
        self._size = 0

    def add(self, start: int, line: str) -> None:
        if not self._lines:
            self._start = start
        self._lines.append(line)
        self._size += len(line)

    def ends_before(self, line: str) -> bool:
        """Whether a new block begins at `line`: only after long prose, and only between its own blocks."""
        if self._size > LARGEST_PROSE:
            return True
        if self._size <= LONGEST_PROSE or self._lines[-1].strip():
            return False
        return bool(line) and not _GOES_ON.match(line)

    def taken(self) -> list[Block]:
        """Return the block that was collected, none when it is empty, and begin anew."""
        text = "\n".join(self._lines).strip("\n")
        self._lines, self._size = [], 0
        return [Block(text, start=self._start)] if text.strip() else []


def _lines(markdown: str) -> Iterator[tuple[int, str]]:
    """Yield each line without its end, and where it begins; a huge one in parts."""
    start = 0
    for line in markdown.splitlines(keepends=True):
        for part in range(0, len(line), LARGEST_PROSE):
            yield start + part, line[part : part + LARGEST_PROSE].rstrip("\r\n")
        start += len(line)


def _code_until(mark: str, lines: Iterator[tuple[int, str]]) -> list[str]:
    code = []
    for _, line in lines:
        stripped = line.strip()
        if stripped.startswith(mark) and not stripped.strip(mark[0]):
            break
        code.append(line)
    return code
