"""The files of a catalogue as they are written: TOML, checked and nothing more."""

import tomllib

import msgspec

from etoile.errors import ConfigError
from etoile.text import message


class WrittenWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table [words]; what each is for stands at `catalogue.Words`."""

    stop: str = ""
    light: str = ""
    known: str = ""
    negations: str = ""
    pronouns: str = ""
    guards: list[str] = []
    code: list[str] = []
    here: list[str] = []
    fillers: list[str] = []
    openers: list[str] = []
    closers: list[str] = []
    connectors: list[str] = []
    remarks: list[str] = []
    causes: list[str] = []
    spoilers: list[str] = []
    vetoes: list[str] = []
    unneeded: list[str] = []
    statements: list[str] = []
    conditions: list[str] = []
    determiners: str = ""
    prepositions: str = ""
    files: str = ""
    telling: str = ""
    begin_no_name: str = ""
    verbs: str = ""
    nouns: str = ""
    adjectives: str = ""


class WrittenFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of a catalogue; what each table is for stands at the top of catalogue.py."""

    words: WrittenWords = WrittenWords()
    same: dict[str, str] = {}
    mistaken: dict[str, str] = {}
    concepts: dict[str, list[str]] = {}
    values: dict[str, dict[str, list[str]]] = {}
    phrases: dict[str, list[str]] = {}
    instead: dict[str, list[str]] = {}


def read(name: str, text: str) -> WrittenFile:
    """Return the file `name`.  Raises ConfigError, which names it and what is wrong in it."""
    try:
        return msgspec.convert(tomllib.loads(text), WrittenFile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigError(message("{path}: {error}.", path=name, error=str(error))) from error
