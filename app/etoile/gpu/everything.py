"""Everything that is watched, read once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from etoile.domain.gpus import GpuReading
from etoile.errors import EtoileError, NvmlUnavailable
from etoile.gpu.far import ONCE_S, FarGpus
from etoile.gpu.merging import merged
from etoile.gpu.source import GpuCard


@dataclass(frozen=True, slots=True)
class Everything:
    """All that is watched, read once, and why some of it is not there."""

    readings: tuple[GpuReading, ...]
    local: NvmlUnavailable | None = None
    """Why this machine has no GPU."""
    far: Mapping[str, EtoileError] = field(default_factory=dict)
    """Why exporters could not be read, by node."""


def read_everything(
    read_local: Callable[[], tuple[GpuReading, ...]],
    far: FarGpus | None,
    processor: GpuCard,
    far_within_s: float = ONCE_S,
) -> Everything:
    """Return everything as it is now: `read_local` this machine's GPUs.  Blocks for some seconds at most.

    Other machines get `far_within_s` to answer.
    """
    failure: NvmlUnavailable | None = None
    try:
        local = read_local()
    except NvmlUnavailable as error:
        local, failure = (processor.read(with_processes=False),), error
    others, failures = far.read_once(far_within_s) if far else ((), {})
    return Everything(merged(local, others), failure, failures)
