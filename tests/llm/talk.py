"""Talking to a scripted node by its dialect, over a real socket."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from etoile.config import Node
from etoile.llm.client import Client
from etoile.llm.completion import Completion, completed
from etoile.llm.dialects import dialect_of
from etoile.llm.records import ChatMessage, Dialect, Listing, Record
from tests.llm.fake_node import FakeNode

Result = TypeVar("Result")

DIALECTS = ("openai", "ollama", "lmstudio", "gemini", "anthropic")
QUESTION: list[ChatMessage] = [{"role": "user", "content": "Hello?"}]


def speak(node: FakeNode, use: Callable[[Dialect], Awaitable[Result]], key: str | None = None) -> Result:
    """Return what `use` makes of the dialect of `node`."""

    async def run() -> Result:
        client = Client(2.0, stream_bytes=5_000_000)
        settings = Node(name="N", url=node.url, dialect=node.script.dialect, key="env:KEY")  # type: ignore[arg-type]
        try:
            return await use(dialect_of(settings, client, lambda _: key))
        finally:
            await client.aclose()

    return asyncio.run(run())


def listing(node: FakeNode) -> Listing:
    return speak(node, lambda dialect: dialect.models())


def records_of(node: FakeNode, messages: Sequence[ChatMessage] = QUESTION, **more: Any) -> list[Record]:
    async def collect(dialect: Dialect) -> list[Record]:
        return [record async for record in dialect.chat("tiny", messages, **more)]

    return speak(node, collect)


def chat(
    node: FakeNode, messages: Sequence[ChatMessage] = QUESTION, *, key: str | None = None, **more: Any
) -> Completion:
    return speak(node, lambda dialect: completed(dialect.chat("tiny", messages, **more)), key)
