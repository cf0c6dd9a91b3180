"""Where in a settings file something is: the line of a key that is wrong, and of a place where TOML ends."""

import re
from collections.abc import Iterator

from etoile.errors import ConfigError

_HEADER = re.compile(r"\s*\[{1,2}\s*([\w.\-\s\"]+?)\s*\]{1,2}")
_KEY = re.compile(r"\s*\"?([\w-]+)\"?\s*=")
_TOLD = re.compile(r"\(at line (\d+)")
_NAMED = re.compile(r": ([a-z_]+(?:[.\[][a-z_\d\]]+)+)")
_NODE_NAME = re.compile(r"\s*name\s*=\s*[\"'](.*?)[\"']")


def line_of(error: ConfigError, text: str) -> int | None:
    """Return the line, from 1, of the settings file `text` that `error` is about; None where nobody can tell."""
    said = error.said
    told = _TOLD.search(str(said.values.get("error", "")))
    if told:
        return int(told[1])
    if "two nodes" in said.id:
        return _last_named(str(said.values.get("name", "")), text)
    key = _named(error) or said.values.get("key")
    return _line_of_key(key, text) if isinstance(key, str) else None


def _named(error: ConfigError) -> str | None:
    """Return the key that the words of `error` name: "{path}: nodes[{index}].{key} is …"."""
    words = error.said.id
    for name, value in error.said.values.items():
        words = words.replace(f"{{{name}}}", str(value) if isinstance(value, str | int) and name != "path" else name)
    found = _NAMED.search(words)
    return found[1] if found else None


def _last_named(name: str, text: str) -> int | None:
    """Return the last line that names a node `name`."""
    named = [number for number, line in enumerate(text.splitlines(), 1) if _is_named(line, name)]
    return named[-1] if named else None


def _is_named(line: str, name: str) -> bool:
    found = _NODE_NAME.match(line)
    return found is not None and found[1].lower() == name.lower()


def _line_of_key(key: str, text: str) -> int | None:
    """Return the line of `key` ("speech.rate_wpm", "nodes[1].models.code"), else of the nearest that holds it."""
    numbers = re.findall(r"\[(\d+)\]", key)
    wanted = int(numbers[0]) if numbers and not key.startswith("routing") else 0
    path = re.sub(r"\[[^\]]*\]", "", key)
    while path:
        if (line := _line_within(path, wanted, text)) is not None:
            return line
        path = path.rpartition(".")[0]
    return None


def _line_within(path: str, wanted: int, text: str) -> int | None:
    """Return the line of the key `path` in the table of that number that holds it, else of its own header."""
    place, _, last = path.rpartition(".")
    own_header, within = None, not place
    seen = own = -1
    for number, header, line in _lines(text):
        if header is not None:
            seen += header == place
            within = header == place and seen == wanted
            own += header == path
            if header == path and own == wanted:
                own_header = number
        elif within and (found := _KEY.match(line)) and found[1] == last:
            return number
    return own_header


def _lines(text: str) -> Iterator[tuple[int, str | None, str]]:
    """Yield each line with its number, and the name of the table that it begins, if it does."""
    for number, line in enumerate(text.splitlines(), 1):
        found = _HEADER.match(line)
        yield number, found[1].replace('"', "") if found else None, line
