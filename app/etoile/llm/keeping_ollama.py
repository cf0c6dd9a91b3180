"""Ollama's models: docs/api.md of ollama/ollama."""

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

import msgspec

from etoile.domain.model_names import same_model
from etoile.domain.nodes import LoadedModel
from etoile.domain.stored import Progress, Stored
from etoile.errors import NodeBusy, NodeSilent, NodeUnreachable
from etoile.llm.client import garbage_refused
from etoile.llm.complaints import refusal
from etoile.text import message

if TYPE_CHECKING:
    from etoile.llm.client import Server

LOAD_WITHIN_S = 900.0
"""The largest models from the slowest disks."""
GONE_WITHIN_S = 5.0
"""A model that is still in memory after this answers somebody."""
SILENT_S = 900.0
"""While it checks what it fetched, Ollama says nothing: minutes for a large model."""
LOOK_S = 0.1


class _Details(msgspec.Struct):
    family: str | None = None
    parameter_size: str | None = None
    quantization_level: str | None = None


class _Tag(msgspec.Struct):
    name: str
    size: int = 0
    digest: str | None = None
    modified_at: str | None = None
    remote_model: str | None = None
    details: _Details | None = None


class _Tags(msgspec.Struct):
    models: list[_Tag]


class _Loaded(msgspec.Struct):
    name: str
    size: int = 0
    size_vram: int = 0


class _AllLoaded(msgspec.Struct):
    models: list[_Loaded]


class _Shown(msgspec.Struct):
    modelfile: str = ""


class _Step(msgspec.Struct):
    status: str = ""
    digest: str | None = None
    total: int | None = None
    completed: int | None = None
    error: Any = None


_STEP = msgspec.json.Decoder(_Step)


class OllamaKeeper:
    """Looks after the models of Ollama."""

    def __init__(self, server: "Server") -> None:
        self.server = server

    async def stored(self) -> tuple[Stored, ...]:
        """Return /api/tags."""
        return tuple(_stored(tag) for tag in (await self.server.get("/api/tags", _Tags)).models)

    async def made_of(self, model: Stored) -> Stored:
        """Return `model` with the digest that the first FROM of its modelfile names."""
        found = _BLOB.search(await self._modelfile(model.name))
        return replace(model, weights=found["digest"]) if found else model

    async def loaded(self) -> Mapping[str, LoadedModel | None]:
        """Return /api/ps."""
        running = (await self.server.get("/api/ps", _AllLoaded)).models
        return {one.name: LoadedModel(name=one.name, size_bytes=one.size, gpu_bytes=one.size_vram) for one in running}

    async def load(self, model: str) -> None:
        """Send a request without a prompt, which is answered as soon as the model is in memory."""
        import anyio

        try:
            with anyio.fail_after(LOAD_WITHIN_S):
                await self.server.order("POST", "/api/generate", {"model": model, "stream": False})
        except TimeoutError:
            raise NodeSilent(
                message("it has not loaded the model within {time:duration}", time=LOAD_WITHIN_S)
            ) from None

    async def unload(self, model: str) -> None:
        """Let it keep the model for 0 s, and see that it is gone: what answers somebody stays until it has."""
        await self.server.order("POST", "/api/generate", {"model": model, "keep_alive": 0, "stream": False})
        for _ in range(round(GONE_WITHIN_S / LOOK_S)):
            if not any(same_model(name, model) for name in await self.loaded()):
                return
            await asyncio.sleep(LOOK_S)
        raise NodeBusy(message("the model answers a request, and leaves the memory after that"))

    async def fetch(self, model: str) -> AsyncGenerator[Progress]:
        """Follow /api/pull; closing the connection stops it, and the next one goes on from there."""
        import anyio

        sizes: dict[str, tuple[int, int]] = {}
        async with aclosing(self.server.lines("/api/pull", {"model": model, "stream": True})) as lines:
            while True:
                with anyio.move_on_after(SILENT_S) as limit:
                    line = await anext(lines, None)
                if limit.cancelled_caught:
                    raise NodeSilent(message("nothing came for {seconds:g} s", seconds=SILENT_S))
                if line is None:
                    raise NodeUnreachable(message("it broke off before the model was there"))
                if not line.strip():
                    continue
                step = _step(line)
                if step.digest and step.total is not None:
                    sizes[step.digest] = (step.completed or 0, step.total)
                yield _progress(step, sizes)
                if step.status == "success":
                    return

    async def remove(self, model: str) -> None:
        """Remove the name; files that no other name needs go with it."""
        await self.server.order("DELETE", "/api/delete", {"model": model})

    async def folder(self) -> PurePath | None:
        """Return the folder of the files that any of its models is made of."""
        first = next((model.name for model in await self.stored() if not model.elsewhere), None)
        found = _BLOB.search(await self._modelfile(first)) if first else None
        if found is None:
            return None
        kind = PureWindowsPath if "\\" in found["folder"] else PurePosixPath
        return kind(found["folder"])

    async def _modelfile(self, model: str) -> str:
        return (await self.server.post("/api/show", {"model": model}, _Shown)).modelfile


_BLOB = re.compile(r"^FROM (?P<folder>.+)[/\\]sha256[-:](?P<digest>[0-9a-f]{64})\s*$", re.MULTILINE)
"""The line of a modelfile that names the weights."""


def _stored(tag: _Tag) -> Stored:
    details = tag.details or _Details()
    return Stored(
        name=tag.name,
        size_bytes=tag.size,
        digest=tag.digest,
        modified_s=_seconds(tag.modified_at),
        family=details.family,
        parameters=details.parameter_size,
        quantisation=details.quantization_level,
        elsewhere=tag.remote_model is not None,
    )


def _seconds(written: str | None) -> float | None:
    """Return the time that `written` tells, with up to nine digits of a second; None for nonsense."""
    try:
        at = datetime.fromisoformat(written or "")
    except ValueError:
        return None
    return at.timestamp() if at.tzinfo else None


def _step(line: str) -> _Step:
    with garbage_refused():
        step = _STEP.decode(line)
    if step.error:
        raise refusal(None, step.error)
    return step


def _progress(step: _Step, sizes: Mapping[str, tuple[int, int]]) -> Progress:
    if not sizes:
        return Progress(step.status)
    return Progress(step.status, sum(done for done, _ in sizes.values()), sum(total for _, total in sizes.values()))
