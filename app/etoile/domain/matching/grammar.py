"""The forms of a language as one trie, and the walk through it that explains every word of a request or gives up.

A node's children are labels: a word, a `<concept>`, a `{slot}`.  A request is walked token by token; at each, the walk
may follow a word, all the words of a concept, all the words of a slot's value, or pass over a stop word.  What reaches
the end has explained everything.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from etoile.domain.commands import SlotType
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.phrases import Phrase
from etoile.domain.matching.quantities import READERS
from etoile.domain.matching.templates import Form
from etoile.domain.matching.tokens import BREAK

T = TypeVar("T")

Label = tuple[str, int, str | int | None]
"""What stands at a token: a word, a concept or a slot; how many tokens; the slot's value."""

_MOST_STEPS = 2000
"""A walk is given up after this many: no request of a person comes near."""
_OPEN = {f"{{{slot}}}": slot for slot in SlotType if slot.is_open}
_QUANTITIES = frozenset(f"{{{slot}}}" for slot in READERS)
_WIDEST_GAP = 3
"""Parts that stand inside a concept said in two: "turn <night light filter> off"."""
_MOST_PASSED_OVER = 2
"""Light words that may be left unexplained."""
_LONGEST_NAME = 6
"""Words of a name that the user makes up."""

Values = Mapping[SlotType, Mapping[Phrase, str]]
"""Slot -> what is said -> value."""


@dataclass(slots=True)
class _Node:
    children: "dict[str, _Node]" = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)


class Reading(NamedTuple):
    """A way to explain a request."""

    command: str
    slot: SlotType | None = None
    value: str | int | None = None
    """None with a slot: the value is understood, and out of range."""
    first: int = 0
    last: int = 0
    """The tokens from `first` to before `last` are an open slot's words."""
    explained: int = 0
    """Words that the command's own wording explains."""
    passed_over: int = 0
    """Light words that nothing explains."""


class _Step(NamedTuple):
    at: int
    node: _Node
    reading: Reading
    skipped: bool = False
    """Whether it came here over a stop word."""


class Grammar:
    """What a language can say, with the values that slots can take on this machine."""

    def __init__(self, catalogue: Catalogue, values: Values) -> None:
        self._catalogue = catalogue
        self._root = _Node()
        self._lone: dict[Phrase, list[str]] = {}
        self._concepts = _Starts(
            (self._content(phrase), f"<{name}>") for name, phrases in catalogue.concepts.items() for phrase in phrases
        )
        self._values = _Starts(
            (self._content(phrase), (slot, value))
            for slot, spoken in values.items()
            for phrase, value in spoken.items()
        )
        for command, forms in catalogue.forms.items():
            for form in forms:
                self._add(command, form)
        names = {word for spoken in values.values() for phrase in spoken for word in phrase}
        self.lexicon = catalogue.vocabulary | names

    def readings(self, tokens: Sequence[str]) -> list[Reading]:
        """Return every way to explain all of `tokens`, punctuation aside."""
        said = [text for text in tokens if text != BREAK]
        lone = [Reading(command=command, explained=len(said)) for command in self._lone.get(tuple(said), ())]
        return lone + list(self._walk(tokens))

    def spans(self, tokens: Sequence[str]) -> list[Reading]:
        """Return the values of closed slots in `tokens`, each with the tokens that say it."""
        return [
            Reading(command="", slot=SlotType(label[1:-1]), value=value, first=index, last=index + length)
            for index in range(len(tokens))
            for label, length, value in self._labels(tokens, index)
            if _is_name(label) and label[0] == "{"
        ]

    def named(self, tokens: Sequence[str]) -> list[tuple[int, int]]:
        """Return where `tokens` name something, a value of a closed slot or a concept: the longest at each place."""
        longest = {
            index: max((length for label, length, _ in self._labels(tokens, index) if _is_thing(label)), default=0)
            for index, token in enumerate(tokens)
            if len(token) > 1 and token not in self._catalogue.words.stop
        }
        return [(index, index + length) for index, length in longest.items() if length]

    def _walk(self, tokens: Sequence[str]) -> Iterator[Reading]:
        labels: dict[int, list[Label]] = {}
        steps = [_Step(0, self._root, Reading(command=""))]
        for _ in range(_MOST_STEPS):
            if not steps:
                return
            step = steps.pop()
            if step.at == len(tokens):
                if step.skipped and step.reading.slot in _OPEN.values():
                    continue  # the last words belong to the free text
                yield from (step.reading._replace(command=command) for command in step.node.commands)
                continue
            if step.at not in labels:
                labels[step.at] = list(self._labels(tokens, step.at))
            steps += self._next(step, tokens, labels[step.at])

    def _next(self, step: _Step, tokens: Sequence[str], labels: Sequence[Label]) -> Iterator[_Step]:
        """Return where the walk may go from `step`."""
        token, index, children = tokens[step.at], step.at, step.node.children
        if token == BREAK or token in self._catalogue.words.stop:
            yield _Step(index + 1, step.node, step.reading, skipped=token != BREAK)
        elif token in self._catalogue.words.light and step.reading.passed_over < _MOST_PASSED_OVER:
            lighter = step.reading._replace(passed_over=step.reading.passed_over + 1)
            yield _Step(index + 1, step.node, lighter, skipped=True)
        for label, length, value in labels:
            if (child := children.get(label)) is None:
                continue
            reading = step.reading
            if label.startswith("{"):
                reading = reading._replace(slot=SlotType(label[1:-1]), value=value)
            else:
                reading = reading._replace(explained=reading.explained + length)
            yield _Step(index + length, child, reading)
        for label, slot in _OPEN.items():
            # Free text begins right behind its trigger: "the" of "search for the news" is part of it.
            if (child := children.get(label)) and not step.skipped:
                furthest = min(len(tokens), index + _LONGEST_NAME) if slot is SlotType.NAME else len(tokens)
                for end in range(index + 1, furthest + 1):
                    yield _Step(end, child, step.reading._replace(slot=slot, value="", first=index, last=end))

    def _labels(self, tokens: Sequence[str], index: int) -> Iterator[Label]:
        """Return what stands at `index`: label, how many tokens, value."""
        yield tokens[index], 1, None
        following = self._following(tokens, index)
        for phrase, name in self._concepts.at(tokens[index], following):
            if length := self._length(phrase, tokens, index):
                yield name, length, None
        for phrase, (slot, value) in self._values.at(tokens[index], following):
            if length := self._length(phrase, tokens, index):
                yield f"{{{slot}}}", length, value
        for slot, read in READERS.items():
            if found := read(tokens, index, self._catalogue.language):
                yield f"{{{slot}}}", *found

    def _following(self, tokens: Sequence[str], index: int) -> tuple[str, ...]:
        """Return the words that may come next in a phrase: the next one, and the next that is no stop word."""
        stop = self._catalogue.words.stop
        content = next((token for token in tokens[index + 1 :] if token not in stop), None)
        return tuple(dict.fromkeys(word for word in (*tokens[index + 1 : index + 2], content) if word is not None))

    def _length(self, phrase: Phrase, tokens: Sequence[str], index: int) -> int:
        """Return how many tokens from `index` on say `phrase`, stop words between them included; 0 when they do not."""
        at = index
        for word in phrase:
            while at < len(tokens) and tokens[at] != word and at > index and tokens[at] in self._catalogue.words.stop:
                at += 1
            if at == len(tokens) or tokens[at] != word:
                return 0
            at += 1
        return at - index

    def _content(self, phrase: Phrase) -> Phrase:
        """Return `phrase` without stop words, unless nothing else is in it."""
        return tuple(word for word in phrase if word not in self._catalogue.words.stop) or phrase

    def _add(self, command: str, form: Form) -> None:
        is_open = any(part in _OPEN for part in form)
        parts = list(form) if is_open else [part for part in form if part not in self._catalogue.words.stop]
        if len(parts) < 2 and not any(part.startswith("{") for part in parts):
            for phrase in self._spelled(form):
                _claim(self._lone.setdefault(phrase, []), command)
            return
        for written in (parts, *self._around(parts)):
            node = self._root
            for part in written:
                node = node.children.setdefault(part, _Node())
            _claim(node.commands, command)

    def _around(self, parts: Sequence[str]) -> Iterator[list[str]]:
        """Return `parts` with a concept said around what follows it: "turn the sound off" for "<mute> sound"."""
        for at, part in enumerate(parts):
            for head, tail in self._catalogue.splits[part[1:-1]] if part.startswith("<") else ():
                for end in range(at + 2, min(at + 1 + _WIDEST_GAP, len(parts)) + 1):
                    yield [*parts[:at], *self._content(head), *parts[at + 1 : end], *self._content(tail), *parts[end:]]

    def _spelled(self, form: Form) -> Iterator[Phrase]:
        """Return `form`, which has at most one concept, with each of its words."""
        concept = next((part for part in form if part.startswith("<")), None)
        if concept is None:
            yield form
            return
        at = form.index(concept)
        for phrase in self._catalogue.concepts[concept[1:-1]]:
            yield form[:at] + phrase + form[at + 1 :]


def _is_name(label: str) -> bool:
    """Whether a label is a slot or a concept rather than a word, or the sign "<" by itself."""
    return len(label) > 1 and label[0] in "<{"


def _is_thing(label: str) -> bool:
    """Whether a label is that of something with a name: no number, no time."""
    return _is_name(label) and label not in _QUANTITIES


def _claim(claimed: list[str], command: str) -> None:
    if command not in claimed:
        claimed.append(command)


class _Starts(Generic[T]):
    """Phrases by the two words that they begin with."""

    def __init__(self, said: Iterable[tuple[Phrase, T]]) -> None:
        self._phrases: dict[Phrase, list[tuple[Phrase, T]]] = {}
        for phrase, meaning in said:
            if phrase:
                self._phrases.setdefault(phrase[:2], []).append((phrase, meaning))

    def at(self, first: str, following: Sequence[str]) -> Iterator[tuple[Phrase, T]]:
        """Return the phrases that are `first`, or begin with it and one of `following`."""
        yield from self._phrases.get((first,), ())
        for second in following:
            yield from self._phrases.get((first, second), ())
