"""The history of a card as a chart: a plot for each measure, one above the other, with one cursor through all."""

from dataclasses import replace
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QNativeGestureEvent, QPainter, QPaintEvent, QPen
from PySide6.QtGui import QWheelEvent as Wheel
from PySide6.QtWidgets import QApplication, QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from etoile.domain.history import Span, Stretch
from etoile.gui.announcements import announce
from etoile.gui.chart_face import AXIS, CAPTION, GAP, LOWEST, Face
from etoile.gui.chart_view import View
from etoile.gui.chart_words import description, told
from etoile.gui.curves import PLOTS, Curves
from etoile.gui.design import Look

LEAP = 10
"""How many points the cursor goes at once with the Ctrl key."""
NOTCH = 120
"""What a wheel reports for one click of it."""
ZOOM = 1.25
"""How much one click of the wheel, or a key, zooms."""
PAN = 0.1
"""What part of what is in sight one click of the wheel, or a key, pans."""


class _Drag(NamedTuple):
    """Where the mouse was pressed, and what was in sight then."""

    place: QPointF
    view: View


class Chart(QWidget):
    """Paints `Curves`; nothing is painted but for new ones, and for what the user does.

    Mouse and arrow keys move the cursor, which tells the values under it.  The wheel, two fingers, and + and − zoom;
    a drag, Shift with the wheel and Shift with the arrow keys pan; a double click goes back to the whole span.
    """

    looked = Signal()
    """Another part of the history is in sight."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._face = Face(look)
        self._curves = Curves(Span.DAY)
        self.cursor_s: float | None = None
        """The moment whose values are told, in seconds since 1970; None where the whole span is told of."""
        self._values = self._told()
        """What each plot tells, and the same more briefly."""
        self._by_keys = False
        """Whether it is used by the keyboard, which is to be seen."""
        self._drag: _Drag | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_curves(self, curves: Curves) -> None:
        """Show `curves`; of the same span, the same part stays in sight, and the cursor where it is."""
        same = curves.span is self._curves.span
        curves = replace(curves, view=self._curves.view if same else None)
        if curves == self._curves:
            return
        if not same:
            self.cursor_s = None
        self._show(curves)

    @property
    def view(self) -> View | None:
        """What was zoomed or panned to; None while the whole span until now is in sight."""
        return self._curves.view

    @property
    def wanted(self) -> Span | Stretch:
        """What is to be read for what is in sight."""
        return self._curves.wanted

    def show_whole(self) -> None:
        """Show the whole span until now."""
        self._look_at(View(self._curves.span.length_s))

    @property
    def has_cursor(self) -> bool:
        """Whether values of one moment are told."""
        return self.cursor_s is not None

    def clear_cursor(self) -> None:
        """Tell of the whole span again."""
        self._move_cursor(None)

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(400), self._look.px(len(PLOTS) * (CAPTION + 84 + GAP) + AXIS))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.px(240), self._look.px(len(PLOTS) * (CAPTION + LOWEST + GAP) + AXIS))

    def boxes(self) -> list[QRectF]:
        """Return where the plots are."""
        return self._face.boxes(self.size())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._face.paint(painter, self.size(), self._curves, self.cursor_s, self._values)
        if self.hasFocus() and self._by_keys:
            painter.setPen(QPen(self._look.palette.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    # What is in sight

    def _show(self, curves: Curves) -> None:
        self._curves = curves
        self._describe()
        self.update()

    def _look_at(self, view: View) -> None:
        """Bring `view` into sight; the whole span until now is none of its own."""
        curves = self._curves
        wanted = None if view == View(curves.span.length_s) else view
        if curves.history is not None and wanted != curves.view:
            self._show(replace(curves, view=wanted))
            self.looked.emit()

    def _zoom(self, factor: float, around_s: float) -> None:
        if self._curves.history:
            self._look_at(self._curves.seen.zoomed(factor, around_s, self._curves.bounds))

    def _pan(self, by_s: float) -> None:
        if self._curves.history:
            self._look_at(self._curves.seen.panned(by_s, self._curves.bounds))

    def _time_at(self, x: float) -> float:
        """Return the moment at a place of the chart; within what is in sight."""
        box, curves = self.boxes()[0], self._curves
        part = min(max((x - box.left()) / box.width(), 0.0), 1.0)
        return curves.since_s + part * (curves.until_s - curves.since_s)

    def wheelEvent(self, event: Wheel) -> None:
        box = self.boxes()[0]
        if self._curves.history is None or not box.left() <= event.position().x() <= box.right():
            event.ignore()  # beside the plots it scrolls
            return
        across, up = event.angleDelta().x() / NOTCH, event.angleDelta().y() / NOTCH
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            across, up = across or up, 0.0
        if abs(across) > abs(up):
            self._pan(-across * PAN * self._curves.seen.length_s)
        else:
            self._zoom(ZOOM**-up, self._time_at(event.position().x()))
        self._point_at(event.position())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
            self._pinch(1 + event.value(), event.position())
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._pinch(pinch.scaleFactor(), QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint())))
                return True
        return super().event(event)

    def _pinch(self, scale: float, place: QPointF) -> None:
        if self._curves.history and scale > 0:
            self._zoom(1 / scale, self._time_at(place.x()))

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._drag = _Drag(event.position(), self._curves.seen)
        self._point_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None or self._curves.history is None:
            self._point_at(event.position())
            return
        across = event.position().x() - self._drag.place.x()
        if self.cursor().shape() is Qt.CursorShape.ClosedHandCursor or abs(across) >= QApplication.startDragDistance():
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.clear_cursor()
            by_s = -across / self.boxes()[0].width() * self._drag.view.length_s
            self._look_at(self._drag.view.panned(by_s, self._curves.bounds))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None
        self.unsetCursor()
        self._point_at(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.show_whole()

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self.clear_cursor()

    def _point_at(self, position: QPointF) -> None:
        box = self.boxes()[0]
        if self._curves.history is None or not box.left() <= position.x() <= box.right():
            self.clear_cursor()
        else:
            self._move_cursor(min(self._time_at(position.x()), self._curves.now_s))

    # The keyboard

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._by_keys = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.clear_cursor()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._curves.history is None or not (self._zooms_by(event) or self._steps_by(event)):
            super().keyPressEvent(event)
            return
        self._by_keys = True
        self.update()
        announce(self, self.accessibleDescription().replace("\n", ", "), assertive=False)

    def _zooms_by(self, event: QKeyEvent) -> bool:
        """Zoom or pan where a key says so; return whether it does."""
        curves = self._curves
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        here_s = self.cursor_s if self.cursor_s is not None else curves.seen.edges_s(curves.now_s)[1]
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._zoom(1 / ZOOM, here_s)
            case Qt.Key.Key_Minus:
                self._zoom(ZOOM, here_s)
            case Qt.Key.Key_Left if shifted:
                self._pan(-PAN * curves.seen.length_s)
            case Qt.Key.Key_Right if shifted:
                self._pan(PAN * curves.seen.length_s)
            case _:
                return False
        return True

    def _steps_by(self, event: QKeyEvent) -> bool:
        """Move the cursor where a key says so, and bring it into sight; return whether there is where to go."""
        times_s, curves = self._curves.times_s, self._curves
        place = self._goal(event) if times_s else None
        if place is None or curves.history is None:
            return False
        at_s = times_s[min(max(place, 0), len(times_s) - 1)] + curves.history.span.point_s / 2
        self._pan(min(at_s - curves.since_s, 0.0) or max(at_s - curves.until_s, 0.0))
        self._move_cursor(at_s)
        return True

    def _goal(self, event: QKeyEvent) -> int | None:
        """Return the place of the point to which a key takes the cursor; None for other keys."""
        times_s, cursor_s, curves = self._curves.times_s, self.cursor_s, self._curves
        seen = [place for place, at_s in enumerate(times_s) if curves.since_s <= at_s < curves.until_s]
        first, last = (seen[0], seen[-1]) if seen else (0, len(times_s) - 1)
        here = last
        if cursor_s is not None:
            here = min(range(len(times_s)), key=lambda place: abs(times_s[place] - cursor_s))
        step = LEAP if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1
        match event.key():
            case Qt.Key.Key_Left:
                return here - step if cursor_s is not None else here
            case Qt.Key.Key_Right:
                return here + step
            case Qt.Key.Key_Home:
                return first
            case Qt.Key.Key_End:
                return last
            case _:
                return None

    # What is told

    def told(self, place: int) -> str:
        """Return what a plot tells: under the cursor, or of what is in sight."""
        return self._values[place][0]

    def _move_cursor(self, at_s: float | None) -> None:
        if at_s != self.cursor_s:
            self.cursor_s = at_s
            self._describe()
            self.update()

    def _told(self) -> list[tuple[str, str]]:
        return [told(self._look, self._curves, kind, self.cursor_s) for kind in PLOTS]

    def _describe(self) -> None:
        """Bring up to now what is told above the plots, and to a screen reader."""
        self._values = self._told()
        said = description(self._look, self._curves, self.cursor_s, self._values, self._face.locale)
        if said != self.accessibleDescription():
            self.setAccessibleDescription(said)
