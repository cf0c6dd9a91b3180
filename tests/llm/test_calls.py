"""Tools are called and their results sent back, in every dialect."""

import json
from dataclasses import replace
from typing import Any

import pytest

from etoile.errors import NodeUnsuited
from etoile.llm.records import ChatMessage, Tool, ToolCall
from tests.llm.fake_node import FakeNode, Script
from tests.llm.talk import QUESTION, chat

WEATHER = Tool("weather", "Tells the weather.", {"type": "object", "properties": {"city": {"type": "string"}}})
CALL = ToolCall("call_7", "weather", '{"city": "Lyon"}', "signed")
CALLED: list[ChatMessage] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Is it warm?"},
    {"role": "assistant", "content": "", "tool_calls": (CALL,)},
    {"role": "tool", "tool_call_id": "call_7", "content": "42 °C"},
]


def test_a_tool_is_called_and_its_arguments_put_together(node: FakeNode) -> None:
    node.script = replace(node.script, calls=(("weather", '{"city": "Lyon"}'), ("clock", "{}")), packet_bytes=5)
    answer = chat(node, tools=(WEATHER,))
    assert [(call.name, json.loads(call.arguments)) for call in answer.calls] == [
        ("weather", {"city": "Lyon"}),
        ("clock", {}),
    ]
    assert len({call.id for call in answer.calls}) == 2
    assert all(call.id for call in answer.calls)
    assert answer.finish_reason == "tool_calls"
    assert answer.text == node.script.answer
    assert "Tells the weather." in str(node.chats[0].body["tools"])


def test_a_call_without_arguments_or_index_is_whole() -> None:
    stream = (
        b'data: {"choices": [{"delta": {"tool_calls": [{"id": "a", "function": {"name": "one"}}]}}]}\n\n'
        b'data: {"choices": [{"delta": {"tool_calls": [{"function": {"name": "two", "arguments": "{}"}}]}}]}\n\n'
        b'data: {"choices": [{"delta": {"tool_calls": [{"index": 4, "function": {"arguments": "x"}}]}}]}\n\n'
        b"data: [DONE]\n\n"
    )
    with FakeNode(Script(body=lambda: [stream])) as node:
        first, second = chat(node).calls
    assert (first, second.name, second.arguments) == (ToolCall("a", "one", "{}"), "two", "{}")


@pytest.mark.parametrize(
    ("dialect", "sent"),
    [
        (
            "openai",
            [
                {
                    "role": "assistant",
                    "content": "",
                    "tool_calls": [
                        {
                            "id": "call_7",
                            "type": "function",
                            "function": {"name": "weather", "arguments": '{"city": "Lyon"}'},
                        }
                    ],
                },
                {"role": "tool", "tool_call_id": "call_7", "content": "42 °C"},
            ],
        ),
        (
            "ollama",
            [
                {
                    "role": "assistant",
                    "content": "",
                    "tool_calls": [{"function": {"name": "weather", "arguments": {"city": "Lyon"}}}],
                },
                {"role": "tool", "content": "42 °C", "tool_name": "weather"},
            ],
        ),
        (
            "gemini",
            [
                {
                    "role": "model",
                    "parts": [
                        {
                            "functionCall": {"name": "weather", "args": {"city": "Lyon"}, "id": "call_7"},
                            "thoughtSignature": "signed",
                        }
                    ],
                },
                {
                    "role": "user",
                    "parts": [
                        {
                            "functionResponse": {
                                "name": "weather",
                                "response": {"result": "42 °C"},
                                "id": "call_7",
                            }
                        }
                    ],
                },
            ],
        ),
        (
            "anthropic",
            [
                {
                    "role": "assistant",
                    "content": [{"type": "tool_use", "id": "call_7", "name": "weather", "input": {"city": "Lyon"}}],
                },
                {
                    "role": "user",
                    "content": [{"type": "tool_result", "tool_use_id": "call_7", "content": "42 °C"}],
                },
            ],
        ),
    ],
)
def test_the_result_of_a_tool_is_sent_back(dialect: str, sent: list[Any]) -> None:
    with FakeNode(Script(dialect=dialect)) as node:
        chat(node, CALLED, tools=(WEATHER,), think=True)
        body = node.chats[0].body
    assert (body.get("messages") or body["contents"])[-2:] == sent
    assert "thinking" not in body


def test_ids_that_were_made_up_are_not_sent_to_gemini() -> None:
    with FakeNode(Script(dialect="gemini", calls=(("weather", "{}"),))) as node:
        (call,) = chat(node).calls
        assert call.signature == "signed weather"
        chat(node, [*QUESTION, {"role": "assistant", "content": "", "tool_calls": (call,)}])
        assert node.chats[-1].body["contents"][-1]["parts"] == [
            {"functionCall": {"name": "weather", "args": {}}, "thoughtSignature": "signed weather"}
        ]


def test_a_tool_that_a_model_cannot_call_is_for_another_one() -> None:
    script = Script(dialect="ollama", refuses={"tools": '"tiny" does not support tools'})
    with FakeNode(script) as node, pytest.raises(NodeUnsuited, match="does not support tools"):
        chat(node, tools=(WEATHER,))
