"""The user's aliases, in a file that can be read and changed by hand: `commands/aliases.toml` of the settings folder.

    [[alias]]
    said = "balance la sauce"
    language = "fr"
    command = "audio.volume.set"
    slots = { level = 40 }

They stand in a file and not in the database, because they are settings: the user sees, edits and copies them beside his
own commands, and they hold where no history is kept.  Any thread.
"""

import json
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

import msgspec

from etoile.config import FOLDERS
from etoile.config.replacing import replace_file
from etoile.domain.commands import COMMANDS
from etoile.domain.learning.offers import Alias
from etoile.errors import ConfigError
from etoile.locking import locked
from etoile.text import Message, message

HEAD = """\
# What you taught Etoile: each phrase runs its command.  Etoile writes this file anew when an alias comes or goes;
# you may change it as well.  “etoile commands check” tells what is wrong in it.
"""

Stamp = tuple[int, int] | None
"""Tells one version of the file from another; None where there is none."""


class _Alias(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    said: str
    language: Literal["en", "fr"]
    command: str
    slots: dict[str, str | int] = {}


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    alias: list[_Alias] = []


class AliasFile:
    """Reads and writes the aliases."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(FOLDERS.user_config_dir) / "commands" / "aliases.toml"

    def stamp(self) -> Stamp:
        """Return what changes whenever the file does."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size

    def read(self) -> tuple[Alias, ...]:
        """Return the aliases.  Raises ConfigError, which names the file and what is wrong in it."""
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return ()
        except (OSError, UnicodeDecodeError) as error:
            raise self._broken(
                message("{path} cannot be read: {error}.", path=str(self.path), error=str(error))
            ) from error
        try:
            file = msgspec.convert(tomllib.loads(text), _File)
        except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise self._broken(message("{path}: {error}.", path=str(self.path), error=str(error))) from error
        return tuple(map(self._checked, file.alias))

    def change(self, change: Callable[[tuple[Alias, ...]], Iterable[Alias]]) -> None:
        """Put what `change` makes of the aliases in their place; nobody else changes them meanwhile.

        The app and a command line may both learn and forget, and neither loses what the other did.  Raises ConfigError.
        """
        try:
            with locked(self.path):
                self.write(change(self.read()))
        except OSError as error:
            raise self._unwritten(error) from error

    def write(self, aliases: Iterable[Alias]) -> None:
        """Write the aliases, in place of what the file held.  Raises ConfigError."""
        try:
            replace_file(self.path, "\n".join([HEAD, *map(_written, aliases)]).encode())
        except (OSError, UnicodeEncodeError) as error:
            raise self._unwritten(error) from error

    def _checked(self, alias: _Alias) -> Alias:
        command = COMMANDS.get(alias.command)
        if command is None:
            said = message("{path}: there is no command {command}.", path=str(self.path), command=alias.command)
            raise self._broken(said)
        if set(alias.slots) != set(command.slot_names):
            said = message(
                "{path}: “{phrase}” must give {command} just these values: {slots}.",
                path=str(self.path),
                phrase=alias.said[:80],
                command=alias.command,
                slots=list(command.slot_names) or "–",
            )
            raise self._broken(said)
        return Alias(said=alias.said, language=alias.language, command=alias.command, slots=alias.slots)

    def _unwritten(self, error: Exception) -> ConfigError:
        return ConfigError(
            message("{path} cannot be written: {error}.", path=str(self.path), error=str(error)),
            message("Check that the folder can be written and that the disk is not full."),
        )

    def _broken(self, said: Message) -> ConfigError:
        return ConfigError(said, message("Mend the file, or remove it to begin a new one."))


def _written(alias: Alias) -> str:
    """Return the alias as TOML: a JSON text is one there as well."""
    slots = ", ".join(f"{name} = {_quoted(value)}" for name, value in alias.slots.items())
    lines = [
        "[[alias]]",
        f"said = {_quoted(alias.said)}",
        f"language = {_quoted(alias.language)}",
        f"command = {_quoted(alias.command)}",
        *([f"slots = {{ {slots} }}"] if slots else []),
    ]
    return "\n".join(lines) + "\n"


def _quoted(value: str | int) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
