"""LM Studio: its own API (0.4 and later) tells of models and loads them; conversations go through its /v1.

Its own chat takes no history, but it tells how far a model is loaded, and it can be told not to reason, which /v1 is
deaf to.  So a model that is not in memory is brought there by it, and a lone question without reasoning is asked by it.
lmstudio.ai/docs/developer/rest.
"""

import logging
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import msgspec

from etoile.errors import NodeBroken, NodeRejected, NodeUnsuited
from etoile.llm.client import garbage_refused
from etoile.llm.complaints import refusal
from etoile.llm.framing import events
from etoile.llm.openai import OpenAi
from etoile.llm.records import ChatMessage, End, Listing, Preparing, Record, Text, Thought, Tool, Usage

if TYPE_CHECKING:
    from etoile.llm.client import Server

log = logging.getLogger(__name__)


class Settings(msgspec.Struct):
    """What an instance was loaded with."""

    context_length: int | None = None
    parallel: int | None = None


class Instance(msgspec.Struct):
    """A model in memory; one model may have several."""

    id: str
    config: Settings | None = None


class StudioModel(msgspec.Struct):
    """A model of /api/v1/models."""

    key: str
    type: str = "llm"
    size_bytes: int | None = None
    architecture: str | None = None
    params_string: str | None = None
    quantization: Any = None
    """{"name": "Q4_K_M"}, as far as it is known."""
    max_context_length: int | None = None
    loaded_instances: list[Instance] = []
    capabilities: Any = None

    def goes_by(self, name: str) -> bool:
        """Whether `name` is its key, or that of an instance."""
        return name == self.key or any(name == instance.id for instance in self.loaded_instances)

    def can_stop_reasoning(self) -> bool:
        """Whether it reasons unless it is told not to."""
        reasoning = self.capabilities.get("reasoning") if isinstance(self.capabilities, dict) else None
        options = reasoning.get("allowed_options") if isinstance(reasoning, dict) else None
        return isinstance(options, list) and "off" in options


class _Models(msgspec.Struct):
    models: list[StudioModel]


class _OldModel(msgspec.Struct):
    id: str
    type: str = "llm"
    state: str = ""
    max_context_length: int | None = None


class _OldModels(msgspec.Struct):
    data: list[_OldModel]


async def studio_models(server: "Server") -> list[StudioModel]:
    """Return /api/v1/models.  Raises NodeError: NodeUnsuited or NodeBroken from a server before 0.4."""
    return (await server.get("/api/v1/models", _Models)).models


class LmStudio(OpenAi):
    """The OpenAI-compatible dialect, with LM Studio's own list of models and its own way to load them."""

    def __init__(self, server: "Server") -> None:
        super().__init__(server)
        self._known: list[StudioModel] | None = None
        """As they were last listed; none from a server before 0.4."""

    async def models(self) -> Listing:
        """Return /api/v1/models; before 0.4 it was v0, and the unknown is answered with 404, or 200 and an error."""
        try:
            self._known = await studio_models(self.server)
        except (NodeUnsuited, NodeBroken):
            self._known = []
            return await self._old_models()
        chatty = [model for model in self._known if model.type != "embedding"]
        return Listing(
            tuple(model.key for model in chatty),
            tuple(model.key for model in chatty if model.loaded_instances),
            context_tokens={model.key: tokens for model in chatty if (tokens := _context_tokens(model))},
            parallel={model.key: slots for model in chatty if (slots := _parallel(model))},
            size_bytes={model.key: model.size_bytes for model in chatty if model.size_bytes},
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
        """Yield the records of one streamed answer, after signs of life while the model is loaded."""
        async with aclosing(self._ready(model)) as signs:
            async for sign in signs:
                yield sign
        known = self._named(model)
        alone = not tools and [one["role"] for one in messages] in (["user"], ["system", "user"])
        if think is False and alone and known is not None and known.can_stop_reasoning():
            answer = self._alone(model, messages, max_tokens)
        else:
            answer = super().chat(model, messages, max_tokens=max_tokens, tools=tools, think=think)
        async with aclosing(answer) as records:
            async for record in records:
                yield record

    async def _ready(self, model: str) -> AsyncGenerator[Preparing]:
        """Bring `model` into memory where it is known not to be there.

        Two requests at once would each load an instance of it: the caller lets one do it before the others.
        """
        if self._known is None:
            await self.models()
        known = self._named(model)
        if known is None or known.loaded_instances:
            return
        try:
            async with aclosing(self._load(model)) as signs:
                async for sign in signs:
                    yield sign
        except NodeRejected as error:
            log.debug("LM Studio does not load by its own chat: %s", error)
        else:
            await self.models()

    async def _load(self, model: str) -> AsyncGenerator[Preparing]:
        """Ask for one token, for that tells how far the loading is; what it says is not wanted."""
        body = {"model": model, "input": ".", "stream": True, "store": False, "max_output_tokens": 1}
        async with aclosing(self._said(body)) as records:
            async for record in records:
                if not isinstance(record, Usage | End):
                    yield record if isinstance(record, Preparing) else Preparing()

    async def _alone(
        self, model: str, messages: Sequence[ChatMessage], max_tokens: int | None
    ) -> AsyncGenerator[Record]:
        """Yield the answer to a question without history, given without reasoning."""
        body: dict[str, Any] = {"model": model, "input": messages[-1]["content"], "stream": True, "store": False}
        body["reasoning"] = "off"
        if len(messages) > 1:
            body["system_prompt"] = messages[0]["content"]
        if max_tokens is not None:
            body["max_output_tokens"] = max_tokens
        async with aclosing(self._said(body)) as records:
            async for record in records:
                yield record

    async def _said(self, body: dict[str, Any]) -> AsyncGenerator[Record]:
        lines = self.server.lines("/api/v1/chat", body)
        async with aclosing(lines), aclosing(events(lines)) as said:
            async for data in said:
                for record in _records(data, body.get("max_output_tokens")):
                    yield record

    def _named(self, model: str) -> StudioModel | None:
        return next((known for known in self._known or () if known.goes_by(model)), None)

    async def _old_models(self) -> Listing:
        listed = await self.server.get("/api/v0/models", _OldModels)
        chatty = [model for model in listed.data if model.type != "embeddings"]
        return Listing(
            tuple(model.id for model in chatty),
            tuple(model.id for model in chatty if model.state == "loaded"),
            context_tokens={model.id: tokens for model in chatty if (tokens := model.max_context_length)},
        )


class _Stats(msgspec.Struct):
    input_tokens: int | None = None
    total_output_tokens: int | None = None


class _Result(msgspec.Struct):
    stats: _Stats | None = None


class _Event(msgspec.Struct):
    type: str = ""
    content: str | None = None
    progress: float | None = None
    result: _Result | None = None
    error: Any = None


_EVENT = msgspec.json.Decoder(_Event)


def _records(data: str, max_tokens: int | None) -> Iterator[Record]:
    """Yield what one event of its own chat holds.  An error comes before the end, which follows all the same."""
    with garbage_refused():
        event = _EVENT.decode(data)
    if event.error or event.type == "error":
        raise refusal(None, event.error)
    match event.type:
        case "message.delta" if event.content:
            yield Text(event.content)
        case "reasoning.delta" if event.content:
            yield Thought(event.content)
        case "model_load.progress" | "prompt_processing.progress":
            yield Preparing(event.progress)
        case "chat.end":
            stats = event.result.stats if event.result and event.result.stats else _Stats()
            yield Usage(input_tokens=stats.input_tokens, output_tokens=stats.total_output_tokens)
            cut = max_tokens is not None and (stats.total_output_tokens or 0) >= max_tokens
            yield End("length" if cut else "stop")


def _context_tokens(model: StudioModel) -> int | None:
    """Return what its first instance was loaded with; of one that is not loaded, the most it takes."""
    told = [instance.config.context_length for instance in model.loaded_instances if instance.config]
    return next(iter(told), None) or model.max_context_length


def _parallel(model: StudioModel) -> int:
    """Return how many requests all its instances answer at once; 0 where that is not told."""
    return sum(instance.config.parallel or 0 for instance in model.loaded_instances if instance.config)
