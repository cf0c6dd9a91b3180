"""The settings that do not wholly count at once, each with when and why; all others do."""

from collections.abc import Mapping

from etoile.text import Message, message

LATER: Mapping[str, Message] = {
    "store.history": message("Where it was off at the start, it begins with the next one: no file is open."),
    "store.private": message("Where it was on at the start, it ends with the next one: no file is open."),
}
"""By their names in the file."""
