"""One round of a measurement, in each dialect; the method is told in `domain.benches`.

Ollama is asked without a template (`raw`), so that a model that thinks or a system prompt changes nothing; the others
are asked as in a conversation.
"""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from etoile.config import Routing
from etoile.domain.benches import OUTPUT_TOKENS, Round
from etoile.errors import NodeSilent, NodeUnreachable
from etoile.llm.client import garbage_refused
from etoile.llm.complaints import refusal
from etoile.text import message

if TYPE_CHECKING:
    from etoile.llm.client import Server

SHORTEST_S = 0.001
"""What takes less is no measurement, but two records in one packet."""

_TOPICS = (
    "rivers",
    "bridges",
    "winters",
    "harbours",
    "lanterns",
    "orchards",
    "mountains",
    "markets",
    "railways",
    "clocks",
)
_TEXT = "\n".join(
    f"{number}. The village kept a record of its {topic}: who built them, what they cost, when they were mended, and"
    " which of the old families still told stories about them in the evenings."
    for number, topic in enumerate(_TOPICS, start=1)
)
"""Some 400 tokens in most vocabularies: enough that reading them takes a time that can be told."""


def prompt(unlike: str) -> str:
    """Return the text that is sent; `unlike` makes its beginning another one each time."""
    return f"Record {unlike}.\n{_TEXT}\nGo on with this record, number after number, and without an end.\n11."


@dataclass(slots=True)
class _Seen:
    """What comes in, on our own clock."""

    started_s: float
    first_s: float | None = None
    last_s: float | None = None
    pieces: int = 0
    prompt_began_s: float | None = None
    prompt_ended_s: float | None = None

    def piece(self) -> None:
        """A piece of the answer came."""
        self.last_s = time.monotonic()
        self.first_s = self.first_s or self.last_s
        self.pieces += 1

    @property
    def first_token_s(self) -> float | None:
        """From the request to the first piece."""
        return None if self.first_s is None else self.first_s - self.started_s

    def rate(self, tokens: int | None) -> float | None:
        """Return the tokens a second after the first one, as seen from here."""
        if self.first_s is None or self.last_s is None or not tokens:
            return None
        return _per_s(tokens - 1, self.last_s - self.first_s)


async def measure(server: "Server", dialect: str, model: str, unlike: str, routing: Routing) -> Round:
    """Return one round of `model`.  Raises NodeError, also when nothing comes for as long as an answer may take."""
    return await _MEASURES[dialect](server, model, prompt(unlike), routing)


class _OllamaLine(msgspec.Struct):
    response: str = ""
    thinking: str = ""
    done: bool = False
    prompt_eval_count: int | None = None
    prompt_eval_duration: int | None = None
    eval_count: int | None = None
    eval_duration: int | None = None
    error: Any = None


async def _ollama(server: "Server", model: str, text: str, routing: Routing) -> Round:
    options = {"num_predict": OUTPUT_TOKENS, "temperature": 0, "seed": 1}
    body = {"model": model, "prompt": text, "raw": True, "stream": True, "options": options}
    seen = _Seen(time.monotonic())
    async with aclosing(_in_time(server.lines("/api/generate", body), routing)) as lines:
        async for line in lines:
            if not line.strip():
                continue
            part = _decoded(line, _OllamaLine)
            if part.error:
                raise refusal(None, part.error)
            if part.response or part.thinking:
                seen.piece()
            if part.done:
                return Round(
                    prompt_tokens=part.prompt_eval_count,
                    output_tokens=part.eval_count,
                    prompt_per_s=_per_s(part.prompt_eval_count, _seconds(part.prompt_eval_duration)),
                    output_per_s=_per_s(part.eval_count, _seconds(part.eval_duration)),
                    first_token_s=seen.first_token_s,
                    by_server=True,
                )
    raise _broken_off()


class _Stats(msgspec.Struct):
    input_tokens: int | None = None
    total_output_tokens: int | None = None
    tokens_per_second: float | None = None


class _Result(msgspec.Struct):
    stats: _Stats | None = None


class _StudioEvent(msgspec.Struct):
    type: str = ""
    result: _Result | None = None
    error: Any = None


async def _lmstudio(server: "Server", model: str, text: str, routing: Routing) -> Round:
    body = {"model": model, "input": text, "stream": True, "store": False, "temperature": 0}
    body["max_output_tokens"] = OUTPUT_TOKENS
    seen = _Seen(time.monotonic())
    async with aclosing(_records(server, "/api/v1/chat", body, routing)) as records:
        async for record in records:
            event = _decoded(record, _StudioEvent)
            if event.error:
                raise refusal(None, event.error)
            match event.type:
                case "prompt_processing.start":
                    seen.prompt_began_s = time.monotonic()
                case "prompt_processing.end":
                    seen.prompt_ended_s = time.monotonic()
                case "message.delta" | "reasoning.delta":
                    seen.piece()
                case "chat.end":
                    return _studio_round(seen, event.result.stats if event.result else None)
    raise _broken_off()


def _studio_round(seen: _Seen, stats: _Stats | None) -> Round:
    """Return the round: LM Studio counts the answer, and tells when it reads the prompt."""
    told = stats or _Stats()
    began_s, ended_s = seen.prompt_began_s, seen.prompt_ended_s
    reading_s = None if began_s is None or ended_s is None else ended_s - began_s
    return Round(
        prompt_tokens=told.input_tokens,
        output_tokens=told.total_output_tokens,
        prompt_per_s=_per_s(told.input_tokens, reading_s),
        output_per_s=told.tokens_per_second,
        first_token_s=seen.first_token_s,
        by_server=told.tokens_per_second is not None,
    )


class _Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Timings(msgspec.Struct):
    prompt_n: int | None = None
    prompt_ms: float | None = None
    predicted_n: int | None = None
    predicted_ms: float | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] = []
    usage: _Usage | None = None
    timings: _Timings | None = None
    error: Any = None


async def _openai(server: "Server", model: str, text: str, routing: Routing) -> Round:
    body = {
        "model": model,
        "messages": [{"role": "user", "content": text}],
        "stream": True,
        "temperature": 0,
        "seed": 1,
    }
    body |= {"max_tokens": OUTPUT_TOKENS, "stream_options": {"include_usage": True}}
    seen, usage, timings = _Seen(time.monotonic()), _Usage(), None
    async with aclosing(_records(server, "/v1/chat/completions", body, routing)) as records:
        async for record in records:
            if record == "[DONE]":
                return _openai_round(seen, usage, timings)
            chunk = _decoded(record, _Chunk)
            if chunk.error:
                raise refusal(None, chunk.error)
            usage, timings = chunk.usage or usage, chunk.timings or timings
            delta = chunk.choices[0].delta if chunk.choices else None
            if delta and (delta.content or delta.reasoning_content or delta.reasoning):
                seen.piece()
    raise _broken_off()


def _openai_round(seen: _Seen, usage: _Usage, timings: _Timings | None) -> Round:
    """Return the round: by llama.cpp's own clock, else by ours; then the prompt's rate has the way there in it."""
    if timings is not None and timings.predicted_ms:
        return Round(
            prompt_tokens=timings.prompt_n,
            output_tokens=timings.predicted_n,
            prompt_per_s=_per_s(timings.prompt_n, _milliseconds(timings.prompt_ms)),
            output_per_s=_per_s(timings.predicted_n, _milliseconds(timings.predicted_ms)),
            first_token_s=seen.first_token_s,
            by_server=True,
        )
    tokens = usage.completion_tokens or seen.pieces
    return Round(
        prompt_tokens=usage.prompt_tokens,
        output_tokens=tokens,
        prompt_per_s=_per_s(usage.prompt_tokens, seen.first_token_s),
        output_per_s=seen.rate(tokens),
        first_token_s=seen.first_token_s,
        by_server=False,
    )


_MEASURES: Mapping[str, Callable[["Server", str, str, Routing], Awaitable[Round]]] = {
    "ollama": _ollama,
    "lmstudio": _lmstudio,
    "openai": _openai,
}


async def _records(server: "Server", path: str, body: object, routing: Routing) -> AsyncGenerator[str]:
    """Yield the data of server-sent events; none of these servers spreads one over several lines."""
    async with aclosing(_in_time(server.lines(path, body), routing)) as lines:
        async for line in lines:
            if line.startswith("data:"):
                yield line.removeprefix("data:").strip()


async def _in_time(lines: AsyncGenerator[str], routing: Routing) -> AsyncGenerator[str]:
    import anyio

    allowed_s = routing.first_token_s
    async with aclosing(lines):
        while True:
            with anyio.move_on_after(allowed_s) as limit:
                line = await anext(lines, None)
            if limit.cancelled_caught:
                raise NodeSilent(message("nothing came for {seconds:g} s", seconds=allowed_s))
            if line is None:
                return
            allowed_s = routing.between_tokens_s
            yield line


def _decoded(text: str, shape: Callable[..., Any]) -> Any:
    with garbage_refused():
        return msgspec.json.decode(text, type=shape)


def _broken_off() -> NodeUnreachable:
    return NodeUnreachable(message("it broke off before the end of its answer"))


def _per_s(count: int | None, seconds: float | None) -> float | None:
    """Return a rate; None where nothing was counted, or in too short a time to tell."""
    return count / seconds if count and seconds and seconds >= SHORTEST_S and count > 0 else None


def _seconds(nanoseconds: int | None) -> float | None:
    return None if nanoseconds is None else nanoseconds / 1e9


def _milliseconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
