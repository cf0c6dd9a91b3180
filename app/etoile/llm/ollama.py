"""Ollama's own dialect: lines of JSON."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import msgspec

from etoile.domain.nodes import LoadedModel
from etoile.errors import NodeRejected
from etoile.llm.client import garbage_refused, refusal
from etoile.llm.records import ChatMessage, End, InlineThoughts, Listing, Record, Thought, Usage, converses

if TYPE_CHECKING:
    from etoile.llm.client import Server


class _Model(msgspec.Struct):
    name: str
    capabilities: list[str] | None = None


class _Models(msgspec.Struct):
    models: list[_Model]


class _Running(msgspec.Struct):
    name: str
    size: int | None = None
    size_vram: int | None = None


class _AllRunning(msgspec.Struct):
    models: list[_Running]


class _Said(msgspec.Struct):
    content: str | None = None
    thinking: str | None = None


class _Line(msgspec.Struct):
    message: _Said | None = None
    done: bool = False
    done_reason: str | None = None
    eval_count: int | None = None
    error: Any = None


_LINE = msgspec.json.Decoder(_Line)


class Ollama:
    """Speaks /api/tags, /api/ps and /api/chat."""

    def __init__(self, server: "Server") -> None:
        self._server = server
        self._unthinking: set[str] = set()
        """Models that refuse to hear about thinking."""

    async def models(self) -> Listing:
        """Return the models on its disk, and those in its memory."""
        listed = await self._server.get("/api/tags", _Models)
        running = await self._server.get("/api/ps", _AllRunning)
        names = tuple(model.name for model in listed.models if _chats(model))
        return Listing(
            names,
            tuple(model.name for model in running.models if model.name in names),
            tuple(
                LoadedModel(name=model.name, size_bytes=model.size, gpu_bytes=model.size_vram)
                for model in running.models
                if model.size is not None and model.size_vram is not None
            ),
        )

    async def chat(
        self, model: str, messages: Sequence[ChatMessage], *, max_tokens: int | None = None
    ) -> AsyncGenerator[Record]:
        """Yield the records of one streamed answer, without the thinking that some models do unasked.

        The size of the context is left alone: changing it makes Ollama load the model anew.
        """
        body: dict[str, Any] = {"model": model, "messages": messages, "stream": True}
        if max_tokens is not None:
            body["options"] = {"num_predict": max_tokens}
        if model not in self._unthinking:
            try:
                async with aclosing(self._answer(body | {"think": False})) as records:
                    async for record in records:
                        yield record
                return
            except NodeRejected as error:
                if "think" not in str(error):
                    raise
                self._unthinking.add(model)
        async with aclosing(self._answer(body)) as records:
            async for record in records:
                yield record

    async def _answer(self, body: dict[str, Any]) -> AsyncGenerator[Record]:
        thoughts = InlineThoughts()
        async with aclosing(self._server.lines("/api/chat", body)) as lines:
            async for line in lines:
                for record in _records(line, thoughts):
                    yield record


def _records(line: str, thoughts: InlineThoughts) -> Iterator[Record]:
    if not line.strip():
        return
    with garbage_refused():
        part = _LINE.decode(line)
    if part.error:
        raise refusal(None, part.error)
    if part.message and part.message.thinking:
        yield Thought(part.message.thinking)
    if part.message and part.message.content:
        yield from thoughts.feed(part.message.content)
    if part.done:
        yield from thoughts.end()
        yield Usage(output_tokens=part.eval_count)
        yield End(part.done_reason)


def _chats(model: _Model) -> bool:
    return converses(model.name) if model.capabilities is None else "completion" in model.capabilities
