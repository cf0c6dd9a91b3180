"""Templates of what people say: `[please] (turn|switch) off <screen>`, `set a timer for {seconds}`.

A template is words, with parts that may be missing in `[ ]`, alternatives in `( | )`, slots in `{ }` and concepts in
`< >`.  With a `~` in front its parts may come in any order: `~ <mute> <sound>`.  `parsed` reads one, `forms_of` writes
it out; a concept stays a concept, so that its many words do not multiply the forms.  `phrases_of` writes the concepts
out as well.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Union

LONGEST = 800
"""Characters of a template."""
MOST_FORMS = 2000
"""Forms of one template."""
_ANY_ORDER = "~"
_MOST_MOVED = 5
"""Parts that may come in any order."""

Form = tuple[str, ...]
"""The parts of a form in order: words, `<concept>`, `{slot}`."""

Branch = tuple[Union[str, "Choice"], ...]
"""What stands side by side: parts of forms, and places with a choice."""


class Choice(NamedTuple):
    """A template, or a place in one where one of several branches is said."""

    branches: tuple[Branch, ...]
    size: int
    """How many forms it has, at the most."""

    def parts(self) -> Iterator[str]:
        """Return every part that stands anywhere in it."""
        for branch in self.branches:
            for part in branch:
                if isinstance(part, str):
                    yield part
                else:
                    yield from part.parts()

    def starts(self) -> Iterator[str]:
        """Return what its forms may begin with; "" where nothing need be said."""
        for branch in self.branches:
            yield from _starts(branch)

    def forms(self) -> Iterator[Form]:
        """Return its forms; some may come twice, and one may be empty."""
        for branch in self.branches:
            choices = [((part,),) if isinstance(part, str) else tuple(part.forms()) for part in branch]
            for chosen in itertools.product(*choices):
                yield tuple(itertools.chain.from_iterable(chosen))

    def examples(self) -> Iterator[Form]:
        """Return forms in which each of its parts stands at least once, far fewer than all."""
        for branch in self.branches:
            choices = [((part,),) if isinstance(part, str) else tuple(part.examples()) for part in branch]
            for index in range(max(map(len, choices), default=1)):
                yield tuple(itertools.chain.from_iterable(forms[index % len(forms)] for forms in choices))

    def slots(self) -> set[Form]:
        """Return the slots of its forms, in the order of their names."""
        return {tuple(sorted(slots)) for branch in self.branches for slots in _slots(branch)}


_PART = re.compile(r"[\[\]()|]|\{[a-z_]+\}|<[a-z_]+>|[^\[\]()|{}<>]+|.", re.DOTALL)
_CLOSING = {"[": "]", "(": ")"}


def parsed(template: str, words_of: Callable[[str], Form]) -> Choice:
    """Return what `template` says; `words_of` tells the words of a piece of text.

    Raises ValueError, which says what is wrong with the template.
    """
    if len(template) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters")
    in_any_order = template.lstrip().startswith(_ANY_ORDER)
    parts = _PART.findall(template.lstrip()[1:] if in_any_order else template)
    choice, end = _alternatives(parts, 0, words_of, "")
    if end < len(parts):
        raise ValueError(f'"{parts[end]}" closes nothing')
    return _in_any_order(choice) if in_any_order else choice


def forms_of(template: str, words_of: Callable[[str], Form]) -> tuple[Form, ...]:
    """Return every form of `template`.  Raises ValueError as `parsed` does."""
    return tuple(dict.fromkeys(form for form in parsed(template, words_of).forms() if form))


def phrases_of(
    template: str, words_of: Callable[[str], Form], concept: Callable[[str], Sequence[Form]]
) -> tuple[Form, ...]:
    """Return every phrase of `template`, in which no slot may stand; `concept` tells the phrases of a concept.

    Raises ValueError, which says what is wrong with the template.
    """
    phrases: dict[Form, None] = {}
    for form in forms_of(template, words_of):
        if any(part[0] == "{" for part in form):
            raise ValueError("a slot stands in it")
        choices = [concept(part[1:-1]) if part[0] == "<" else ((part,),) for part in form]
        for chosen in itertools.product(*choices):
            phrases[tuple(itertools.chain.from_iterable(chosen))] = None
            if len(phrases) > MOST_FORMS:
                raise ValueError(f"more than {MOST_FORMS} forms")
    return tuple(phrases)


def _starts(branch: Branch) -> Iterator[str]:
    for part in branch:
        if isinstance(part, str):
            yield part
            return
        found = set(part.starts())
        yield from found - {""}
        if "" not in found:
            return
    yield ""


def _slots(branch: Branch) -> set[Form]:
    found: set[Form] = {()}
    for part in branch:
        slots = part.slots() if not isinstance(part, str) else {(part,)} if part[0] == "{" else {()}
        found = {before + chosen for before in found for chosen in slots}
    return found


def _in_any_order(choice: Choice) -> Choice:
    branches = tuple(dict.fromkeys(moved for form in choice.forms() if form for moved in _orders(form)))
    return _counted(branches, len(branches))


def _counted(branches: tuple[Branch, ...], count: int) -> Choice:
    if count > MOST_FORMS:
        raise ValueError(f"more than {MOST_FORMS} forms")
    return Choice(branches, count)


def _orders(form: Form) -> Iterator[Form]:
    """Return `form` with its slots, concepts and runs of words in every order."""
    runs = [tuple(run) for _, run in itertools.groupby(form, key=lambda part: part if part[0] in "{<" else "")]
    if len(runs) > _MOST_MOVED:
        raise ValueError(f"more than {_MOST_MOVED} parts in any order")
    for order in itertools.permutations(runs):
        yield tuple(itertools.chain.from_iterable(order))


def _alternatives(parts: Sequence[str], at: int, words_of: Callable[[str], Form], closing: str) -> tuple[Choice, int]:
    """Return the choice of `a | b | c` from `at` on up to `closing`, and where it ends."""
    branches: dict[Branch, None] = {}
    count = 0
    while True:
        branch, of_branch, at = _side_by_side(parts, at, words_of)
        count += of_branch if branch not in branches else 0
        branches[branch] = None
        if at == len(parts) or parts[at] != "|":
            break
        at += 1
    choice = _counted(tuple(branches), count)
    if not closing:
        return choice, at
    if at == len(parts) or parts[at] != closing:
        raise ValueError(f'"{closing}" is missing')
    return choice, at + 1


def _side_by_side(parts: Sequence[str], at: int, words_of: Callable[[str], Form]) -> tuple[Branch, int, int]:
    """Return what stands side by side from `at` on, how many forms that has, and where it ends."""
    branch: list[str | Choice] = []
    count = 1
    while at < len(parts) and (part := parts[at]) not in "])|":
        at += 1
        if part not in _CLOSING:
            branch += _atom(part, words_of)
            continue
        inner, at = _alternatives(parts, at, words_of, _CLOSING[part])
        if part == "[" and () not in inner.branches:
            inner = Choice((*inner.branches, ()), inner.size + 1)
        branch.append(inner)
        count *= inner.size
        if count > MOST_FORMS:
            raise ValueError(f"more than {MOST_FORMS} forms")
    return tuple(branch), count, at


def _atom(part: str, words_of: Callable[[str], Form]) -> Form:
    if part[0] in "{<":
        if len(part) == 1:
            raise ValueError(f'"{part}" begins neither a slot nor a concept')
        return (part,)
    if part in ("}", ">"):
        raise ValueError(f'"{part}" closes nothing')
    return words_of(part)
