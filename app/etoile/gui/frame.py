"""A window without the desktop's frame: rounded with a shadow where windows are blended, square where they are not."""

import sys

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from etoile.gui import x11
from etoile.gui.design import SHADOW, WINDOW_RADIUS, Look

GRIP = 6
"""Width of the border by which the window is resized."""
_LAYERS = 14
_WINDOWS_CORNER_PREFERENCE, _WINDOWS_ROUND = 33, 2


class Frame(QWidget):
    """Paints ground, border and shadow; is dragged by whatever takes no clicks itself, and resized by its border."""

    def __init__(self, look: Look) -> None:
        flags = Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        super().__init__(None, flags)
        self._look = look
        self._pressed: QPoint | None = None
        self._blended = False
        self._backdrop = QPixmap()
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

    def showEvent(self, event: QShowEvent) -> None:
        self._adapt()
        super().showEvent(event)
        self._shape()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            self._adapt()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._backdrop = QPixmap()
        self._shape()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._backdrop.isNull():
            self._backdrop = self._painted_backdrop()
        QPainter(self).drawPixmap(0, 0, self._backdrop)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        edges = edges_at(event.position().toPoint(), self.face)
        if edges and self.windowHandle():
            self.windowHandle().startSystemResize(edges)
        else:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position().toPoint()
        if not event.buttons():
            self.setCursor(_cursor(edges_at(here, self.face)))
        elif self._pressed and (here - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            if self.windowHandle():
                self.windowHandle().startSystemMove()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None

    def repaint_backdrop(self) -> None:
        """Paint ground and shadow anew: the colours changed."""
        self._backdrop = QPixmap()
        self.update()

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
        palette, face = self._look.palette, QRectF(self.face)
        if self.margin:
            _paint_shadow(painter, face, palette.shadow)
            painter.setPen(QPen(palette.border, 1))
            painter.setBrush(palette.bg)
            painter.drawRoundedRect(face.adjusted(0.5, 0.5, -0.5, -0.5), WINDOW_RADIUS, WINDOW_RADIUS)
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.setPen(QPen(palette.ctrl, 1))
            painter.setBrush(palette.bg)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
        return pixmap

    def _round_on_windows(self) -> None:
        """Ask Windows 11 for its own rounding and shadow."""
        if sys.platform == "win32":
            import ctypes

            wanted = ctypes.c_int(_WINDOWS_ROUND)
            ctypes.windll.dwmapi.DwmSetWindowAttribute(
                int(self.winId()), _WINDOWS_CORNER_PREFERENCE, ctypes.byref(wanted), ctypes.sizeof(wanted)
            )


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


def _paint_shadow(painter: QPainter, face: QRectF, colour: QColor) -> None:
    """Lay thin layers over each other that are the wider the fainter, 4 lower than the window."""
    layer = QColor(colour)
    painter.setPen(Qt.PenStyle.NoPen)
    for step in range(_LAYERS, 0, -1):
        layer.setAlphaF(colour.alphaF() * 2 * (1 - step / (_LAYERS + 1)) / _LAYERS)
        painter.setBrush(layer)
        grown = face.translated(0, 4).adjusted(-step, -step, step, step)
        painter.drawRoundedRect(grown, WINDOW_RADIUS + step, WINDOW_RADIUS + step)
