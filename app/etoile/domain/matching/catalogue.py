"""The catalogue of a language: what people say for each command, read from TOML.

    [phrases]                       templates of each command (see templates.py)
    "audio.mute" = ["<mute> <sound>", "shut the sound off"]
    [instead]                       the same, in place of everything that earlier files say for the command
    [concepts]                      words that mean the same: <mute>
    mute = ["mute", "silence"]
    [same]                          other forms of a word: wherever "muting" is said, "mute" is understood
    mute = "mutes muting"
    [values.folder]                 what is said for a value of a closed slot
    downloads = ["downloads", "download folder"]
    [words]                         see `Words`

Later files add to earlier ones.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import msgspec

from etoile.domain.commands import COMMANDS, SlotType
from etoile.domain.matching.phrases import Phrase
from etoile.domain.matching.templates import Form, forms_of
from etoile.domain.matching.tokens import texts_of
from etoile.errors import ConfigError
from etoile.text import message


class _Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    stop: str = ""
    known: str = ""
    negations: str = ""
    guards: list[str] = []
    code: list[str] = []
    here: list[str] = []
    fillers: list[str] = []
    openers: list[str] = []
    closers: list[str] = []
    connectors: list[str] = []


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    words: _Words = _Words()
    same: dict[str, str] = {}
    mistaken: dict[str, str] = {}
    concepts: dict[str, list[str]] = {}
    values: dict[str, dict[str, list[str]]] = {}
    phrases: dict[str, list[str]] = {}
    instead: dict[str, list[str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words with a part to play in every command of a language."""

    stop: frozenset[str] = frozenset()
    """Carry nothing: "the", "my"; they may be left out or put in anywhere."""
    known: frozenset[str] = frozenset()
    """Belong to no command and yet are no slips of the tongue: never taken for another word ("unlock")."""
    negations: frozenset[str] = frozenset()
    """Free text never begins with one: "search not" is no search."""
    guards: tuple[Phrase, ...] = ()
    """Show that a command is only talked about: negations, questions, reported speech."""
    code: tuple[Phrase, ...] = ()
    """Show that a request is about a program or a text, not about this computer."""
    here: tuple[Phrase, ...] = ()
    """Show that what is looked for is at hand ("this text"): no search of the web."""
    fillers: tuple[Phrase, ...] = ()
    """Are dropped anywhere: "er"."""
    openers: tuple[Phrase, ...] = ()
    """Are dropped at the start: "could you please"."""
    closers: tuple[Phrase, ...] = ()
    """Are dropped at the end: "thank you"."""
    connectors: tuple[Phrase, ...] = ()
    """Join two commands: "and then"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What people say in one language."""

    language: str
    words: Words = Words()
    same: Mapping[str, str]
    """Form of a word -> the form that the catalogue uses."""
    mistaken: Mapping[str, str]
    """A word that is heard in place of another -> the other."""
    concepts: Mapping[str, tuple[Phrase, ...]]
    values: Mapping[SlotType, Mapping[Phrase, str]]
    """Slot -> what is said -> value."""
    forms: Mapping[str, tuple[Form, ...]]
    """Command -> every form of its templates."""

    @property
    def spoken_forms(self) -> int:
        """How many different sentences it knows, slots unfilled and concepts counted with each of their words."""
        return sum(self._spoken(form) for forms in self.forms.values() for form in forms)

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that means something in this language."""
        words = self.words
        phrases = [*words.guards, *words.code, *words.openers, *words.closers, *words.connectors, *words.fillers]
        phrases += [phrase for said in self.concepts.values() for phrase in said]
        phrases += [phrase for spoken in self.values.values() for phrase in spoken]
        phrases += [form for forms in self.forms.values() for form in forms]
        said = {word for phrase in phrases for word in phrase if word[0] not in "<{"}
        return frozenset(said | words.stop | words.known | words.negations | set(self.same))

    def _spoken(self, form: Form) -> int:
        count = 1
        for part in form:
            if part.startswith("<"):
                count *= len(self.concepts[part[1:-1]])
        return count


def parse(sources: Iterable[tuple[str, str]], language: str) -> Catalogue:
    """Return the catalogue of `language` that the files `sources` (name, TOML) make together.

    Raises ConfigError, which names the file, the key, and what is wrong.
    """
    files = [(name, _read(name, text)) for name, text in sources]
    same = _same(files, language)
    catalogue = Catalogue(language=language, same=same, mistaken={}, concepts={}, values={}, forms={})
    for name, file in files:
        catalogue = _with_words(catalogue, name, file)
    for name, file in files:
        catalogue = _with_phrases(catalogue, name, file)
    return catalogue


def _read(name: str, text: str) -> _File:
    try:
        return msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigError(message("{path}: {error}.", path=name, error=str(error))) from error


def _same(files: Iterable[tuple[str, _File]], language: str) -> dict[str, str]:
    """Return form -> base of every [same] table."""
    same: dict[str, str] = {}
    for name, file in files:
        for base, variants in file.same.items():
            said = _one_word(name, "same", base, language)
            same |= dict.fromkeys(texts_of(variants, language, {}), said)
    return same


def _one_word(name: str, table: str, key: str, language: str) -> str:
    """Return the key of a table as it is heard.  Raises ConfigError if it is not one word."""
    words = texts_of(key, language, {})
    if len(words) != 1:
        raise ConfigError(message('{path}: {table}: "{key}" is not one word.', path=name, table=table, key=key))
    return words[0]


def _with_words(catalogue: Catalogue, name: str, file: _File) -> Catalogue:
    """Return `catalogue` with the words, concepts and values of `file`."""

    def phrases(written: Iterable[str]) -> tuple[Phrase, ...]:
        return tuple(dict.fromkeys(_words_of(catalogue, text) for text in written))

    words = {
        field: getattr(catalogue.words, field) | frozenset(_words_of(catalogue, getattr(file.words, field)))
        if field in ("stop", "known", "negations")
        else getattr(catalogue.words, field) + phrases(getattr(file.words, field))
        for field in file.words.__struct_fields__
    }
    mistaken = {
        _one_word(name, "mistaken", heard, catalogue.language): " ".join(_words_of(catalogue, meant))
        for heard, meant in file.mistaken.items()
    }
    concepts = {concept: phrases(written) for concept, written in file.concepts.items()}
    merged = {concept: catalogue.concepts.get(concept, ()) + said for concept, said in concepts.items()}
    values = dict(catalogue.values)
    for slot, table in file.values.items():
        spoken = {phrase: value for value, written in table.items() for phrase in phrases(written)}
        values[_slot(name, slot)] = {**values.get(_slot(name, slot), {}), **spoken}
    return replace(
        catalogue,
        words=Words(**words),
        mistaken={**catalogue.mistaken, **mistaken},
        concepts={**catalogue.concepts, **merged},
        values=values,
    )


def _with_phrases(catalogue: Catalogue, name: str, file: _File) -> Catalogue:
    """Return `catalogue` with the templates of `file`."""
    forms = dict(catalogue.forms)
    for command, templates in file.instead.items():
        forms[command] = _forms(catalogue, name, command, templates)
    for command, templates in file.phrases.items():
        added = _forms(catalogue, name, command, templates)
        forms[command] = tuple(dict.fromkeys((*forms.get(command, ()), *added)))
    return replace(catalogue, forms=forms)


def _forms(catalogue: Catalogue, name: str, command: str, templates: Iterable[str]) -> tuple[Form, ...]:
    if command not in COMMANDS:
        raise ConfigError(message("{path}: there is no command {command}.", path=name, command=command))
    forms: dict[Form, None] = {}
    for template in templates:
        try:
            made = forms_of(template, lambda text: _words_of(catalogue, text))
            for form in made:
                _check_form(catalogue, command, form)
        except ValueError as error:
            raise ConfigError(
                message(
                    '{path}: the template "{template}" of {command} is wrong: {error}.',
                    path=name,
                    template=template[:80],
                    command=command,
                    error=str(error),
                )
            ) from error
        forms |= dict.fromkeys(made)
    return tuple(forms)


def _check_form(catalogue: Catalogue, command: str, form: Form) -> None:
    """Raise ValueError for a form with other slots than the command's, or with an unknown concept."""
    slots = sorted(part[1:-1] for part in form if part.startswith("{"))
    if slots != sorted(COMMANDS[command].slots):
        raise ValueError(f"its slots are {', '.join(slots) or 'none'}")
    for part in form:
        if part.startswith("<") and part[1:-1] not in catalogue.concepts:
            raise ValueError(f"there is no concept {part}")
    if COMMANDS[command].slots and COMMANDS[command].slots[0].is_open and form[0].startswith("{"):
        raise ValueError("nothing stands before a slot that takes any words")


def _words_of(catalogue: Catalogue, text: str) -> Phrase:
    return texts_of(text, catalogue.language, catalogue.same)


def _slot(name: str, slot: str) -> SlotType:
    try:
        return SlotType(slot)
    except ValueError:
        raise ConfigError(message("{path}: there is no slot {slot}.", path=name, slot=slot)) from None
