"""Requests that ask for several things, and those that only look so."""

import json

import pytest

from etoile.domain.commander.cutting import units_of_parts
from etoile.domain.commander.decomposing import parts_by_rule, parts_in
from etoile.domain.tasks.classifier import classify
from etoile.domain.tasks.kinds import Classification, TaskKind
from etoile.domain.tasks.kinds import Classification as Known
from etoile.task_kinds import shipped_model


def by_model(text: str) -> Classification:
    """Return the kind of `text` by the shipped model."""
    return classify(text, shipped_model())


def sure(text: str) -> Classification:
    """Return a kind by a word in `text`, always sure."""
    word = next((kind for kind in TaskKind if kind in text.lower()), TaskKind.SIMPLE)
    return Known(word, 1.0, "rules")


def unsure(text: str) -> Classification:
    """Return a kind that nobody is sure of."""
    return Known(TaskKind.ANALYSE, 0.3, "model", second_opinion=True)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("analyse A and B, then code the faster one", ["analyse A and B", "code the faster one"]),
        ("analyse A et B puis code le plus rapide", ["analyse A et B", "code le plus rapide"]),
        ("Analyse this design. After that, code it", ["Analyse this design", "code it"]),
        ("analyse ceci, et ensuite code cela", ["analyse ceci", "code cela"]),
    ],
)
def test_a_word_for_then_between_two_kinds_cuts(text: str, clauses: list[str]) -> None:
    parts = parts_by_rule(text, sure)
    assert parts is not None
    assert [part.text for part in parts] == clauses
    assert [part.after for part in parts] == [(), ("part 1",)]


@pytest.mark.parametrize(
    "text",
    [
        "code a parser",
        "code a parser, then code its tests",
        "analyse it if A is larger, then code B",
        "Explique la différence entre then et puis",
        "then code",
        "hello there, then code a parser",
        "analyse this:\n```\nif x then code y\n```\nthen code z",
        "analyse this " + "word " * 400 + "then code it",
        "analyse a b, then code c d, then analyse e f, then code g h, then analyse i j",
    ],
)
def test_what_is_one_thing_stays_one(text: str) -> None:
    assert parts_by_rule(text, sure) == ()


def test_where_a_part_is_unclear_a_node_would_know() -> None:
    assert parts_by_rule("weigh this and that, then make it so", unsure) is None


def test_the_shipped_model_cuts_what_a_user_would_say() -> None:
    said = "Compare SQLite and PostgreSQL for a logging service, then write the Python code that inserts a log line"
    parts = parts_by_rule(said, by_model)
    assert parts
    assert [part.kind for part in parts] == ["analyse", "code"]


def reply(*tasks: object) -> str:
    """Return what a node replies."""
    return f"Sure!\n```json\n{json.dumps({'tasks': tasks})}\n```"


A = {"id": "a", "task": "Compare them.", "kind": "analyse", "after": []}
B = {"id": "b", "task": "Write it.", "kind": "code", "after": ["a"]}


def test_a_reply_in_json_is_taken() -> None:
    first, second = parts_in(reply(A, B))
    assert (first.text, first.kind, first.after) == ("Compare them.", "analyse", ())
    assert (second.id, second.kind, second.after) == ("part b", "code", ("part a",))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I cannot do that.",
        "{}",
        '{"tasks": {}}',
        reply(A),
        reply(A, A),
        reply(A, {**B, "after": ["z"]}),
        reply({**A, "after": ["b"]}, B),
        reply(A, {**B, "kind": "shell"}),
        reply(A, {**B, "task": ""}),
        reply(A, {**B, "task": "x" * 2000}),
        reply(A, {**B, "id": 3}),
        reply(A, {**B, "after": "a"}),
        reply(A, "b"),
        reply(*({**A, "id": str(number)} for number in range(5))),
    ],
)
def test_anything_else_leaves_the_request_whole(text: str) -> None:
    assert parts_in(text) == ()


def test_all_parts_are_shown_and_code_at_the_end_is_reviewed() -> None:
    first, second, review = units_of_parts(parts_in(reply(A, B)))
    assert (first.role, second.role, review.role) == ("analyse", "code", "review")
    assert first.shown
    assert second.shown
    assert not review.shown
    assert review.reviews == second.id
