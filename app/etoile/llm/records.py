"""What a node sends, in the words of no dialect; and what a dialect must be able to do."""

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, Protocol, TypedDict

from etoile.domain.nodes import LoadedModel


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Thought:
    """A piece of the reasoning before the answer: a sign of life, not answer text."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model wants a tool called; whole, whatever pieces it came in."""

    id: str
    """What the result is to name.  Made up where the server gives none."""
    name: str
    arguments: str
    """A JSON object, as the model wrote it: it may be wrong, and nothing has looked at it."""
    signature: str = ""
    """What a provider wants back unchanged when the call is sent to it again; empty for most."""


@dataclass(frozen=True, slots=True)
class Preparing:
    """A sign of life without text: the model is brought into memory, the prompt read, a tool call written."""

    part: float | None = None
    """How much of that is done, 0 to 1; None where it is not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the answer cost; None where the node does not tell.  The last one counts."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    """With those of the reasoning."""


@dataclass(frozen=True, slots=True)
class End:
    """The answer is whole.  A stream that stops without this one broke off; usage may still follow."""

    finish_reason: str | None
    """"stop", "length" (cut at the most tokens allowed), "tool_calls", or the server's own word; None if untold."""


Record = Text | Thought | ToolCall | Preparing | Usage | End


class ChatMessage(TypedDict):
    """A message of a conversation.  The system's is the first, if there is one."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    tool_calls: NotRequired[Sequence[ToolCall]]
    """assistant: the calls that it made; the "tool" messages with their results follow at once."""
    tool_call_id: NotRequired[str]
    """tool: the call whose result `content` is."""


@dataclass(frozen=True, slots=True)
class Tool:
    """What a model may ask for beside answering."""

    name: str
    """Letters, digits, "_" and "-", 64 at most: all servers take that."""
    description: str
    parameters: Mapping[str, Any]
    """JSON Schema of an object."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The models of a node that can hold a conversation."""

    models: tuple[str, ...]
    loaded: tuple[str, ...] = ()
    """Those in memory, as far as the node tells."""
    in_memory: tuple[LoadedModel, ...] = ()
    """Where they lie in memory, as far as the node tells."""
    context_tokens: Mapping[str, int] = field(default_factory=dict)
    """The longest conversation by model, prompt and answer, as far as the node tells: of a loaded model what it was
    loaded with, of another one what it can at most."""
    parallel: Mapping[str, int] = field(default_factory=dict)
    """How many requests a loaded model answers at once, as far as the node tells."""
    size_bytes: Mapping[str, int] = field(default_factory=dict)
    """Of the models' files, as far as the node tells."""


class Dialect(Protocol):
    """How one kind of server is spoken to.  Everything raises NodeError; the net thread alone calls it."""

    async def models(self) -> Listing:
        """Return what the server offers; cheap enough for a heartbeat."""
        ...

    def chat(
        self,
        model: str,
        messages: Sequence[ChatMessage],
        *,
        max_tokens: int | None = None,
        tools: Sequence[Tool] = (),
        think: bool | None = None,
    ) -> AsyncGenerator[Record]:
        """Yield the records of the answer as they come.  The caller closes it, watches the time and the size.

        `think` asks for reasoning or for none; where a server or model cannot be told, it does as it does.  None
        leaves it to the server, but for Ollama, which is asked for none.
        """
        ...


def converses(model: str) -> bool:
    """Whether `model` is, by its name, one to talk to: servers list embedding models beside the others."""
    return "embed" not in model.lower()


_OPENING, _CLOSING = "<think>", "</think>"


class InlineThoughts:
    """Tells reasoning from answer where a server leaves `<think>...</think>` at the head of the text."""

    def __init__(self) -> None:
        self._held = ""
        self._place: Literal["start", "thought", "answer"] = "start"

    def feed(self, text: str) -> Iterator[Text | Thought]:
        """Yield what `text` holds; up to a tag's length is held back while it may be the beginning of one."""
        self._held += text
        if self._place == "start":
            self._start()
        if self._place == "thought":
            yield from self._think()
        if self._place == "answer" and self._held:
            yield Text(self._held)
            self._held = ""

    def end(self) -> Iterator[Text | Thought]:
        """Yield what was held back."""
        if self._held:
            yield Thought(self._held) if self._place == "thought" else Text(self._held)
            self._held = ""

    def _start(self) -> None:
        head = self._held.lstrip()
        if head.startswith(_OPENING):
            self._held = head.removeprefix(_OPENING)
            self._place = "thought"
        elif not _OPENING.startswith(head):
            self._place = "answer"

    def _think(self) -> Iterator[Thought]:
        thought, closing, answer = self._held.partition(_CLOSING)
        if closing:
            self._held = answer.lstrip()
            self._place = "answer"
        else:
            kept = len(_CLOSING) - 1
            thought, self._held = self._held[:-kept], self._held[-kept:]
        if thought:
            yield Thought(thought)
