"""LM Studio's models, by its own API (0.4 and later): lmstudio.ai/docs/developer/rest."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING

import msgspec

from etoile.domain.model_names import same_model
from etoile.domain.nodes import LoadedModel
from etoile.domain.stored import Progress, Stored
from etoile.errors import NodeBroken, NodeSilent, NodeUnsuited
from etoile.llm.keeping_ollama import LOAD_WITHIN_S
from etoile.llm.lmstudio import StudioModel, studio_models
from etoile.text import message

if TYPE_CHECKING:
    from etoile.llm.client import Server

LOOK_S = 1.0
"""How often the state of a download is asked for."""


class _Job(msgspec.Struct):
    status: str
    job_id: str | None = None
    total_size_bytes: int | None = None
    downloaded_bytes: int | None = None


class LmStudioKeeper:
    """Looks after the models of LM Studio."""

    def __init__(self, server: "Server") -> None:
        self.server = server

    async def stored(self) -> tuple[Stored, ...]:
        """Return /api/v1/models."""
        return tuple(map(_stored, await self._models()))

    async def made_of(self, model: Stored) -> Stored:
        """Return `model`: LM Studio does not tell its files."""
        return model

    async def loaded(self) -> Mapping[str, LoadedModel | None]:
        """Return the models that have instances; where these lie is not told."""
        return {model.key: None for model in await self._models() if model.loaded_instances}

    async def load(self, model: str) -> None:
        """Load one instance, unless there is one: a second load would make a second one."""
        import anyio

        if any(same_model(name, model) for name in await self.loaded()):
            return
        try:
            with anyio.fail_after(LOAD_WITHIN_S):
                await self.server.order("POST", "/api/v1/models/load", {"model": model})
        except TimeoutError:
            raise NodeSilent(
                message("it has not loaded the model within {time:duration}", time=LOAD_WITHIN_S)
            ) from None

    async def unload(self, model: str) -> None:
        """Unload every instance."""
        for known in await self._models():
            if same_model(known.key, model):
                for instance in known.loaded_instances:
                    await self.server.order("POST", "/api/v1/models/unload", {"instance_id": instance.id})

    async def fetch(self, model: str) -> AsyncGenerator[Progress]:
        """Start a download and follow it; LM Studio goes on with it by itself when nobody looks on."""
        job = await self.server.post("/api/v1/models/download", {"model": model}, _Job)
        total = job.total_size_bytes
        while job.status not in ("completed", "already_downloaded"):
            if job.status == "failed":
                raise NodeBroken(message("its download failed"))
            total = job.total_size_bytes or total
            yield Progress(job.status, job.downloaded_bytes, total)
            await asyncio.sleep(LOOK_S)
            job = await self.server.get(f"/api/v1/models/download/status/{job.job_id}", _Job)
        yield Progress("success", total, total)

    async def remove(self, model: str) -> None:
        """Refuse: its API has no such call."""
        raise NodeUnsuited(message("LM Studio removes models in its own window only"))

    async def folder(self) -> PurePath | None:
        """Return None: LM Studio does not tell."""
        return None

    async def _models(self) -> list[StudioModel]:
        try:
            return await studio_models(self.server)
        except (NodeUnsuited, NodeBroken) as error:
            raise NodeUnsuited(
                message("LM Studio before 0.4 cannot be told to load or fetch models"),
                message("Update LM Studio there."),
            ) from error


def _stored(model: StudioModel) -> Stored:
    quantisation = model.quantization.get("name") if isinstance(model.quantization, dict) else None
    return Stored(
        name=model.key,
        size_bytes=model.size_bytes or 0,
        family=model.architecture,
        parameters=model.params_string,
        quantisation=quantisation if isinstance(quantisation, str) else None,
    )
