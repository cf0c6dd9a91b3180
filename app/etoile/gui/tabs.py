"""The tabs of the window: text only; one that needs attention gets the shape of what is wrong."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from etoile.gui.button import RING
from etoile.gui.design import BUTTON_RADIUS, Look, Type
from etoile.gui.flow import Flow
from etoile.gui.motion import Glow, faded
from etoile.gui.severity import Severity, paint_sign
from etoile.text import Message, message

_BAR = 3
PADDING, _TIGHT = 20, 8
"""What a tab is wider than its words, and where there is little room."""
_SIGN, _SIGN_GAP = 12, 5
ATTENTION = {
    Severity.WARNING: message("warning"),
    Severity.CRITICAL: message("critical"),
    Severity.LOST: message("unreachable"),
}


class Tab(QAbstractButton):
    """One of a row: chosen, it is raised, has a bar below and bolder words."""

    def __init__(self, look: Look, said: Message, parent: QWidget, *, height: int = 28) -> None:
        super().__init__(parent)
        self._look, self._height = look, look.px(height)
        self._severity: Severity | None = None
        self._tight = False
        self._glow = Glow(self, look.motion)
        self.setText(look.words(said))
        self.setAccessibleName(look.words(said))
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def show_attention(self, severity: Severity | None) -> None:
        """Show that what is behind the tab needs attention, or no longer does."""
        if severity is self._severity:
            return
        self._severity = severity
        self.setAccessibleName(", ".join([self.text(), *([self._look.words(ATTENTION[severity])] if severity else [])]))
        self.updateGeometry()
        self.update()

    def tighten(self, tight: bool) -> None:
        """Be hardly wider than the words where there is little room."""
        if tight is not self._tight:
            self._tight = tight
            self.updateGeometry()

    def width_with(self, padding: int) -> int:
        """Return how wide the tab is with so much room around its words; the sign needs some of it."""
        around = max(padding, _SIGN + _SIGN_GAP + 2) if self._severity else padding
        return self._look.metrics(Type.TITLE).horizontalAdvance(self.text()) + self._look.px(around) + 2 * RING

    def sizeHint(self) -> QSize:
        return QSize(self.width_with(_TIGHT if self._tight else PADDING), self._height + 2 * RING)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        face = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        painter.setPen(Qt.PenStyle.NoPen)
        warm = self._glow.towards(lit=self.underMouse() or self.isDown())
        if self.isChecked() or warm:
            painter.setBrush(palette.raised if self.isChecked() else faded(palette.raised, warm))
            painter.drawRoundedRect(face, BUTTON_RADIUS, BUTTON_RADIUS)
        self._paint_words(painter, face)
        if self.hasFocus():
            painter.setPen(QPen(palette.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(face.adjusted(-3, -3, 3, 3), BUTTON_RADIUS + 3, BUTTON_RADIUS + 3)

    def _paint_words(self, painter: QPainter, face: QRectF) -> None:
        """Paint the words, a sign before them, and under the chosen ones the bar."""
        look, palette = self._look, self._look.palette
        kind = Type.TITLE if self.isChecked() else Type.UI
        sign = look.px(_SIGN + _SIGN_GAP) if self._severity else 0
        room = round(face.width()) - sign
        text = look.metrics(kind).elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        width = look.metrics(kind).horizontalAdvance(text)
        left = face.center().x() - (sign + width) / 2
        if self._severity:
            side = look.px(_SIGN)
            paint_sign(painter, QRectF(left, face.center().y() - side / 2, side, side), self._severity, look)
        words = QRectF(left + sign, face.top(), width + 2, face.height())
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.accent)
            painter.drawRoundedRect(QRectF(words.left(), face.bottom() - _BAR, width, _BAR), _BAR / 2, _BAR / 2)
        painter.setFont(look.font(kind))
        painter.setPen(palette.text if self.isChecked() else palette.text2)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class Tabs(QWidget):
    """A row of tabs, one stop for the Tab key, with ← → within; `choose` is called with the key of the chosen one.

    Where there is little room they move together, and then take a second row: their words are never cut.
    """

    def __init__(
        self, look: Look, titles: Mapping[str, Message], choose: Callable[[str], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tabs = {key: Tab(look, title, self) for key, title in titles.items()}
        row = Flow(self, gap=0)
        for key, tab in self._tabs.items():
            tab.clicked.connect(lambda _=False, key=key: choose(key))
            row.addWidget(tab)
        self.setAccessibleName(look.words(message("Pages")))

    def show_chosen(self, key: str) -> None:
        """Show the tab `key` as the chosen one."""
        self._tabs[key].setChecked(True)

    def show_attention(self, key: str, severity: Severity | None) -> None:
        """Show that the page `key` needs attention, or no longer does."""
        self._tabs[key].show_attention(severity)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        tight = sum(tab.width_with(PADDING) for tab in self._tabs.values()) > self.width()
        for tab in self._tabs.values():
            tab.tighten(tight)

    @property
    def chosen(self) -> Tab:
        """The tab of the page that is shown."""
        return next(tab for tab in self._tabs.values() if tab.isChecked())
