"""A piece of work for the nodes, and how it fares."""

from collections.abc import Mapping
from dataclasses import dataclass

from etoile.domain.context import tokens
from etoile.domain.effects import Priority
from etoile.domain.nodes import Attribution
from etoile.domain.plan import Wanted
from etoile.errors import EtoileError
from etoile.llm.records import ChatMessage, Text, Tool, ToolCall
from etoile.text import Message, message

_ANY = Wanted()
_PER_MESSAGE = 8
_NOBODY_REMEDY = message("Start one of them, or name another one in the settings; “etoile nodes” tells how each is.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a node is asked, and who may take it."""

    messages: tuple[ChatMessage, ...]
    """The whole conversation, the system's message first."""
    wanted: Wanted = _ANY
    tools: tuple[Tool, ...] = ()
    """What the model may ask for."""
    max_tokens: int | None = None
    think: bool | None = None
    """Ask for reasoning, or for none; None leaves it to the server."""
    priority: Priority = Priority.PERSON


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A node could not take it, or broke off; another one follows, or nobody."""

    node: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing can be had now, and it is worth the wait: a model is being loaded, or all nodes are busy."""

    node: str | None
    """The node that is waited for; None where it may be any."""
    said: Message
    position: int | None = None
    """In the queue, from 1."""


@dataclass(frozen=True, slots=True)
class Started:
    """The first text of a node is there."""

    attribution: Attribution
    notes: tuple[Message, ...] = ()
    """What is to be known of an answer from this node."""
    continues: bool = False
    """Whether it goes on where the node before it broke off; else, after a `PassedOver`, it begins afresh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The answer is whole; times are since the work was handed in."""

    output_tokens: int | None
    first_token_ms: float
    elapsed_ms: float
    input_tokens: int | None = None
    cut: bool = False
    """Whether the node stopped at its limit of length, in the middle of what it had to say."""
    private: bool = False
    """Whether the history was read for it."""


Progress = PassedOver | Waiting | Started | Text | ToolCall | Ended


class NobodyAnswered(EtoileError):
    """Every node was passed over; `reasons` tells why, by node."""

    def __init__(self, reasons: Mapping[str, Message], remedy: Message | None = None) -> None:
        # Each reason was told as its node was passed over.
        said = message("No node could answer: {names}.", names=list(reasons))
        super().__init__(said if reasons else message("There is no node that could take it."), remedy or _NOBODY_REMEDY)
        self.reasons = reasons


def tokens_in(messages: tuple[ChatMessage, ...]) -> int:
    """Return about how many tokens `messages` are, with those around every message."""
    return sum(tokens(one["content"]) + _PER_MESSAGE for one in messages)
