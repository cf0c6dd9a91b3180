"""What a language can say, and the walk through it that explains every word of a request or gives up.

A request is walked token by token through the automaton of all commands, as far as its words may all belong to them.
At a token the walk may follow a word, all the words of a concept, all the words of a slot's value, or pass over a stop
word.  What reaches the end has explained everything.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache, reduce
from operator import or_
from typing import NamedTuple

from etoile.domain.commands import SlotType
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.graph import OPEN, State
from etoile.domain.matching.labels import SLOTS, Here, Labels
from etoile.domain.matching.phrases import Phrase
from etoile.domain.matching.reach import Reach, Values
from etoile.domain.matching.tokens import BREAK

_MOST_STEPS = 20_000
"""A walk is given up after this many: no request of a person comes near."""
_WIDEST_GAP = 3
"""Parts that stand inside a concept said in two: "turn <night light filter> off"."""
_MOST_PASSED_OVER = 2
"""Light words that may be left unexplained."""
_LONGEST_NAME = 6
"""Words of a name that the user makes up."""


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


class Standing(NamedTuple):
    """A request, and what stands at those of its tokens that a walk has come to."""

    tokens: Sequence[str]
    commands: int
    """Bits of those that may be meant."""
    found: dict[int, Here]
    """Index of a token -> what stands there."""


_Filled = tuple[SlotType | None, str | int | None, int, int]
"""The slot of a reading, its value, and the tokens that say it."""

_Step = tuple[int, State, _Filled, int, int, int, bool, Phrase, int]
"""How far a walk has come, a bare tuple since nothing is made more often:

the token it is at, and the state; what fills the slot; how many words are explained, how many passed over, and how many
parts said; whether it came here over a stop word; what must still be said of a concept in two, and how many parts had
been said with its beginning."""


_NOTHING: _Filled = (None, None, 0, 0)


class Grammar:
    """What a language can say, with the values that slots can take on this machine."""

    def __init__(self, catalogue: Catalogue, values: Values) -> None:
        self.reach = Reach(catalogue, values)
        """Which words can stand together."""
        self._catalogue = catalogue
        self._stop, self._light = catalogue.words.stop, catalogue.words.light
        self._weightless = self._stop | self._light | {BREAK}
        names = {word for spoken in values.values() for phrase in spoken for word in phrase}
        self.lexicon = catalogue.vocabulary | names
        self._labels = Labels(catalogue, values)
        # A clause is looked at with each way to part a request.
        self._known_names = lru_cache(maxsize=64)(self._found_names)

    def readings(self, tokens: Sequence[str]) -> list[Reading]:
        """Return every way to explain all of `tokens`, punctuation aside."""
        commands = self.reach.commands(tokens)
        if not commands:
            return []
        said = tuple(text for text in tokens if text != BREAK)
        lone = self._catalogue.commands(self._catalogue.short.get(said, 0) & commands)
        walked = self._walk(Standing(tokens, commands, {}))
        return [*(Reading(command, explained=len(said)) for command in lone), *dict.fromkeys(walked)]

    def spans(self, tokens: Sequence[str]) -> list[Reading]:
        """Return the values of closed slots in `tokens`, each with the tokens that say it."""
        return [span for index in range(len(tokens)) for span in self.spans_at(tokens, index)]

    def spans_at(self, tokens: Sequence[str], index: int) -> list[Reading]:
        """Return the values of closed slots that begin at `index`, each with the tokens that say it."""
        return [
            Reading(command="", slot=SLOTS[label.name], value=label.value, first=index, last=index + label.length)
            for label in self._labels.at(tokens, index)[1]
        ]

    def named(self, tokens: Sequence[str]) -> Sequence[tuple[int, int]]:
        """Return where `tokens` name something, a value of a closed slot or a concept: the longest at each place."""
        return self._known_names(tuple(tokens))

    def _found_names(self, tokens: tuple[str, ...]) -> Sequence[tuple[int, int]]:
        longest = {
            index: self._labels.at(tokens, index)[2]
            for index, token in enumerate(tokens)
            if len(token) > 1 and token not in self._stop
        }
        return [(index, index + length) for index, length in longest.items() if length]

    def _walk(self, standing: Standing) -> Iterator[Reading]:
        """Return what the request means for each command, in their order."""
        ends = [step for step in self._last_steps(standing) if _is_whole(step)]
        reached = reduce(or_, (state.ends for _, state, *_ in ends), 0) & standing.commands
        for command in self._catalogue.commands(reached):
            bit = self._catalogue.bits[command]
            for _, state, filled, explained, passed_over, *_ in ends:
                if state.ends & bit:
                    yield Reading(command, *filled, explained, passed_over)

    def _last_steps(self, standing: Standing) -> Iterator[_Step]:
        steps: list[_Step] = [(0, self._catalogue.graph.root, _NOTHING, 0, 0, 0, False, (), 0)]
        last = len(standing.tokens)
        for _ in range(_MOST_STEPS):
            if not steps:
                return
            step = steps.pop()
            if step[0] < last:
                self._go_on(step, standing, steps)
            else:
                yield step

    def _go_on(self, step: _Step, standing: Standing, steps: list[_Step]) -> None:
        """Add to `steps` where the walk may go from `step`."""
        at, state, filled, explained, passed_over, parts, skipped, tail, since = step
        tokens = standing.tokens
        token = tokens[at]
        if token == BREAK or token in self._stop:
            steps.append((at + 1, state, filled, explained, passed_over, parts, token != BREAK, tail, since))
        elif token in self._light and passed_over < _MOST_PASSED_OVER:
            steps.append((at + 1, state, filled, explained, passed_over + 1, parts, True, tail, since))
        if tail and parts > since:
            if length := self._length(tail, tokens, at):
                explained_now = explained + len(tail)
                steps.append((at + length, state, filled, explained_now, passed_over, parts, False, (), 0))
            if parts == since + _WIDEST_GAP:
                return
        may_follow = state.labels
        if self._labels.may_be(may_follow, tokens, at):
            for name, length, value, words, rest in self._at(standing, at)[0]:
                if name not in may_follow or (rest and (tail or rest[0] not in tokens[at + 1 :])):
                    continue
                child = state.child(name)
                if not child.commands & standing.commands:
                    continue
                slot = SLOTS.get(name)
                told = (slot, value, *filled[2:]) if slot else filled
                now = explained if slot else explained + words
                around = (rest, parts + 1) if rest else (tail, since)
                steps.append((at + length, child, told, now, passed_over, parts + 1, False, *around))
        if state.open_slots and not skipped:
            # Free text begins right behind its trigger: "the" of "search for the news" is part of it.
            steps += self._with_free_text(step, standing)

    def _with_free_text(self, step: _Step, standing: Standing) -> Iterator[_Step]:
        at, state, _, explained, passed_over, parts, _, tail, since = step
        tokens = standing.tokens
        for name in state.open_slots:
            child, slot = state.child(name), OPEN[name]
            if not child.commands & standing.commands:
                continue
            last = len(tokens) if slot is not SlotType.NAME else min(len(tokens), at + _LONGEST_NAME)
            first = max(at + 1, self._first_of_the_rest(tokens)) if child.is_last and not tail else at + 1
            for end in range(first, last + 1):
                if self._may_follow(child, tail, standing, end):
                    yield end, child, (slot, "", at, end), explained, passed_over, parts + 1, False, tail, since

    def _may_follow(self, state: State, tail: Phrase, standing: Standing, at: int) -> bool:
        """Whether what stands at `at` leads on from `state`."""
        tokens = standing.tokens
        if at == len(tokens) or tokens[at] in self._weightless or tokens[at] in tail:
            return True
        return any(label.name in state.labels for label in self._at(standing, at)[0])

    def _first_of_the_rest(self, tokens: Sequence[str]) -> int:
        """Return from where on `tokens` need no explanation."""
        start = len(tokens)
        while start and tokens[start - 1] in self._weightless:
            start -= 1
        return start

    def _at(self, standing: Standing, at: int) -> Here:
        found = standing.found.get(at)
        if found is None:
            found = standing.found[at] = self._labels.at(standing.tokens, at)
        return found

    def _length(self, phrase: Phrase, tokens: Sequence[str], index: int) -> int:
        """Return how many tokens from `index` on say `phrase`, stop words between them included; 0 when they do not."""
        at = index
        for word in phrase:
            while at < len(tokens) and tokens[at] != word and at > index and tokens[at] in self._stop:
                at += 1
            if at == len(tokens) or tokens[at] != word:
                return 0
            at += 1
        return at - index


def _is_whole(step: _Step) -> bool:
    _, state, (slot, *_), _, _, parts, skipped, tail, _ = step
    if tail or not state.ends:
        return False
    if skipped and slot in OPEN.values():
        return False  # the last words belong to the free text
    return parts > 1 or slot is not None
