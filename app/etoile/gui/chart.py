"""The history of a card as a chart: a plot for each measure, one above the other, with one cursor through all."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QLocale, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from etoile.domain.alerting.words import in_about
from etoile.domain.history import Measure, Point, Span, extent, nearest, runs
from etoile.gui.announcements import announce
from etoile.gui.chart_axis import UNKNOWN, Tick, moment_label, scale_of, ticks
from etoile.gui.chart_plot import Area, paint_cursor, paint_forecast, paint_ground, paint_series, paint_temperature
from etoile.gui.curves import PLOTS, Curves, Kind
from etoile.gui.design import Look, Palette, Type
from etoile.gui.words import NOTHING
from etoile.text import message

CAPTION, GAP, LOWEST, AXIS = 18, 8, 44, 18
"""Heights: of the line above a plot, between two plots, of the lowest plot, of the times below."""
RING = 3
LEAP = 10
"""How many points the cursor goes at once with the Ctrl key."""


class Chart(QWidget):
    """Paints `Curves`.  The mouse and the arrow keys move the cursor, which tells the values under it."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._locale = QLocale(look.language)
        self._curves = Curves(Span.DAY)
        self._marks: list[Tick] = []
        self.cursor_s: float | None = None
        """The moment whose values are told, in seconds since 1970; None where the whole span is told of."""
        self._by_keys = False
        """Whether it is used by the keyboard, which is to be seen."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_curves(self, curves: Curves) -> None:
        """Show `curves`; the cursor stays where it is as long as that is in sight."""
        if curves.span is not self._curves.span:
            self.cursor_s = None
        self._curves = curves
        history = curves.history
        self._marks = ticks(history.since_s, curves.until_s, curves.span, self._locale) if history else []
        self.setAccessibleDescription("\n".join(map(self.told, range(len(PLOTS)))))
        self.update()

    @property
    def has_cursor(self) -> bool:
        """Whether values of one moment are told."""
        return self.cursor_s is not None

    def clear_cursor(self) -> None:
        """Tell of the whole span again."""
        self.cursor_s = None
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(400), self._look.px(len(PLOTS) * (CAPTION + 84 + GAP) + AXIS))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.px(240), self._look.px(len(PLOTS) * (CAPTION + LOWEST + GAP) + AXIS))

    # The cursor

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._point_at(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self.clear_cursor()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._by_keys = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.clear_cursor()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_keys = True
        times_s = self._curves.times_s
        place = self._goal(event) if times_s else None
        if place is None:
            super().keyPressEvent(event)
            return
        self.cursor_s = times_s[min(max(place, 0), len(times_s) - 1)] + self._curves.span.point_s / 2
        self.update()
        said = ", ".join(map(self.told, range(len(PLOTS))))
        announce(self, f"{self._moment(self.cursor_s)}, {said}", assertive=False)

    def _goal(self, event: QKeyEvent) -> int | None:
        """Return the place of the point to which a key takes the cursor; None for other keys."""
        times_s, cursor_s = self._curves.times_s, self.cursor_s
        here = len(times_s) - 1
        if cursor_s is not None:
            here = min(range(len(times_s)), key=lambda place: abs(times_s[place] - cursor_s))
        step = LEAP if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1
        match event.key():
            case Qt.Key.Key_Left:
                return here - step if cursor_s is not None else here
            case Qt.Key.Key_Right:
                return here + step
            case Qt.Key.Key_Home:
                return 0
            case Qt.Key.Key_End:
                return len(times_s) - 1
            case _:
                return None

    def _point_at(self, position: QPointF) -> None:
        history, box = self._curves.history, self.boxes()[0]
        if history is None or not box.left() <= position.x() <= box.right():
            self.clear_cursor()
            return
        part = (position.x() - box.left()) / box.width()
        self.cursor_s = min(history.since_s + part * (self._curves.until_s - history.since_s), history.until_s)
        self.update()

    # What is told

    def told(self, place: int) -> str:
        """Return the label of a plot, and what it tells: under the cursor, or of the whole span."""
        return f"{self._look.words(PLOTS[place].label)} {self._value(PLOTS[place])}"

    def _value(self, kind: Kind) -> str:
        points = self._curves.points(kind.measure)
        found: Point | None
        if self.cursor_s is not None:
            found = nearest(points, self.cursor_s, self._curves.span)
            lowest_mean_highest = (found.lowest, found.mean, found.highest) if found else None
        else:
            lowest_mean_highest = extent(points)
        if lowest_mean_highest is None:
            return NOTHING
        lowest, mean, highest = (kind.value(value) for value in lowest_mean_highest)
        if self._look.words(lowest) == self._look.words(highest):
            return self._look.words(mean)
        told = message("{lowest} to {highest}, mean {mean}", lowest=lowest, highest=highest, mean=mean)
        return self._look.words(told)

    def _moment(self, at_s: float) -> str:
        return moment_label(at_s, self._curves.span, self._locale)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for kind, box in zip(PLOTS, self.boxes(), strict=True):
            self._paint_caption(painter, kind, box)
            self._paint_plot(painter, kind, box)
        self._paint_times(painter, self.boxes()[-1])
        if self.hasFocus() and self._by_keys:
            painter.setPen(QPen(self._look.palette.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def boxes(self) -> list[QRectF]:
        """Return where the plots are."""
        look = self._look
        left = RING + look.metrics(Type.CAPTION).horizontalAdvance("88.8\u00a0GiB") + 6
        height = (self.height() - look.px(AXIS) - RING) / len(PLOTS)
        above, below = look.px(CAPTION), look.px(GAP)
        width = self.width() - left - RING - 2
        return [
            QRectF(left, round(RING + place * height + above), width, round(height - above - below))
            for place in range(len(PLOTS))
        ]

    def _area(self, kind: Kind, box: QRectF) -> Area | None:
        history = self._curves.history
        if history is None:
            return None
        scale = scale_of(kind.measure, self._curves.points(kind.measure), history.card)
        return Area(box, history.since_s, self._curves.until_s, scale)

    def _paint_plot(self, painter: QPainter, kind: Kind, box: QRectF) -> None:
        palette, curves, area = self._look.palette, self._curves, self._area(kind, box)
        if area is None:
            painter.fillRect(box, palette.raised)
            return
        paint_ground(painter, area, [tick.at_s for tick in self._marks], palette)
        self._paint_scale(painter, kind, area)
        points = curves.points(kind.measure)
        cut = list(runs(points, curves.span))
        painter.save()
        painter.setClipRect(box)
        if kind.measure is Measure.TEMPERATURE:
            paint_temperature(painter, area, cut, curves.span.point_s, curves.limits, palette)
            self._paint_forecast(painter, area, points)
        else:
            paint_series(painter, area, cut, curves.span.point_s, _colour(kind.measure, palette))
        painter.restore()
        if self.cursor_s is not None:
            point = nearest(points, self.cursor_s, curves.span)
            paint_cursor(painter, area, self.cursor_s, point, _colour(kind.measure, palette), palette)

    def _paint_forecast(self, painter: QPainter, area: Area, points: Sequence[Point]) -> None:
        curves, palette = self._curves, self._look.palette
        if (forecast := curves.shown_forecast) and curves.history:
            critical = forecast.limit_c >= curves.limits.critical_c
            colour = palette.critical if critical else palette.warning
            paint_forecast(painter, area, points[-1], curves.history.until_s, forecast, colour, palette)

    def _paint_caption(self, painter: QPainter, kind: Kind, box: QRectF) -> None:
        """Write above a plot what it is of, what is about to happen, and what it tells."""
        look, palette = self._look, self._look.palette
        line = QRectF(box.left(), box.top() - look.px(CAPTION), box.width(), look.px(CAPTION))
        outlook = self._curves.shown_forecast if kind.measure is Measure.TEMPERATURE and not self.has_cursor else None
        said = look.words(in_about(outlook)) if outlook else self._value(kind)
        label = look.words(kind.label)
        room = round(line.width()) - look.metrics(Type.META).horizontalAdvance(label) - look.px(8)
        shown = look.metrics(Type.META).elidedText(said, Qt.TextElideMode.ElideRight, room)
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
            box = QRectF(RING, top, area.box.left() - RING - 4, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_times(self, painter: QPainter, box: QRectF) -> None:
        """Write the times below the plots, and the one at the cursor over them."""
        look, history = self._look, self._curves.history
        if history is None:
            return
        area = Area(box, history.since_s, self._curves.until_s, scale_of(Measure.UTILIZATION, (), None))
        painter.setFont(look.font(Type.CAPTION))
        taken = QRectF()
        if self.cursor_s is not None:
            moment = self._moment(self.cursor_s)
            taken = self._line_of_times(area, self.cursor_s, moment)
            painter.setPen(look.palette.text)
            painter.drawText(taken, Qt.AlignmentFlag.AlignCenter, moment)
        painter.setPen(look.palette.text3)
        free = 0.0
        for tick in self._marks:
            line = self._line_of_times(area, tick.at_s, tick.label)
            if line.left() >= free and not line.intersects(taken):
                painter.drawText(line, Qt.AlignmentFlag.AlignCenter, tick.label)
                free = line.right()

    def _line_of_times(self, area: Area, at_s: float, label: str) -> QRectF:
        """Return the place of a time below the plots: centred, but within the chart."""
        width = self._look.metrics(Type.CAPTION).horizontalAdvance(label) + self._look.px(6)
        left = min(max(area.x(at_s) - width / 2, 0.0), self.width() - width - RING)
        return QRectF(left, area.box.bottom() + 3, width, self._look.px(AXIS) - 4)


def _colour(measure: Measure, palette: Palette) -> QColor:
    match measure:
        case Measure.UTILIZATION:
            return palette.load
        case Measure.MEMORY:
            return palette.memory
        case _:
            return palette.text2
