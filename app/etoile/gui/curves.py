"""What a chart shows: the measures, how each is written, and the curves of one card."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from etoile.config import Thermal as ThermalLimits
from etoile.domain.forecast import LONGEST_S, Forecast
from etoile.domain.history import CardHistory, Measure, Point, Span
from etoile.text import Message, message


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
    """None until it is read."""
    limits: ThermalLimits = field(default_factory=ThermalLimits)
    forecast: Forecast | None = None

    @property
    def until_s(self) -> float:
        """Where the axis of times ends: later than now where there is a forecast to be shown."""
        assert self.history
        return self.history.until_s + (LONGEST_S if self.shown_forecast else 0.0)

    @property
    def shown_forecast(self) -> Forecast | None:
        """The forecast, where the chart is fine enough to show it."""
        return self.forecast if self.span is Span.HOUR and self.points(Measure.TEMPERATURE) else None

    @cached_property
    def times_s(self) -> Sequence[int]:
        """Every time at which anything was measured."""
        series = self.history.series.values() if self.history else ()
        return sorted({point.at_s for points in series for point in points})

    def points(self, measure: Measure) -> Sequence[Point]:
        """Return what was measured."""
        return self.history.series.get(measure, ()) if self.history else ()
