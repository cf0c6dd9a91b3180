"""The small curves: honest steps on a fixed scale; a gap in the data is a gap."""

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from etoile.config import Thermal as ThermalLimits
from etoile.gui.chart_plot import line_pen, paint_slowed
from etoile.gui.design import Palette
from etoile.gui.history import SPAN_S
from etoile.gui.trace import longest_step_s

COLDEST_C, HOTTEST_C = 40, 100
"""The fixed scale of temperatures; what lies outside is drawn at its edge."""
SCALE_C = (COLDEST_C, HOTTEST_C)

Points = Sequence[tuple[float, float | None]]
"""Seconds before the newest sample (negative), and the value; None where there was none."""


def runs(points: Points) -> list[list[tuple[float, float]]]:
    """Return `points` cut where values are missing or too far apart to be joined."""
    found: list[list[tuple[float, float]]] = []
    steps_s = [later_s - at_s for (at_s, _), (later_s, _) in pairwise(points)]
    longest_s = longest_step_s(steps_s)
    before_s: float | None = None
    for at_s, value in points:
        if value is None:
            before_s = None
            continue
        if before_s is None or at_s - before_s > longest_s:
            found.append([])
        found[-1].append((at_s, value))
        before_s = at_s
    return found


def thinned(run: list[tuple[float, float]], step_s: float) -> list[tuple[float, float]]:
    """Return the lowest and the highest point of every `step_s`, in their order: no peak is lost."""
    if len(run) < 2 or (run[-1][0] - run[0][0]) / step_s * 2 >= len(run):
        return run
    found: list[tuple[float, float]] = []
    lowest = highest = run[0]
    end_s = (run[0][0] // step_s + 1) * step_s
    for point in run:  # a plain loop: this is most of what a row of a GPU costs
        at_s, value = point
        if at_s >= end_s:
            found += _in_order(lowest, highest)
            lowest = highest = point
            end_s = (at_s // step_s + 1) * step_s
        elif value < lowest[1]:
            lowest = point
        elif value > highest[1]:
            highest = point
    return found + _in_order(lowest, highest)


def _in_order(one: tuple[float, float], other: tuple[float, float]) -> list[tuple[float, float]]:
    if one is other:
        return [one]
    return [one, other] if one[0] < other[0] else [other, one]


def paint_temperature(
    painter: QPainter,
    box: QRectF,
    points: Points,
    limits: ThermalLimits,
    palette: Palette,
    slowed: Sequence[tuple[float, float]] = (),
) -> None:
    """Paint temperatures between 40 and 100 °C with both thresholds; what is crossed takes its hue.

    `slowed` are the times in which heat slowed the card down: bands with a strip of ticks on top.
    """
    cut = _fitted(points, plot_of(box))
    lines = _lines(cut, SCALE_C)
    paint_heat_ground(painter, box, max(map(QLineF.y2, lines), default=0.0), limits, palette, slowed)
    paint_heat_lines(painter, box, lines, limits, palette)
    if cut and points[-1][1] is not None:
        paint_heat_end(painter, box, cut[-1][-1][1], limits, palette)


def paint_heat_ground(
    painter: QPainter,
    box: QRectF,
    highest: float,
    limits: ThermalLimits,
    palette: Palette,
    slowed: Sequence[tuple[float, float]],
) -> None:
    """Paint what is behind a curve of temperatures; `highest` is the highest of it."""
    _paint_ground(painter, box, palette)
    plot = plot_of(box)
    if slowed:
        bands = ((_across(since_s, plot), _across(until_s, plot)) for since_s, until_s in slowed)
        paint_slowed(painter, QRectF(plot.left(), box.top(), plot.width(), box.height()), bands, palette)
    warning, critical = float(limits.warning_c), float(limits.critical_c)
    _paint_threshold(painter, plot, warning, palette.warning if highest >= warning else palette.ctrl, [4, 3])
    _paint_threshold(painter, plot, critical, palette.critical if highest >= critical else palette.ctrl, [1.5, 2.5])


def paint_heat_lines(
    painter: QPainter,
    box: QRectF,
    lines: Sequence[QLineF],
    limits: ThermalLimits,
    palette: Palette,
    newest_s: float = 0.0,
) -> None:
    """Paint `lines` in seconds and degrees, above a limit in its hue; `newest_s` is the time at the right."""
    plot = plot_of(box)
    painter.save()
    painter.setClipRect(box)
    _paint_lines(painter, plot, lines, SCALE_C, line_pen(palette.text2, 1.5), newest_s)
    for limit, colour in ((limits.warning_c, palette.warning), (limits.critical_c, palette.critical)):
        above = [line for line in lines if max(line.y1(), line.y2()) >= limit]
        if not above:
            continue
        painter.setClipRect(QRectF(box.left(), box.top(), box.width(), _height_of(limit, plot) - box.top()))
        _paint_lines(painter, plot, above, SCALE_C, line_pen(colour, 2.5), newest_s)
    painter.restore()


def paint_heat_end(painter: QPainter, box: QRectF, now_c: float, limits: ThermalLimits, palette: Palette) -> None:
    """Paint the end of the curve: what is so now."""
    _paint_end(painter, _place((0.0, now_c), plot_of(box), SCALE_C), _hue(now_c, limits, palette), palette)


def plot_of(box: QRectF) -> QRectF:
    """Return where in `box` temperatures are: with room for the dot at the end."""
    return box.adjusted(2, 4, -6, -4)


def paint_load(painter: QPainter, box: QRectF, points: Points, palette: Palette) -> None:
    """Paint a load between 0 and 100 % as a filled curve."""
    _paint_ground(painter, box, palette)
    plot = box.adjusted(2, 4, -6, -2)
    fill = QColor(palette.load)
    fill.setAlphaF(0.22)
    cut = _fitted(points, plot)
    for run in cut:
        path = _path(run, plot, (0, 100))
        path.lineTo(QPointF(_place(run[-1], plot, (0, 100)).x(), plot.bottom()))
        path.lineTo(QPointF(_place(run[0], plot, (0, 100)).x(), plot.bottom()))
        painter.fillPath(path, fill)
    _paint_lines(painter, plot, _lines(cut, (0, 100)), (0, 100), line_pen(palette.load, 1.5))
    if cut and points[-1][1] is not None:
        _paint_end(painter, _place(cut[-1][-1], plot, (0, 100)), palette.load, palette)


def _fitted(points: Points, plot: QRectF) -> list[list[tuple[float, float]]]:
    """Return `points` as curves that hold no more of them than `plot` can show."""
    step_s = SPAN_S / max(1.0, plot.width())
    return [thinned(run, step_s) for run in runs(points)]


def paint_bar(painter: QPainter, box: QRectF, part: float | None, palette: Palette) -> None:
    """Paint how full something is; None leaves it empty."""
    radius = box.height() / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.raised)
    painter.drawRoundedRect(box, radius, radius)
    if part:
        filled = QRectF(box)
        filled.setWidth(max(box.height(), box.width() * min(part, 1.0)))
        painter.setBrush(palette.memory)
        painter.drawRoundedRect(filled, radius, radius)


def paint_parts(painter: QPainter, box: QRectF, parts: Sequence[float], rest: float, palette: Palette) -> None:
    """Paint what fills a level as pieces with gaps: `parts` of the whole, and paler what belongs to none of them."""
    painter.save()
    whole = QPainterPath()
    whole.addRoundedRect(box, box.height() / 2, box.height() / 2)
    painter.setClipPath(whole)
    painter.fillRect(box, palette.raised)
    pale = QColor(palette.memory)
    pale.setAlphaF(0.55)
    left = box.left()
    for part, colour in (*((part, palette.memory) for part in parts), (rest, pale)):
        width = min(1.0, part) * box.width()
        painter.fillRect(QRectF(left, box.top(), max(1.0, width - 2) if part else 0, box.height()), colour)
        left += width
    painter.restore()


def _paint_ground(painter: QPainter, box: QRectF, palette: Palette) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.raised)
    painter.drawRoundedRect(box, 4, 4)


def _paint_threshold(painter: QPainter, plot: QRectF, limit: float, colour: QColor, dashes: list[float]) -> None:
    y = round(_height_of(limit, plot)) + 0.5
    pen = QPen(colour, 1)
    pen.setDashPattern(dashes)
    painter.setPen(pen)
    painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right() + 4, y))


def _lines(cut: list[list[tuple[float, float]]], scale: tuple[int, int]) -> list[QLineF]:
    """Return the curves in seconds and values; what lies outside of the scale is at its edge."""
    lowest, highest = scale
    found: list[QLineF] = []
    for run in cut:
        before_s, before = run[0][0], min(max(run[0][1], lowest), highest)
        for at_s, value in run[1:] or run:
            inside = lowest if value < lowest else min(value, highest)
            found.append(QLineF(before_s, before, at_s, inside))
            before_s, before = at_s, inside
    return found


def _paint_lines(
    painter: QPainter,
    plot: QRectF,
    lines: Sequence[QLineF],
    scale: tuple[int, int],
    pen: QPen,
    newest_s: float = 0.0,
) -> None:
    lowest, highest = scale
    across, up = plot.width() / SPAN_S, plot.height() / (highest - lowest)
    painter.save()
    onto = QTransform(across, 0, 0, -up, plot.right() - newest_s * across, plot.bottom() + lowest * up)
    painter.setTransform(onto, combine=True)
    painter.setPen(pen)
    painter.drawLines(lines)
    painter.restore()


def _paint_end(painter: QPainter, place: QPointF, colour: QColor, palette: Palette) -> None:
    painter.setPen(QPen(palette.raised, 1.5))
    painter.setBrush(colour)
    painter.drawEllipse(place, 3.2, 3.2)


def _path(run: list[tuple[float, float]], plot: QRectF, scale: tuple[int, int]) -> QPainterPath:
    path = QPainterPath(_place(run[0], plot, scale))
    for _, point in pairwise(run):
        path.lineTo(_place(point, plot, scale))
    if len(run) == 1:
        path.lineTo(path.currentPosition() + QPointF(0.5, 0))
    return path


def _place(point: tuple[float, float], plot: QRectF, scale: tuple[int, int]) -> QPointF:
    at_s, value = point
    lowest, highest = scale
    height = min(1.0, max(0.0, (value - lowest) / (highest - lowest)))
    return QPointF(_across(at_s, plot), plot.bottom() - height * plot.height())


def _across(at_s: float, plot: QRectF) -> float:
    return plot.right() + at_s / SPAN_S * plot.width()


def _height_of(limit_c: float, plot: QRectF) -> float:
    return _place((0.0, limit_c), plot, (COLDEST_C, HOTTEST_C)).y()


def _hue(value_c: float, limits: ThermalLimits, palette: Palette) -> QColor:
    if value_c >= limits.critical_c:
        return palette.critical
    return palette.warning if value_c >= limits.warning_c else palette.text2
