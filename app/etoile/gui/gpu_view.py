"""What card and row of a GPU share: the frame, the words for keyboard and screen reader, and how values are written."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from etoile.domain.readings import called
from etoile.gui.design import Look, Type
from etoile.gui.glance import Glance
from etoile.gui.severity import Severity
from etoile.gui.words import NOTHING, gpu_details, gpu_line
from etoile.text import Message, message

NARROWEST, WIDTH = 270, 340
_AT_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_AT_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
MOST_HOLDERS = 8
"""Programs and models in the description that hold memory."""


class GpuView(QWidget):
    """Paints a `Glance`; how, is up to `paint_glance`.  Everything is in its name and description too.

    A click, Enter or Space opens it; the window is dragged by it as by anything else.
    """

    opened = Signal(str)
    """The UUID of the GPU whose history is wanted."""
    menu_wanted = Signal(str, QPoint)
    """The UUID of the GPU whose menu is wanted, and where on the screen."""

    HEIGHT: int
    RADIUS: int
    HOW: Message | None = message("Click or press Enter for its history.")
    """What is said of how to open it."""

    def __init__(self, look: Look, glance: Glance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._glance = glance
        self._later: Callable[[], Glance] | None = None
        self._pressed: QPointF | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name()

    @property
    def glance(self) -> Glance:
        """What is shown, or would be if it were in sight."""
        if self._later:
            self._take(self._later())
        return self._glance

    def show_glance(self, glance: Glance) -> None:
        """Show `glance`; the same one again paints nothing."""
        self._later = None
        if glance != self._glance:
            before = self._glance
            self._take(glance)
            self.update(self.changed_since(before))

    def show_wanted(self, glance: Callable[[], Glance]) -> None:
        """Show what `glance` returns, which is asked for once anybody may see or hear it."""
        if QAccessible.isActive() or not self.visibleRegion().isEmpty():
            self.show_glance(glance())
        else:
            self._later = glance

    def _take(self, glance: Glance) -> None:
        self._later, self._glance = None, glance
        self._name()

    def changed_since(self, before: Glance) -> QRect:
        """Return where it looks other than it did with `before`."""
        return self.rect()

    def paint_glance(self, painter: QPainter, wanted: QRectF) -> None:
        """Paint everything within the frame that is in `wanted`."""
        raise NotImplementedError

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(WIDTH), self._look.px(self.HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.px(NARROWEST), self._look.px(self.HEIGHT))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        far = QApplication.startDragDistance()
        if self._pressed and (event.position() - self._pressed).manhattanLength() >= far:
            self._pressed = None
            if handle := self.window().windowHandle():
                handle.startSystemMove()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed:
            self.opened.emit(self.glance.gpu.uuid)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(self.glance.gpu.uuid)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu: a right click, the Menu key, Shift+F10."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        place = self.mapToGlobal(QPoint(self._look.px(24), self._look.px(24))) if by_key else event.globalPos()
        self.menu_wanted.emit(self.glance.gpu.uuid, place)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_frame(painter)
        self.paint_glance(painter, QRectF(event.rect()))

    def _name(self) -> None:
        glance, words = self._glance, self._look.words
        gpu = glance.gpu
        line = words(gpu_line(gpu, glance.thermal))
        self._called = words(called(gpu))
        self.setAccessibleName(f"{self._called}, {gpu.name}")
        details = gpu_details(gpu)
        held = [message("{name}: {size:bytes}", name=part.name, size=part.size_bytes) for part in glance.parts]
        snoozed = message("Alerts are snoozed") if glance.snoozed else None
        said = (glance.outlook, details, *held[:MOST_HOLDERS], snoozed, self.HOW)
        parts = [line, *(words(part) for part in said if part)]
        description = "\n".join(parts)
        self.setAccessibleDescription(description)
        self.setToolTip(f"{gpu.name}\n{description}")

    def _paint_frame(self, painter: QPainter) -> None:
        palette = self._look.palette
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        critical = self.glance.severity is Severity.CRITICAL
        painter.setBrush(palette.surface)
        painter.setPen(QPen(palette.critical, 2) if critical else QPen(palette.border, 1))
        painter.drawRoundedRect(box, self.RADIUS, self.RADIUS)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.accent, 2))
            inset = 2 if critical else 0
            radius = self.RADIUS - inset
            painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius, radius)

    def _paint_text(
        self, painter: QPainter, line: QRectF, kind: Type, colour: QColor, text: str, *, right: float | None = None
    ) -> int:
        """Paint `text` at the left of `line`, or ending at `right`; return its width."""
        width = self._look.width(kind, text)
        box = QRectF(line)
        if right is not None:
            box.setRight(right)
        painter.setFont(self._look.font(kind))
        painter.setPen(colour)
        painter.drawText(box, _AT_LEFT if right is None else _AT_RIGHT, text)
        return width

    def _paint_number(self, painter: QPainter, base: QPointF, kind: Type, digits: str, unit: str) -> None:
        """Paint a value and its unit from `base` on: grey when it is not the value of now."""
        look, palette = self._look, self._look.palette
        painter.setFont(look.font(kind))
        painter.setPen(palette.text3 if self.glance.faded else palette.text)
        painter.drawText(base, digits)
        if digits == NOTHING:
            return
        painter.setFont(look.font(Type.META))
        painter.setPen(palette.text3 if self.glance.faded else palette.text2)
        painter.drawText(base + QPointF(look.width(kind, digits) + look.px(4), 0), unit)
