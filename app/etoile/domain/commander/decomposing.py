"""A request that asks for several things, one after the other: "compare A and B, then write the faster one".

Rules come first: a word that means "then", and on both sides of it a kind that the classifier is sure of.  Only where
there is such a word and a part stays unclear does a node look at it, as strict JSON; whatever is not exactly that makes
the request one unit, as it would have been.  Without such a word, or with one node, nothing is asked: a node answers a
request of several parts in one go, and sees the whole.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from etoile.domain.commander.cutting import Part
from etoile.domain.commander.graph import cycle_in
from etoile.domain.commander.objects import objects_in
from etoile.domain.tasks.kinds import Classification, TaskKind

MOST_PARTS: Final = 4
LONGEST_REQUEST: Final = 1200
"""Characters: what is longer holds pasted text, in which "then" means nothing."""

_SHORTEST_PART: Final = 2
_LONGEST_PART: Final = 1000
_THEN = re.compile(
    r"""
    \s*(?: [,;.]\s*(?:and\s+|et\s+)? | \s(?:and|et)\s )?
    \b(?:then|after\s+that|afterwards|puis|ensuite|après\s+(?:cela|ça)|apres\s+(?:cela|ca))\b[\s,:]*
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CONDITION = re.compile(r"\b(?:if|when|since|si|quand|lorsque|else|sinon)\b", re.IGNORECASE)

INSTRUCTION: Final = (
    "Cut the request below into the separate tasks it asks for, at most four, in their order. Do not do them. Reply "
    'with one JSON object and nothing else: {"tasks": [{"id": "a", "task": "what is to be done, in the words of the '
    'request", "kind": "code | analyse | trading | systeme | web | simple", "after": ["ids of the tasks whose result '
    'it needs"]}]}. If it asks for one thing, return one task.'
)
PARTS_TOKENS: Final = 600
"""The most that the reply may be."""


def parts_by_rule(text: str, classify: Callable[[str], Classification]) -> tuple[Part, ...] | None:
    """Return the parts of `text`, each after the one before; empty where it is one, None where a node would know.

    It is several only where kinds differ: what one node is best at needs no cutting.
    """
    clauses = _clauses(text)
    if len(clauses) < 2:
        return ()
    found = [classify(clause) for clause in clauses]
    if any(one.second_opinion for one in found):
        return None
    kinds = [one.kind for one in found]
    if len(set(kinds)) < 2 or TaskKind.SIMPLE in kinds or TaskKind.SYSTEME in kinds:
        return ()
    ids = [f"part {number}" for number in range(1, len(clauses) + 1)]
    return tuple(
        Part(id=own, text=clause, kind=kind, after=tuple(ids[:at]))
        for at, (own, clause, kind) in enumerate(zip(ids, clauses, kinds, strict=True))
    )


def parts_in(reply: str) -> tuple[Part, ...]:
    """Return the parts that a node cut a request into; empty where its reply is not exactly what it was asked for."""
    table = next(objects_in(reply), {})
    tasks = table.get("tasks")
    if not isinstance(tasks, list) or not 2 <= len(tasks) <= MOST_PARTS:
        return ()
    parts = tuple(_part(task) for task in tasks)
    if any(part is None for part in parts):
        return ()
    whole = tuple(part for part in parts if part is not None)
    return whole if _fit(whole) else ()


def _clauses(text: str) -> list[str]:
    if len(text) > LONGEST_REQUEST or "```" in text or _CONDITION.search(text):
        return []
    clauses = [clause.strip(" ,;.\n") for clause in _THEN.split(text)]
    long_enough = all(len(clause.split()) >= _SHORTEST_PART for clause in clauses)
    return clauses if long_enough and len(clauses) <= MOST_PARTS else []


def _part(task: Any) -> Part | None:
    match task:
        case {"id": str(own), "task": str(text), "kind": str(kind), **rest}:
            after = rest.get("after", [])
            right = own and len(own) <= 40 and text.strip() and len(text) <= _LONGEST_PART and kind in tuple(TaskKind)
            if right and isinstance(after, list) and all(isinstance(one, str) for one in after):
                return Part(id=f"part {own}", text=text.strip(), kind=kind, after=tuple(f"part {one}" for one in after))
    return None


def _fit(parts: Iterable[Part]) -> bool:
    after = {part.id: part.after for part in parts}
    known = all(other in after for others in after.values() for other in others)
    return known and len(after) == len(tuple(parts)) and not cycle_in(after)
