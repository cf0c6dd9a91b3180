"""Google's Gemini: ai.google.dev/api."""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

import msgspec

from etoile.llm.calls import arguments_of, is_own, named, own_id
from etoile.llm.client import garbage_refused
from etoile.llm.complaints import refusal, status_within, withheld
from etoile.llm.framing import events
from etoile.llm.records import ChatMessage, End, Listing, Record, Text, Thought, Tool, ToolCall, Usage
from etoile.llm.refusals import Refusals

if TYPE_CHECKING:
    from etoile.llm.client import Server

KEY_HEADER = "x-goog-api-key"

_PREFIX = "models/"
_CHATS = "generateContent"
_PER_PAGE = 1000


class _Model(msgspec.Struct, rename="camel"):
    name: str
    input_token_limit: int | None = None
    supported_generation_methods: list[str] = []


class _Models(msgspec.Struct):
    models: list[_Model] = []


class _FunctionCall(msgspec.Struct):
    name: str
    args: dict[str, Any] | None = None
    id: str | None = None


class _Part(msgspec.Struct, rename="camel"):
    text: str | None = None
    thought: bool | None = None
    function_call: _FunctionCall | None = None
    thought_signature: str | None = None


class _Content(msgspec.Struct):
    parts: list[_Part] | None = None


class _Candidate(msgspec.Struct, rename="camel"):
    content: _Content | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct, rename="camel"):
    prompt_token_count: int | None = None
    candidates_token_count: int | None = None
    thoughts_token_count: int | None = None


class _Feedback(msgspec.Struct, rename="camel"):
    block_reason: str | None = None


class _Chunk(msgspec.Struct, rename="camel"):
    candidates: list[_Candidate] | None = None
    usage_metadata: _Usage | None = None
    prompt_feedback: _Feedback | None = None
    error: Any = None


_CHUNK = msgspec.json.Decoder(_Chunk)
_WHOLE = {"STOP": "stop", "MAX_TOKENS": "length"}
"""Every other reason to finish means that the answer, or the rest of it, is kept back."""
_STOPPED = End("stop")


class Gemini:
    """Speaks /v1beta/models and :streamGenerateContent."""

    def __init__(self, server: "Server") -> None:
        self._server = server
        self._refusals = Refusals({"thinking": 1, "budget": 1})

    async def models(self) -> Listing:
        """Return the models that answer."""
        listed = await self._server.get(f"/v1beta/models?pageSize={_PER_PAGE}", _Models)
        chatty = [model for model in listed.models if _CHATS in model.supported_generation_methods]
        windows = {_plain(model): model.input_token_limit for model in chatty if model.input_token_limit}
        return Listing(tuple(map(_plain, chatty)), context_tokens=windows)

    async def chat(
        self,
        model: str,
        messages: Sequence[ChatMessage],
        *,
        max_tokens: int | None = None,
        tools: Sequence[Tool] = (),
        think: bool | None = None,
    ) -> AsyncGenerator[Record]:
        """Yield the records of one streamed answer."""

        def answer(refused: Mapping[str, int]) -> AsyncGenerator[Record]:
            thinking = None if refused["thinking"] or refused["budget"] else think
            return self._answer(model, _body(messages, max_tokens, tools, thinking))

        async with aclosing(self._refusals.heeded(model, answer)) as records:
            async for record in records:
                yield record

    async def _answer(self, model: str, body: dict[str, Any]) -> AsyncGenerator[Record]:
        path = f"/v1beta/{_PREFIX}{quote(model.removeprefix(_PREFIX), safe='')}:streamGenerateContent?alt=sse"
        called = False
        async with aclosing(self._server.lines(path, body)) as lines, aclosing(events(lines)) as said:
            async for data in said:
                for record in _records(data):
                    called = called or isinstance(record, ToolCall)
                    yield End("tool_calls") if called and record == _STOPPED else record


def _body(
    messages: Sequence[ChatMessage], max_tokens: int | None, tools: Sequence[Tool], think: bool | None
) -> dict[str, Any]:
    body: dict[str, Any] = {"contents": _contents(messages)}
    if system := [{"text": one["content"]} for one in messages if one["role"] == "system" and one["content"]]:
        body["systemInstruction"] = {"parts": system}
    if settings := _settings(max_tokens, think):
        body["generationConfig"] = settings
    if tools:
        body["tools"] = [{"functionDeclarations": [_declared(tool) for tool in tools]}]
    return body


def _settings(max_tokens: int | None, think: bool | None) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    if max_tokens is not None:
        settings["maxOutputTokens"] = max_tokens
    if think is not None:
        settings["thinkingConfig"] = {"includeThoughts": True} if think else {"thinkingBudget": 0}
    return settings


def _declared(tool: Tool) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "parametersJsonSchema": tool.parameters}


def _contents(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    """Return the turns: results of tools are the user's, and all of one side in a row are one turn."""
    tools = named(messages)
    spoken = [one for one in messages if one["role"] != "system"]
    turns = [
        {"role": role, "parts": [part for one in side for part in _parts(one, tools)]}
        for role, side in groupby(spoken, _role)
    ]
    return [turn for turn in turns if turn["parts"]]


def _role(one: ChatMessage) -> Literal["user", "model"]:
    return "model" if one["role"] == "assistant" else "user"


def _parts(one: ChatMessage, tools: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    if "tool_call_id" in one:
        call_id = one["tool_call_id"]
        result = {"name": tools.get(call_id, ""), "response": {"result": one["content"]}}
        yield {"functionResponse": result | _id(call_id)}
    elif one["content"]:
        yield {"text": one["content"]}
    for call in one.get("tool_calls", ()):
        signature = {"thoughtSignature": call.signature} if call.signature else {}
        yield {"functionCall": {"name": call.name, "args": arguments_of(call)} | _id(call.id), **signature}


def _id(call_id: str) -> dict[str, str]:
    return {} if is_own(call_id) else {"id": call_id}


def _records(data: str) -> Iterator[Record]:
    """Yield what one event holds; a blocked prompt comes with 200 and without candidates."""
    with garbage_refused():
        chunk = _CHUNK.decode(data)
    if chunk.error:
        raise refusal(status_within(chunk.error), {"error": chunk.error})
    if chunk.prompt_feedback and chunk.prompt_feedback.block_reason:
        raise withheld(chunk.prompt_feedback.block_reason)
    for candidate in (chunk.candidates or [])[:1]:
        for part in (candidate.content and candidate.content.parts) or ():
            yield from _said(part)
        if candidate.finish_reason:
            yield _usage(chunk.usage_metadata or _Usage())
            if candidate.finish_reason not in _WHOLE:
                raise withheld(candidate.finish_reason)
            yield End(_WHOLE[candidate.finish_reason])


def _said(part: _Part) -> Iterator[Record]:
    if part.text:
        yield Thought(part.text) if part.thought else Text(part.text)
    if call := part.function_call:
        arguments = msgspec.json.encode(call.args or {}).decode()
        yield ToolCall(call.id or own_id(), call.name, arguments, part.thought_signature or "")


def _usage(told: _Usage) -> Usage:
    """Return what the answer cost; the counts are of all so far, so the last ones are it."""
    counts = [count for count in (told.candidates_token_count, told.thoughts_token_count) if count is not None]
    return Usage(input_tokens=told.prompt_token_count, output_tokens=sum(counts) if counts else None)


def _plain(model: _Model) -> str:
    return model.name.removeprefix(_PREFIX)
