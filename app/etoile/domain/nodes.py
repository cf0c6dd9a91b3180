"""A node: a server that runs language models, and what is known of it now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from etoile.domain.gpus import GpuReading, Thermal
from etoile.text import Message


class NodeState(StrEnum):
    """Whether a node can take a request, and if not, why."""

    UP = "up"
    LOADING = "loading"
    BUSY = "busy"
    DEGRADED = "degraded"
    """It failed a moment ago and speaks again: another is preferred until it has answered a whole request."""
    OPEN = "open"
    """Its circuit breaker is open: it failed lately and is left alone for a while."""
    QUARANTINED = "quarantined"
    AUTH = "auth"
    """It wants another key."""
    DOWN = "down"
    UNCONFIRMED = "unconfirmed"
    """Found on this machine, not yet confirmed by the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model in the memory of a node, as Ollama tells it."""

    name: str
    size_bytes: int
    """All of it, with its context."""
    gpu_bytes: int
    """What of that is on GPUs; the rest is on the CPU.  Without the driver's own memory (310 to 460 MiB a card)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLoad:
    """How busy a server says that it is, whoever asks it (vLLM and llama.cpp do); None where it does not tell."""

    running: int | None = None
    """Requests that are being answered."""
    waiting: int | None = None
    """Requests that wait for room."""
    kv_cache_percent: int | None = None
    """How full the memory for contexts is; of several engines, the fullest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStatus:
    """What is known of a node at one moment."""

    name: str
    dialect: str
    url: str
    state: NodeState
    model: str | None = None
    """The model that would answer."""
    models: tuple[str, ...] = ()
    loaded: tuple[str, ...] = ()
    in_memory: tuple[LoadedModel, ...] = ()
    """Loaded models whose place in memory is known."""
    latency_ms: float | None = None
    in_flight: int = 0
    here: bool = False
    """Whether it runs on this machine, by its address or by the settings."""
    gpus: tuple[str, ...] = ()
    """UUIDs of the cards of this machine that it uses, if the settings name them; else all, if it runs here."""
    thermal: Thermal = Thermal.UNKNOWN
    """Of the hottest GPU that it uses."""
    temperature_c: int | None = None
    """Of the same."""
    memory_free_bytes: int | None = None
    """Of all GPUs that it uses together."""
    memory_total_bytes: int | None = None
    load: NodeLoad | None = None
    reason: Message | None = None

    roles: tuple[str, ...] = ()
    """What it is for, by the settings; empty means everything."""
    models_by_role: Mapping[str, str] = field(default_factory=dict)
    """Other models than the usual one, by role."""
    never: tuple[str, ...] = ()
    """Models that must not be used."""
    local: bool = True
    """False for a cloud provider."""
    tools: tuple[str, ...] = ()
    """Where it gets live data from: "search", "market"."""
    weight: float = 0.0
    """How much the user prefers it, in points (see `etoile.domain.plan`)."""
    max_in_flight: int | None = None
    """How many requests it is given at once."""
    need_bytes: Mapping[str, int] = field(default_factory=dict)
    """About what models take of the GPUs, by name, as far as that can be told."""
    first_token_ms: float | None = None
    """How long it let wait lately, with its usual model, as measured."""
    tokens_per_s: float | None = None
    """How fast it wrote lately, with the same."""
    context_tokens: int | None = None
    """What a conversation with the same may be long, answer included."""
    retry_at_s: float | None = None
    """Until when it is left alone, in seconds since 1970, for people to read; None when it is not."""


def gpus_of(node: NodeStatus, readings: Iterable[GpuReading]) -> tuple[GpuReading, ...]:
    """Return the GPUs, of all that are known, that `node` uses: those that its exporter tells of, or this machine's."""
    return tuple(reading for reading in readings if _uses(node, reading))


def _uses(node: NodeStatus, reading: GpuReading) -> bool:
    if reading.far:
        return reading.host == node.name
    return reading.uuid in node.gpus if node.gpus else node.here


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who gave an answer (or a part of it)."""

    node: str
    model: str
