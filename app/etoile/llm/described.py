"""What nodes tell of a model that they have: Ollama the header of its file, LM Studio how large it is.

Ollama leaves long lists out of a header unless asked for everything, which is some ten megabytes of vocabulary; it is
asked again only for a model whose layers differ.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import msgspec

from etoile.config import Node
from etoile.domain.fit import Metadata, Model, Tensor, model_of
from etoile.domain.fit.quantisation import TYPES_BY_NAME
from etoile.domain.model_names import same_model
from etoile.errors import NodeError, NodeSilent, UnreadableModel
from etoile.llm.client import Client, Server
from etoile.llm.dialects import Secret, server_of
from etoile.llm.known import known_model
from etoile.llm.loop import new_loop
from etoile.text import message

log = logging.getLogger(__name__)

WITHIN_S = 10.0
"""A node that takes longer over one model is passed over."""
WHOLE_HEADER_BYTES = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A model in a node's memory."""

    context: int
    """Tokens that it was loaded for."""
    size_bytes: int
    gpu_bytes: int
    """Without CUDA's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A model that a node has."""

    node: str
    model: Model
    running: Running | None = None


def describe(nodes: Sequence[Node], name: str, connect_s: float, secret: Secret) -> Described | None:
    """Return the model `name` as the first of `nodes` that has it tells it; None where none has it.

    Blocks, for some seconds at most.  Raises UnreadableModel when a node has it and tells too little; NodeError when
    the nodes that might have it did not answer.
    """
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(_describe(nodes, name, connect_s, secret))


async def _describe(nodes: Sequence[Node], name: str, connect_s: float, secret: Secret) -> Described | None:
    import anyio

    failed: NodeError | None = None
    async with aclosing(Client(connect_s, WHOLE_HEADER_BYTES)) as client:
        for node in nodes:
            if (ask := _ASK.get(node.dialect)) is None:
                continue
            try:
                with anyio.fail_after(WITHIN_S):
                    found = await ask(server_of(node, client, secret), node, name)
            except TimeoutError:
                failed = NodeSilent(message("no answer within {seconds:g} s", seconds=WITHIN_S))
            except NodeError as error:
                log.debug("%s: %s", node.name, error)
                failed = error
            else:
                if found is not None:
                    return found
    if failed is not None:
        raise failed
    return None


class _Listed(msgspec.Struct):
    name: str
    size: int = 0


class _Tags(msgspec.Struct):
    models: list[_Listed]


class _Loaded(msgspec.Struct):
    name: str
    size: int = 0
    size_vram: int = 0
    context_length: int = 0


class _Processes(msgspec.Struct):
    models: list[_Loaded]


class _Array(msgspec.Struct):
    name: str
    type: str
    shape: list[int]


class _Shown(msgspec.Struct):
    model_info: dict[str, Any] = {}
    tensors: list[_Array] = []
    projector_info: dict[str, Any] | None = None


async def _ask_ollama(server: Server, node: Node, name: str) -> Described | None:
    listed = (await server.get("/api/tags", _Tags)).models
    tag = next((model for model in listed if same_model(model.name, name)), None)
    if tag is None:
        return None
    shown = await server.post("/api/show", {"model": tag.name}, _Shown)
    if any(value in ([], None) and _describes_layers(key) for key, value in shown.model_info.items()):
        shown = await server.post(
            "/api/show", {"model": tag.name, "verbose": True}, _Shown, most_bytes=WHOLE_HEADER_BYTES
        )
    tensors = tuple(map(_tensor, shown.tensors))
    weights = sum(tensor.size_bytes for tensor in tensors)
    model = model_of(
        _metadata(shown.model_info),
        tensors,
        name=tag.name,
        size_bytes=tag.size,
        projector_bytes=max(0, tag.size - weights) if shown.projector_info and tensors else 0,
    )
    processes = (await server.get("/api/ps", _Processes)).models
    loaded = next((process for process in processes if same_model(process.name, tag.name)), None)
    running = None
    if loaded is not None and loaded.context_length and loaded.size_vram:
        running = Running(context=loaded.context_length, size_bytes=loaded.size, gpu_bytes=loaded.size_vram)
    return Described(node=node.name, model=model, running=running)


def _describes_layers(key: str) -> bool:
    return not key.startswith(("tokenizer.", "general."))


def _tensor(array: _Array) -> Tensor:
    """Return an array as a tensor; one of a type that is not known is taken for f16."""
    elements = 1
    for length in array.shape:
        elements *= length
    kind = TYPES_BY_NAME.get(array.type.lower(), TYPES_BY_NAME["f16"])
    return Tensor(name=array.name, shape=tuple(array.shape), size_bytes=kind.bytes_of(elements))


def _metadata(info: dict[str, Any]) -> Metadata:
    """Return the values that a header may hold; others are dropped."""
    kept: dict[str, Any] = {}
    for key, value in info.items():
        if isinstance(value, str | bool | int | float):
            kept[key] = value
        elif isinstance(value, list) and value and all(isinstance(part, str | bool | int | float) for part in value):
            kept[key] = tuple(value)
    return kept


class _LmStudioModel(msgspec.Struct):
    key: str
    size_bytes: int | None = None
    quantization: Any = None
    """{"name": "Q4_K_M"}, as far as it is known."""


class _LmStudioModels(msgspec.Struct):
    models: list[_LmStudioModel]


async def _ask_lmstudio(server: Server, node: Node, name: str) -> Described | None:
    """LM Studio does not tell a model's shape: the table of well-known models must have it."""
    listed = (await server.get("/api/v1/models", _LmStudioModels)).models
    found = next((model for model in listed if same_model(model.key, name)), None)
    if found is None:
        return None
    told = found.quantization.get("name") if isinstance(found.quantization, dict) else None
    quantisation = told if isinstance(told, str) else None
    model = known_model(found.key, quantisation=quantisation, size_bytes=found.size_bytes)
    if model is None:
        raise UnreadableModel(
            message("LM Studio on {node} tells how large it is, and not its shape", node=node.name),
            message("Name its .gguf file: “lms ls --json” tells where it is."),
        )
    return Described(node=node.name, model=model)


_ASK = {"ollama": _ask_ollama, "lmstudio": _ask_lmstudio}
