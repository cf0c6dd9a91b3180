"""What a node sends, in the words of no dialect; and what a dialect must be able to do."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypedDict

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
class Usage:
    """What the answer cost."""

    output_tokens: int | None


@dataclass(frozen=True, slots=True)
class End:
    """The answer is whole.  A stream that stops without this one broke off; usage may still follow."""

    finish_reason: str | None


Record = Text | Thought | Usage | End


class ChatMessage(TypedDict):
    """A message of a conversation, as every dialect so far sends it."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The models of a node that can hold a conversation."""

    models: tuple[str, ...]
    loaded: tuple[str, ...] = ()
    """Those in memory, as far as the node tells."""
    in_memory: tuple[LoadedModel, ...] = ()
    """Where they lie in memory, as far as the node tells."""


class Dialect(Protocol):
    """How one kind of server is spoken to.  Everything raises NodeError; the net thread alone calls it."""

    async def models(self) -> Listing:
        """Return what the server offers; cheap enough for a heartbeat."""
        ...

    def chat(
        self, model: str, messages: Sequence[ChatMessage], *, max_tokens: int | None = None
    ) -> AsyncGenerator[Record]:
        """Yield the records of the answer as they come.  The caller closes it, watches the time and the size."""
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
