"""From a node of the settings to the dialect that speaks to it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from etoile.config import Node
from etoile.errors import NodeUnsuited
from etoile.llm.client import Client, Server
from etoile.llm.lmstudio import LmStudio
from etoile.llm.ollama import Ollama
from etoile.llm.openai import OpenAi
from etoile.llm.records import ChatMessage, Dialect, Listing, Record
from etoile.text import message

Secret = Callable[[Node], str | None]
"""Returns a node's key, or None when it has none.  May block.  Raises NodeUnauthorised."""

_BUILT: dict[str, Callable[[Server], Dialect]] = {"openai": OpenAi, "ollama": Ollama, "lmstudio": LmStudio}


class Unbuilt:
    """Stands for a dialect that Etoile does not speak yet, and says so."""

    def __init__(self, dialect: str) -> None:
        self._refusal = message("Etoile does not speak the {dialect} dialect yet", dialect=dialect)

    async def models(self) -> Listing:
        """Refuse."""
        raise NodeUnsuited(self._refusal)

    async def chat(
        self, model: str, messages: Sequence[ChatMessage], *, max_tokens: int | None = None
    ) -> AsyncGenerator[Record]:
        """Refuse."""
        raise NodeUnsuited(self._refusal)
        yield


def dialect_of(node: Node, client: Client, secret: Secret) -> Dialect:
    """Return the dialect of `node`, connected to nothing yet."""
    built = _BUILT.get(node.dialect)
    if built is None:
        return Unbuilt(node.dialect)
    return built(server_of(node, client, secret))


def server_of(node: Node, client: Client, secret: Secret) -> Server:
    """Return the address of `node` with its key, connected to nothing yet."""
    return Server(client, node.url, _key_of(node, secret))


def _key_of(node: Node, secret: Secret) -> Callable[[], Awaitable[str | None]]:
    """Return what fetches the key of `node` off the loop, for a keyring may ask its user first."""

    async def fetch() -> str | None:
        if node.key is None:
            return None
        return await asyncio.get_running_loop().run_in_executor(None, secret, node)

    return fetch
