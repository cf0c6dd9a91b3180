"""What a chart shows: the measures, how each is written, and the curves of one card."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil, floor
from typing import NamedTuple

from etoile.config import Thermal as ThermalLimits
from etoile.domain.forecast import LONGEST_S, Forecast
from etoile.domain.history import CardHistory, Level, Measure, Point, Span, Stretch, finest
from etoile.gui.chart_view import Bounds, View
from etoile.text import Message, message

BESIDE = 0.25
"""How much is read before and after what is in sight, as a part of its length."""


class Kind(NamedTuple):
    """How a measure is shown."""

    measure: Measure
    label: Message
    value: Callable[[float], Message]
    """The value with its unit."""


PLOTS = (
    Kind(Measure.TEMPERATURE, message("Temperature"), lambda value: message("{degrees:.0f} °C", degrees=value)),
    Kind(Measure.UTILIZATION, message("Load"), lambda value: message("{percent:.0f} %", percent=value)),
    Kind(Measure.MEMORY, message("Memory"), lambda value: message("{size:bytes}", size=value)),
    Kind(Measure.POWER, message("Power"), lambda value: message("{power:.0f} W", power=value)),
)


@dataclass(frozen=True)
class Curves:
    """What a chart shows."""

    span: Span
    history: CardHistory | None = None
    """None until it is read.  It may be of another part than the one in sight, until that is read."""
    limits: ThermalLimits = field(default_factory=ThermalLimits)
    forecast: Forecast | None = None
    view: View | None = None
    """What was zoomed or panned to; None for the whole span until now."""

    @property
    def seen(self) -> View:
        """What is in sight."""
        return self.view or View(self.span.length_s)

    @property
    def now_s(self) -> float:
        """When the history was read, in seconds since 1970."""
        assert self.history
        return self.history.until_s if self.history.now_s is None else self.history.now_s

    @property
    def since_s(self) -> float:
        """Where the axis of times begins."""
        return self.seen.edges_s(self.now_s)[0]

    @property
    def until_s(self) -> float:
        """Where the axis of times ends: later than now where there is a forecast to be shown."""
        return self.seen.edges_s(self.now_s)[1] + (LONGEST_S if self.shown_forecast else 0.0)

    @property
    def bounds(self) -> Bounds:
        """How far one can look."""
        now_s, oldest_s = self.now_s, self.history.oldest_s if self.history else None
        since_s = now_s - self.span.length_s
        return Bounds(since_s if oldest_s is None else min(since_s, oldest_s), now_s)

    @property
    def wanted(self) -> Span | Stretch:
        """What is to be read for what is in sight, with something beside it: a drag is to find it there."""
        if self.view is None or self.history is None:
            return self.span
        now_s, bounds, (since_s, until_s) = self.now_s, self.bounds, self.view.edges_s(self.now_s)
        level, beside_s = finest(since_s, now_s), BESIDE * self.view.length_s
        held_s = max(since_s - beside_s, bounds.oldest_s, now_s - level.kept_s + Level.MINUTE)
        begin_s, end_s = floor(min(held_s, since_s)), ceil(until_s + beside_s)
        return Stretch(int(min(end_s, now_s)) - begin_s, None if end_s >= now_s else end_s, level)

    @property
    def shown_forecast(self) -> Forecast | None:
        """The forecast, where the chart is fine enough to show it."""
        whole_hour = self.span is Span.HOUR and self.view is None
        return self.forecast if whole_hour and self.points(Measure.TEMPERATURE) else None

    @cached_property
    def times_s(self) -> Sequence[int]:
        """Every time at which anything was measured."""
        series = self.history.series.values() if self.history else ()
        return sorted({point.at_s for points in series for point in points})

    def points(self, measure: Measure) -> Sequence[Point]:
        """Return what was measured."""
        return self.history.series.get(measure, ()) if self.history else ()

    def points_in_sight(self, measure: Measure) -> Sequence[Point]:
        """Return what was measured in the part that is in sight."""
        points = self.points(measure)
        if not points or not self.history:
            return ()
        first = bisect_left(points, self.since_s - self.history.span.point_s / 2, key=_time_of)
        return points[first : bisect_left(points, self.until_s, key=_time_of)]


def _time_of(point: Point) -> int:
    return point.at_s
