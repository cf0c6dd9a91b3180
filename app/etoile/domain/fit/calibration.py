"""What the engine really took, beside what was estimated: the next estimate is better by their ratio.  Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from etoile.domain.fit.model import Model
from etoile.domain.fit.need import MIB, Setup, need

PLAUSIBLE = (0.5, 2.0)
"""A ratio outside was not measured on the same thing."""

_BUFFER = re.compile(
    r"\b(?P<device>[A-Za-z]\w*)\s+(?P<kind>model|KV|RS|compute)\s+buffer size"
    r"\s*=\s*(?P<mib>\d{1,9}(?:\.\d{1,6})?)\s*MiB"
)
"""As llama-server logs it: "CUDA0 KV buffer size =  1024.00 MiB" (Ollama reads the same, llm/llama_server.go)."""
_HOSTS = ("CPU", "CUDA_Host", "ROCm_Host", "Vulkan_Host", "SYCL_Host", "HIP_Host", "BLAS", "AMX")
LONGEST_LINE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Bytes that the engine took on all cards, without CUDA's own; None for kinds that it did not tell."""

    weights: int | None = None
    cache: int | None = None
    state: int | None = None
    compute: int | None = None
    total: int = 0
    cards: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """By how much the engine's figure differs from the estimate."""

    ratio: float
    source: str
    """Who told: "log", or the name of a node."""
    at_s: float
    """Seconds since 1970."""


def observed_in(lines: Iterable[str]) -> Observed | None:
    """Return what a log of llama-server tells of the buffers on cards; None when it tells of none.

    A log may hold several loads: the last one counts.
    """
    kinds: dict[str, dict[str, float]] = {}
    for line in lines:
        for found in _BUFFER.finditer(line[:LONGEST_LINE]):
            device, kind, mib = found["device"], found["kind"], float(found["mib"])
            if device.startswith(_HOSTS):
                continue
            if kind == "model" and ("KV" in kinds or "compute" in kinds or device in kinds.get("model", {})):
                kinds = {}
            sizes = kinds.setdefault(kind, {})
            # Two caches, of whole and of windowed layers, are two lines; a repeated reservation is one buffer.
            sizes[device] = sizes.get(device, 0.0) + mib if kind == "KV" else max(sizes.get(device, 0.0), mib)
    if not kinds:
        return None
    parts = {kind: round(sum(sizes.values()) * MIB) for kind, sizes in kinds.items()}
    return Observed(
        weights=parts.get("model"),
        cache=parts.get("KV"),
        state=parts.get("RS"),
        compute=parts.get("compute"),
        total=sum(parts.values()),
        cards=len({device for sizes in kinds.values() for device in sizes}),
    )


def ratio_of(model: Model, setup: Setup, observed: Observed) -> float | None:
    """Return observed / estimated for a model that is wholly on one card; None where the two are not comparable."""
    estimated = need(model, setup)
    if observed.cards != 1:
        return None
    parts = (
        (observed.weights, estimated.weights),
        (observed.cache, estimated.cache),
        (observed.state, estimated.state),
        (observed.compute, estimated.compute),
    )
    told = [(seen, expected) for seen, expected in parts if seen is not None]
    if told:
        # Kinds that the log leaves out are taken as estimated.
        seen = sum(seen for seen, _ in told)
        left_out = sum(expected for amount, expected in parts if amount is None)
        return _plausible((seen + left_out) / estimated.engine)
    return _plausible(observed.total / estimated.engine)


def flags_of(setup: Setup) -> str:
    """Return how the engine was set, apart from the context, as calibrations are kept by it."""
    return f"{setup.key_type}/{setup.value_type} x{setup.parallel} {'fa' if setup.flash_attention else 'no-fa'}"


def _plausible(ratio: float) -> float | None:
    return ratio if PLAUSIBLE[0] <= ratio <= PLAUSIBLE[1] else None
