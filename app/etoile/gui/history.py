"""The last five minutes of every GPU, for the curves on the cards."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from etoile.domain.gpus import SLOWED_BY_HEAT, GpuReading, GpuState

SPAN_S = 300.0


class Sample(NamedTuple):
    """What a curve needs of one reading."""

    at_s: float
    """Monotonic clock."""
    temperature_c: int | None
    utilization_percent: int | None
    throttled: bool = False
    """Whether heat slowed it down."""


class History:
    """Keeps `SPAN_S` of samples of each GPU; a GPU that is gone is forgotten."""

    def __init__(self) -> None:
        self._samples: dict[str, deque[Sample]] = {}

    def add(self, gpus: Sequence[GpuReading]) -> None:
        """Take in new readings; one that was taken in already changes nothing."""
        self._samples = {gpu.uuid: self._samples.get(gpu.uuid, deque()) for gpu in gpus}
        for gpu in gpus:
            samples = self._samples[gpu.uuid]
            if not samples or gpu.at_s > samples[-1].at_s:
                samples.append(_sample(gpu))
            while samples[-1].at_s - samples[0].at_s > SPAN_S:
                samples.popleft()

    def of(self, uuid: str) -> Sequence[Sample]:
        """Return the samples of the GPU `uuid`, oldest first."""
        return tuple(self._samples.get(uuid, ()))


def _sample(gpu: GpuReading) -> Sample:
    if gpu.state is not GpuState.OK:
        return Sample(gpu.at_s, None, None)
    return Sample(gpu.at_s, gpu.temperature_c, gpu.utilization_percent, not SLOWED_BY_HEAT.isdisjoint(gpu.throttle))
