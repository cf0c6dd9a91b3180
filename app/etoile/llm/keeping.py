"""What is done for the models of a node: they are loaded, unloaded, fetched and removed, by the server's own API."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from pathlib import PurePath
from typing import Protocol, TypeVar

from etoile.config import Node
from etoile.domain.nodes import LoadedModel
from etoile.domain.stored import Progress, Stored
from etoile.errors import NodeUnsuited
from etoile.llm.client import Client, Server
from etoile.llm.dialects import Secret, server_of
from etoile.llm.keeping_llama import LlamaKeeper
from etoile.llm.keeping_lmstudio import LmStudioKeeper
from etoile.llm.keeping_ollama import OllamaKeeper
from etoile.llm.loop import new_loop
from etoile.text import message

log = logging.getLogger(__name__)

Result = TypeVar("Result")

STREAM_BYTES = 2_000_000_000
"""A fetch that lasts a day tells of itself some times a second."""
LOOK_S = 0.2
"""How soon a call that is to end does."""


class Keeper(Protocol):
    """Looks after the models of one node.  Everything raises NodeError; NodeUnsuited where the server cannot."""

    server: Server

    async def stored(self) -> tuple[Stored, ...]:
        """Return the models on its disk."""
        ...

    async def made_of(self, model: Stored) -> Stored:
        """Return `model` with the digest of its weights, as far as the node tells it."""
        ...

    async def loaded(self) -> Mapping[str, LoadedModel | None]:
        """Return the models in its memory, with where they lie there if the node tells that."""
        ...

    async def load(self, model: str) -> None:
        """Bring `model` into memory; returns when it is there."""
        ...

    async def unload(self, model: str) -> None:
        """Take `model` out of memory; returns when it is gone."""
        ...

    def fetch(self, model: str) -> AsyncGenerator[Progress]:
        """Download `model`, from where it stopped last time; ends when it is there."""
        ...

    async def remove(self, model: str) -> None:
        """Remove `model` from its disk."""
        ...

    async def folder(self) -> PurePath | None:
        """Return where its models lie, on its own machine; None where it does not tell."""
        ...


_KEEPERS: Mapping[str, Callable[[Server], Keeper]] = {
    "ollama": OllamaKeeper,
    "lmstudio": LmStudioKeeper,
    "openai": LlamaKeeper,
}


def visit(
    node: Node,
    connect_s: float,
    secret: Secret,
    work: Callable[[Keeper], Awaitable[Result]],
    check: Callable[[], None] = lambda: None,
) -> Result:
    """Return what `work` gives with the keeper of `node`, on a loop of its own.

    Blocks; ends early by Ctrl+C on the main thread, or when `check`, which is called often, raises.  Raises NodeError.
    """
    make = _KEEPERS.get(node.dialect) if node.local else None
    if make is None:
        raise NodeUnsuited(message("a provider keeps its models itself: there is nothing to load or remove"))
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(_visit(node, Client(connect_s, STREAM_BYTES), secret, make, work, check))


async def _visit(
    node: Node,
    client: Client,
    secret: Secret,
    make: Callable[[Server], Keeper],
    work: Callable[[Keeper], Awaitable[Result]],
    check: Callable[[], None],
) -> Result:
    async with aclosing(client):
        task = asyncio.ensure_future(work(make(server_of(node, client, secret))))
        try:
            while not (await asyncio.wait({task}, timeout=LOOK_S))[0]:
                check()
            return task.result()
        finally:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled() and (error := task.exception()) is not None:
                log.debug("the last work on %s: %s", node.name, error)
