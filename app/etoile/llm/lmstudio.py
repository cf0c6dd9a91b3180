"""LM Studio: conversations go through its /v1, for its own chat takes no history; its own list tells what is loaded."""

from typing import Any

import msgspec

from etoile.errors import NodeBroken, NodeUnsuited
from etoile.llm.openai import OpenAi
from etoile.llm.records import Listing


class _Model(msgspec.Struct):
    key: str
    type: str = "llm"
    loaded_instances: list[Any] = []


class _Models(msgspec.Struct):
    models: list[_Model]


class _OldModel(msgspec.Struct):
    id: str
    type: str = "llm"
    state: str = ""


class _OldModels(msgspec.Struct):
    data: list[_OldModel]


class LmStudio(OpenAi):
    """The OpenAI-compatible dialect, with LM Studio's own list of models."""

    async def models(self) -> Listing:
        """Return /api/v1/models; before 0.4 it was v0, and the unknown is answered with 404, or 200 and an error."""
        try:
            listed = await self.server.get("/api/v1/models", _Models)
        except (NodeUnsuited, NodeBroken):
            return await self._old_models()
        chatty = [model for model in listed.models if model.type != "embedding"]
        return Listing(
            tuple(model.key for model in chatty), tuple(model.key for model in chatty if model.loaded_instances)
        )

    async def _old_models(self) -> Listing:
        listed = await self.server.get("/api/v0/models", _OldModels)
        chatty = [model for model in listed.data if model.type != "embeddings"]
        return Listing(
            tuple(model.id for model in chatty), tuple(model.id for model in chatty if model.state == "loaded")
        )
