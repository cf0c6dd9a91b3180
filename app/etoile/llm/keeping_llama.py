"""The models of llama.cpp's server in router mode; other servers of its dialect hold the model they were started with.

tools/server/README.md of ggml-org/llama.cpp, "Using multiple models".
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING

import msgspec

from etoile.domain.model_names import same_model
from etoile.domain.nodes import LoadedModel
from etoile.domain.stored import Progress, Stored
from etoile.errors import NodeBroken, NodeSilent, NodeUnsuited
from etoile.llm.keeping_ollama import GONE_WITHIN_S, LOAD_WITHIN_S
from etoile.text import message

if TYPE_CHECKING:
    from etoile.llm.client import Server

LOOK_S = 0.2


class _State(msgspec.Struct):
    value: str
    failed: bool = False


class _Model(msgspec.Struct):
    id: str
    status: _State | None = None


class _Models(msgspec.Struct):
    data: list[_Model]


class LlamaKeeper:
    """Looks after the models of llama-server as a router."""

    def __init__(self, server: "Server") -> None:
        self.server = server

    async def stored(self) -> tuple[Stored, ...]:
        """Return its models; their sizes are not told."""
        return tuple(Stored(name=model.id) for model in await self._listed())

    async def made_of(self, model: Stored) -> Stored:
        """Return `model`: its files are not told."""
        return model

    async def loaded(self) -> Mapping[str, LoadedModel | None]:
        """Return the models in memory: all, where the server does not change them.  Where they lie is not told."""
        return {model.id: None for model in await self._listed() if _state(model) in ("loaded", None)}

    async def load(self, model: str) -> None:
        """Start to load, and wait for it."""
        await self._models()
        await self.server.order("POST", "/models/load", {"model": model})
        await self._until(model, "loaded", LOAD_WITHIN_S)

    async def unload(self, model: str) -> None:
        """Unload, and wait for it."""
        await self._models()
        await self.server.order("POST", "/models/unload", {"model": model})
        await self._until(model, "unloaded", GONE_WITHIN_S)

    async def fetch(self, model: str) -> AsyncGenerator[Progress]:
        """Refuse."""
        raise _cannot()
        yield

    async def remove(self, model: str) -> None:
        """Refuse."""
        raise _cannot()

    async def folder(self) -> PurePath | None:
        """Return None: it does not tell."""
        return None

    async def _until(self, model: str, wanted: str, within_s: float) -> None:
        for _ in range(round(within_s / LOOK_S)):
            known = next((one for one in await self._models() if same_model(one.id, model)), None)
            if known is None or (known.status and known.status.failed):
                raise NodeBroken(message("it could not load the model"))
            if _state(known) == wanted:
                return
            await asyncio.sleep(LOOK_S)
        raise NodeSilent(message("nothing came of it within {time:duration}", time=within_s))

    async def _models(self) -> list[_Model]:
        """Return the models of a router.  Raises NodeUnsuited for another server."""
        models = await self._listed()
        if not any(model.status for model in models):
            raise NodeUnsuited(
                message("a server of this kind keeps the model that it was started with"),
                message("Start it anew with another model; llama-server with --models-dir changes models by itself."),
            )
        return models

    async def _listed(self) -> list[_Model]:
        """Return the models that it lists, a router with the state of each."""
        try:
            return (await self.server.get("/models", _Models)).data
        except (NodeUnsuited, NodeBroken):
            return (await self.server.get("/v1/models", _Models)).data


def _state(model: _Model) -> str | None:
    return model.status.value if model.status else None


def _cannot() -> NodeUnsuited:
    return NodeUnsuited(message("a server of this kind neither fetches nor removes models"))
