"""When a GPU is hot: thresholds, held for a while on the way up, and left lower and as late on the way down.

A plain comparison with 75 and 85 °C raises some 80 alerts on a noisy trace that deserves two; hysteresis and hold
together never raise more than those two.  Pure: time comes with the readings.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from etoile.config import Thermal as ThermalLimits
from etoile.domain.gpus import GpuReading, GpuState, Thermal

CRITICAL_HOLD_S = 3.0
"""Critical is believed sooner than `hold_s`: near its limit a card gains a degree or two a second, so that 10 s are too
long, while 3 s (four samples at the usual rate) still outlast a junk value and the noise of the sensor."""

UNKNOWN_AFTER_S = 10.0
"""A GPU whose temperature has not been read for this long is neither hot nor cool, but unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A temperature that counts once reached for `up_s`, and is over once undercut by `hysteresis_c` for `down_s`."""

    limit_c: int
    hysteresis_c: int
    up_s: float
    down_s: float


def thresholds(limits: ThermalLimits) -> tuple[Threshold, Threshold]:
    """Return the thresholds of warning and critical."""
    hold_s = limits.hold_s
    warning = Threshold(limit_c=limits.warning_c, hysteresis_c=limits.hysteresis_c, up_s=hold_s, down_s=hold_s)
    return warning, replace(warning, limit_c=limits.critical_c, up_s=min(CRITICAL_HOLD_S, hold_s))


@dataclass(frozen=True, slots=True)
class Latch:
    """Whether a threshold counts as exceeded."""

    on: bool = False
    turning_since_s: float | None = None
    """Since when every reading has spoken for the opposite of `on`."""

    def fed(self, temperature_c: int, at_s: float, threshold: Threshold) -> "Latch":
        """Return the latch after one more reading."""
        reached = temperature_c >= threshold.limit_c - (threshold.hysteresis_c if self.on else 0)
        if reached == self.on:
            return Latch(self.on)
        since_s = at_s if self.turning_since_s is None else self.turning_since_s
        hold_s = threshold.up_s if reached else threshold.down_s
        return Latch(reached) if at_s - since_s >= hold_s else Latch(self.on, since_s)


@dataclass(frozen=True, slots=True)
class Track:
    """What is remembered of one GPU from reading to reading."""

    reading: GpuReading
    """The last one that had a temperature, if any had."""
    state: Thermal = Thermal.UNKNOWN
    warning: Latch = field(default_factory=Latch)
    critical: Latch = field(default_factory=Latch)
    seen_s: float | None = None
    """When its temperature was last read."""
    hot_since_s: float | None = None
    """When it left the normal state."""
    peak_c: int | None = None
    """The highest temperature since then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A GPU came from one thermal state into another."""

    before: Thermal
    after: Thermal
    reading: GpuReading
    """The last one with a temperature."""
    limit_c: int
    """The threshold that was crossed: critical's if either state is critical, else warning's."""
    held_s: float = 0.0
    """How long it had been crossed by then."""
    peak_c: int | None = None
    """The highest temperature since the GPU was last normal; None when it has not been hot."""
    hot_s: float = 0.0
    """How long the GPU has not been normal."""


def assess(
    tracks: Mapping[str, Track], readings: Iterable[GpuReading], at_s: float, limits: ThermalLimits
) -> tuple[dict[str, Track], tuple[Transition, ...]]:
    """Return the tracks by UUID after `readings`, and what changed.  `at_s` is their time, of the monotonic clock."""
    known = dict(tracks)
    changes: list[Transition] = []
    for reading in readings:
        before = known.get(reading.uuid) or Track(reading)
        after = _after(before, reading, at_s, limits)
        if after.state is not before.state:
            changes.append(_transition(before, after, at_s, limits))
        # A GPU that is normal again starts its next heat with a clean record.
        known[reading.uuid] = replace(after, hot_since_s=None, peak_c=None) if after.state is Thermal.NORMAL else after
    return known, tuple(changes)


def _after(track: Track, reading: GpuReading, at_s: float, limits: ThermalLimits) -> Track:
    silent = track.seen_s is not None and at_s - track.seen_s >= UNKNOWN_AFTER_S
    if reading.state is GpuState.OK and reading.temperature_c is not None:
        # Where nobody looked for a while (the card was gone, the computer slept), the holds start afresh.
        known = replace(track, warning=Latch(track.warning.on), critical=Latch(track.critical.on)) if silent else track
        return _measured(known, reading, reading.temperature_c, at_s, limits)
    return replace(track, state=Thermal.UNKNOWN) if silent else track


def _measured(track: Track, reading: GpuReading, temperature_c: int, at_s: float, limits: ThermalLimits) -> Track:
    warning, critical = (
        latch.fed(temperature_c, at_s, threshold)
        for latch, threshold in zip((track.warning, track.critical), thresholds(limits), strict=True)
    )
    state = _state(track.state, warning, critical)
    hot = track.hot_since_s is not None or state in (Thermal.WARNING, Thermal.CRITICAL)
    return Track(
        reading,
        state,
        warning,
        critical,
        seen_s=at_s,
        hot_since_s=at_s if hot and track.hot_since_s is None else track.hot_since_s,
        peak_c=max(temperature_c, track.peak_c or temperature_c) if hot else None,
    )


def _state(before: Thermal, warning: Latch, critical: Latch) -> Thermal:
    settled = critical.turning_since_s is None and (critical.on or warning.turning_since_s is None)
    if before is Thermal.UNKNOWN and not settled:
        # Just come into sight: what was known of it is in doubt, and what it shows now has not been held yet.
        return Thermal.UNKNOWN
    if critical.on:
        return Thermal.CRITICAL
    return Thermal.WARNING if warning.on else Thermal.NORMAL


def _transition(before: Track, after: Track, at_s: float, limits: ThermalLimits) -> Transition:
    critical = Thermal.CRITICAL in (before.state, after.state)
    turned = before.critical if critical else before.warning
    return Transition(
        before=before.state,
        after=after.state,
        reading=after.reading,
        limit_c=limits.critical_c if critical else limits.warning_c,
        held_s=0.0 if turned.turning_since_s is None else at_s - turned.turning_since_s,
        peak_c=after.peak_c,
        hot_s=0.0 if after.hot_since_s is None else at_s - after.hot_since_s,
    )
