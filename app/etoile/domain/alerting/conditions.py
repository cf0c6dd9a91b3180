"""What is wrong now: with the GPUs, with the nodes, with the models in their memory.

Everything is held before it counts and before it is over.  A time is that of the reading it stands in, so that a report
that repeats a reading adds nothing to what is held.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from etoile.config import Alerts
from etoile.domain.alerting.scope import Identity, Kind, Level
from etoile.domain.gpus import GpuReading, GpuState, Thermal
from etoile.domain.latch import Hold, Latch
from etoile.domain.nodes import LoadedModel, NodeState, NodeStatus, gpus_of
from etoile.domain.thermal import Track, settings_of

MEMORY_HOLD = Hold(30.0, 30.0)
MEMORY_HYSTERESIS_PERCENT = 5
FAN_HOLD = Hold(20.0, 10.0)
FAN_BELOW_C = 5
"""Fans that stop by design start again at 50 to 60 °C: this far below the warning one must turn."""
FAN_HYSTERESIS_C = 10
LOST_HOLD = Hold(15.0, 30.0)
"""A driver that is loaded anew has its cards back within seconds."""
SPILL_HOLD = Hold(20.0, 20.0)
SPILLED_PART = 0.02
"""Less than this on the CPU is rounding."""
NODE_HOLD = Hold(30.0, 30.0)
"""Three heartbeats."""

SILENT = frozenset({GpuState.LOST, GpuState.STALE, GpuState.UNKNOWN})
WORKING = frozenset({NodeState.UP, NodeState.BUSY, NodeState.LOADING, NodeState.DEGRADED})
FAILING = frozenset({NodeState.DOWN, NodeState.OPEN, NodeState.QUARANTINED})

Latches = Mapping[Identity, Latch]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something that is wrong, and what is known about it."""

    kind: Kind
    subject: str
    level: Level
    since_s: float
    reading: GpuReading | None = None
    """Of the GPU that it is about."""
    track: Track | None = None
    node: NodeStatus | None = None
    """The node that it is about."""
    model: LoadedModel | None = None

    @property
    def identity(self) -> Identity:
        """What tells it from all others."""
        return self.kind, self.subject


def of_gpus(
    readings: Iterable[GpuReading],
    tracks: Mapping[str, Track],
    latches: Latches,
    at_s: float,
    settings: Alerts,
    *,
    settled: bool,
) -> Iterator[tuple[Identity, Latch, Condition | None]]:
    """Yield the new latch of everything that a GPU can have, and what is wrong with it.

    Until the computer has `settled` after its sleep no GPU is given up for lost.
    """
    for reading in readings:
        own = settings_of(reading, settings.gpus)
        if any(one.silent for one in own):
            continue
        track = tracks[reading.uuid]
        hot = _heat(reading, track)
        if hot:
            yield hot.identity, Latch(on=True, since_s=hot.since_s), hot
        memory_percent = next((one.memory_percent for one in reversed(own) if one.memory_percent), None)
        held = {
            Kind.FAN: _fan(reading, track, latches),
            Kind.MEMORY: _memory(reading, track, latches, at_s, memory_percent or settings.memory_percent),
            Kind.LOST: _lost(reading, track, latches, at_s, settled=settled),
        }
        for kind, latch in held.items():
            # A hot card's alert tells of its fan as well.
            told = latch.on and not (kind is Kind.FAN and hot)
            yield (kind, reading.uuid), latch, _about_gpu(kind, latch, reading, track) if told else None


def of_nodes(
    nodes: Iterable[NodeStatus], readings: Sequence[GpuReading], latches: Latches, at_s: float, *, settled: bool
) -> Iterator[tuple[Identity, Latch, Condition | None]]:
    """Yield the new latch of every node that has worked since the start, and of every model in its memory."""
    for node in nodes:
        identity = Kind.NODE, node.name
        before = latches.get(identity)
        if before is None and node.state not in WORKING:
            continue
        known = before or Latch()
        latch = known.turned(node.state in FAILING, at_s, NODE_HOLD) if settled else known.afresh()
        down = Condition(
            kind=Kind.NODE, subject=node.name, level=Level.WARNING, since_s=latch.since_s or at_s, node=node
        )
        yield identity, latch, down if latch.on else None
        if node.state in WORKING:
            yield from _spills(node, readings, latches, at_s)


def _heat(reading: GpuReading, track: Track) -> Condition | None:
    match track.state:
        case Thermal.CRITICAL:
            level, latch = Level.CRITICAL, track.critical
        case Thermal.WARNING:
            level, latch = Level.WARNING, track.warning
        case _:
            return None
    since_s = latch.since_s or track.seen_s or 0.0
    return Condition(
        kind=Kind.HEAT, subject=reading.uuid, level=level, since_s=since_s, reading=track.reading, track=track
    )


def _fan(reading: GpuReading, track: Track, latches: Latches) -> Latch:
    """A fan at 0 % is wrong on a hot card only."""
    latch = latches.get((Kind.FAN, reading.uuid)) or Latch()
    if track.seen_s is None or not track.fresh:
        return latch
    hot_c = track.limits.warning_c - FAN_BELOW_C - (FAN_HYSTERESIS_C if latch.on else 0)
    stuck = reading.fan_percent == 0 and (reading.temperature_c or 0) >= hot_c
    return (latch.afresh() if track.afresh else latch).turned(stuck, track.seen_s, FAN_HOLD)


def _memory(reading: GpuReading, track: Track, latches: Latches, at_s: float, limit_percent: int) -> Latch:
    latch = latches.get((Kind.MEMORY, reading.uuid)) or Latch()
    if reading.state is not GpuState.OK or not reading.memory_total_bytes or reading.memory_used_bytes is None:
        return latch
    used_percent = 100 * reading.memory_used_bytes / reading.memory_total_bytes
    full = used_percent > limit_percent - (MEMORY_HYSTERESIS_PERCENT if latch.on else 0)
    return (latch.afresh() if track.afresh else latch).turned(full, reading.at_s or at_s, MEMORY_HOLD)


def _lost(reading: GpuReading, track: Track, latches: Latches, at_s: float, *, settled: bool) -> Latch:
    latch = latches.get((Kind.LOST, reading.uuid)) or Latch()
    if not settled:
        return latch.afresh()
    return latch.turned(reading.state in SILENT and track.seen_s is not None, at_s, LOST_HOLD)


def _about_gpu(kind: Kind, latch: Latch, reading: GpuReading, track: Track) -> Condition:
    was_hot = kind is Kind.LOST and track.hot_since_s is not None
    return Condition(
        kind=kind,
        subject=reading.uuid,
        level=Level.CRITICAL if was_hot else Level.WARNING,
        since_s=latch.since_s or 0.0,
        reading=reading,
        track=track,
    )


def _spills(
    node: NodeStatus, readings: Sequence[GpuReading], latches: Latches, at_s: float
) -> Iterator[tuple[Identity, Latch, Condition | None]]:
    """A model that is not on a GPU at all is wrong where there is a GPU; elsewhere that is what the user has."""
    has_gpu = any(reading.state is GpuState.OK for reading in gpus_of(node, readings))
    for model in node.in_memory:
        identity = Kind.SPILL, f"{node.name}/{model.name}"
        spilled = model.gpu_bytes < (1 - SPILLED_PART) * model.size_bytes and (model.gpu_bytes > 0 or has_gpu)
        latch = (latches.get(identity) or Latch()).turned(spilled, at_s, SPILL_HOLD)
        condition = Condition(
            kind=Kind.SPILL,
            subject=identity[1],
            level=Level.WARNING,
            since_s=latch.since_s or at_s,
            node=node,
            model=model,
        )
        yield identity, latch, condition if latch.on else None
