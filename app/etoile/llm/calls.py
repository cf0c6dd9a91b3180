"""Tool calls on their way from and to a server: put together from fragments, taken apart again."""

import secrets
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from etoile.llm.records import ChatMessage, ToolCall

_OWN = "etoile_"
"""Ids that begin so were made up here: their server has given none, and wants none back."""


def own_id() -> str:
    """Return an id for a call to which its server has given none; no other call of a conversation has it."""
    return _OWN + secrets.token_hex(6)


def is_own(call_id: str) -> bool:
    """Whether the id was made up here."""
    return call_id.startswith(_OWN)


@dataclass(slots=True)
class _Unfinished:
    id: str
    name: str
    arguments: list[str]


class Fragments:
    """The calls of one answer, as their pieces come in."""

    def __init__(self) -> None:
        self._calls: dict[Hashable, _Unfinished] = {}

    def add(self, index: Hashable, call_id: str | None = None, name: str | None = None, arguments: str = "") -> None:
        """Take a piece of the call `index`; id and name come once, at its beginning."""
        call = self._calls.setdefault(index, _Unfinished("", "", []))
        call.id = call.id or call_id or ""
        call.name = call.name or name or ""
        call.arguments.append(arguments)

    def end(self) -> Iterator[ToolCall]:
        """Yield the whole calls, once, in the order in which they began; pieces of none are dropped."""
        for call in self._calls.values():
            if call.name:
                yield ToolCall(call.id or own_id(), call.name, "".join(call.arguments) or "{}")
        self._calls.clear()


def arguments_of(call: ToolCall) -> dict[str, Any]:
    """Return the arguments as an object, for servers that take them so; an empty one where the model wrote none."""
    try:
        return msgspec.json.decode(call.arguments, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError):
        return {}


def named(messages: Sequence[ChatMessage]) -> dict[str, str]:
    """Return the tool of each call of a conversation, by the call's id."""
    return {call.id: call.name for message in messages for call in message.get("tool_calls", ())}
