"""Where in a settings file something is: the line of a key that is wrong, and of a place where TOML ends."""

import re

from etoile.errors import ConfigError

_HEADER = re.compile(r"\s*\[{1,2}\s*([\w.\-\s\"]+?)\s*\]{1,2}")
_KEY = re.compile(r"\s*\"?([\w-]+)\"?\s*=")
_TOLD = re.compile(r"\(at line (\d+)")


def line_of(error: ConfigError, text: str) -> int | None:
    """Return the line, from 1, of the settings file `text` that `error` is about; None where nobody can tell."""
    told = _TOLD.search(str(error.said.values.get("error", "")))
    if told:
        return int(told[1])
    key = error.said.values.get("key")
    index = error.said.values.get("index")
    if isinstance(key, str) and "." not in key and index is not None:
        key = f"nodes[{index}].{key}"
    if not isinstance(key, str):
        key = _named(error)
    return _line_of_key(key, text) if key else None


def _named(error: ConfigError) -> str | None:
    """Return the key that the words of `error` name: "{path}: nodes[{index}].url is …"."""
    found = re.match(r"\{path\}: ([a-z_]+(?:\.[a-z_]+)*(?:\[\{index\}\])?(?:\.[a-z_]+)*)", error.said.id)
    if not found or not re.search(r"[.\[]", found[1]):
        return None
    return found[1].replace("{index}", str(error.said.values.get("index", 0)))


def _line_of_key(key: str, text: str) -> int | None:
    """Return the line of `key` ("speech.rate_wpm", "nodes[1].url"); that of its table where only this is there."""
    place, _, last = re.sub(r"\[\d+\]|\.\.\.", "", key).rpartition(".")
    numbers = re.findall(r"\[(\d+)\]", key)
    wanted = int(numbers[0]) if numbers else 0
    seen, within, header = -1, place == "", None
    for number, line in enumerate(text.splitlines(), 1):
        if found := _HEADER.match(line):
            same = found[1].replace('"', "") == (place or last)
            seen += same
            within = same and seen == wanted and bool(place)
            header = number if same and seen == wanted else header
        elif within and (found := _KEY.match(line)) and found[1] == last:
            return number
    return header
