"""How busy vLLM and llama.cpp say that they are, on their own pages of metrics."""

import math
import re
from collections.abc import Sequence

from etoile.domain.nodes import NodeLoad
from etoile.gpu.prometheus import Sample

ENGINES = ("vllm:", "vllm_", "llamacpp:", "llamacpp_")
"""Some proxies write an underscore for the colon."""

_RUNNING = ("vllm:num_requests_running", "llamacpp:requests_processing")
_WAITING = ("vllm:num_requests_waiting", "llamacpp:requests_deferred")
_WAITING_BY_REASON = ("vllm:num_requests_waiting_by_reason",)
_KV_CACHE = ("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc", "llamacpp:kv_cache_usage_ratio")
"""Shares of one, whatever the name says; the second is the former name of the first."""


def load_of(found: Sequence[Sample]) -> NodeLoad | None:
    """Return what the samples tell; None when they are of another kind of server."""
    values: dict[str, list[float]] = {}
    for sample in found:
        if sample.name.startswith(ENGINES) and math.isfinite(sample.value) and sample.value >= 0:
            values.setdefault(re.sub("[:_]", ":", sample.name, count=1), []).append(sample.value)
    if not values:
        return None
    waiting = _sum(values, _WAITING)
    kv_cache = [value for name in _KV_CACHE for value in values.get(name, ()) if value <= 1]
    return NodeLoad(
        running=_sum(values, _RUNNING),
        # The reasons add up to the whole, where that is told as well.
        waiting=_sum(values, _WAITING_BY_REASON) if waiting is None else waiting,
        kv_cache_percent=round(100 * max(kv_cache)) if kv_cache else None,
    )


def _sum(values: dict[str, list[float]], names: Sequence[str]) -> int | None:
    """Return the sum over all engines and models; None when none tells."""
    told = [value for name in names for value in values.get(name, ())]
    return round(min(sum(told), 1e9)) if told else None
