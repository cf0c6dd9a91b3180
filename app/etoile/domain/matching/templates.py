"""Templates of what people say: `[please] (turn|switch) off <screen>`, `set a timer for {seconds}`.

A template is words, with parts that may be missing in `[ ]`, alternatives in `( | )`, slots in `{ }` and concepts in
`< >`.  With a `~` in front its parts may come in any order: `~ <mute> <sound>`.  `forms_of` writes them out; a concept
stays a concept, so that its many words do not multiply the forms.  `phrases_of` writes the concepts out as well.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

LONGEST = 800
"""Characters of a template."""
MOST_FORMS = 2000
"""Forms of one template."""
_ANY_ORDER = "~"
_MOST_MOVED = 5
"""Parts that may come in any order."""

Form = tuple[str, ...]
"""The parts of a form in order: words, `<concept>`, `{slot}`."""

_PART = re.compile(r"[\[\]()|]|\{[a-z_]+\}|<[a-z_]+>|[^\[\]()|{}<>]+|.", re.DOTALL)
_CLOSING = {"[": "]", "(": ")"}


def forms_of(template: str, words_of: Callable[[str], Form]) -> tuple[Form, ...]:
    """Return every form of `template`; `words_of` tells the words of a piece of text.

    Raises ValueError, which says what is wrong with the template.
    """
    if len(template) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters")
    in_any_order = template.lstrip().startswith(_ANY_ORDER)
    parts = _PART.findall(template.lstrip()[1:] if in_any_order else template)
    forms, rest = _alternatives(parts, words_of, "")
    if rest:
        raise ValueError(f'"{rest[0]}" closes nothing')
    if in_any_order:
        forms = [moved for form in forms for moved in _orders(form)]
        if len(forms) > MOST_FORMS:
            raise ValueError(f"more than {MOST_FORMS} forms")
    return tuple(dict.fromkeys(form for form in forms if form))


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


def _orders(form: Form) -> Iterator[Form]:
    """Return `form` with its slots, concepts and runs of words in every order."""
    runs = [tuple(run) for _, run in itertools.groupby(form, key=lambda part: part if part[0] in "{<" else "")]
    if len(runs) > _MOST_MOVED:
        raise ValueError(f"more than {_MOST_MOVED} parts in any order")
    for order in itertools.permutations(runs):
        yield tuple(itertools.chain.from_iterable(order))


def _alternatives(
    parts: Sequence[str], words_of: Callable[[str], Form], closing: str
) -> tuple[list[Form], Sequence[str]]:
    """Return the forms of `a | b | c` up to `closing`, and the parts after it."""
    forms: list[Form] = []
    while True:
        branch, parts = _sequence(parts, words_of)
        forms += branch
        if len(forms) > MOST_FORMS:
            raise ValueError(f"more than {MOST_FORMS} forms")
        if not parts or parts[0] != "|":
            break
        parts = parts[1:]
    if not closing:
        return forms, parts
    if not parts or parts[0] != closing:
        raise ValueError(f'"{closing}" is missing')
    return forms, parts[1:]


def _sequence(parts: Sequence[str], words_of: Callable[[str], Form]) -> tuple[list[Form], Sequence[str]]:
    """Return the forms of what stands side by side, and the parts after it."""
    forms: list[Form] = [()]
    while parts and parts[0] not in ("]", ")", "|"):
        part = parts[0]
        if part in _CLOSING:
            inner, parts = _alternatives(parts[1:], words_of, _CLOSING[part])
            choices = [*inner, ()] if part == "[" else inner
        else:
            parts = parts[1:]
            choices = [_atom(part, words_of)]
        forms = [before + choice for before, choice in itertools.product(forms, dict.fromkeys(choices))]
        if len(forms) > MOST_FORMS:
            raise ValueError(f"more than {MOST_FORMS} forms")
    return forms, parts


def _atom(part: str, words_of: Callable[[str], Form]) -> Form:
    if part[0] in "{<":
        if len(part) == 1:
            raise ValueError(f'"{part}" begins neither a slot nor a concept')
        return (part,)
    if part in ("}", ">"):
        raise ValueError(f'"{part}" closes nothing')
    return words_of(part)
