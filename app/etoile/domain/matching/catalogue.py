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

from collections.abc import Mapping
from dataclasses import dataclass

from etoile.domain.commands import SlotType
from etoile.domain.matching.phrases import Phrase
from etoile.domain.matching.templates import Form

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
    splits: Mapping[str, tuple[Split, ...]]
    """Concept -> what says it around something else."""
    values: Mapping[SlotType, Mapping[Phrase, str]]
    """Slot -> what is said -> value."""
    forms: Mapping[str, tuple[Form, ...]]
    """Command -> every form of its templates."""
    dictionary: frozenset[str] = frozenset()
    """Words of the language that are no slips, whether they mean something here or not; without accents."""

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
        phrases += [part for splits in self.splits.values() for split in splits for part in split]
        phrases += [phrase for spoken in self.values.values() for phrase in spoken]
        phrases += [form for forms in self.forms.values() for form in forms]
        said = {word for phrase in phrases for word in phrase if word[0] not in "<{"}
        return frozenset(
            said | words.stop | words.light | words.known | words.negations | words.pronouns | set(self.same)
        )

    def _spoken(self, form: Form) -> int:
        count = 1
        for part in form:
            if part.startswith("<"):
                count *= len(self.concepts[part[1:-1]]) + len(self.splits[part[1:-1]])
        return count
