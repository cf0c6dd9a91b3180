"""How a chart looks: a plot for each measure, one above the other, what each tells above it, and the times below."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QLocale, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter

from etoile.domain.alerting.words import in_about
from etoile.domain.history import CardHistory, Measure, nearest
from etoile.gui.chart_axis import UNKNOWN, Tick, moment_label, scale_of, ticks
from etoile.gui.chart_plot import (
    Area,
    Run,
    paint_cursor,
    paint_forecast,
    paint_ground,
    paint_series,
    paint_slowed,
    paint_temperature,
    traced,
)
from etoile.gui.curves import PLOTS, Curves, Kind
from etoile.gui.design import Look, Palette, Type
from etoile.text import Message

CAPTION, GAP, LOWEST, AXIS = 18, 8, 36, 18
"""Heights: of the line above a plot, between two plots, of the lowest plot, of the times below."""
MARGIN = 3
"""Room for the focus ring."""


class Face:
    """Paints `Curves` with the cursor at a moment.  What a curve looks like is worked out once for each history."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self.locale = QLocale(look.language)
        self._traced: CardHistory | None = None
        self._runs: Mapping[Measure, list[Run]] = {}

    def boxes(self, size: QSize) -> list[QRectF]:
        """Return where the plots are in a chart of that size."""
        look = self._look
        left = MARGIN + look.metrics(Type.CAPTION).horizontalAdvance("88.8\u00a0GiB") + 6
        height = (size.height() - look.px(AXIS) - MARGIN) / len(PLOTS)
        above, below = look.px(CAPTION), look.px(GAP)
        width = size.width() - left - MARGIN - 2
        return [
            QRectF(left, round(MARGIN + place * height + above), width, round(height - above - below))
            for place in range(len(PLOTS))
        ]

    def paint(
        self, painter: QPainter, size: QSize, curves: Curves, cursor_s: float | None, values: Sequence[Sequence[str]]
    ) -> None:
        """Paint everything; `values` are what is told above each plot: the first that fits of some."""
        self._trace(curves.history)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marks = self._marks(curves)
        boxes = self.boxes(size)
        for kind, box, offered in zip(PLOTS, boxes, values, strict=True):
            self._paint_caption(painter, kind, box, self._outlook(curves, kind, cursor_s), offered)
            self._paint_plot(painter, kind, box, curves, marks, cursor_s)
        self._paint_times(painter, boxes[-1], size.width(), curves, marks, cursor_s)

    def _trace(self, history: CardHistory | None) -> None:
        if history is not self._traced:
            self._traced = history
            series = history.series.items() if history else ()
            self._runs = {
                measure: traced(points, history.span, history.until_s) if history else [] for measure, points in series
            }

    def _marks(self, curves: Curves) -> list[Tick]:
        if curves.history is None:
            return []
        first, today = (datetime.fromtimestamp(at_s).astimezone().date() for at_s in (curves.since_s, curves.now_s))
        return ticks(curves.since_s, curves.until_s, self.locale, dated=curves.view is not None and first != today)

    def _paint_plot(
        self,
        painter: QPainter,
        kind: Kind,
        box: QRectF,
        curves: Curves,
        marks: Sequence[Tick],
        cursor_s: float | None,
    ) -> None:
        palette, history = self._look.palette, curves.history
        if history is None:
            painter.fillRect(box, palette.raised)
            return
        points = curves.points(kind.measure)
        area = Area(box, curves.since_s, curves.until_s, scale_of(kind.measure, points, history.card))
        paint_ground(painter, area, [tick.at_s for tick in marks], palette)
        self._paint_scale(painter, kind, area)
        runs = self._runs.get(kind.measure, [])
        painter.save()
        painter.setClipRect(box)
        if kind.measure is Measure.TEMPERATURE:
            bands = ((area.x(since_s), area.x(until_s)) for since_s, until_s in history.slowed)
            paint_slowed(painter, box, bands, palette)
            highest = max((point.highest for point in curves.points_in_sight(kind.measure)), default=0.0)
            paint_temperature(painter, area, runs, history.until_s, highest, curves.limits, palette)
            self._paint_forecast(painter, area, curves)
        else:
            paint_series(painter, area, runs, history.until_s, _colour(kind.measure, palette))
        painter.restore()
        if cursor_s is not None:
            point = nearest(points, cursor_s, history.span)
            paint_cursor(painter, area, cursor_s, point, _colour(kind.measure, palette), palette)

    def _paint_forecast(self, painter: QPainter, area: Area, curves: Curves) -> None:
        palette = self._look.palette
        if forecast := curves.shown_forecast:
            critical = forecast.limit_c >= curves.limits.critical_c
            colour = palette.critical if critical else palette.warning
            last = curves.points(Measure.TEMPERATURE)[-1]
            paint_forecast(painter, area, last, curves.now_s, forecast, colour, palette)

    @staticmethod
    def _outlook(curves: Curves, kind: Kind, cursor_s: float | None) -> Message | None:
        """Return what is about to happen, where it is told in place of the values."""
        of_heat = kind.measure is Measure.TEMPERATURE and cursor_s is None
        return in_about(curves.shown_forecast) if of_heat and curves.shown_forecast else None

    def _paint_caption(
        self, painter: QPainter, kind: Kind, box: QRectF, outlook: Message | None, values: Sequence[str]
    ) -> None:
        """Write above a plot what it is of, what is about to happen, or what it tells."""
        look, palette = self._look, self._look.palette
        line = QRectF(box.left(), box.top() - look.px(CAPTION), box.width(), look.px(CAPTION))
        label, metrics = look.words(kind.label), look.metrics(Type.META)
        room = round(line.width()) - metrics.horizontalAdvance(label) - look.px(8)
        offered = [look.words(outlook)] if outlook else values
        said = next((text for text in offered if metrics.horizontalAdvance(text) <= room), offered[-1])
        shown = metrics.elidedText(said, Qt.TextElideMode.ElideRight, room)
        painter.setFont(look.font(Type.META))
        painter.setPen(palette.text2)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label)
        painter.setPen(palette.text)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_scale(self, painter: QPainter, kind: Kind, area: Area) -> None:
        """Write what the highest, the middle and the lowest line stand for, where they stand for anything."""
        if area.scale is UNKNOWN:
            return
        look = self._look
        painter.setFont(look.font(Type.CAPTION))
        painter.setPen(look.palette.text3)
        height = look.metrics(Type.CAPTION).height()
        lowest, highest = area.scale
        for value in (lowest, (lowest + highest) / 2, highest):
            top = min(max(area.y(value) - height / 2, area.box.top() - 2), area.box.bottom() - height + 2)
            text = "0" if value == 0 else look.words(kind.value(value))
            box = QRectF(MARGIN, top, area.box.left() - MARGIN - 4, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_times(
        self,
        painter: QPainter,
        box: QRectF,
        width: int,
        curves: Curves,
        marks: Sequence[Tick],
        cursor_s: float | None,
    ) -> None:
        """Write the times below the plots, and the one at the cursor over them."""
        look, history = self._look, curves.history
        if history is None:
            return
        area = Area(box, curves.since_s, curves.until_s, UNKNOWN)
        painter.setFont(look.font(Type.CAPTION))
        taken = QRectF()
        if cursor_s is not None:
            moment = moment_label(cursor_s, history.span.point_s, self.locale)
            taken = self._line_of_times(area, width, cursor_s, moment)
            painter.setPen(look.palette.text)
            painter.drawText(taken, Qt.AlignmentFlag.AlignCenter, moment)
        painter.setPen(look.palette.text3)
        free = 0.0
        for tick in marks:
            line = self._line_of_times(area, width, tick.at_s, tick.label)
            if line.left() >= free and not line.intersects(taken):
                painter.drawText(line, Qt.AlignmentFlag.AlignCenter, tick.label)
                free = line.right()

    def _line_of_times(self, area: Area, width: int, at_s: float, label: str) -> QRectF:
        """Return the place of a time below the plots: centred, but within the chart."""
        long = self._look.metrics(Type.CAPTION).horizontalAdvance(label) + self._look.px(6)
        left = min(max(area.x(at_s) - long / 2, 0.0), width - long - MARGIN)
        return QRectF(left, area.box.bottom() + 3, long, self._look.px(AXIS) - 4)


def _colour(measure: Measure, palette: Palette) -> QColor:
    match measure:
        case Measure.UTILIZATION:
            return palette.load
        case Measure.MEMORY:
            return palette.memory
        case _:
            return palette.text2
