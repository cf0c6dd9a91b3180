"""What a GPU reports, in words: for whoever asks aloud, and for the guide."""

from etoile.domain.gpus import GpuReading
from etoile.text import Message, message


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
