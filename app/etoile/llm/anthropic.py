"""Anthropic's messages, which llama.cpp and Ollama speak as well: platform.claude.com/docs."""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from etoile.llm.calls import Fragments, arguments_of
from etoile.llm.client import garbage_refused
from etoile.llm.complaints import refusal, withheld
from etoile.llm.framing import events
from etoile.llm.records import ChatMessage, End, Listing, Preparing, Record, Text, Thought, Tool, Usage
from etoile.llm.refusals import Refusals

if TYPE_CHECKING:
    from etoile.llm.client import Server

KEY_HEADER = "x-api-key"
HEADERS: Mapping[str, str] = MappingProxyType({"anthropic-version": "2023-06-01"})

_MOST_TOKENS = (8192, 4096)
"""A request has to name a limit; the oldest models allow the second one only."""
_THINKING_TOKENS = 4096
"""Of an older model's reasoning; newer ones find out themselves."""
_THINKING_FORMS: tuple[dict[str, Any] | None, ...] = (
    {"type": "adaptive"},
    {"type": "enabled", "budget_tokens": _THINKING_TOKENS},
    None,
)


class _Model(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: list[_Model]


class _Usage(msgspec.Struct):
    input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    output_tokens: int | None = None


class _Message(msgspec.Struct):
    usage: _Usage | None = None


class _Block(msgspec.Struct):
    type: str = ""
    id: str | None = None
    name: str | None = None


class _Delta(msgspec.Struct):
    type: str = ""
    text: str | None = None
    thinking: str | None = None
    partial_json: str | None = None
    stop_reason: str | None = None


class _Event(msgspec.Struct):
    type: str = ""
    index: int | None = None
    message: _Message | None = None
    content_block: _Block | None = None
    delta: _Delta | None = None
    usage: _Usage | None = None
    error: Any = None


_EVENT = msgspec.json.Decoder(_Event)
_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
}
_STATUSES = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""What an error within a stream would have been as a status."""


class Anthropic:
    """Speaks /v1/models and /v1/messages."""

    def __init__(self, server: "Server") -> None:
        self._server = server
        self._refusals = Refusals({"thinking": 2, "max_tokens": 1})

    async def models(self) -> Listing:
        """Return what /v1/models lists."""
        listed = await self._server.get("/v1/models?limit=1000", _Models)
        return Listing(tuple(model.id for model in listed.data))

    async def chat(
        self,
        model: str,
        messages: Sequence[ChatMessage],
        *,
        max_tokens: int | None = None,
        tools: Sequence[Tool] = (),
        think: bool | None = None,
    ) -> AsyncGenerator[Record]:
        """Yield the records of one streamed answer.

        Reasoning is off unless asked for, and off while a tool's result is sent back: the API wants the reasoning that
        led to the call with it, and that is not kept.
        """

        def answer(refused: Mapping[str, int]) -> AsyncGenerator[Record]:
            return self._answer(_body(model, messages, max_tokens, tools, think, refused))

        async with aclosing(self._refusals.heeded(model, answer)) as records:
            async for record in records:
                yield record

    async def _answer(self, body: dict[str, Any]) -> AsyncGenerator[Record]:
        reading = _Reading()
        async with aclosing(self._server.lines("/v1/messages", body)) as lines, aclosing(events(lines)) as said:
            async for data in said:
                for record in reading.records(data):
                    yield record


class _Reading:
    """How far one stream has been read."""

    def __init__(self) -> None:
        self._calls = Fragments()
        self._input_tokens: int | None = None
        self._output_tokens: int | None = None
        self._reason: str | None = None

    def records(self, data: str) -> Iterator[Record]:
        """Yield what one event holds; kinds of events that are not known say nothing."""
        with garbage_refused():
            event = _EVENT.decode(data)
        if event.error or event.type == "error":
            raise refusal(_status(event.error), event.error)
        self._count(event.usage or (event.message.usage if event.message else None))
        match event.type:
            case "content_block_start" if event.content_block and event.content_block.type == "tool_use":
                self._calls.add(event.index, event.content_block.id, event.content_block.name)
            case "content_block_delta" if event.delta:
                yield from self._said(event.index, event.delta)
            case "message_delta" if event.delta:
                self._reason = event.delta.stop_reason
            case "message_stop":
                yield from self._stopped()

    def _said(self, index: int | None, delta: _Delta) -> Iterator[Record]:
        if delta.text:
            yield Text(delta.text)
        if delta.thinking:
            yield Thought(delta.thinking)
        if delta.partial_json is not None:
            self._calls.add(index, arguments=delta.partial_json)
            yield Preparing()

    def _stopped(self) -> Iterator[Record]:
        if self._reason == "refusal":
            raise withheld(self._reason)
        yield from self._calls.end()
        yield Usage(input_tokens=self._input_tokens, output_tokens=self._output_tokens)
        yield End(_REASONS.get(self._reason, self._reason) if self._reason else None)

    def _count(self, usage: _Usage | None) -> None:
        """Take note of what was used; counts are of all so far, and what came from a cache was sent all the same."""
        if usage is None:
            return
        sent = (usage.input_tokens, usage.cache_read_input_tokens, usage.cache_creation_input_tokens)
        if any(count is not None for count in sent):
            self._input_tokens = max(self._input_tokens or 0, sum(count or 0 for count in sent))
        if usage.output_tokens is not None:
            self._output_tokens = usage.output_tokens


def _body(
    model: str,
    messages: Sequence[ChatMessage],
    max_tokens: int | None,
    tools: Sequence[Tool],
    think: bool | None,
    refused: Mapping[str, int],
) -> dict[str, Any]:
    turns = _turns(messages)
    thinking = _THINKING_FORMS[refused["thinking"]] if think and not _after_call(messages) else None
    most_tokens = max_tokens or _MOST_TOKENS[refused["max_tokens"]]
    body: dict[str, Any] = {"model": model, "messages": turns, "stream": True, "max_tokens": most_tokens}
    if system := "\n\n".join(one["content"] for one in messages if one["role"] == "system"):
        body["system"] = system
    if tools:
        body["tools"] = [
            {"name": tool.name, "description": tool.description, "input_schema": tool.parameters} for tool in tools
        ]
    if thinking:
        # The limit is of reasoning and answer together.
        body |= {"thinking": thinking, "max_tokens": most_tokens + _THINKING_TOKENS}
    return body


def _after_call(messages: Sequence[ChatMessage]) -> bool:
    return bool(messages) and messages[-1]["role"] == "tool"


def _turns(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    """Return the turns: results of tools are the user's, and all of one side in a row are one turn."""
    spoken = [one for one in messages if one["role"] != "system"]
    turns: list[dict[str, Any]] = [
        {"role": role, "content": [block for one in side for block in _blocks(one)]}
        for role, side in groupby(spoken, _role)
    ]
    turns = [turn for turn in turns if turn["content"]]
    if turns and turns[-1]["role"] == "assistant" and (last := turns[-1]["content"][-1])["type"] == "text":
        # The beginning of an answer that is to be gone on with; the API refuses one that ends in a space.
        last["text"] = last["text"].rstrip()
    return turns


def _role(one: ChatMessage) -> Literal["user", "assistant"]:
    return "assistant" if one["role"] == "assistant" else "user"


def _blocks(one: ChatMessage) -> Iterator[dict[str, Any]]:
    """Yield the blocks of a message; the API refuses empty ones."""
    if "tool_call_id" in one:
        yield {"type": "tool_result", "tool_use_id": one["tool_call_id"], "content": one["content"]}
    elif one["content"].strip():
        yield {"type": "text", "text": one["content"]}
    for call in one.get("tool_calls", ()):
        yield {"type": "tool_use", "id": call.id, "name": call.name, "input": arguments_of(call)}


def _status(error: object) -> int | None:
    kind = error.get("type") if isinstance(error, dict) else None
    return _STATUSES.get(kind) if isinstance(kind, str) else None
