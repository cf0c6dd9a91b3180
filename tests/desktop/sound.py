"""What was recorded, and whether there was anything to hear."""

from __future__ import annotations

import math
from array import array
from pathlib import Path


class Recording:
    """A recording that may still go on: mono, 16 bit, 16 kHz, without a header, in `file`."""

    RATE_HZ = 16_000

    def __init__(self, file: Path) -> None:
        self.file = file

    def samples(self) -> array[int]:
        """Return what was recorded so far."""
        data = self.file.read_bytes()
        return array("h", data[: len(data) // 2 * 2])

    def loud_s(self, threshold: float = 0.01) -> float:
        """Return for how many seconds there was sound: stretches of 20 ms whose level is above the threshold."""
        samples = self.samples()
        size = self.RATE_HZ // 50
        stretches = [samples[start : start + size] for start in range(0, len(samples), size)]
        return sum(level(stretch) > threshold for stretch in stretches) / 50

    def power_at(self, frequency_hz: float) -> float:
        """Return the part of what was heard that lies at one frequency, between 0 and 1 (Goertzel's algorithm)."""
        samples = without_silence(self.samples())
        factor = 2 * math.cos(2 * math.pi * frequency_hz / self.RATE_HZ)
        before, last = 0.0, 0.0
        for sample in samples:
            before, last = last, sample + factor * last - before
        power = before**2 + last**2 - factor * before * last
        return 2 * power / max(1, len(samples) * sum(sample**2 for sample in samples))


def level(samples: array[int]) -> float:
    """Return the root mean square of 16 bit samples, where 1 is the loudest that they can be."""
    return math.sqrt(sum(sample**2 for sample in samples) / max(1, len(samples))) / 32768


def without_silence(samples: array[int], quiet: int = 300) -> array[int]:
    """Return 16 bit samples without the silence before and after them."""
    loud = [index for index, sample in enumerate(samples) if abs(sample) > quiet]
    return samples[loud[0] : loud[-1] + 1] if loud else samples[:0]
