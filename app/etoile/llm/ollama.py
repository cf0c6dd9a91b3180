"""Ollama's own dialect: lines of JSON."""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import msgspec

from etoile.domain.nodes import LoadedModel
from etoile.llm.calls import Fragments, arguments_of, named
from etoile.llm.client import garbage_refused
from etoile.llm.complaints import refusal
from etoile.llm.openai import described
from etoile.llm.records import (
    ChatMessage,
    End,
    InlineThoughts,
    Listing,
    Preparing,
    Record,
    Thought,
    Tool,
    Usage,
    converses,
)
from etoile.llm.refusals import Refusals

if TYPE_CHECKING:
    from etoile.llm.client import Server


class _Model(msgspec.Struct):
    name: str
    size: int | None = None
    capabilities: list[str] | None = None
    remote_host: str | None = None


class _Models(msgspec.Struct):
    models: list[_Model]


class _Running(msgspec.Struct):
    name: str
    size: int | None = None
    size_vram: int | None = None
    context_length: int | None = None


class _AllRunning(msgspec.Struct):
    models: list[_Running]


class _Function(msgspec.Struct):
    name: str
    arguments: dict[str, Any] = {}


class _Call(msgspec.Struct):
    function: _Function
    id: str | None = None


class _Said(msgspec.Struct):
    content: str | None = None
    thinking: str | None = None
    tool_calls: list[_Call] | None = None


class _Line(msgspec.Struct):
    message: _Said | None = None
    done: bool = False
    done_reason: str | None = None
    prompt_eval_count: int | None = None
    eval_count: int | None = None
    error: Any = None


_LINE = msgspec.json.Decoder(_Line)


class Ollama:
    """Speaks /api/tags, /api/ps and /api/chat."""

    def __init__(self, server: "Server") -> None:
        self._server = server
        self._refusals = Refusals({"think": 1})

    async def models(self) -> Listing:
        """Return the models on its disk, and those in its memory.

        Those that it only passes on to its maker's servers are left out: who asks a node of his own asks nobody else.
        """
        listed = await self._server.get("/api/tags", _Models)
        running = (await self._server.get("/api/ps", _AllRunning)).models
        names = tuple(model.name for model in listed.models if _chats(model) and not model.remote_host)
        return Listing(
            names,
            tuple(model.name for model in running if model.name in names),
            tuple(
                LoadedModel(name=model.name, size_bytes=model.size, gpu_bytes=model.size_vram)
                for model in running
                if model.size is not None and model.size_vram is not None
            ),
            {model.name: model.context_length for model in running if model.context_length},
            size_bytes={model.name: model.size for model in listed.models if model.size and model.name in names},
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
        """Yield the records of one streamed answer, without the thinking that some models do unasked.

        The size of the context is left alone: changing it makes Ollama load the model anew.
        """
        body: dict[str, Any] = {"model": model, "messages": _sent(messages), "stream": True}
        if max_tokens is not None:
            body["options"] = {"num_predict": max_tokens}
        if tools:
            body["tools"] = [described(tool) for tool in tools]

        def answer(refused: Mapping[str, int]) -> AsyncGenerator[Record]:
            return self._answer(body if refused["think"] else body | {"think": bool(think)})

        async with aclosing(self._refusals.heeded(model, answer)) as records:
            async for record in records:
                yield record

    async def _answer(self, body: dict[str, Any]) -> AsyncGenerator[Record]:
        thoughts, calls = InlineThoughts(), Fragments()
        async with aclosing(self._server.lines("/api/chat", body)) as lines:
            async for line in lines:
                for record in _records(line, thoughts, calls):
                    yield record


def _sent(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    """Return the messages in Ollama's form, which names the tool of a result rather than the call."""
    tools = named(messages)
    return [_one_sent(one, tools) for one in messages]


def _one_sent(one: ChatMessage, tools: Mapping[str, str]) -> dict[str, Any]:
    sent: dict[str, Any] = {"role": one["role"], "content": one["content"]}
    if calls := one.get("tool_calls"):
        sent["tool_calls"] = [{"function": {"name": call.name, "arguments": arguments_of(call)}} for call in calls]
    if "tool_call_id" in one:
        sent["tool_name"] = tools.get(one["tool_call_id"], "")
    return sent


def _records(line: str, thoughts: InlineThoughts, calls: Fragments) -> Iterator[Record]:
    if not line.strip():
        return
    with garbage_refused():
        part = _LINE.decode(line)
    if part.error:
        raise refusal(None, part.error)
    if part.message:
        yield from _said(part.message, thoughts, calls)
    if part.done:
        yield from thoughts.end()
        called = tuple(calls.end())
        yield from called
        yield Usage(input_tokens=part.prompt_eval_count, output_tokens=part.eval_count)
        yield End("tool_calls" if called and part.done_reason == "stop" else part.done_reason)


def _said(said: _Said, thoughts: InlineThoughts, calls: Fragments) -> Iterator[Record]:
    if said.thinking:
        yield Thought(said.thinking)
    if said.content:
        yield from thoughts.feed(said.content)
    for call in said.tool_calls or ():
        calls.add(object(), call.id, call.function.name, msgspec.json.encode(call.function.arguments).decode())
        yield Preparing()


def _chats(model: _Model) -> bool:
    return converses(model.name) if model.capabilities is None else "completion" in model.capabilities
