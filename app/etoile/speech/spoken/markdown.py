"""Markdown as plain lines: one pass over the lines, so that no text, however odd, takes long."""

import re
from collections.abc import Iterator

from etoile.speech.spoken.words import Words

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})[ \t]*([\w+#.-]*)")
_HEADING = re.compile(r"\s*#{1,6}\s+")
_QUOTE = re.compile(r"(?:\s*>)+\s?")
_BULLET = re.compile(r"\s*[-*+•]\s+(?:\[[ xX]\]\s+)?")
_NUMBER = re.compile(r"\s*(\d{1,9})[.)]\s+(?:\[[ xX]\]\s+)?")
_TARGET = r"\((?:[^()]|\([^()]*\))*\)"
_IMAGE = re.compile(rf"!\[([^\[\]]*)\]{_TARGET}")
_LINK = re.compile(rf"\[([^\[\]]+)\]{_TARGET}")
_REFERENCE = re.compile(r"\[([^\[\]]+)\]\[[^\[\]]{0,80}\]")
_FOOTNOTE = re.compile(r"\[\^[^\[\]]{1,40}\]:?")
_TAG = re.compile(r"<(?![a-z]{2,6}://|[^<>\s]{1,100}@)/?[A-Za-z][^<>]{0,500}>")
_MARKS = re.compile(r"\*+|_+|~~")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_STOPPED = re.compile(r"[.!?…:;,][\"»”’')\]*_`]*$")
_KNOWN = {
    "py": "Python",
    "python": "Python",
    "js": "JavaScript",
    "javascript": "JavaScript",
    "ts": "TypeScript",
    "typescript": "TypeScript",
    "sh": "shell",
    "bash": "shell",
    "shell": "shell",
    "console": "shell",
    "zsh": "shell",
    "powershell": "PowerShell",
    "ps1": "PowerShell",
    "c": "C",
    "cpp": "C++",
    "c++": "C++",
    "cs": "C#",
    "csharp": "C#",
    "rs": "Rust",
    "rust": "Rust",
    "go": "Go",
    "java": "Java",
    "sql": "SQL",
    "html": "HTML",
    "css": "CSS",
    "json": "JSON",
    "yaml": "YAML",
    "yml": "YAML",
    "toml": "TOML",
    "ini": "INI",
    "xml": "XML",
    "dockerfile": "Docker",
    "md": "Markdown",
    "markdown": "Markdown",
}
_NO_LANGUAGE = frozenset({"", "text", "txt", "plain", "plaintext", "output", "none"})


def lines(text: str, words: Words) -> Iterator[str]:
    """Yield `text` line by line without its markup; code and tables are summarised, headings and items are ended."""
    rows = iter(text.splitlines())
    waiting = next(rows, None)
    while waiting is not None:
        line, waiting = waiting, None
        if fence := _FENCE.match(line):
            yield _code(fence, rows, words)
        elif "|" in line:
            following = next(rows, None)
            if following is not None and _is_delimiter(following):
                waiting, said = _table(line, rows, words)
                yield said
                continue
            yield _row(line)
            waiting = following
            continue
        elif not _is_rule(line):
            yield _plain(line)
        waiting = next(rows, None)


def _code(opening: re.Match[str], rows: Iterator[str], words: Words) -> str:
    """Take the lines up to the closing fence, and return how many there are."""
    fence, name = opening[1], opening[2]
    count = 0
    for row in rows:
        if row.strip().startswith(fence) and not row.strip().strip(fence[0]):
            break
        count += 1
    if not count:
        return ""
    said = words.code[count > 1].format(count=count)
    known = _KNOWN.get(name.lower(), name)
    return said + (words.written_in.format(name=known) if name.lower() not in _NO_LANGUAGE else "") + "."


def _table(header: str, rows: Iterator[str], words: Words) -> tuple[str | None, str]:
    """Take the rows of a table; return the line after it, and what the table is."""
    count, after = 0, None
    for row in rows:
        if "|" not in row:
            after = row
            break
        count += 1
    columns = ", ".join(_cells(header))
    return after, words.table[count != 1].format(count=count, columns=columns)


def _row(line: str) -> str:
    """Return a line of cells that no table frames."""
    return _plain(", ".join(_cells(line)))


def _cells(line: str) -> list[str]:
    return [_inline(cell).strip() for cell in line.strip().strip("|").split("|") if cell.strip()]


def _plain(line: str) -> str:
    """Return a line without its margin; a heading or an item is ended as a sentence is, for the pause."""
    quoted = _QUOTE.match(line)
    line = line[quoted.end() :] if quoted else line
    for margin in (_HEADING, _BULLET):
        if found := margin.match(line):
            return _ended(_inline(line[found.end() :]).rstrip("#"))
    if found := _NUMBER.match(line):
        return _ended(f"{found[1]}, {_inline(line[found.end() :])}")
    return _inline(line)


def _ended(said: str) -> str:
    said = said.strip()
    return said if not said or _STOPPED.search(said[-8:]) else f"{said}."


def _inline(text: str) -> str:
    """Return `text` without the marks of emphasis, links, pictures and HTML.

    Marks of emphasis are dropped without looking for their partner: that takes one pass, and a lone one is not read
    either.
    """
    from html import unescape  # its table of names is large, and nothing is said most of the time

    for pattern in (_IMAGE, _LINK, _REFERENCE):
        text = pattern.sub(r"\1", text)
    text = _TAG.sub(" ", _FOOTNOTE.sub("", text)).replace("`", "")
    return unescape(_MARKS.sub(_kept, _ESCAPED.sub(r"\1", text)))


def _kept(mark: re.Match[str]) -> str:
    """Return what is left of a mark: stars that multiply and strokes within a name are none."""
    start, end = mark.span()
    before, after = mark.string[max(0, start - 1) : start], mark.string[end : end + 1]
    if mark[0][0] == "_":
        return mark[0] if before.isalnum() and after.isalnum() else ""
    multiplies = (before.isspace() and after.isspace()) or (before.isdigit() and after.isdigit())
    return mark[0] if mark[0] == "*" and multiplies else ""


def _is_rule(line: str) -> bool:
    """Whether it is a line across, or the one below a heading."""
    signs = "".join(line.split())
    return len(signs) > 2 and signs[0] in "-*_=" and signs == signs[0] * len(signs)


def _is_delimiter(line: str) -> bool:
    """Whether it stands between the header of a table and its rows."""
    return "-" in line and not line.strip("|:- \t")
