"""`etoile ask` and what was answered before: labelled, asked afresh, told by the guide when no node is there."""

import pytest

from tests.cli.test_cli import NO_DISCOVERY, Line, etoile
from tests.llm.fake_node import FakeNode, Script

__all__ = ["etoile"]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine remembers as well."""
    monkeypatch.setattr("etoile.llm.recalling.PATIENCE_S", 20.0)


def test_an_answer_from_memory_is_labelled_and_asked_afresh_when_that_is_wanted(etoile: Line) -> None:
    with FakeNode(Script(answer="Paris.")) as node:
        etoile.settings.write_text(f'{NO_DISCOVERY}[[nodes]]\nname = "M1"\nurl = "{node.url}"\n')
        assert etoile("ask", "What is the capital of France?") == 0
        assert "from memory" not in etoile.err
        assert etoile("ask", "Tell me what the capital of France is, please") == 0
        assert etoile.out == "Paris.\n"
        assert "— from memory, a moment ago · M1 · tiny" in etoile.err
        assert len(node.chats) == 1
        assert etoile("ask", "--json", "--fresh", "What is the capital of France?") == 0
        assert [line["reused_s"] for line in etoile.lines] == [None]
        assert len(node.chats) == 2


def test_where_no_history_is_kept_nothing_is_remembered(etoile: Line) -> None:
    with FakeNode(Script(answer="Paris.")) as node:
        kept = "[store]\nhistory = false\n"
        etoile.settings.write_text(f'{NO_DISCOVERY}{kept}[[nodes]]\nname = "M1"\nurl = "{node.url}"\n')
        for _ in range(2):
            assert etoile("ask", "What is the capital of France?") == 0
        assert len(node.chats) == 2


def test_with_every_node_down_the_guide_tells_what_the_history_holds(etoile: Line) -> None:
    with FakeNode(Script(answer="Three minutes.")) as node:
        etoile.settings.write_text(f'{NO_DISCOVERY}[[nodes]]\nname = "M1"\nurl = "{node.url}"\n')
        assert etoile("ask", "How long must my eggs boil in water?") == 0
    assert etoile("ask", "How long do eggs boil in hot water") == 0
    assert "no language model: none of your nodes could answer (M1)" in etoile.out
    assert "> Three minutes." in etoile.out
    assert "— guide" in etoile.err
    assert etoile("ask", "Why does the ocean taste of salt") == 3
