"""`etoile ask` with a plan: units on the terminal and in JSON, and what is told when the plan is wrong."""

from collections.abc import Iterator

import pytest

from tests.cli.test_cli import NO_DISCOVERY, Line, etoile
from tests.llm.fake_node import FakeNode, Script

__all__ = ["etoile"]


def answer(messages: list[dict[str, str]]) -> str:
    """Return code, reviews, opinions, or what they come to."""
    told = messages[-1]["content"]
    if told.startswith("Review what"):
        return '{"score": 0.9, "summary": "It runs."}'
    return "Both say so." if told.startswith("Several assistants") else "Conclusion: yes."


@pytest.fixture
def nodes(etoile: Line) -> Iterator[tuple[FakeNode, FakeNode]]:
    """Give two nodes that the settings name."""
    with FakeNode(Script(answer=answer)) as one, FakeNode(Script(answer=answer)) as two:
        named = [f'[[nodes]]\nname = "M{number}"\nurl = "{node.url}"\n' for number, node in ((1, one), (2, two))]
        etoile.settings.write_text(NO_DISCOVERY + "".join(named))
        yield one, two


def test_code_is_reviewed_by_the_other_node(etoile: Line, nodes: tuple[FakeNode, FakeNode]) -> None:
    assert etoile("ask", "--json", "write", "a", "Python", "function", "that", "sorts", "a", "list") == 0
    [line] = etoile.lines
    assert (line["kind"], line["score"]) == ("code", 0.9)
    assert [(unit["id"], unit["role"], unit["status"], unit["score"]) for unit in line["units"]] == [
        ("write", "code", "done", 0.9),
        ("review", "review", "done", None),
    ]
    assert {unit["target"] for unit in line["units"]} == {"M1", "M2"}


def test_steps_are_told_beside_the_answer(etoile: Line, nodes: tuple[FakeNode, FakeNode]) -> None:
    assert etoile("ask", "--consensus", "Is", "it", "so?") == 0
    assert etoile.out == "Both say so.\n"
    assert "Answer · M1 · running" in etoile.err
    assert "Answer · M2 · done" in etoile.err
    assert "By their words, all agree: M1, M2." in etoile.err


def test_a_consensus_can_be_said(etoile: Line, nodes: tuple[FakeNode, FakeNode]) -> None:
    assert etoile("ask", "--json", "ask all the models which database is best for logs") == 0
    [line] = etoile.lines
    assert (line["command"], line["answer"], line["score"]) == ("consensus.run", "Both say so.", 1.0)


def test_a_plan_that_there_is_not_is_told(etoile: Line, nodes: tuple[FakeNode, FakeNode]) -> None:
    assert etoile("ask", "--plan", "nope", "x") != 0
    assert 'There is no plan called "nope".' in etoile.err
    assert "Plans: archi, code, consensus, trading, web." in etoile.err


def test_a_plan_and_a_node_do_not_go_together(etoile: Line) -> None:
    assert etoile("ask", "--plan", "code", "--node", "M1", "x") == 2
    assert "--plan" in etoile.err
