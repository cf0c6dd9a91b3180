"""What GPUs and nodes report, in words that several parts share."""

from datetime import datetime

from etoile.domain.gpus import GpuReading, Kind
from etoile.domain.nodes import NodeLoad
from etoile.text import Message, message, plural


def called(reading: GpuReading) -> Message:
    """Return what a GPU or a processor is called for short."""
    return message("CPU") if reading.kind is Kind.PROCESSOR else message("GPU {index}", index=reading.index)


def busyness(load: NodeLoad) -> list[Message]:
    """Return how busy a node says that it is; nothing of what it does not tell."""
    told: list[Message] = []
    if load.running is not None:
        told.append(plural("{count} request running", "{count} requests running", load.running))
    if load.waiting:
        told.append(message("{count} waiting", count=load.waiting))
    if load.kv_cache_percent is not None:
        told.append(message("contexts {percent} % full", percent=load.kv_cache_percent))
    return told


def left_alone(retry_at_s: float | None) -> list[Message]:
    """Return until when a node is left alone, of a moment in seconds since 1970; nothing when it is not."""
    if retry_at_s is None:
        return []
    return [message("asked again at {at:clock}", at=datetime.fromtimestamp(retry_at_s).astimezone())]


def load_memory_power(reading: GpuReading) -> list[Message]:
    """Return what `reading` tells beside the temperature; what the card does not report is left out."""
    told: list[Message] = []
    if reading.utilization_percent is not None:
        told.append(message("load {load} %", load=reading.utilization_percent))
    if reading.memory_used_bytes is not None and reading.memory_total_bytes is not None:
        told.append(
            message(
                "memory {used:bytes} of {total:bytes}",
                used=reading.memory_used_bytes,
                total=reading.memory_total_bytes,
            )
        )
    if reading.power_w is not None:
        told.append(message("{power:.0f} W", power=reading.power_w))
    return told
