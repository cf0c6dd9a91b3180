"""Writing settings back: the one place where Etoile changes a file that the user wrote.

Comments and order stay as they are (tomlkit).  What would not be a valid configuration is never written.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from etoile.config.reading import parse
from etoile.config.replacing import replace_file
from etoile.config.sections import AlertsOfGpu, Config, Node, Section
from etoile.errors import ConfigError
from etoile.text import message

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

Value = str | float | bool | list[str] | list[str | list[str]] | None
"""What a setting may be set to; None takes it out of the file, so that its default counts."""

Change = Callable[["TOMLDocument"], None]
"""Changes a document in place."""


def put(path: Path, section: str, key: str, value: Value) -> Config:
    """Set `key` of the table `section` ("speech", "speech.voices") in the settings file `path`; make what is missing.

    Returns the configuration as it is then.  Raises ConfigError, see `change`.
    """
    return change(path, setting(section, key, value))


def change(path: Path, edit: Change) -> Config:
    """Let `edit` change the settings file `path`, and return the configuration as it is then.

    The file is replaced in one go, with its mode; one that stays the same is not touched.  Raises ConfigError when it
    is broken already, when the result would be, or when it cannot be read or written.
    """
    try:
        before = path.read_bytes() if path.exists() else b""
        config, content = _changed(path, before, edit)
        if content != before:
            replace_file(path, content)
    except OSError as error:
        raise ConfigError(
            message(
                "The settings file {path} cannot be written: {error}.", path=str(path), error=error.strerror or error
            )
        ) from error
    return config


def would_be(path: Path, edit: Change) -> Config:
    """Return the configuration that `change` would make, and write nothing.  Raises ConfigError as it does."""
    try:
        before = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise ConfigError(
            message("The settings file {path} cannot be read: {error}.", path=str(path), error=error.strerror or error)
        ) from error
    return _changed(path, before, edit)[0]


def _changed(path: Path, before: bytes, edit: Change) -> tuple[Config, bytes]:
    import tomlkit

    parse(before, str(path))
    document = tomlkit.parse(before.decode())
    edit(document)
    content = tomlkit.dumps(document).encode()
    return parse(content, str(path)), content


def setting(section: str, key: str, value: Value) -> Change:
    """Return the change that sets `key` of `section`, or takes it out."""

    def edit(document: "TOMLDocument") -> None:
        import tomlkit

        table: Any = document
        for part in section.split("."):
            if part not in table and value is None:
                return
            table = table.setdefault(part, tomlkit.table())
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value

    return edit


def defaults(keys: Iterable[tuple[str, str]]) -> Change:
    """Return the change that takes `keys`, each a section and a key, out of the file: their defaults count again."""
    wanted = tuple(keys)

    def edit(document: "TOMLDocument") -> None:
        for section, key in wanted:
            setting(section, key, None)(document)

    return edit


def node_at(index: int | None, node: Node) -> Change:
    """Return the change that puts `node` in the place of the one at `index`; None adds it at the end.

    Only what is not the default is written; comments within the table stay.
    """
    return _entry_at("", "nodes", index, _written(node, Node(name="", url=""), ("name", "url")))


def without_node(index: int) -> Change:
    """Return the change that takes the node at `index` out."""
    return _without_entry("", "nodes", index)


def card_at(index: int | None, card: AlertsOfGpu) -> Change:
    """Return the change that puts the settings of a card in the place of those at `index`, as `node_at` does."""
    return _entry_at("alerts", "gpus", index, _written(card, AlertsOfGpu(), ()))


def without_card(index: int) -> Change:
    """Return the change that takes the settings of the card at `index` out."""
    return _without_entry("alerts", "gpus", index)


def _entry_at(section: str, name: str, index: int | None, values: Mapping[str, Any]) -> Change:
    """Return the change that puts `values` into the list of tables `name` of `section`, which is "" for the file."""

    def edit(document: "TOMLDocument") -> None:
        import tomlkit

        within: Any = document.setdefault(section, tomlkit.table()) if section else document
        if index is None:
            entries: Any = within.setdefault(name, tomlkit.aot())
            in_one_line = not isinstance(entries, tomlkit.items.AoT)
            fresh: Any = tomlkit.inline_table() if in_one_line else tomlkit.table()
            fresh.update(values)
            entries.append(fresh)
            return
        table: Any = within[name][index]
        for key in [key for key in table if key not in values]:
            del table[key]
        for key, value in values.items():
            if table.get(key) != value:
                table[key] = value

    return edit


def _without_entry(section: str, name: str, index: int) -> Change:
    def edit(document: "TOMLDocument") -> None:
        within: Any = document[section] if section else document
        del within[name][index]
        if not within[name]:
            del within[name]

    return edit


def _written(value: Section, usual: Section, always: Collection[str]) -> Mapping[str, Any]:
    """Return what is to be in the file for `value`: what is not as in `usual`, and the keys `always`."""
    defaults, told = msgspec.to_builtins(usual), msgspec.to_builtins(value)
    return {key: one for key, one in told.items() if key in always or one != defaults[key]}
