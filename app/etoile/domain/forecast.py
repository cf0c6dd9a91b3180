"""When a GPU that heats will reach a limit: an exponential approach, fitted to its last minutes.

Under a constant load a card follows Newton's law of heating as a body of one heat capacity C (J/K) behind one thermal
resistance R (K/W):  T(t) = T_end + (T_0 - T_end) * exp(-t / tau),  tau = R * C  (Incropera and others, Fundamentals of
Heat and Mass Transfer, "the lumped capacitance method").  For a given tau the rest is a straight line through
(exp(-t / tau), T); tau itself is taken from a grid.  Which taus agree with the measurements (profile likelihood:
Bates and Watts, Nonlinear Regression Analysis, section 6.1) tells how sure the forecast is; an unsure one is not made.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from etoile.domain.averages import mean, median

Point = tuple[float, float]
"""Seconds of any clock, °C."""

SPAN_S = 180.0
"""Nothing older is looked at: loads change."""
BIN_S = 3.0
"""Sensors tell whole degrees: a few seconds are averaged first."""
SPANS_S = (180.0, 120.0, 80.0, 54.0, 36.0)
"""The longest of these that one curve describes is fitted: a load that changed lies before it."""
FEWEST = 10
LONGEST_S = 900.0
"""Further ahead nothing is told: until then the load has changed anyway."""
SPIKE_C = 6.0
"""A value this far from its neighbours is junk: no card heats that fast."""
RISE_S, RISE_C = 36.0, 1.5
"""A card that gained much less than this within this time is not heating."""
TAU_STEP = 1.22
TAUS_S = tuple(12.0 * TAU_STEP**step for step in range(20))
"""From 12 s (the die alone) to 9 minutes (a large case that warms up with its card)."""
ROUNDING_C2 = 0.1
"""Variance in °C² that is always there: rounding to whole degrees gives 1/12."""
GOOD = 1.8
"""A fit is good when its residuals are no more than so many times the noise between neighbours."""
AGREE = 3.84
"""Taus within this (95 % of chi squared with one degree of freedom) agree with the measurements."""
SURE = 1.5
"""The earliest and the latest time that agree may differ from the best by this factor."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """A limit, and in how many seconds it will be reached if the load stays as it is."""

    limit_c: int
    in_s: float


@dataclass(frozen=True, slots=True)
class _Line:
    """The best curve for one tau; `value_c` is its temperature at the last point."""

    tau_s: float
    end_c: float
    value_c: float
    squares: float

    def reaches_in_s(self, limit_c: float) -> float:
        """Return how long after the last point it reaches `limit_c`: 0 when it has, infinity when it never does."""
        if self.value_c >= limit_c:
            return 0.0
        if self.end_c <= limit_c:
            return math.inf
        return self.tau_s * math.log((self.end_c - self.value_c) / (self.end_c - limit_c))


def forecast(recent: Sequence[Point], limit_c: int) -> Forecast | None:
    """Return when the GPU that was `recent`ly so warm reaches `limit_c`; None when that cannot be told.

    Nothing is told of a card that does not heat, that is there already, or whose curve is not clear enough.
    """
    if not _rises(recent):
        return None
    points = list(_binned(recent))
    if points[-1][1] >= limit_c:
        return None
    for span_s in SPANS_S:
        window = [point for point in points if points[-1][0] - point[0] <= span_s]
        if len(window) < FEWEST or window[-1][0] - window[0][0] < 0.6 * span_s:
            continue
        noise = max(ROUNDING_C2, _noise(window))
        lines = [_fitted(window, tau_s) for tau_s in TAUS_S]
        best = min(lines, key=lambda line: line.squares)
        if best.squares / (len(window) - 3) <= GOOD * noise:
            variance = max(noise, best.squares / (len(window) - 3))
            in_s = _sure(lines, _between(window, lines, best), variance, limit_c)
            # The last point is the middle of a bin.
            return None if in_s is None else Forecast(limit_c, max(0.0, in_s - (recent[-1][0] - window[-1][0])))
    return None


def heating_c_per_min(recent: Sequence[Point]) -> float | None:
    """Return how fast the temperature rose over the last half minute; None without half of that."""
    if not recent:
        return None
    now_s = recent[-1][0]
    lately = [point for point in recent if now_s - point[0] <= RISE_S]
    span_s = now_s - lately[0][0]
    if span_s < RISE_S / 2:
        return None
    third = span_s / 3
    early = [temperature_c for at_s, temperature_c in lately if at_s <= lately[0][0] + third]
    late = [temperature_c for at_s, temperature_c in lately if at_s >= now_s - third]
    return (median(late) - median(early)) / (span_s - third) * 60.0


def _between(points: Sequence[Point], lines: Sequence[_Line], best: _Line) -> _Line:
    """Return a better curve than the best of the grid: the lowest of the parabola through it and those beside."""
    place = lines.index(best)
    if not 0 < place < len(lines) - 1:
        return best
    left, right = lines[place - 1].squares - best.squares, lines[place + 1].squares - best.squares
    if left + right <= 0:
        return best
    finer = _fitted(points, best.tau_s * TAU_STEP ** ((left - right) / (left + right) / 2))
    return finer if finer.squares < best.squares else best


def _sure(lines: Sequence[_Line], best: _Line, variance: float, limit_c: int) -> float | None:
    """Return when the best curve gets there, if every curve that agrees with the measurements says about that."""
    in_s = best.reaches_in_s(limit_c)
    if not 0 < in_s <= LONGEST_S:
        return None
    agreeing = [line.reaches_in_s(limit_c) for line in lines if line.squares <= best.squares + AGREE * variance]
    earliest_s, latest_s = min(agreeing, default=in_s), max(agreeing, default=in_s)
    return in_s if in_s / SURE - BIN_S <= earliest_s and latest_s <= SURE * in_s + BIN_S else None


def _binned(recent: Sequence[Point]) -> Iterator[Point]:
    """Yield the mean of every few seconds, without what is junk."""
    kept: list[Point] = []
    for place, point in enumerate(recent):
        around = [temperature_c for _, temperature_c in recent[max(0, place - 2) : place + 3]]
        if abs(point[1] - median(around)) > SPIKE_C or recent[-1][0] - point[0] > SPAN_S:
            continue
        if kept and point[0] - kept[0][0] >= BIN_S:
            yield _mean(kept)
            kept = []
        kept.append(point)
    if kept:
        yield _mean(kept)


def _mean(points: Sequence[Point]) -> Point:
    return mean(at_s for at_s, _ in points), mean(temperature_c for _, temperature_c in points)


def _rises(recent: Sequence[Point]) -> bool:
    """Whether the last half minute gained something, and the last seconds did not lose it again."""
    late = list(takewhile(lambda point: recent[-1][0] - point[0] <= RISE_S, reversed(recent)))
    if len(late) < 3:
        return False
    newest_first = [temperature_c for _, temperature_c in late]
    half = len(newest_first) // 2
    gained_c = mean(newest_first[:half]) - mean(newest_first[half:])
    return gained_c > RISE_C / 4 and mean(newest_first[: max(1, half // 2)]) > newest_first[-1] + RISE_C / 2


def _noise(points: Sequence[Point]) -> float:
    """Return the variance between neighbours, in °C², from second differences, which a smooth curve leaves near 0."""
    steps = [later[1] - earlier[1] for earlier, later in pairwise(points)]
    return mean((later - earlier) ** 2 for earlier, later in pairwise(steps)) / 6


def _fitted(points: Sequence[Point], tau_s: float) -> _Line:
    """Return the curve of time constant `tau_s` with the least squares."""
    last_s = points[-1][0]
    xs = [math.exp((last_s - at_s) / tau_s) for at_s, _ in points]
    ys = [temperature_c for _, temperature_c in points]
    x, y = mean(xs), mean(ys)
    spread = sum((value - x) ** 2 for value in xs)
    slope = sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / spread
    end_c = y - slope * x
    squares = sum((b - end_c - slope * a) ** 2 for a, b in zip(xs, ys, strict=True))
    return _Line(tau_s, end_c, end_c + slope, squares)
