"""The catalogue of a language: what people say for each command.  It is read from TOML (parsing.py):

    [phrases]                       templates of each command (see templates.py)
    "audio.mute" = ["<mute> <sound>", "shut the sound off", "~ <sound> off"]
    [instead]                       the same, in place of everything that earlier files say for the command
    [concepts]                      words that mean the same: <mute>; what "*" stands for may be put in between
    mute = ["mute", "(cut|kill) [off]", "turn * off", "<silence>"]
    [same]                          other forms of a word: wherever "shut" is said, "close" is understood
    close = "shut shuts"
    [values.folder]                 what is said for a value of a closed slot
    downloads = ["download[s] folder"]
    [words]                         see `Words`; and words whose regular forms all mean the same:
    verbs = "mute close"            "muting"; in French infinitives in -er and like "finir": "coupez", "tu couperais"
    nouns = "window tab"            "windows"
    adjectives = "suivant"          "suivante", "suivants"

Every list of phrases takes alternatives `( | )`, parts that may be missing `[ ]` and concepts `< >`, those of other
files too.  Later files add to earlier ones.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from sys import intern

from etoile.domain.commands import COMMANDS, SlotType
from etoile.domain.matching.graph import Graph, short_forms, spelled
from etoile.domain.matching.phrases import Phrase
from etoile.domain.matching.starts import Label, Starts
from etoile.domain.matching.templates import Branch, Choice, Form

Split = tuple[Phrase, Phrase]
"""A phrase in two, around something else: "turn ... off"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words with a part to play in every command of a language."""

    stop: frozenset[str] = frozenset()
    """Carry nothing: "the", "my"; they may be left out or put in anywhere."""
    light: frozenset[str] = frozenset()
    """Add little: "quickly", "thing", "get"; two of them may be left over where all else is a command."""
    known: frozenset[str] = frozenset()
    """Belong to no command and yet are no slips of the tongue: never taken for another word ("unlock")."""
    negations: frozenset[str] = frozenset()
    """Free text never begins with one: "search not" is no search."""
    pronouns: frozenset[str] = frozenset()
    """Stand for what was named before: "I'm done with Spotify, close it"."""
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
    remarks: tuple[Phrase, ...] = ()
    """Begin a clause that only says why, before or behind a command: "my ears hurt, turn it down"."""
    causes: tuple[Phrase, ...] = ()
    """Begin such a clause without a comma before them: "because", "so i can"."""
    spoilers: tuple[Phrase, ...] = ()
    """Anywhere in such a clause they show that the command is none: "she said", "if", "tomorrow"."""
    vetoes: tuple[Phrase, ...] = ()
    """What begins with one is no command, whatever follows: "thanks for", "what is a"."""
    unneeded: tuple[Phrase, ...] = ()
    """They say that a thing is not wanted, and only hint at what to do with it: "no need for the timer"."""
    statements: tuple[Phrase, ...] = ()
    """Openers that ask for nothing where a question mark ends them: "you should"."""
    conditions: tuple[Phrase, ...] = ()
    """Inside a name they show that it swallowed more than the name: "invoices when I leave"."""
    determiners: frozenset[str] = frozenset()
    """A noun must follow them: "mute the" broke off."""
    prepositions: frozenset[str] = frozenset()
    """They never follow a determiner: "the of"."""
    files: frozenset[str] = frozenset()
    """What is called so is on this computer: no search of the web begins with one."""
    telling: frozenset[str] = frozenset()
    """What may be a slip of one is never surely another word: "eep the wifi on" may be "keep"."""
    begin_no_name: frozenset[str] = frozenset()
    """They tell more of a thing that is not named: "a folder in python", "the file that has the bug"."""


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """What people say in one language."""

    language: str
    words: Words = Words()
    same: Mapping[str, str]
    """Form of a word -> the form that the catalogue uses."""
    mistaken: Mapping[str, str]
    """A word that is heard in place of another -> the other."""
    concepts: Mapping[str, tuple[Phrase, ...]]
    splits: Mapping[str, tuple[Split, ...]]
    """Concept -> what says it around something else."""
    values: Mapping[SlotType, Mapping[Phrase, str]]
    """Slot -> what is said -> value."""
    templates: Mapping[str, tuple[Choice, ...]]
    """Command -> what is said for it."""
    dictionary: frozenset[str] = frozenset()
    """Words of the language that are no slips, whether they mean something here or not; without accents."""

    @property
    def spoken_forms(self) -> int:
        """How many sentences it knows, slots unfilled and concepts counted with each of their words."""
        return sum(self._spoken(template) for templates in self.templates.values() for template in templates)

    @cached_property
    def parts(self) -> Mapping[str, frozenset[str]]:
        """Command -> all that its templates are made of."""
        return {
            command: frozenset(chain.from_iterable(template.parts() for template in templates))
            for command, templates in self.templates.items()
        }

    @cached_property
    def words_of_concepts(self) -> Mapping[str, frozenset[str]]:
        """Concept -> every word that helps to say it."""
        return {
            concept: frozenset(chain(*phrases, *chain.from_iterable(self.splits[concept])))
            for concept, phrases in self.concepts.items()
        }

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word that means something in this language."""
        words = self.words
        phrases = [*words.guards, *words.code, *words.openers, *words.closers, *words.connectors, *words.fillers]
        phrases += [phrase for spoken in self.values.values() for phrase in spoken]
        said = frozenset(chain(*phrases, *self.parts.values(), *self.words_of_concepts.values()))
        others = (words.stop, words.light, words.known, words.negations, words.pronouns, self.same)
        return frozenset(word for word in said if word[0] not in "<{").union(*others)

    @cached_property
    def bits(self) -> Mapping[str, int]:
        """Command -> its bit in a set of commands."""
        return {command: 1 << index for index, command in enumerate(self.templates)}

    def commands(self, bits: int) -> list[str]:
        """Return the commands of a set of bits, in their order."""
        return [command for command, bit in self.bits.items() if bit & bits] if bits else []

    def unfold(self) -> None:
        """Make at once what is made when it is first thought of: a tenth of a second."""
        self.graph.unfold()
        _ = self.short

    @cached_property
    def graph(self) -> Graph:
        """The automaton of all that is said."""
        return Graph(self.templates, self.bits, self._skipped)

    def _skipped(self, command: str) -> frozenset[str]:
        """Return the words that may be left out anywhere in what is said for `command`."""
        takes_anything = any(slot.is_open for slot in COMMANDS[command].slots)
        return frozenset() if takes_anything else self.words.stop

    @cached_property
    def short(self) -> Mapping[Phrase, int]:
        """What is said in a single word or concept, stop words aside -> the bits of its commands.

        It stands for itself alone: nothing may be put into it or left out.
        """
        found: dict[Phrase, int] = {}
        for command, templates in self.templates.items():
            forms: list[Form] = short_forms(templates, self.words.stop)
            for phrase in chain.from_iterable(spelled(form, self.concepts) for form in forms):
                found[phrase] = found.get(phrase, 0) | self.bits[command]
        return found

    @cached_property
    def said(self) -> Starts:
        """What says each `<concept>`, or begins one that is said in two, and what then ends it; without stop words."""
        whole = ((name, self.content(phrase), ()) for name, phrases in self.concepts.items() for phrase in phrases)
        halves = (
            (name, self.content(head), self.content(tail))
            for name, splits in self.splits.items()
            for head, tail in splits
        )
        said: Iterator[tuple[str, Phrase, Phrase]] = chain(whole, halves)
        label = cache(lambda name, length, tail: Label(intern(f"<{name}>"), length, None, length, tail))
        return Starts((head, label(name, len(head), tail)) for name, head, tail in said)

    @property
    def tails(self) -> Iterator[Phrase]:
        """What ends the concepts that are said in two, without stop words."""
        return (self.content(tail) for splits in self.splits.values() for _, tail in splits)

    def phrases_of(self, part: str) -> Iterator[Phrase]:
        """Return what `part`, a word or a `<concept>`, may begin with, without stop words."""
        if part[0] != "<":
            yield (part,)
            return
        name = part[1:-1]
        yield from map(self.content, self.concepts[name])
        yield from (self.content(head) for head, _ in self.splits[name])

    def content(self, phrase: Phrase) -> Phrase:
        """Return `phrase` without stop words, unless nothing else is in it."""
        return tuple(word for word in phrase if word not in self.words.stop) or phrase

    def _spoken(self, choice: Choice) -> int:
        return sum(self._spoken_side_by_side(branch) for branch in choice.branches)

    def _spoken_side_by_side(self, branch: Branch) -> int:
        count = 1
        for part in branch:
            if isinstance(part, Choice):
                count *= self._spoken(part)
            elif part[0] == "<":
                count *= len(self.concepts[part[1:-1]]) + len(self.splits[part[1:-1]])
        return count
