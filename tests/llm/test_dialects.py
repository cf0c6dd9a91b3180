"""Every dialect against a real socket."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from etoile.errors import NodeBroken, NodeBusy, NodeError, NodeRejected, NodeUnauthorised, NodeUnreachable, NodeUnsuited
from etoile.llm.records import ChatMessage, Usage
from tests.llm.fake_node import FakeNode, Script
from tests.llm.talk import chat


def test_an_answer(node: FakeNode) -> None:
    answer = chat(node)
    assert answer.text == node.script.answer
    assert answer.usage == Usage(input_tokens=8, output_tokens=6)
    assert answer.finish_reason == "stop"
    assert "Hello?" in str(node.chats[0].body)


@pytest.mark.parametrize("packet_bytes", [1, 2, 3, 7, 64])
def test_packets_may_be_cut_anywhere(node: FakeNode, packet_bytes: int) -> None:
    whole = chat(node)
    node.script = replace(node.script, packet_bytes=packet_bytes)
    assert chat(node) == whole


def test_reasoning_is_not_answer_text(node: FakeNode) -> None:
    node.script = replace(node.script, thought="They greet me.")
    answer = chat(node)
    assert answer.reasoning == "They greet me."
    assert answer.text == node.script.answer


@pytest.mark.parametrize("dialect", ["openai", "ollama", "lmstudio"])
def test_reasoning_within_the_text_is_not_answer_text(dialect: str) -> None:
    with FakeNode(Script(dialect=dialect, answer="<think>They greet me.</think>Hello.")) as node:
        assert chat(node).text == "Hello."


@pytest.mark.parametrize("after", [0, 2])
def test_a_stream_without_terminal_record_broke_off(node: FakeNode, after: int) -> None:
    node.script = replace(node.script, end_after=after)
    with pytest.raises(NodeUnreachable, match="before the end"):
        chat(node)


@pytest.mark.parametrize("after", [0, 2, 5])
def test_a_connection_that_dies(node: FakeNode, after: int) -> None:
    node.script = replace(node.script, die_after=after)
    with pytest.raises(NodeUnreachable, match="broke off"):
        chat(node)


@pytest.mark.parametrize("complaint", ["the runner died", {"message": "the runner died", "code": 500}])
def test_an_error_after_200(node: FakeNode, complaint: object) -> None:
    node.script = replace(node.script, error_after=2, complaint=complaint)
    with pytest.raises(NodeBroken, match="the runner died"):
        chat(node)


@pytest.mark.parametrize(
    ("dialect", "finish", "reason"),
    [
        ("openai", "length", "length"),
        ("ollama", "length", "length"),
        ("gemini", "MAX_TOKENS", "length"),
        ("anthropic", "max_tokens", "length"),
        ("anthropic", "model_context_window_exceeded", "length"),
        ("anthropic", "stop_sequence", "stop"),
    ],
)
def test_why_it_ends(dialect: str, finish: str, reason: str) -> None:
    with FakeNode(Script(dialect=dialect, finish=finish)) as node:
        assert chat(node).finish_reason == reason


@pytest.mark.parametrize(
    ("dialect", "finish", "kind"),
    [
        ("openai", "content_filter", NodeUnsuited),
        ("openai", "abort", NodeBroken),
        ("gemini", "SAFETY", NodeUnsuited),
        ("gemini", "RECITATION", NodeUnsuited),
        ("gemini", "MALFORMED_FUNCTION_CALL", NodeUnsuited),
        ("anthropic", "refusal", NodeUnsuited),
    ],
)
def test_an_answer_that_is_kept_back_is_no_end(dialect: str, finish: str, kind: type[NodeError]) -> None:
    with FakeNode(Script(dialect=dialect, finish=finish)) as node, pytest.raises(kind, match=finish):
        chat(node)


def test_gemini_blocks_a_prompt_with_200_and_without_candidates() -> None:
    blocked = b'data: {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}\n\n'
    with (
        FakeNode(Script(dialect="gemini", body=lambda: [blocked])) as node,
        pytest.raises(NodeUnsuited, match="PROHIBITED_CONTENT"),
    ):
        chat(node)


def test_gemini_may_end_without_content() -> None:
    ended = b'data: {"candidates": [{"finishReason": "MAX_TOKENS"}], "usageMetadata": {"thoughtsTokenCount": 7}}\n\n'
    with FakeNode(Script(dialect="gemini", body=lambda: [ended])) as node:
        answer = chat(node)
    assert (answer.text, answer.finish_reason, answer.usage) == ("", "length", Usage(output_tokens=7))


@pytest.mark.parametrize(
    ("error", "kind"),
    [("overloaded_error", NodeBusy), ("rate_limit_error", NodeBusy), ("authentication_error", NodeUnauthorised)],
)
def test_anthropic_names_an_error_within_the_stream_by_its_type(error: str, kind: type[NodeError]) -> None:
    script = Script(dialect="anthropic", error_after=1, complaint={"type": error, "message": "No"})
    with FakeNode(script) as node, pytest.raises(kind):
        chat(node)


def test_kinds_of_events_that_are_not_known_say_nothing() -> None:
    stream = (
        b'event: surprise\ndata: {"type": "surprise", "index": 3}\n\n'
        b'data: {"type": "content_block_delta", "index": 0, "delta": {"type": "citations_delta", "citation": {}}}\n\n'
        b'data: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}\n\n'
        b'data: {"type": "message_stop"}\n\n'
    )
    with FakeNode(Script(dialect="anthropic", body=lambda: [stream])) as node:
        assert chat(node).text == "Hi"


def test_what_anthropic_took_from_its_cache_was_sent_all_the_same() -> None:
    used = b'{"input_tokens": 5, "cache_read_input_tokens": 90, "cache_creation_input_tokens": 5, "output_tokens": 1}'
    stream = (
        b'data: {"type": "message_start", "message": {"usage": %s}}\n\n' % used
        + b'data: {"type": "message_delta", "delta": {}, "usage": {"output_tokens": 9}}\n\n'
        + b'data: {"type": "message_stop"}\n\n'
    )
    with FakeNode(Script(dialect="anthropic", body=lambda: [stream])) as node:
        assert chat(node).usage == Usage(input_tokens=100, output_tokens=9)


def test_an_older_vllm_tells_an_error_without_a_field_of_that_name() -> None:
    told = b'data: {"object": "error", "message": "EngineDeadError", "type": "InternalServerError", "code": 500}\n\n'
    script = Script(body=lambda: [told + b"data: [DONE]\n\n"])
    with FakeNode(script) as node, pytest.raises(NodeBroken, match="EngineDeadError"):
        chat(node)


def test_a_server_that_does_not_stream_is_understood() -> None:
    whole = b'{"choices": [{"message": {"content": "Hello."}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3}}'
    with FakeNode(Script(body=lambda: [whole])) as node:
        answer = chat(node)
    assert (answer.text, answer.finish_reason, answer.usage) == ("Hello.", "stop", Usage(input_tokens=3))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param([b"\xff\x00\xff\n\n"] * 5, id="bytes"),
        pytest.param([b"data: {not json}\n\n"], id="not JSON"),
        pytest.param([b'data: {"choices": 7, "candidates": 7}\n\n{"message": 7}\n'], id="another shape"),
        pytest.param([b"data: " + b"[" * 200_000 + b"\n\n"], id="nested without end"),
    ],
)
def test_garbage(node: FakeNode, body: list[bytes]) -> None:
    node.script = replace(node.script, body=lambda: body)
    with pytest.raises(NodeBroken):
        chat(node)


@pytest.mark.parametrize(
    "packet",
    [pytest.param(b"x" * 65_536, id="one line"), pytest.param(b": still here\n" * 5000, id="nothing but comments")],
)
def test_a_hundred_megabytes_are_cut_off(node: FakeNode, packet: bytes) -> None:
    sent = 0

    def flood() -> Iterator[bytes]:
        nonlocal sent
        while sent < 100_000_000:
            sent += len(packet)
            yield packet

    node.script = replace(node.script, body=flood)
    with pytest.raises(NodeBroken, match=r"more than|not what such a server sends"):
        chat(node)
    assert sent < 30_000_000


def test_a_trial_asks_for_few_tokens(node: FakeNode) -> None:
    chat(node, max_tokens=1)
    body = node.chats[0].body
    options = body.get("options") or body.get("generationConfig") or {}
    limits = (body.get("max_tokens"), options.get("num_predict"), options.get("maxOutputTokens"))
    assert [limit for limit in limits if limit is not None] == [1]


def test_the_key_is_sent_and_a_wrong_one_is_told(node: FakeNode) -> None:
    node.script = replace(node.script, key="right")
    assert chat(node, key="right").text == node.script.answer
    with pytest.raises(NodeUnauthorised) as caught:
        chat(node, key="wrong-key")
    assert "wrong-key" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "complaint", "kind"),
    [(404, 'model "x" not found', NodeUnsuited), (400, "bad", NodeRejected), (500, "boom", NodeBroken)],
)
def test_a_refusal(node: FakeNode, status: int, complaint: str, kind: type[NodeError]) -> None:
    node.script = replace(node.script, status=status, complaint=complaint)
    with pytest.raises(kind):
        chat(node)


@pytest.mark.parametrize(("dialect", "field"), [("gemini", "contents"), ("anthropic", "messages")])
def test_the_system_s_words_go_apart_and_sides_take_turns(dialect: str, field: str) -> None:
    messages: list[ChatMessage] = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "One."},
        {"role": "user", "content": "Two."},
        {"role": "assistant", "content": " "},
        {"role": "user", "content": "Three."},
        {"role": "assistant", "content": "And so "},
    ]
    with FakeNode(Script(dialect=dialect)) as node:
        chat(node, messages)
        body = node.chats[0].body
    assert "Be brief." in str(body.get("system") or body["systemInstruction"])
    assert "Be brief." not in str(body[field])
    roles = [turn["role"] for turn in body[field]]
    assert (roles[0], roles[-1]) == ("user", "model" if dialect == "gemini" else "assistant")
    assert body[field][0].get("parts", body[field][0].get("content"))[1]["text"] == "Two."
    if dialect == "anthropic":
        assert roles == ["user", "user", "assistant"]
        assert body[field][-1]["content"][-1]["text"] == "And so"
