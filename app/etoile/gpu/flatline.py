"""A temperature that stays the same while the load changes is not measured: drivers have been seen to freeze it."""

from dataclasses import replace

from etoile.domain.gpus import GpuReading

STRETCH_S = 10.0
"""The load is averaged over stretches of this length, so that the moments between two answers do not count."""
POWER_PART = 0.3
"""Between two stretches the power must differ by this part of the card's limit, ..."""
UTILIZATION_PERCENT = 50
"""... or, on a card that does not tell its power, the utilization by so much.  A card that holds its temperature by its
fan does so within a few per cent; no cooler keeps a chip to the degree through such a change."""


class FlatLine:
    """Judges readings of one card in turn; not every one, as a judgement costs something."""

    def __init__(self) -> None:
        self.is_flat = False
        """Whether the temperature is disbelieved now."""
        self._temperature_c: int | None = None
        self._forget()

    def believable(self, reading: GpuReading) -> GpuReading:
        """Return the reading, without its temperature where that has been the same for too long."""
        if reading.temperature_c != self._temperature_c:
            self._temperature_c = reading.temperature_c
            self._forget()
        elif not self.is_flat:
            self._add(reading)
        if not self.is_flat:
            return reading
        return replace(reading, temperature_c=None, unknown=(*reading.unknown, "temperature_c"))

    def _forget(self) -> None:
        self.is_flat = False
        self._since_s: float | None = None
        self._sum = 0.0
        self._count = 0
        self._lowest = float("inf")
        self._highest = float("-inf")

    def _add(self, reading: GpuReading) -> None:
        load = _load(reading)
        if load is None or reading.temperature_c is None:
            return
        if self._since_s is None:
            self._since_s = reading.at_s
        self._sum += load
        self._count += 1
        if reading.at_s - self._since_s >= STRETCH_S:
            mean = self._sum / self._count
            self._lowest, self._highest = min(self._lowest, mean), max(self._highest, mean)
            self._since_s, self._sum, self._count = None, 0.0, 0
            self.is_flat = self._highest - self._lowest >= 1.0


def _load(reading: GpuReading) -> float | None:
    """Return the load, in units of a change that must show."""
    if reading.power_w is not None and reading.power_limit_w:
        return reading.power_w / (POWER_PART * reading.power_limit_w)
    if reading.utilization_percent is not None:
        return reading.utilization_percent / UTILIZATION_PERCENT
    return None
