"""`etoile chat`: from a pipe, and at a real terminal."""

import io
import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from etoile.cli.console import Console
from etoile.cli.view import View
from tests.cli.terminal import Terminal, posix
from tests.cli.test_cli import Line, etoile, node
from tests.llm.fake_node import FakeNode, Script
from tests.waiting import wait_until

__all__ = ["etoile", "node"]


@pytest.fixture
def lines(etoile: Line, monkeypatch: pytest.MonkeyPatch) -> Line:
    """Give a command line whose stdin is no terminal."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    return etoile


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_a_request_a_line(lines: Line, node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "why is the sky blue?", "", "what time is it")
    assert lines("chat") == 0
    first, second = lines.out.splitlines()
    assert first == "The sky is blue."
    assert second.startswith("It is")
    assert ">" not in lines.out + lines.err


def test_json_is_a_line_an_outcome(lines: Line, node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "why is the sky blue?", "quelle heure est-il")
    assert lines("chat", "--json") == 0
    asked, ran = lines.lines
    assert (asked["decision"], asked["answer"], asked["attribution"][0]["node"]) == ("route", "The sky is blue.", "M1")
    assert (ran["decision"], ran["command"]) == ("run", "time.now")


def sent(node: FakeNode) -> list[list[str]]:
    """Return what was sent with each request: the texts of its messages."""
    return [[message["content"] for message in chat.body["messages"]] for chat in node.chats]


def test_what_was_said_is_known_to_the_next_request(
    lines: Line, node: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(
        monkeypatch,
        "why is the sky blue?",
        "why is it red in the evening?",
        "/new",
        "why is grass green?",
        "new conversation",
        "what is the capital of France?",
    )
    assert lines("chat") == 0
    assert sent(node) == [
        ["why is the sky blue?"],
        ["why is the sky blue?", "The sky is blue.", "why is it red in the evening?"],
        ["why is grass green?"],
        ["what is the capital of France?"],
    ]
    assert lines.err.count("A new conversation.") == 1
    assert "A new conversation." in lines.out


def test_quit_leaves(lines: Line, node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "/quit", "why is the sky blue?")
    assert lines("chat") == 0
    assert sent(node) == []


def test_only_the_named_nodes_are_asked(lines: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeNode(Script(answer="one")) as one, FakeNode(Script(answer="two")) as two:
        named = [f'[[nodes]]\nname = "M{number}"\nurl = "{it.url}"\n' for number, it in ((1, one), (2, two))]
        lines.settings.write_text("[routing]\ndiscover = false\n" + "".join(named))
        typed(monkeypatch, "why is the sky blue?")
        assert lines("chat", "--nodes", "M2") == 0
        assert lines.out == "two\n"
        typed(monkeypatch, "why is grass green?")
        assert lines("chat", "--nodes", "M2,M3") == 3
        assert 'no node called "M3"' in lines.err


def test_no_name_is_told(lines: Line) -> None:
    assert lines("chat", "--nodes", ",") == 2
    assert "--nodes M1,M2" in lines.err


def test_where_nobody_can_confirm_nothing_is_done(lines: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "empty the trash", "yes")
    assert lines("chat") != 0
    assert "nobody is there to confirm it" in lines.err


@pytest.fixture
def slow() -> Iterator[FakeNode]:
    """Give a node that stops in the middle of its first answer."""
    with FakeNode(Script(answer="one two three four", hang_after=2)) as node:
        yield node


def chat(tmp_path: Path, node: FakeNode, *arguments: str, history: bool = False) -> Terminal:
    settings = tmp_path / "config.toml"
    settings.write_text(
        f'[[nodes]]\nname = "M1"\nurl = "{node.url}"\n[routing]\ndiscover = false\n'
        f"[store]\nhistory = {str(history).lower()}\nanswers_days = 0\n"
    )
    return Terminal(tmp_path, "chat", "--language", "en", "--config", str(settings), *arguments)


@posix
def test_ctrl_c_stops_the_answer_the_chat_goes_on_and_what_destroys_is_asked(tmp_path: Path, slow: FakeNode) -> None:
    with chat(tmp_path, slow) as terminal:
        terminal.reads("> ")
        terminal.types("Why is the sky blue, M1?\n")
        terminal.reads("one")
        terminal.interrupts()
        wait_until(slow.left.is_set)
        terminal.reads("cancelled")
        terminal.reads("> ")
        slow.script.hang_after = None
        terminal.types("Why is grass green?\n")
        terminal.reads("one two three four")
        terminal.reads("> ")
        terminal.types("empty the trash\n")
        terminal.reads("anything else does nothing:")
        terminal.types("no\n")
        terminal.reads("Nothing was done.")
        terminal.reads("> ")
        terminal.types("\x04")
        assert terminal.ends() == 0


@posix
def test_a_second_ctrl_c_leaves(tmp_path: Path, slow: FakeNode) -> None:
    with chat(tmp_path, slow) as terminal:
        terminal.reads("> ")
        terminal.interrupts_until_it_ends()
        assert "Ctrl+C again, or Ctrl+D, leaves." in terminal.shown


def test_ctrl_c_at_a_question_is_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("etoile.cli.view.can_confirm", lambda: True)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(readline=interrupted))
    question = {"asked": "Shut down?", "consequence": None, "options": ["Shut down"], "by_hand": False}
    assert View(Console("en", json=False), goes_on=True).choose(question) is None
    with pytest.raises(KeyboardInterrupt):
        View(Console("en", json=False)).choose(question)


UP = "\x1b[A"


@posix
@pytest.mark.parametrize(("history", "known"), [(True, True), (False, False)])
def test_earlier_requests_come_back_where_they_are_kept(
    tmp_path: Path, slow: FakeNode, history: bool, known: bool
) -> None:
    slow.script.hang_after = None
    with chat(tmp_path, slow, history=history) as terminal:
        terminal.reads("> ")
        terminal.types("Why is grass green?\n")
        terminal.reads("four")
        terminal.reads("> ")
        terminal.types("\x04")
        assert terminal.ends() == 0
    with chat(tmp_path, slow, history=history) as terminal:
        terminal.reads("> ")
        terminal.types(f"{UP}\n/quit\n")
        assert terminal.ends() == 0
    assert len(slow.chats) == (2 if known else 1)


def test_the_signal_of_before_is_put_back(lines: Line, node: FakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGINT)
    typed(monkeypatch, "what time is it")
    assert lines("chat") == 0
    assert signal.getsignal(signal.SIGINT) is before


def proposing(command: str) -> Script:
    """Return a node that proposes `command` whenever it is asked something."""

    def answer(messages: list[dict[str, str]]) -> str:
        asked = messages[-1]["role"] == "user"
        script.calls = (("propose_command", f'{{"command": "{command}", "slots": {{}}}}'),) if asked else ()
        return "" if asked else "Try this."

    script = Script(answer=answer)
    return script


@pytest.fixture
def model(etoile: Line) -> Iterator[FakeNode]:
    """Give a node whose model may call tools."""
    with FakeNode(proposing("time.now")) as node:
        etoile.settings.write_text(
            f'[[nodes]]\nname = "M1"\nurl = "{node.url}"\ntools = ["etoile"]\n[routing]\ndiscover = false\n'
        )
        yield node


@posix
def test_what_a_model_proposes_waits_for_its_number(tmp_path: Path, etoile: Line, model: FakeNode) -> None:
    with Terminal(tmp_path, "chat", "--language", "en", "--config", str(etoile.settings)) as terminal:
        terminal.reads("> ")
        for typed, ends in (("yes", "Nothing was done."), ("1", "It is ")):
            terminal.types("my GPU is somehow strange, M1?\n")
            terminal.reads("M1 proposes:")
            terminal.reads("[time.now]")
            terminal.reads("anything else does nothing:")
            terminal.types(f"{typed}\n")
            terminal.reads(ends)
            terminal.reads("> ")


def test_where_nobody_is_there_a_proposal_is_only_told(
    lines: Line, model: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "my GPU is somehow strange, M1?")
    assert lines("chat") == 0
    assert lines.out == "Try this.\n"
    assert "[time.now]" in lines.err
    assert "Nobody is there to decide" in lines.err
