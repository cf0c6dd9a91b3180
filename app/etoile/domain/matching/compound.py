"""Several commands in one request: "mute and lock the screen", "coupe le son, puis verrouille l'écran".

A request is split only where every part is a sure command by itself.  What a later part calls "it" must be something
that an earlier part names ("open firefox and close it" closes Firefox), else nothing is split: the window that is in
front by then may be any.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from etoile.domain.commands import COMMANDS, SlotType
from etoile.domain.matching.catalogue import Words
from etoile.domain.matching.grammar import Grammar
from etoile.domain.matching.phrases import PhraseSet
from etoile.domain.matching.tokens import BREAK, Tokens

if TYPE_CHECKING:
    from etoile.domain.matching.found import Found

MOST_COMMANDS = 4
_TAKEN_BACK = "assistant.cancel"
"""As a later part it takes back what was said before it."""
_ALWAYS_PRONOUNS = frozenset({"it", "them"})
_NEVER_PRONOUNS = frozenset({"the", "l"})

SAID_OF_ANYTHING = frozenset({"assistant.help", "assistant.cancel"})
"""With something else beside them they may be about that: "my card is blocked, help"."""

One = Callable[[Tokens], "Found | None"]
"""Returns the one command that words mean for sure."""


class Compounds:
    """Splits the requests of one language."""

    def __init__(self, words: Words, grammar: Grammar, says_why: Callable[[Tokens], bool]) -> None:
        """Take the words of a language; `says_why` tells whether a clause may be a remark: "wrong page"."""
        self._says_why = says_why
        self._grammar = grammar
        self._connectors = PhraseSet(words.connectors)
        self._closers = PhraseSet(words.closers)
        self._pronouns = words.pronouns - _NEVER_PRONOUNS

    def parts(self, text: str, tokens: Tokens, one: One) -> "list[Found]":
        """Return the commands that `tokens` are made of, two at least; empty when something in them is no command."""
        return self._split(text, tokens, one, (), MOST_COMMANDS)

    def ends_in_a_command(self, text: str, tokens: Tokens, one: One) -> bool:
        """Whether behind a connector something stands that is a command, or would be one if it told which "it" is."""
        return any(
            self.speaks_of_it(text, tokens[end:]) or one(tokens[end:]) is not None
            for _, end in self._seams(tokens)
            if end < len(tokens)
        )

    def speaks_of_it(self, text: str, tokens: Tokens) -> bool:
        """Whether `tokens` hold a pronoun: "it"."""
        return any(self._is_pronoun(text, tokens, index) for index in range(len(tokens)))

    def _split(self, text: str, tokens: Tokens, one: One, names: tuple[Tokens, ...], most: int) -> "list[Found]":
        """Return the parts of `tokens`; `names` are the things that earlier parts name, the latest first."""
        for start, end in self._seams(tokens):
            first = self._part(text, tokens[:start], one, names)
            if first is None or most < 2 or (tokens[start].text == BREAK and self._is_idle(tokens[:start], first)):
                continue
            known = (*self._named(tokens[:start]), *names)
            last = self._part(text, tokens[end:], one, known or ((),))
            if last is not None:
                return [first, last]
            if rest := self._split(text, tokens[end:], one, known or ((),), most - 1):
                return [first, *rest]
        return []

    def _seams(self, tokens: Tokens) -> Iterator[tuple[int, int]]:
        """Yield where something joins two commands, the last first: a comma, "and then"."""
        texts = [token.text for token in tokens]
        breaks = {index: 1 for index, text in enumerate(texts) if text == BREAK}
        for index, length in sorted((dict(self._connectors.places(texts)) | breaks).items(), reverse=True):
            if index:
                yield index, index + length

    def _part(self, text: str, tokens: Tokens, one: One, names: tuple[Tokens, ...]) -> "Found | None":
        """Return the command that a part is; in a later one, which has `names`, "it" is one of these."""
        if not names or not self.speaks_of_it(text, tokens):
            return one(tokens)
        places = [index for index in range(len(tokens)) if self._is_pronoun(text, tokens, index)]
        for name in filter(None, names):
            for at in places:
                found = one((*tokens[:at], *name, *tokens[at + 1 :]))
                if found and found.candidate.slots and not _is_open(found):
                    return found
        return None

    def _is_idle(self, tokens: Tokens, found: "Found") -> bool:
        """Whether a part may be about what follows: "wrong page, close the tab"; "how does it work, focus"."""
        if found.candidate.command in SAID_OF_ANYTHING:
            return True
        return not found.opened and self._says_why(tokens)

    def _named(self, tokens: Tokens) -> list[Tokens]:
        spans = self._grammar.named([token.text for token in tokens])
        return [tokens[start:end] for start, end in sorted(spans, key=lambda span: span[0] - span[1])]

    def _is_pronoun(self, text: str, tokens: Tokens, index: int) -> bool:
        """Whether a word stands for something: "it"; "le", "that" at the end; "-le" behind its verb."""
        token = tokens[index]
        if token.text in _ALWAYS_PRONOUNS:
            return True
        if token.text not in self._pronouns or index == 0:
            return False
        rest = [following.text for following in tokens[index + 1 :] if following.text != BREAK]
        hyphen = text[: token.start].endswith("-")
        return hyphen or not rest or self._closers.length_at(rest, 0) == len(rest)


def takes_back(parts: "Sequence[Found]") -> bool:
    """Whether the request takes itself back: "mute, no, cancel"."""
    return any(part.candidate.command == _TAKEN_BACK for part in parts[1:])


def has_a_name(found: "Found") -> bool:
    """Whether a command holds a name that the user made up, which might have swallowed a second command."""
    return SlotType.NAME in COMMANDS[found.candidate.command].slots and found.candidate.command != "skills.create"


def _is_open(found: "Found") -> bool:
    return any(slot.is_open for slot in COMMANDS[found.candidate.command].slots)
