"""The OpenAI-compatible dialect: vLLM, llama.cpp, LM Studio's /v1, and many more."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import msgspec

from etoile.llm.client import garbage_refused, refusal
from etoile.llm.framing import ServerSentEvents
from etoile.llm.records import ChatMessage, End, InlineThoughts, Listing, Record, Thought, Usage, converses

if TYPE_CHECKING:
    from etoile.llm.client import Server


class _Model(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: list[_Model]


class _Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    completion_tokens: int | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: Any = None


_CHUNK = msgspec.json.Decoder(_Chunk)
_DONE = "[DONE]"


class OpenAi:
    """Speaks /v1/models and /v1/chat/completions."""

    def __init__(self, server: "Server") -> None:
        self.server = server

    async def models(self) -> Listing:
        """Return what /v1/models lists; which of them is in memory it does not tell."""
        listed = await self.server.get("/v1/models", _Models)
        return Listing(tuple(model.id for model in listed.data if converses(model.id)))

    async def chat(
        self, model: str, messages: Sequence[ChatMessage], *, max_tokens: int | None = None
    ) -> AsyncGenerator[Record]:
        """Yield the records of one streamed completion."""
        body: dict[str, Any] = {
            "model": model,
            "messages": messages,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if max_tokens is not None:
            body["max_tokens"] = max_tokens
        thoughts = InlineThoughts()
        async with aclosing(self.server.lines("/v1/chat/completions", body)) as lines:
            async for data in _events(lines):
                for record in _records(data, thoughts):
                    yield record


async def _events(lines: AsyncIterator[str]) -> AsyncIterator[str]:
    events = ServerSentEvents()
    async for line in lines:
        for data in events.feed(line):
            yield data
    for data in events.end():
        yield data


def _records(data: str, thoughts: InlineThoughts) -> Iterator[Record]:
    """Yield what one event holds.  The usage comes with an empty list of choices; a first delta has null content."""
    if data == _DONE:
        yield from thoughts.end()
        yield End(None)
        return
    with garbage_refused():
        chunk = _CHUNK.decode(data)
    if chunk.error:
        raise refusal(_status(chunk.error), chunk.error)
    for choice in (chunk.choices or [])[:1]:
        delta = choice.delta or _Delta()
        if reasoning := delta.reasoning_content or delta.reasoning:
            yield Thought(reasoning)
        if delta.content:
            yield from thoughts.feed(delta.content)
        if choice.finish_reason is not None:
            yield from thoughts.end()
            yield End(choice.finish_reason)
    if chunk.usage is not None:
        yield Usage(output_tokens=chunk.usage.completion_tokens)


def _status(error: object) -> int | None:
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) else None
