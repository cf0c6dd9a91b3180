"""The OpenAI-compatible dialect: vLLM, llama.cpp, LM Studio's /v1, and many more."""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import msgspec

from etoile.errors import NodeBroken
from etoile.llm.calls import Fragments
from etoile.llm.client import garbage_refused
from etoile.llm.complaints import refusal, status_within, withheld
from etoile.llm.framing import events
from etoile.llm.records import (
    ChatMessage,
    End,
    InlineThoughts,
    Listing,
    Preparing,
    Record,
    Text,
    Thought,
    Tool,
    Usage,
    converses,
)
from etoile.llm.refusals import Refusals
from etoile.text import message

if TYPE_CHECKING:
    from etoile.llm.client import Server


class _Model(msgspec.Struct):
    """What only some servers tell is looked at with care: another one may mean something else by the word."""

    id: str
    owned_by: Any = None
    max_model_len: Any = None
    """vLLM."""
    context_length: Any = None
    """Resellers."""
    meta: Any = None
    """llama.cpp: {"n_ctx": tokens of one slot}."""
    status: Any = None
    """llama.cpp, where it has several models: {"value": "loaded"}."""


class _Models(msgspec.Struct):
    data: list[_Model]


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: str | None = None


class _Call(msgspec.Struct):
    index: int | None = None
    id: str | None = None
    function: _Function | None = None


class _Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None
    message: _Delta | None = None
    """In place of `delta` from a server that does not stream."""
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: Any = None
    object: Any = None
    """"error" from an older vLLM, with `message` and `code` beside it."""
    message: Any = None
    code: Any = None


_CHUNK = msgspec.json.Decoder(_Chunk)
_NOTHING = _Delta()
_DONE = "[DONE]"
_ALL_LOADED = {"vllm", "llamacpp"}
"""Servers that list what they were started with."""
_BROKE_OFF = {"error", "abort", "insufficient_system_resource"}
"""Reasons to finish that are none: the answer is not whole."""


class OpenAi:
    """Speaks /v1/models and /v1/chat/completions."""

    def __init__(self, server: "Server") -> None:
        self.server = server
        self._refusals = Refusals({"chat_template_kwargs": 1, "stream_options": 1, "max_tokens": 1})

    async def models(self) -> Listing:
        """Return what /v1/models lists; which of them is in memory only some servers tell."""
        listed = await self.server.get("/v1/models", _Models)
        chatty = [model for model in listed.data if converses(model.id)]
        windows = {model.id: tokens for model in chatty if (tokens := _context_tokens(model)) is not None}
        return Listing(
            tuple(model.id for model in chatty),
            tuple(model.id for model in chatty if _is_loaded(model)),
            context_tokens=windows,
        )

    async def chat(
        self,
        model: str,
        messages: Sequence[ChatMessage],
        *,
        max_tokens: int | None = None,
        tools: Sequence[Tool] = (),
        think: bool | None = None,
    ) -> AsyncGenerator[Record]:
        """Yield the records of one streamed completion."""

        def answer(refused: Mapping[str, int]) -> AsyncGenerator[Record]:
            return self._answer(_body(model, messages, max_tokens, tools, think, refused))

        async with aclosing(self._refusals.heeded(model, answer)) as records:
            async for record in records:
                yield record

    async def _answer(self, body: dict[str, Any]) -> AsyncGenerator[Record]:
        thoughts, calls = InlineThoughts(), Fragments()
        async with aclosing(self.server.lines("/v1/chat/completions", body)) as lines, aclosing(events(lines)) as said:
            async for data in said:
                for record in _records(data, thoughts, calls):
                    yield record


def _body(
    model: str,
    messages: Sequence[ChatMessage],
    max_tokens: int | None,
    tools: Sequence[Tool],
    think: bool | None,
    refused: Mapping[str, int],
) -> dict[str, Any]:
    body: dict[str, Any] = {"model": model, "messages": [_sent(one) for one in messages], "stream": True}
    if not refused["stream_options"]:
        body["stream_options"] = {"include_usage": True}
    if max_tokens is not None:
        # OpenAI's own reasoning models know the newer name alone, and most other servers the older one.
        body["max_completion_tokens" if refused["max_tokens"] else "max_tokens"] = max_tokens
    if tools:
        body["tools"] = [described(tool) for tool in tools]
    if think is not None and not refused["chat_template_kwargs"]:
        # Qwen and others, on vLLM and llama.cpp; servers that do not know it mostly ignore it.
        body["chat_template_kwargs"] = {"enable_thinking": think}
    return body


def described(tool: Tool) -> dict[str, Any]:
    """Return `tool` in OpenAI's form, which is Ollama's too."""
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _sent(one: ChatMessage) -> dict[str, Any]:
    sent: dict[str, Any] = {"role": one["role"], "content": one["content"]}
    if calls := one.get("tool_calls"):
        sent["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in calls
        ]
    if "tool_call_id" in one:
        sent["tool_call_id"] = one["tool_call_id"]
    return sent


def _records(data: str, thoughts: InlineThoughts, calls: Fragments) -> Iterator[Record]:
    """Yield what one event holds.  The usage comes with an empty list of choices; a first delta has null content."""
    if data == _DONE:
        yield from thoughts.end()
        yield from calls.end()
        yield End(None)
        return
    with garbage_refused():
        chunk = _CHUNK.decode(data)
    error = {"message": chunk.message, "code": chunk.code} if chunk.object == "error" else chunk.error
    if error:
        raise refusal(status_within(error), error)
    for choice in (chunk.choices or [])[:1]:
        yield from _said(choice.delta or choice.message or _NOTHING, thoughts, calls)
        if choice.finish_reason is not None:
            yield from thoughts.end()
            yield from calls.end()
            yield _end(choice.finish_reason)
    if chunk.usage is not None:
        yield Usage(input_tokens=chunk.usage.prompt_tokens, output_tokens=chunk.usage.completion_tokens)


def _said(delta: _Delta, thoughts: InlineThoughts, calls: Fragments) -> Iterator[Record]:
    if reasoning := delta.reasoning_content or delta.reasoning:
        yield Thought(reasoning)
    if delta.content:
        yield from thoughts.feed(delta.content)
    if delta.refusal:
        yield Text(delta.refusal)
    for call in delta.tool_calls or ():
        function = call.function or _Function()
        # Without an index each is a whole call.
        index = object() if call.index is None else call.index
        calls.add(index, call.id, function.name, function.arguments or "")
        yield Preparing()


def _end(reason: str) -> End:
    if reason == "content_filter":
        raise withheld(reason)
    if reason in _BROKE_OFF:
        raise NodeBroken(message('it broke off with "{words}"', words=reason))
    return End(reason)


def _context_tokens(model: _Model) -> int | None:
    of_slot = model.meta.get("n_ctx") if isinstance(model.meta, dict) else None
    told = (model.max_model_len, model.context_length, of_slot)
    return next((tokens for tokens in told if isinstance(tokens, int) and tokens > 0), None)


def _is_loaded(model: _Model) -> bool:
    if isinstance(model.status, dict):
        return model.status.get("value") == "loaded"
    return isinstance(model.owned_by, str) and model.owned_by in _ALL_LOADED
