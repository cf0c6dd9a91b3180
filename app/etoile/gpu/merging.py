"""Several lists of readings become one, in which every card stands once."""

from collections.abc import Iterable

from etoile.domain.gpus import GpuReading, GpuState, Kind

_WORTH = (GpuState.OK, GpuState.ASLEEP, GpuState.UNSUPPORTED, GpuState.STALE, GpuState.LOST, GpuState.UNKNOWN)
"""States, the more telling ones first."""


def merged(*lists: Iterable[GpuReading]) -> tuple[GpuReading, ...]:
    """Return all readings, host by host: this machine, then the others in the order in which they come.

    A card that is told of twice (by its driver and an exporter, or by two exporters) is shown as the one knows it who
    knows more; of equals, the former.  The processor of a host is left out where a GPU of it is known.
    """
    best: dict[str, GpuReading] = {}
    for reading in (reading for readings in lists for reading in readings):
        former = best.get(reading.uuid)
        if former is None or _WORTH.index(reading.state) < _WORTH.index(former.state):
            best[reading.uuid] = reading
    hosts = list(dict.fromkeys(reading.host for reading in best.values()))
    with_gpu = {reading.host for reading in best.values() if reading.kind is Kind.GPU}
    shown = [reading for reading in best.values() if reading.kind is Kind.GPU or reading.host not in with_gpu]
    return tuple(sorted(shown, key=lambda reading: (reading.far, hosts.index(reading.host))))
