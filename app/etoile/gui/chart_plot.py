"""One plot of a chart: a band from the lowest to the highest value, a line through the means, and its limits.

Curves are made into lines and bars once, of times and values; a frame only maps them onto the screen, whatever part of
them is seen.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from etoile.config import Thermal as ThermalLimits
from etoile.domain.forecast import Forecast
from etoile.domain.history import Point, Span, Stretch, runs
from etoile.gui.chart_axis import Scale
from etoile.gui.design import Palette

_BAND = 0.25
"""How opaque the bars are."""
_SLOWED = 0.35


class Run(NamedTuple):
    """Points without a gap, in seconds after the `origin_s` that they were traced from, and in their own unit."""

    bars: list[QRectF]
    """From the lowest to the highest value of each."""
    lines: list[QLineF]
    """Through the means."""


def traced(points: Sequence[Point], span: Span | Stretch, origin_s: float) -> list[Run]:
    """Return the curves of `points`, cut at gaps; the line of a single point is as long as it."""
    return [_traced(run, span.point_s, origin_s) for run in runs(points, span)]


def _traced(run: Sequence[Point], point_s: int, origin_s: float) -> Run:
    bars = [
        QRectF(point.at_s - origin_s, point.lowest, point_s, max(point.highest - point.lowest, 0.0)) for point in run
    ]
    places = [(point.at_s - origin_s + point_s / 2, point.mean) for point in run]
    if len(run) == 1:
        begin_s, mean = run[0].at_s - origin_s, run[0].mean
        places = [(begin_s, mean), (begin_s + point_s, mean)]
    lines = [QLineF(*before, *after) for before, after in pairwise(places)]
    return Run(bars, lines)


class Area(NamedTuple):
    """Where times and values are on the screen."""

    box: QRectF
    since_s: float
    until_s: float
    scale: Scale

    def x(self, at_s: float) -> float:
        """Return where a time is."""
        return self.box.left() + (at_s - self.since_s) / (self.until_s - self.since_s) * self.box.width()

    def y(self, value: float) -> float:
        """Return where a value is; one outside of the scale is at its edge."""
        lowest, highest = self.scale
        part = min(1.0, max(0.0, (value - lowest) / (highest - lowest)))
        return self.box.bottom() - part * self.box.height()

    def mapping(self, origin_s: float) -> QTransform:
        """Return what maps seconds after `origin_s`, and values, onto the screen."""
        across = self.box.width() / (self.until_s - self.since_s)
        up = self.box.height() / (self.scale.highest - self.scale.lowest)
        left = self.box.left() + (origin_s - self.since_s) * across
        return QTransform(across, 0, 0, -up, left, self.box.bottom() + self.scale.lowest * up)


def paint_ground(painter: QPainter, area: Area, times_s: Sequence[float], palette: Palette) -> None:
    """Paint the ground of a plot with lines at its marks."""
    painter.fillRect(area.box, palette.raised)
    painter.setPen(QPen(palette.border, 1))
    middle = round((area.box.top() + area.box.bottom()) / 2) + 0.5
    painter.drawLine(QPointF(area.box.left(), middle), QPointF(area.box.right(), middle))
    for at_s in times_s:
        x = round(area.x(at_s)) + 0.5
        painter.drawLine(QPointF(x, area.box.top()), QPointF(x, area.box.bottom()))


def paint_series(
    painter: QPainter, area: Area, runs: Sequence[Run], origin_s: float, colour: QColor, width: float = 1.5
) -> None:
    """Paint bars and lines of each run; between two runs there is nothing."""
    fill = QColor(colour)
    fill.setAlphaF(_BAND)
    painter.save()
    painter.setTransform(area.mapping(origin_s), combine=True)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # or there were seams between the bars
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    for run in runs:
        painter.drawRects(run.bars)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(line_pen(colour, width))
    for run in runs:
        painter.drawLines(run.lines)
    painter.restore()


def line_pen(colour: QColor, width: float) -> QPen:
    """Return a pen for many short lines that follow each other.

    One by one they cost a tenth of a polyline; square ends close the notches between them, and let a single measurement
    be seen where it is narrower than a pixel.
    """
    pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.BevelJoin)
    pen.setCosmetic(True)
    return pen


def paint_temperature(
    painter: QPainter,
    area: Area,
    runs: Sequence[Run],
    origin_s: float,
    highest: float,
    limits: ThermalLimits,
    palette: Palette,
) -> None:
    """Paint temperatures with both limits: grey until they are crossed, and what is above takes their hue.

    `highest` is what was reached in sight.
    """
    for limit_c, colour, dashes in (
        (limits.warning_c, palette.warning, [4.0, 3.0]),
        (limits.critical_c, palette.critical, [1.5, 2.5]),
    ):
        pen = QPen(colour if highest >= limit_c else palette.ctrl, 1)
        pen.setDashPattern(dashes)
        painter.setPen(pen)
        y = round(area.y(limit_c)) + 0.5
        painter.drawLine(QPointF(area.box.left(), y), QPointF(area.box.right(), y))
    paint_series(painter, area, runs, origin_s, palette.text2)
    for limit_c, colour in ((limits.warning_c, palette.warning), (limits.critical_c, palette.critical)):
        if highest >= limit_c:
            painter.save()
            top = area.box.top()
            painter.setClipRect(QRectF(area.box.left(), top, area.box.width(), area.y(limit_c) - top))
            paint_series(painter, area, runs, origin_s, colour, 2.5)
            painter.restore()


def paint_slowed(painter: QPainter, box: QRectF, bands: Iterable[tuple[float, float]], palette: Palette) -> None:
    """Paint in `box` when heat slowed the card down: grey bands from and to, with a strip of ticks on top of each."""
    grey = QColor(palette.ctrl)
    grey.setAlphaF(_SLOWED)
    for since, until in bands:
        left, right = max(since, box.left()), min(until, box.right())
        if right < box.left() or left > box.right():
            continue
        width = max(2.0, right - left)
        painter.fillRect(QRectF(left, box.top(), width, box.height()), grey)
        for tick in range(0, round(width), 4):
            painter.fillRect(QRectF(left + tick, box.top(), 2, 3), palette.text3)


def paint_forecast(
    painter: QPainter, area: Area, last: Point, now_s: float, forecast: Forecast, colour: QColor, palette: Palette
) -> None:
    """Paint where the temperature is going: a broken line from the last measurement to the limit."""
    pen = QPen(palette.text2, 1.5)
    pen.setDashPattern([1.0, 2.5])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    there = QPointF(area.x(now_s + forecast.in_s), area.y(forecast.limit_c))
    painter.drawLine(QPointF(area.x(now_s), area.y(last.mean)), there)
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(palette.raised)
    painter.drawEllipse(there, 3.2, 3.2)


def paint_cursor(
    painter: QPainter, area: Area, at_s: float, point: Point | None, colour: QColor, palette: Palette
) -> None:
    """Paint the cursor through the plot, and what it points at."""
    x = round(area.x(at_s)) + 0.5
    painter.setPen(QPen(palette.text3, 1))
    painter.drawLine(QPointF(x, area.box.top()), QPointF(x, area.box.bottom()))
    if point:
        painter.setPen(QPen(palette.raised, 1.5))
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(x, area.y(point.mean)), 3.6, 3.6)
