"""When a GPU is hot: limits, held for a while on the way up, and left lower and as late on the way down.

A plain comparison with 75 and 85 °C raises some 80 alerts on a noisy trace that deserves two; hysteresis and hold
together never raise more than those two.  Pure: time comes with the readings.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from msgspec.structs import replace as with_values

from etoile.config import AlertsOfGpu
from etoile.config import Thermal as ThermalLimits
from etoile.domain.forecast import SPAN_S, Forecast, Point, forecast
from etoile.domain.gpus import GpuReading, GpuState, Kind, Thermal
from etoile.domain.latch import Hold, Latch

CRITICAL_HOLD_S = 3.0
"""Critical is believed sooner than `hold_s`: near its limit a card gains a degree or two a second, so that 10 s are too
long, while 3 s (four samples at the usual rate) still outlast a junk value and the noise of the sensor."""
UNKNOWN_AFTER_S = 10.0
"""A GPU whose temperature has not been read for this long is neither hot nor cool, but unknown..."""
MISSED = 3
"""...unless it is read more seldom than that: then after so many samples that did not come."""
SELDOM_S = 120.0
"""No GPU is expected to be read more seldom than this."""
REMEMBER_EVERY_S = 0.9
FORECAST_EVERY_S = 5.0
"""A fit costs about a millisecond: cards take turns."""

PROCESSOR_LIMITS_C = 92, 99
"""Processors work up to 95 °C (Ryzen) or 100 °C (Core) by design, and reach 85 °C in any laptop that is busy."""
LOWEST_LIMIT_C = 70
"""A card's own limit below this was set by the maker of a laptop for its lap, and says nothing of the card."""
MARGIN_WARNING_C = 5
"""Cards that report how far they are from their limit are hot this close to it (NVIDIA's T.Limit)."""
MAX_OPERATING_WARNING_C = 6
"""Cards are built to work at their target, which is this far below the highest operating temperature or lower."""
SLOWDOWN_CRITICAL_C = 5
"""Where only the slowdown temperature is known, critical is this far below it."""


def limits_of(reading: GpuReading, limits: ThermalLimits, own: Sequence[AlertsOfGpu] = ()) -> ThermalLimits:
    """Return the limits that count for one GPU now: its own settings, the card's, the general ones, in this order."""
    if reading.kind is Kind.PROCESSOR:
        warning_c, critical_c = PROCESSOR_LIMITS_C
    else:
        found = _limits_of_card(reading) if limits.limits == "card" else None
        warning_c, critical_c = found or (limits.warning_c, limits.critical_c)
    for settings in settings_of(reading, own):
        critical_c = settings.critical_c or critical_c
        warning_c = settings.warning_c or warning_c
    if (warning_c, critical_c) == (limits.warning_c, limits.critical_c):
        return limits
    return with_values(limits, warning_c=min(warning_c, critical_c - 1), critical_c=critical_c)


def settings_of(reading: GpuReading, own: Sequence[AlertsOfGpu]) -> list[AlertsOfGpu]:
    """Return the settings that name this GPU, by UUID, name or index; of two, the later one counts."""
    return [
        settings
        for settings in own
        if settings.uuid in (None, reading.uuid)
        and (settings.name is None or settings.name.casefold() in reading.name.casefold())
        and settings.index in (None, reading.index)
    ]


def _limits_of_card(reading: GpuReading) -> tuple[int, int] | None:
    """Return warning and critical as the card itself has them; None when it tells none.

    A margin moves with the hottest spot, which no other value shows: as a temperature its limit may move by a degree.
    """
    if reading.thermal_margin_c is not None and reading.temperature_c is not None:
        critical_c = reading.temperature_c + reading.thermal_margin_c
        return critical_c - MARGIN_WARNING_C, critical_c
    if reading.max_operating_c is not None and reading.max_operating_c >= LOWEST_LIMIT_C:
        return reading.max_operating_c - MAX_OPERATING_WARNING_C, reading.max_operating_c
    if reading.slowdown_c is not None and reading.slowdown_c - SLOWDOWN_CRITICAL_C >= LOWEST_LIMIT_C:
        critical_c = reading.slowdown_c - SLOWDOWN_CRITICAL_C
        return critical_c - MAX_OPERATING_WARNING_C, critical_c
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What is remembered of one GPU from reading to reading."""

    reading: GpuReading
    """The last one that had a temperature, if any had."""
    limits: ThermalLimits
    """Those that count for it now."""
    state: Thermal = Thermal.UNKNOWN
    warning: Latch = field(default_factory=Latch)
    critical: Latch = field(default_factory=Latch)
    seen_s: float | None = None
    """When its temperature was last read."""
    every_s: float | None = None
    """How often it is read."""
    fresh: bool = False
    """Whether the last reading brought a new temperature."""
    afresh: bool = False
    """Whether nobody saw it for a while before its last temperature: what is held starts anew."""
    hot_since_s: float | None = None
    """When it left the normal state."""
    peak_c: int | None = None
    """The highest temperature since then."""
    recent: tuple[Point, ...] = ()
    """Its temperatures of the last minutes."""
    forecast: Forecast | None = None
    """When it reaches its next limit, where that is clear."""
    forecast_at_s: float | None = None
    """When that was last worked out."""


def assess(
    tracks: Mapping[str, Track],
    readings: Iterable[GpuReading],
    at_s: float,
    limits: ThermalLimits,
    own: Sequence[AlertsOfGpu] = (),
) -> dict[str, Track]:
    """Return the tracks by UUID after `readings`, which were reported at `at_s` of the monotonic clock.

    A temperature counts from when it was read (`GpuReading.at_s`), and once: a report that repeats it says nothing new.
    """
    known = dict(tracks)
    for reading in readings:
        its_limits = limits_of(reading, limits, own)
        before = known.get(reading.uuid) or Track(reading=reading, limits=its_limits)
        known[reading.uuid] = _after(replace(before, limits=its_limits), reading, at_s)
    return known


def _after(track: Track, reading: GpuReading, at_s: float) -> Track:
    read_s = reading.at_s or at_s
    if reading.state is GpuState.OK and reading.temperature_c is not None and read_s != track.seen_s:
        return _measured(track, reading, reading.temperature_c, read_s)
    silent = track.seen_s is not None and at_s - track.seen_s >= _patience_s(track)
    state = Thermal.UNKNOWN if silent else track.state
    return replace(track, state=state, fresh=False, forecast=None if silent else track.forecast)


def _patience_s(track: Track) -> float:
    return max(UNKNOWN_AFTER_S, MISSED * (track.every_s or 0.0))


def _measured(track: Track, reading: GpuReading, temperature_c: int, at_s: float) -> Track:
    track = _seen(track, at_s)
    limits = track.limits
    warning = track.warning.turned(
        _reached(track.warning, temperature_c, limits.warning_c, limits), at_s, Hold(limits.hold_s, limits.hold_s)
    )
    # A card that its own hardware slows down for heat is too hot somewhere, whatever its one sensor says.
    critical = track.critical.turned(
        "hw_thermal" in reading.throttle or _reached(track.critical, temperature_c, limits.critical_c, limits),
        at_s,
        Hold(min(CRITICAL_HOLD_S, limits.hold_s), limits.hold_s),
    )
    state = _state(track.state, warning, critical)
    hot = state in (Thermal.WARNING, Thermal.CRITICAL)
    cooled = state is Thermal.NORMAL
    hot_since_s = at_s if hot and track.hot_since_s is None else track.hot_since_s
    return _forecasted(
        replace(
            track,
            reading=reading,
            state=state,
            warning=warning,
            critical=critical,
            fresh=True,
            hot_since_s=None if cooled else hot_since_s,
            peak_c=None if cooled or hot_since_s is None else max(temperature_c, track.peak_c or temperature_c),
        ),
        temperature_c,
        at_s,
    )


def _seen(track: Track, at_s: float) -> Track:
    """Return the track with the time of its newest temperature; after a while out of sight all holds start afresh."""
    if track.seen_s is None:
        return replace(track, seen_s=at_s, afresh=True)
    after_s = at_s - track.seen_s
    usual_s = min(after_s, SELDOM_S) if track.every_s is None else track.every_s
    if 0 < after_s < max(UNKNOWN_AFTER_S, MISSED * usual_s):
        return replace(track, seen_s=at_s, every_s=after_s, afresh=False)
    # The card was gone, the computer slept, or the clock was set.
    return replace(
        track,
        seen_s=at_s,
        afresh=True,
        warning=track.warning.afresh(),
        critical=track.critical.afresh(),
        recent=(),
    )


def _reached(latch: Latch, temperature_c: int, limit_c: int, limits: ThermalLimits) -> bool:
    return temperature_c >= limit_c - (limits.hysteresis_c if latch.on else 0)


def _state(before: Thermal, warning: Latch, critical: Latch) -> Thermal:
    settled = critical.turning_since_s is None and (critical.on or warning.turning_since_s is None)
    if before is Thermal.UNKNOWN and not settled:
        # Just come into sight: what was known of it is in doubt, and what it shows now has not been held yet.
        return Thermal.UNKNOWN
    if critical.on:
        return Thermal.CRITICAL
    return Thermal.WARNING if warning.on else Thermal.NORMAL


def _forecasted(track: Track, temperature_c: int, at_s: float) -> Track:
    """Return the track with its newest temperature remembered, and now and then with a new forecast."""
    if track.forecast and temperature_c >= track.forecast.limit_c:
        track = replace(track, forecast=None)  # it came true
    if track.recent and at_s - track.recent[-1][0] < REMEMBER_EVERY_S:
        return track
    first = next((place for place, (then_s, _) in enumerate(track.recent) if at_s - then_s <= SPAN_S), 0)
    recent = (*track.recent[first:], (at_s, float(temperature_c)))
    if track.forecast_at_s is None:
        return replace(track, recent=recent, forecast_at_s=at_s - track.reading.index % FORECAST_EVERY_S)
    if 0 <= at_s - track.forecast_at_s < FORECAST_EVERY_S:
        return replace(track, recent=recent)
    limits = track.limits
    limit_c = limits.warning_c if temperature_c < limits.warning_c else limits.critical_c
    return replace(track, recent=recent, forecast=forecast(recent, limit_c), forecast_at_s=at_s)
