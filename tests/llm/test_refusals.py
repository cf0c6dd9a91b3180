"""How reasoning is asked for, and what happens when a server does not take a field."""

from dataclasses import replace
from typing import Any

import pytest

from etoile.errors import NodeRejected
from etoile.llm.completion import completed
from etoile.llm.records import Dialect
from tests.llm.fake_node import FakeNode, Script
from tests.llm.talk import QUESTION, chat, speak


def test_ollama_is_asked_not_to_think_unless_it_refuses_to_hear_of_it() -> None:
    async def twice(dialect: Dialect) -> None:
        for _ in range(2):
            assert [record async for record in dialect.chat("tiny", QUESTION)]

    with FakeNode(Script(dialect="ollama")) as node:
        speak(node, twice)
        assert [chat.body.get("think") for chat in node.chats] == [False, False]
    with FakeNode(Script(dialect="ollama", refuses={"think": '"tiny" does not support thinking'})) as node:
        speak(node, twice)
        assert [chat.body.get("think") for chat in node.chats] == [False, None, None]


OFF, ON = {"chat_template_kwargs": {"enable_thinking": False}}, {"chat_template_kwargs": {"enable_thinking": True}}


@pytest.mark.parametrize(
    ("dialect", "think", "sent"),
    [
        ("openai", None, {}),
        ("openai", False, OFF),
        ("openai", True, ON),
        ("ollama", None, {"think": False}),
        ("ollama", True, {"think": True}),
        ("lmstudio", False, OFF),
        ("gemini", None, {}),
        ("gemini", False, {"generationConfig": {"thinkingConfig": {"thinkingBudget": 0}}}),
        ("gemini", True, {"generationConfig": {"thinkingConfig": {"includeThoughts": True}}}),
        ("anthropic", False, {}),
        ("anthropic", True, {"thinking": {"type": "adaptive"}}),
    ],
)
def test_how_reasoning_is_asked_for(dialect: str, think: bool | None, sent: dict[str, Any]) -> None:
    with FakeNode(Script(dialect=dialect)) as node:
        chat(node, think=think)
        body = node.chats[0].body
    about_it = ("chat_template_kwargs", "think", "generationConfig", "thinking")
    assert {name: body[name] for name in about_it if name in body} == sent


@pytest.mark.parametrize(
    ("dialect", "refuses", "sent"),
    [
        ("openai", {"chat_template_kwargs": "Unrecognized request argument: chat_template_kwargs"}, {}),
        ("openai", {"stream_options": "stream_options: Extra inputs are not permitted"}, OFF),
        (
            "openai",
            {"max_tokens": "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."},
            OFF | {"max_completion_tokens": 50},
        ),
        ("gemini", {"thinkingConfig": "Budget 0 is invalid. This model only works in thinking mode."}, {}),
    ],
)
def test_what_a_server_refuses_to_hear_of_is_left_out_from_then_on(
    dialect: str, refuses: dict[str, str], sent: dict[str, Any]
) -> None:
    async def twice(dialect: Dialect) -> list[str]:
        return [(await completed(dialect.chat("tiny", QUESTION, max_tokens=50, think=False))).text for _ in range(2)]

    with FakeNode(Script(dialect=dialect, refuses=refuses)) as node:
        assert speak(node, twice) == [node.script.answer] * 2
        refused, *accepted = [chat.body for chat in node.chats]
    assert len(accepted) == 2
    assert accepted[0] == accepted[1] != refused
    for name in refuses:
        assert name in str(refused)
        assert name not in str(accepted[0])
    assert {name: accepted[0][name] for name in sent} == sent


def test_older_models_of_anthropic_are_told_how_long_to_reason() -> None:
    words = "thinking: adaptive thinking is not supported on this model"
    with FakeNode(Script(dialect="anthropic", refuses={"thinking": words})) as node:
        assert chat(node, think=True).text == node.script.answer
        assert [chat.body.get("thinking", {}).get("type") for chat in node.chats] == ["adaptive", "enabled", None]
        assert node.chats[1].body["max_tokens"] > node.chats[1].body["thinking"]["budget_tokens"]


def test_a_refusal_of_something_else_is_told_at_once(node: FakeNode) -> None:
    node.script = replace(node.script, refuses={"stream": "stream is not allowed"}, status=400, complaint="no streams")
    with pytest.raises(NodeRejected):
        chat(node)
    assert len(node.chats) == 1
