"""The switch between the spans of a chart: one of a row, for mouse and arrow keys."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget

from etoile.domain.history import Span
from etoile.gui.button import RING
from etoile.gui.design import BUTTON_RADIUS, Look, Type
from etoile.text import Message, message

SPANS = {
    Span.HOUR: message("Hour"),
    Span.DAY: message("Day"),
    Span.WEEK: message("Week"),
    Span.MONTH: message("Month"),
    Span.YEAR: message("Year"),
}
_BAR = 3


class SpanTab(QAbstractButton):
    """One of the row: chosen, it is raised, has a bar below and bolder words."""

    def __init__(self, look: Look, said: Message, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setText(look.words(said))
        self.setAccessibleName(look.words(said))
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        look = self._look
        width = look.metrics(Type.TITLE).horizontalAdvance(self.text()) + look.px(20)
        return QSize(width + 2 * RING, look.px(28) + 2 * RING)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, palette = self._look, self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        face = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked() or self.underMouse():
            painter.setBrush(palette.raised)
            painter.drawRoundedRect(face, BUTTON_RADIUS, BUTTON_RADIUS)
        kind = Type.TITLE if self.isChecked() else Type.UI
        if self.isChecked():
            width = look.metrics(kind).horizontalAdvance(self.text())
            bar = QRectF(face.center().x() - width / 2, face.bottom() - _BAR, width, _BAR)
            painter.setBrush(palette.accent)
            painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
        painter.setFont(look.font(kind))
        painter.setPen(palette.text if self.isChecked() else palette.text2)
        painter.drawText(face, Qt.AlignmentFlag.AlignCenter, self.text())
        if self.hasFocus():
            painter.setPen(QPen(palette.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(face.adjusted(-3, -3, 3, 3), BUTTON_RADIUS + 3, BUTTON_RADIUS + 3)


class SpanSwitch(QWidget):
    """A tab for each span; `choose` is called with the one that was chosen."""

    def __init__(self, look: Look, choose: Callable[[Span], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choose = choose
        self._tabs = {span: SpanTab(look, said, self) for span, said in SPANS.items()}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for span, tab in self._tabs.items():
            tab.toggled.connect(lambda on, span=span: self._choose(span) if on else None)
            row.addWidget(tab, 1)
        self.setAccessibleName(look.words(message("Time shown")))

    def show_span(self, span: Span) -> None:
        """Show `span` as the chosen one."""
        self._tabs[span].setChecked(True)
