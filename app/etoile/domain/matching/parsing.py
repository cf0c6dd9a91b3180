"""From the files of a language to its catalogue."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache

from etoile.domain.commands import COMMANDS, SlotType
from etoile.domain.matching.catalogue import Catalogue, Split, Words
from etoile.domain.matching.inflection import KINDS, inflected
from etoile.domain.matching.phrases import Phrase
from etoile.domain.matching.templates import Choice, parsed, phrases_of
from etoile.domain.matching.tokens import DOTS, NUMBER_WORDS, PERCENT, texts_of
from etoile.domain.matching.written import WrittenFile, read
from etoile.errors import ConfigError
from etoile.text import message

_GAP = "*"

Files = Sequence[tuple[str, WrittenFile]]


def parse(sources: Iterable[tuple[str, str]], language: str, dictionary: frozenset[str] = frozenset()) -> Catalogue:
    """Return the catalogue of `language` that the files `sources` (name, TOML) make together.

    `dictionary` holds common words of the language, in small letters without accents.

    Raises ConfigError, which names the file, the key, and what is wrong.
    """
    files = [(name, read(name, text)) for name, text in sources]
    same = _same(files, language)

    together = NUMBER_WORDS[language] | PERCENT | {"cent", *DOTS}

    @cache
    def word_of(text: str) -> Phrase:
        return texts_of(text, language, same)

    def words_of(text: str) -> Phrase:
        # Most pieces of templates are plain words, and all but numbers mean the same side by side as one by one.
        words = text.split()
        if len(words) < 2:
            return word_of(text.strip())
        said = [word_of(word) for word in words]
        if all(len(one) == 1 and one[0].isalpha() and one[0] not in together for one in said):
            return tuple(one[0] for one in said)
        return word_of(text)

    concepts = _Concepts(files, words_of)
    said = {concept: concepts.phrases(concept) for concept in concepts.names}
    whole = {concept: tuple(phrase for phrase in phrases if _GAP not in phrase) for concept, phrases in said.items()}
    splits = {
        concept: tuple(_split(phrase) for phrase in phrases if _GAP in phrase) for concept, phrases in said.items()
    }
    return Catalogue(
        language=language,
        words=_words(files, words_of, concepts),
        same=same,
        mistaken=_mistaken(files, language, words_of),
        concepts=whole,
        splits=splits,
        values=_values(files, concepts),
        templates=_templates(files, words_of, concepts),
        dictionary=dictionary,
    )


class _Concepts:
    """The concepts of all files, which may be made of each other."""

    def __init__(self, files: Files, words_of: Callable[[str], Phrase]) -> None:
        self._words_of = words_of
        self._written: dict[str, list[tuple[str, str]]] = {}
        for name, file in files:
            for concept, written in file.concepts.items():
                self._written.setdefault(concept, []).extend((name, template) for template in written)
        self._known: dict[str, tuple[Phrase, ...]] = {}
        self._open: list[str] = []

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._written)

    def phrases(self, concept: str) -> tuple[Phrase, ...]:
        """Return all that says `concept`.  Raises ValueError if there is none of that name, or it needs itself."""
        if concept not in self._written:
            raise ValueError(f"there is no concept <{concept}>")
        if concept in self._open:
            raise ValueError(f"<{concept}> is made of itself")
        if concept not in self._known:
            self._open.append(concept)
            said: dict[Phrase, None] = {}
            for name, template in self._written[concept]:
                said |= dict.fromkeys(self.written_out(name, f"<{concept}>", template))
            self._open.pop()
            self._known[concept] = tuple(said)
        return self._known[concept]

    def written_out(self, name: str, key: str, template: str) -> tuple[Phrase, ...]:
        """Return the phrases of a template of the table `key` of the file `name`."""
        with _named(name, key, template):
            phrases = phrases_of(template, self._words_of, self.phrases)
            return tuple(dict.fromkeys(map(_with_inner_gap, phrases)))


@contextmanager
def _named(name: str, key: str, template: str) -> Iterator[None]:
    """Say where a template that is wrong stands."""
    try:
        yield
    except ValueError as error:
        raise ConfigError(
            message(
                '{path}: the template "{template}" of {command} is wrong: {error}.',
                path=name,
                template=template[:80],
                command=key,
                error=str(error),
            )
        ) from error


def _with_inner_gap(phrase: Phrase) -> Phrase:
    """Return `phrase` without a gap at its end ("shut * [down]").  Raises ValueError for two, or one at the start."""
    if phrase.count(_GAP) > 1:
        raise ValueError(f'"{_GAP}" stands in it twice')
    if phrase[0] == _GAP:
        raise ValueError(f'"{_GAP}" has nothing before it')
    return phrase[:-1] if phrase[-1] == _GAP else phrase


def _split(phrase: Phrase) -> Split:
    at = phrase.index(_GAP)
    return phrase[:at], phrase[at + 1 :]


def _same(files: Files, language: str) -> dict[str, str]:
    """Return form -> base of every regular word, then of every [same] table, which has the last word."""
    same: dict[str, str] = {}
    for name, file in files:
        for kind in KINDS:
            for single in getattr(file.words, kind).split():
                with _named(name, kind, single):
                    base, forms = inflected(kind, _one_word(name, kind, single, language), language)
                same |= dict.fromkeys(forms, base)
    for name, file in files:
        for base, variants in file.same.items():
            said = _one_word(name, "same", base, language)
            same |= {word: said for single in variants.split() for word in texts_of(single, language, {})}
    return {form: same.get(base, base) for form, base in same.items() if form != same.get(base, base)}


def _one_word(name: str, table: str, key: str, language: str) -> str:
    """Return the key of a table as it is heard.  Raises ConfigError if it is not one word."""
    words = texts_of(key, language, {})
    if len(words) != 1:
        raise ConfigError(message('{path}: {table}: "{key}" is not one word.', path=name, table=table, key=key))
    return words[0]


def _heard(name: str, word: str, language: str) -> str:
    """Return a key of [mistaken] as it is heard; a number word ("four") stays a word."""
    return word if word in NUMBER_WORDS[language] else _one_word(name, "mistaken", word, language)


def _words(files: Files, words_of: Callable[[str], Phrase], concepts: _Concepts) -> Words:
    def words(kind: str) -> frozenset[str]:
        # One by one: side by side "un une" would be a number.
        return frozenset(
            word for _, file in files for single in getattr(file.words, kind).split() for word in words_of(single)
        )

    def phrases(kind: str) -> tuple[Phrase, ...]:
        written = ((name, template) for name, file in files for template in getattr(file.words, kind))
        return tuple(
            dict.fromkeys(phrase for name, template in written for phrase in concepts.written_out(name, kind, template))
        )

    return Words(
        stop=words("stop"),
        light=words("light"),
        known=words("known"),
        negations=words("negations"),
        pronouns=words("pronouns"),
        guards=phrases("guards"),
        code=phrases("code"),
        here=phrases("here"),
        fillers=phrases("fillers"),
        openers=phrases("openers"),
        closers=phrases("closers"),
        connectors=phrases("connectors"),
        remarks=phrases("remarks"),
        causes=phrases("causes"),
        spoilers=phrases("spoilers"),
        vetoes=phrases("vetoes"),
        unneeded=phrases("unneeded"),
        statements=phrases("statements"),
        conditions=phrases("conditions"),
        determiners=words("determiners"),
        prepositions=words("prepositions"),
        files=words("files"),
        telling=words("telling"),
        begin_no_name=words("begin_no_name"),
    )


def _mistaken(files: Files, language: str, words_of: Callable[[str], Phrase]) -> dict[str, str]:
    return {
        _heard(name, heard, language): " ".join(words_of(meant))
        for name, file in files
        for heard, meant in file.mistaken.items()
    }


def _values(files: Files, concepts: _Concepts) -> dict[SlotType, Mapping[Phrase, str]]:
    values: dict[SlotType, dict[Phrase, str]] = {}
    for name, file in files:
        for slot, table in file.values.items():
            spoken = values.setdefault(_slot(name, slot), {})
            for value, written in table.items():
                for template in written:
                    spoken |= dict.fromkeys(concepts.written_out(name, value, template), value)
    return dict(values)


def _slot(name: str, slot: str) -> SlotType:
    try:
        return SlotType(slot)
    except ValueError:
        raise ConfigError(message("{path}: there is no slot {slot}.", path=name, slot=slot)) from None


def _templates(files: Files, words_of: Callable[[str], Phrase], concepts: _Concepts) -> dict[str, tuple[Choice, ...]]:
    templates: dict[str, list[Choice]] = {}
    for name, file in files:
        for command, written in file.instead.items():
            templates[command] = list(_parsed(name, command, written, words_of, concepts))
        for command, written in file.phrases.items():
            templates.setdefault(command, []).extend(_parsed(name, command, written, words_of, concepts))
    return {command: tuple(said) for command, said in templates.items()}


def _parsed(
    name: str, command: str, written: Iterable[str], words_of: Callable[[str], Phrase], concepts: _Concepts
) -> Iterator[Choice]:
    if command not in COMMANDS:
        raise ConfigError(message("{path}: there is no command {command}.", path=name, command=command))
    for text in written:
        with _named(name, command, text):
            template = parsed(text, words_of)
            _check(command, template, concepts)
        yield template


def _check(command: str, template: Choice, concepts: _Concepts) -> None:
    """Raise ValueError for a template with other slots than the command's, or with an unknown concept."""
    parts = set(template.parts())
    wanted = sorted(f"{{{slot}}}" for slot in COMMANDS[command].slots)
    for slots in template.slots() if wanted or any(part[0] == "{" for part in parts) else ():
        if list(slots) != wanted:
            raise ValueError(f"its slots are {', '.join(slot[1:-1] for slot in slots) or 'none'}")
    if _GAP in parts:
        raise ValueError(f'"{_GAP}" stands outside a concept')
    for part in parts:
        if part[0] == "<":
            concepts.phrases(part[1:-1])
    open_slots = {f"{{{slot}}}" for slot in COMMANDS[command].slots if slot.is_open}
    if open_slots.intersection(template.starts()):
        raise ValueError("nothing stands before a slot that takes any words")
