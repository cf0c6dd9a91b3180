"""Models that call tools: what they read, what they propose, and what they are never given."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from etoile.config import Routing
from etoile.domain.effects import Ask
from etoile.domain.events import AnswerEnded, AnswerStarted, Failed, Proposed
from etoile.domain.exchange import Exchange
from etoile.llm.tools import help_with, without_calls
from tests.llm.fake_node import FakeNode, Script
from tests.llm.scene import Scene, scene, settings

PATIENT = Routing(first_token_s=20.0, between_tokens_s=20.0, discover=False)
Call = tuple[str, Mapping[str, Any]]


class FakeTools:
    """Tells where it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, name: str, arguments: Mapping[str, Any], language: str) -> str:
        self.asked.append(name)
        return json.dumps({"data": f"{name} says 61 C"})

    @property
    def values(self) -> Callable[[], Mapping[str, Sequence[str]]]:
        return lambda: {"app": ("Firefox",)}


def caller(*rounds: Sequence[Call], dialect: str = "openai") -> Script:
    """Return a node that makes the calls of each round, and then answers; it calls nothing that it was not given."""
    left = list(rounds)

    def answer(messages: list[dict[str, str]]) -> str:
        calls = left.pop(0) if left else ()
        script.calls = tuple((name, json.dumps(arguments)) for name, arguments in calls)
        return "Let me see." if calls else "It is 61 °C."

    script = Script(answer=answer, dialect=dialect)
    return script


def run(play: Scene, text: str = "How hot is my GPU?", kind: str = "systeme", turn: int = 1) -> Scene:
    play.router.ask(Ask(turn, text, "en", kind=kind))
    play.wait_for(lambda: play.of(AnswerEnded, turn) or play.of(Failed, turn))
    return play


@pytest.mark.parametrize("dialect", ["openai", "ollama", "lmstudio", "gemini", "anthropic"])
def test_what_is_read_goes_back_as_data_and_the_answer_is_one(dialect: str) -> None:
    with (
        FakeNode(caller([("gpu_state", {})], dialect=dialect)) as node,
        scene(settings("M1", node, tools=("etoile",)), routing=PATIENT, tools=FakeTools()) as play,
    ):
        run(play)
        assert play.failure() == ""
        assert play.answer() == "Let me see.\n\nIt is 61 °C."
        assert len(play.of(AnswerStarted)) == 1
        assert len(play.of(AnswerEnded)) == 1
        assert len(node.chats) == 2
        assert "gpu_state says 61 C" in json.dumps(node.chats[1].body, ensure_ascii=False).replace("\\", "")


def test_a_proposal_is_published_and_no_more() -> None:
    proposal = {"command": "audio.volume.set", "slots": {"level": 40}}
    with (
        FakeNode(caller([("propose_command", proposal)])) as node,
        scene(settings("M1", node, tools=("etoile",)), routing=PATIENT, tools=FakeTools()) as play,
    ):
        run(play)
        assert play.of(Proposed) == [Proposed(1, "audio.volume.set", {"level": 40}, "M1")]
        assert "has not been carried out" in node.chats[1].body["messages"][-1]["content"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"command": "rm -rf /", "slots": {}},
        {"command": "audio.volume.set", "slots": {"level": 400}},
        {"command": "app.open", "slots": {"app": "/bin/sh"}},
        {"command": "skills.run", "slots": {"skill": "night"}},
        {},
    ],
)
def test_a_wrong_proposal_is_refused_and_the_model_told(arguments: Mapping[str, Any]) -> None:
    with (
        FakeNode(caller([("propose_command", arguments)])) as node,
        scene(settings("M1", node, tools=("etoile",)), routing=PATIENT, tools=FakeTools()) as play,
    ):
        run(play)
        assert play.of(Proposed) == []
        assert "Not proposed" in node.chats[1].body["messages"][-1]["content"]
        assert play.answer().endswith("It is 61 °C.")


def test_garbage_and_unknown_tools_are_told_the_model() -> None:
    script = caller([("run_shell", {"command": "id"})])
    tools = FakeTools()
    with (
        FakeNode(script) as node,
        scene(settings("M1", node, tools=("etoile",)), routing=PATIENT, tools=tools) as play,
    ):
        run(play)
        assert play.of(Proposed) == []
        assert play.answer().endswith("It is 61 °C.")


def test_who_calls_without_end_has_to_answer() -> None:
    script = Script(answer="Again.", calls=(("gpu_state", "{}"),))
    with (
        FakeNode(script) as node,
        scene(settings("M1", node, tools=("etoile",)), routing=PATIENT, tools=FakeTools()) as play,
    ):
        run(play)
        assert len(node.chats) == 4
        assert "tools" not in node.chats[-1].body
        assert len(play.of(AnswerEnded)) == 1


def test_simple_questions_and_nodes_that_declare_nothing_pay_nothing() -> None:
    with (
        FakeNode(Script(answer="Blue.")) as node,
        scene(settings("M1", node, tools=("etoile",)), routing=PATIENT, tools=FakeTools()) as play,
    ):
        run(play, "Why is the sky blue?", "simple")
    with (
        FakeNode(Script(answer="Warm.")) as plain,
        scene(settings("M1", plain), routing=PATIENT, tools=FakeTools()) as play,
    ):
        run(play)
    for chat in (*node.chats, *plain.chats):
        assert "tools" not in chat.body
        assert [message["role"] for message in chat.body["messages"]] == ["user"]


def test_a_server_that_takes_no_tools_is_asked_without() -> None:
    script = Script(answer="Warm.", refuses={"tools": "this model does not support tools"})
    with (
        FakeNode(script) as node,
        scene(settings("M1", node, tools=("etoile",)), routing=PATIENT, tools=FakeTools()) as play,
    ):
        run(play)
        assert (play.answer(), play.failure()) == ("Warm.", "")


@pytest.mark.parametrize(("local", "allowed", "read"), [(True, False, 1), (False, False, 0), (False, True, 1)])
def test_the_history_is_for_nodes_of_this_house(local: bool, allowed: bool, read: int) -> None:
    tools = FakeTools()
    routing = Routing(
        first_token_s=20.0, between_tokens_s=20.0, discover=False, cloud=("systeme",), cloud_history=allowed
    )
    with (
        FakeNode(caller([("history", {"query": "gpu"})])) as node,
        scene(settings("M1", node, tools=("etoile",), local=local), routing=routing, tools=tools) as play,
    ):
        run(play)
        assert len(tools.asked) == read
        given = {tool["function"]["name"] for tool in node.chats[0].body["tools"]}
        assert ("history" in given) is bool(read)
        assert "gpu_state" in given


def test_what_was_read_of_the_history_goes_to_no_cloud_when_the_node_fails() -> None:
    local = caller([("history", {"query": "gpu"})])
    tools = FakeTools()
    with FakeNode(local) as near, FakeNode(Script(answer="From afar.")) as far:

        def read(name: str, arguments: Mapping[str, Any], language: str) -> str:
            local.status = 500
            return "SECRET"

        tools.read = read  # type: ignore[method-assign]
        nodes = settings("M1", near, tools=("etoile",)), settings("C1", far, tools=("etoile",), local=False)
        with scene(*nodes, routing=Routing(discover=False, cloud=("systeme",)), tools=tools) as play:
            run(play)
            assert play.failure()
        assert far.chats == []


@pytest.mark.parametrize("allowed", [False, True])
def test_what_follows_on_the_history_goes_to_no_cloud_either(allowed: bool) -> None:
    routing = Routing(
        first_token_s=20.0, between_tokens_s=20.0, discover=False, cloud=("systeme",), cloud_history=allowed
    )
    near_by = caller([("history", {"query": "gpu"})])
    with FakeNode(near_by) as near, FakeNode(Script(answer="From afar.")) as far:
        nodes = settings("M1", near, tools=("etoile",)), settings("C1", far, local=False)
        with scene(*nodes, routing=routing, tools=FakeTools()) as play:
            run(play)
            [ended] = play.of(AnswerEnded)
            assert ended.private
            before = (Exchange("How hot is my GPU?", "It is 61 °C.", number=1),)
            play.router.ask(Ask(2, "And now?", "en", before, node="C1", kind="systeme", private=ended.private))
            play.wait_for(lambda: play.of(AnswerEnded, 2) or play.of(Failed, 2))
        assert bool(far.chats) is allowed


def test_an_answer_without_the_history_is_nobodys_secret() -> None:
    with (
        FakeNode(caller([("gpu_state", {})])) as node,
        scene(settings("M1", node, tools=("etoile",)), routing=PATIENT, tools=FakeTools()) as play,
    ):
        run(play)
        assert [ended.private for ended in play.of(AnswerEnded)] == [False]


def test_another_node_goes_on_with_what_was_looked_up() -> None:
    first = caller([("gpu_state", {})])
    tools = FakeTools()
    with FakeNode(first) as one, FakeNode(Script(answer="It is warm.")) as other:

        def read(name: str, arguments: Mapping[str, Any], language: str) -> str:
            first.status = 500
            return "61 °C"

        tools.read = read  # type: ignore[method-assign]
        nodes = settings("M1", one, tools=("etoile",), weight=50), settings("M2", other)
        with scene(*nodes, routing=PATIENT, tools=tools) as play:
            run(play)
            assert play.answer().endswith("It is warm.")
        [chat] = other.chats
        assert "tools" not in chat.body
        assert "What was looked up:\n61 °C" in chat.body["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("kind", "text", "helps"),
    [
        ("systeme", "make it quieter", True),
        ("simple", "How hot is my GPU?", True),
        ("simple", "which node is the fastest", True),
        ("simple", "que font mes nœuds", True),
        ("simple", "Why is the sky blue?", False),
        ("simple", "what is a node in a graph", False),
        ("code", "write a program for my GPU", False),
    ],
)
def test_tools_are_for_what_is_about_this_computer(kind: str, text: str, helps: bool) -> None:
    assert help_with(kind, text) is helps


def test_calls_become_text() -> None:
    messages = without_calls(
        (
            {"role": "user", "content": "x"},
            {"role": "assistant", "content": "", "tool_calls": [object()]},  # type: ignore[list-item]
            {"role": "tool", "tool_call_id": "1", "content": "61"},
        )
    )
    assert [(one["role"], one["content"]) for one in messages] == [("user", "x"), ("user", "What was looked up:\n61")]
