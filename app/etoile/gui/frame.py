"""A window without the desktop's frame: rounded with a shadow where windows are blended, square where they are not."""

import sys

from PySide6.QtCore import QElapsedTimer, QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
    QScreen,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from etoile.gui import x11
from etoile.gui.design import SHADOW, WINDOW_RADIUS, Look
from etoile.gui.places import Places, face_at, snapped, spot_of
from etoile.gui.style import style_sheet

GRIP = 6
"""Width of the border by which the window is resized."""
DRAG = 4
"""The mouse moves so far before it drags."""
SETTLE_MS = 300
COMING_MS, CORRECTIONS = 1000, 3
"""While it comes into view, a window manager may place it; so often it is put back."""
_LAYERS = 14
_WINDOWS_CORNER_PREFERENCE, _WINDOWS_ROUND = 33, 2


class Frame(QWidget):
    """Paints ground, border and shadow; is dragged by whatever takes no clicks itself, and resized by its border.

    It keeps its place on the screen by `places`, where windows may place themselves; under Wayland they may not.
    """

    RESIZABLE = True

    def __init__(self, look: Look, places: Places, kind: Qt.WindowType = Qt.WindowType.Window) -> None:
        super().__init__(None, kind | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
        self._look = look
        self._places = places
        self._pressed: QPoint | None = None
        self._held: QPoint | None = None
        """Where the face is held while it is dragged."""
        self._put: QRect | None = None
        """Where the face was put by ourselves, the last time."""
        self._corrections = 0
        """How often a place that the window manager chose may still be corrected."""
        self._came = QElapsedTimer()
        self._settled = QTimer(self)
        """Runs out when the window has come to rest."""
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLE_MS)
        self._settled.timeout.connect(self._keep_place)
        self._blended = False
        self._backdrop = QPixmap()
        self._restyle()
        look.changed.connect(self._restyle)
        if sys.platform != "win32":
            self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setMouseTracking(True)

    @property
    def margin(self) -> int:
        """Room around the visible window for its shadow; none where nothing is blended."""
        return SHADOW if self._blended and not self._fills_screen() else 0

    @property
    def face(self) -> QRect:
        """The visible window, without the shadow."""
        margin = self.margin
        return self.rect().adjusted(margin, margin, -margin, -margin)

    @property
    def place(self) -> QRect:
        """The visible window on the screen."""
        return self.face.translated(self.pos())

    def settle(self, size: QSize) -> None:
        """Give the visible window `size`, at its place on the screen that was used last; in a drag it stays there."""
        self._adapt()  # before it is shown: a window manager may overlook what is changed while it comes
        if not can_be_placed() or self._held is not None:
            margin = 2 * self.margin
            self.resize(size.width() + margin, size.height() + margin)
            return
        screen = self._screen()
        area = screen.availableGeometry()
        self.put(face_at(self._places.spot(screen.name()), size.boundedTo(area.size()), area))

    def put(self, face: QRect) -> None:
        """Put the visible window to `face`."""
        margin = self.margin
        self._put = face
        self.setGeometry(face.adjusted(-margin, -margin, margin, margin))

    def showEvent(self, event: QShowEvent) -> None:
        self._adapt()
        self._corrections = CORRECTIONS if self._put else 0
        self._came.start()
        super().showEvent(event)
        self._shape()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            self._adapt()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._backdrop = QPixmap()
        self._shape()
        if self.isVisible():
            self._settled.start()

    @property
    def backdrop(self) -> QPixmap:
        """A picture of ground, line and shadow."""
        if self._backdrop.isNull():
            self._backdrop = self._painted_backdrop()
        return self._backdrop

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).drawPixmap(0, 0, self.backdrop)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        here = event.position().toPoint()
        if self._edges(here) and self.windowHandle():
            self.windowHandle().startSystemResize(self._edges(here))
        else:
            self._pressed = here

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position().toPoint()
        if self._held is not None:
            self._drag_to(event.globalPosition().toPoint())
        elif not event.buttons():
            self.setCursor(_cursor(self._edges(here)))
        elif self._pressed and (here - self._pressed).manhattanLength() >= DRAG:
            self._begin_drag(self._pressed)
            if self._held is not None:  # to one that was busy, many moves are told as one, and it may be the only one
                self._drag_to(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragged = self._held is not None
        self._pressed = self._held = None
        if dragged:
            self._keep_place()  # what becomes larger or smaller in a moment does so where the user put it

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        if self._misplaced():
            self._corrections -= 1
            self.put(self._put or self.place)
        elif self.isVisible():
            self._settled.start()

    def _misplaced(self) -> bool:
        """Whether the window manager put it elsewhere while it came: openbox does so with windows that come again."""
        early = self._corrections > 0 and self._came.elapsed() < COMING_MS
        return early and self._held is None and self._put is not None and self.place.topLeft() != self._put.topLeft()

    def _edges(self, here: QPoint) -> Qt.Edge:
        return edges_at(here, self.face) if self.RESIZABLE else Qt.Edge(0)

    def _begin_drag(self, pressed: QPoint) -> None:
        """Follow the mouse, snapping to the edges of the screen; where we may not place it, the desktop moves it."""
        self._pressed = None
        self._corrections = 0
        if can_be_placed() and not self._fills_screen():
            self._held = pressed - self.face.topLeft()
        elif self.windowHandle():
            self.windowHandle().startSystemMove()

    def _drag_to(self, mouse: QPoint) -> None:
        assert self._held is not None
        screen = QGuiApplication.screenAt(mouse) or self._screen()
        face = snapped(QRect(mouse - self._held, self.face.size()), screen.availableGeometry())
        self.move(face.topLeft() - self.face.topLeft())

    def _keep_place(self) -> None:
        """Remember where the user put it; where we put it ourselves is known."""
        if self._held is not None:
            self._settled.start()
        elif can_be_placed() and self.isVisible() and not self._fills_screen() and self.place != self._put:
            screen = QGuiApplication.screenAt(self.place.center()) or self._screen()
            self._put = self.place
            self._places.keep(screen.name(), spot_of(self.place, screen.availableGeometry()))

    def _screen(self) -> QScreen:
        """Return the screen that was used last, or the first one when that is gone."""
        named = {screen.name(): screen for screen in QGuiApplication.screens()}
        return named.get(self._places.screen, QGuiApplication.primaryScreen())

    def repaint_backdrop(self) -> None:
        """Paint ground and shadow anew: the colours changed."""
        self._backdrop = QPixmap()
        self.update()

    def follow_compositor(self) -> None:
        """Adapt to a compositor that came or went: nobody tells, so it is asked whenever there is something to show."""
        if x11.on_x11() and self.isVisible() and x11.has_compositor() is not self._blended:
            self._adapt()
            self._shape()

    def _adapt(self) -> None:
        """Take up whether windows are blended now: a compositor comes and goes.  The face stays where it is."""
        platform = QGuiApplication.platformName()
        self._blended = platform.startswith("wayland") or (x11.on_x11() and x11.has_compositor())
        before, margin = self.contentsMargins().left(), self.margin
        self.setContentsMargins(margin, margin, margin, margin)
        if margin != before and not self._fills_screen():
            grown = margin - before
            self.setGeometry(self.geometry().adjusted(-grown, -grown, grown, grown))
        self._round_on_windows()
        self.repaint_backdrop()

    def _restyle(self) -> None:
        palette = self._look.palette
        colours = QPalette()
        role = QPalette.ColorRole
        for part, colour in (
            (role.Window, palette.bg),
            (role.WindowText, palette.text),
            (role.Base, palette.surface),
            (role.Text, palette.text),
            (role.PlaceholderText, palette.text3),
            (role.Link, palette.accent),
            (role.LinkVisited, palette.accent),
            (role.Highlight, palette.accent_fill),
        ):
            colours.setColor(part, colour)
        self.setPalette(colours)
        self.setStyleSheet(style_sheet(palette))
        self.repaint_backdrop()

    def _shape(self) -> None:
        """Let clicks on the shadow fall through to what lies below."""
        if x11.on_x11() and self.isVisible():
            ratio = self.devicePixelRatio()
            face = QRectF(self.face)
            box = QRectF(face.topLeft() * ratio, face.size() * ratio).toAlignedRect()
            x11.shape_input(int(self.winId()), box if self.margin else None)

    def _fills_screen(self) -> bool:
        return bool(self.windowState() & (Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen))

    def _painted_backdrop(self) -> QPixmap:
        ratio = self.devicePixelRatio()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        face, radius = QRectF(self.face), self._look.px(self.radius())
        pen, fill = self.edge(), self.fill()
        inset = pen.widthF() / 2
        if self.margin:
            _paint_shadow(painter, face, self._look.palette.shadow, radius)
            painter.setPen(pen)
            painter.setBrush(fill)
            painter.drawRoundedRect(face.adjusted(inset, inset, -inset, -inset), radius, radius)
        else:
            line = pen.width()
            painter.fillRect(self.rect(), pen.color())
            painter.fillRect(self.rect().adjusted(line, line, -line, -line), fill)
        painter.end()
        return pixmap

    def fill(self) -> QColor:
        """Return the colour of the visible window."""
        return self._look.palette.bg

    def radius(self) -> int:
        """Return how round the corners are where windows are blended."""
        return WINDOW_RADIUS

    def edge(self) -> QPen:
        """Return the line around the visible window: decoration, but where there is no shadow."""
        palette = self._look.palette
        return QPen(palette.border if self.margin else palette.ctrl, 1)

    def _round_on_windows(self) -> None:
        """Ask Windows 11 for its own rounding and shadow."""
        if sys.platform == "win32":
            import ctypes

            wanted = ctypes.c_int(_WINDOWS_ROUND)
            ctypes.windll.dwmapi.DwmSetWindowAttribute(
                int(self.winId()), _WINDOWS_CORNER_PREFERENCE, ctypes.byref(wanted), ctypes.sizeof(wanted)
            )


def can_be_placed() -> bool:
    """Whether a window may choose where it stands and stay above others: Wayland leaves both to the desktop."""
    return not QGuiApplication.platformName().startswith("wayland")


def edges_at(place: QPoint, face: QRect) -> Qt.Edge:
    """Return the edges of `face` that lie within a grip of `place`."""
    edges = Qt.Edge(0)
    if place.x() - face.left() < GRIP:
        edges |= Qt.Edge.LeftEdge
    if face.right() - place.x() < GRIP:
        edges |= Qt.Edge.RightEdge
    if place.y() - face.top() < GRIP:
        edges |= Qt.Edge.TopEdge
    if face.bottom() - place.y() < GRIP:
        edges |= Qt.Edge.BottomEdge
    return edges


def _cursor(edges: Qt.Edge) -> Qt.CursorShape:
    level = bool(edges & (Qt.Edge.LeftEdge | Qt.Edge.RightEdge))
    upright = bool(edges & (Qt.Edge.TopEdge | Qt.Edge.BottomEdge))
    if level and upright:
        falling = edges in (Qt.Edge.LeftEdge | Qt.Edge.TopEdge, Qt.Edge.RightEdge | Qt.Edge.BottomEdge)
        return Qt.CursorShape.SizeFDiagCursor if falling else Qt.CursorShape.SizeBDiagCursor
    if level:
        return Qt.CursorShape.SizeHorCursor
    return Qt.CursorShape.SizeVerCursor if upright else Qt.CursorShape.ArrowCursor


def _paint_shadow(painter: QPainter, face: QRectF, colour: QColor, radius: float) -> None:
    """Lay thin layers over each other that are the wider the fainter, 4 lower than the window."""
    layer = QColor(colour)
    painter.setPen(Qt.PenStyle.NoPen)
    for step in range(_LAYERS, 0, -1):
        layer.setAlphaF(colour.alphaF() * 2 * (1 - step / (_LAYERS + 1)) / _LAYERS)
        painter.setBrush(layer)
        grown = face.translated(0, 4).adjusted(-step, -step, step, step)
        painter.drawRoundedRect(grown, radius + step, radius + step)
