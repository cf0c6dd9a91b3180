"""Templates of what people say: `[please] (turn|switch) off <screen>`, `set a timer for {seconds}`.

A template is words, with parts that may be missing in `[ ]`, alternatives in `( | )`, slots in `{ }` and concepts in
`< >`.  `forms_of` writes them out; a concept stays a concept, so that its many words do not multiply the forms.
"""

import itertools
import re
from collections.abc import Callable, Sequence

LONGEST = 400
"""Characters of a template."""
MOST_FORMS = 500
"""Forms of one template."""

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
    parts = _PART.findall(template)
    forms, rest = _alternatives(parts, words_of, "")
    if rest:
        raise ValueError(f'"{rest[0]}" closes nothing')
    return tuple(dict.fromkeys(form for form in forms if form))


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
