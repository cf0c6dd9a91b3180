"""From a node of the settings to the dialect that speaks to it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from etoile.config import Node
from etoile.llm import anthropic, gemini
from etoile.llm.anthropic import Anthropic
from etoile.llm.client import Client, Server
from etoile.llm.gemini import Gemini
from etoile.llm.lmstudio import LmStudio
from etoile.llm.ollama import Ollama
from etoile.llm.openai import OpenAi
from etoile.llm.records import Dialect

Secret = Callable[[Node], str | None]
"""Returns a node's key, or None when it has none.  May block.  Raises NodeUnauthorised."""

_BUILT: Mapping[str, Callable[[Server], Dialect]] = {
    "openai": OpenAi,
    "ollama": Ollama,
    "lmstudio": LmStudio,
    "gemini": Gemini,
    "anthropic": Anthropic,
}
_KEY_HEADERS = {"gemini": gemini.KEY_HEADER, "anthropic": anthropic.KEY_HEADER}
_HEADERS = {"anthropic": anthropic.HEADERS}


def dialect_of(node: Node, client: Client, secret: Secret) -> Dialect:
    """Return the dialect of `node`, connected to nothing yet."""
    return _BUILT[node.dialect](server_of(node, client, secret))


def server_of(node: Node, client: Client, secret: Secret) -> Server:
    """Return the address of `node` with its key, connected to nothing yet."""
    return Server(
        client,
        node.url,
        _key_of(node, secret),
        key_header=_KEY_HEADERS.get(node.dialect, "authorization"),
        headers=_HEADERS.get(node.dialect, {}),
    )


def _key_of(node: Node, secret: Secret) -> Callable[[], Awaitable[str | None]]:
    """Return what fetches the key of `node` off the loop, for a keyring may ask its user first."""

    async def fetch() -> str | None:
        if node.key is None:
            return None
        return await asyncio.get_running_loop().run_in_executor(None, secret, node)

    return fetch
