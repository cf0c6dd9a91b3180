"""The controls of a row: a switch, a list to choose from, a field to type in."""

import math
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QWidget

from etoile.gui.button import Pressed
from etoile.gui.design import ON_FILL, Look, Type
from etoile.gui.glyphs import Glyph, paint_glyph
from etoile.text import Message, with_decimals

WIDTH = 168
"""Of fields and lists: one line of controls along the right edge."""
NUMBER_WIDTH = 88


class Switch(Pressed):
    """On or off: to the right and filled, or to the left and hollow, with a tick when on."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(40) + 8, self._look.px(22) + 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, painter = self._look.palette, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        face = QRectF(self.rect()).adjusted(4.5, 5.5, -4.5, -5.5)
        radius, on = face.height() / 2, self.isChecked()
        painter.setPen(Qt.PenStyle.NoPen if on else QPen(palette.ctrl, 1.5))
        painter.setBrush(palette.accent_fill if on else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(face, radius, radius)
        knob = QPointF(face.right() - radius if on else face.left() + radius, face.center().y())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ON_FILL if on else palette.ctrl)
        painter.drawEllipse(knob, radius - 4, radius - 4)
        if on:
            side = radius
            box = QRectF(face.left() + radius * 0.6, face.center().y() - side / 2, side, side)
            paint_glyph(painter, Glyph.TICK, box, ON_FILL)
        if self.hasFocus():
            painter.setPen(QPen(palette.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(face.adjusted(-3.5, -3.5, 3.5, 3.5), radius + 3.5, radius + 3.5)


class Choice(QComboBox):
    """One of several, each with its words; the mouse wheel changes it only while it has the focus."""

    def __init__(self, look: Look, words: Mapping[str, Message], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setFont(look.font(Type.UI))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedWidth(look.px(WIDTH))
        self.offer(words)

    def offer(self, words: Mapping[str, Message]) -> None:
        """Offer `words`, by value, in place of what was offered."""
        self.blockSignals(True)
        self.clear()
        for value, said in words.items():
            self.addItem(self._look.words(said), value)
        self.blockSignals(False)
        widths = [self.fontMetrics().horizontalAdvance(self.itemText(place)) for place in range(self.count())]
        self.view().setMinimumWidth(max(widths, default=0) + self._look.px(32))

    @property
    def value(self) -> str:
        """The value that is chosen."""
        return str(self.currentData())

    def show_value(self, value: str) -> None:
        """Show `value` as chosen, and tell nobody."""
        self.blockSignals(True)
        self.setCurrentIndex(self.findData(value))
        self.blockSignals(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        side = self._look.px(12)
        right = self.rect().right() - self._look.px(8)
        box = QRectF(right - side, self.rect().center().y() - side / 2 + 1, side, side)
        paint_glyph(painter, Glyph.CHOOSE, box, self._look.palette.text2)


class Field(QLineEdit):
    """A line to type in; ↑ and ↓ step a number by `step`."""

    def __init__(
        self, look: Look, parent: QWidget | None = None, *, step: float | None = None, width: int | None = None
    ) -> None:
        super().__init__(parent)
        self._step = step
        self.setFont(look.font(Type.UI))
        wanted = width or (NUMBER_WIDTH if step else WIDTH)
        self.setFixedWidth(look.px(wanted))
        if step:
            self.setAlignment(Qt.AlignmentFlag.AlignRight)

    def show_text(self, text: str) -> None:
        """Show `text`, and tell nobody; what is being typed is left alone."""
        if not (self.hasFocus() and self.isModified()) and text != self.text():
            self.setText(text)
            self.setCursorPosition(0)

    def show_wrong(self, wrong: bool) -> None:
        """Show that what stands there cannot be."""
        if self.property("wrong") != wrong:
            self.setProperty("wrong", wrong)
            self.style().unpolish(self)
            self.style().polish(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        direction = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
        number = as_number(self.text())
        if not (direction and self._step and number is not None):
            super().keyPressEvent(event)
            return
        self.setText(as_text(number + direction * self._step))
        self.setModified(True)
        self.textEdited.emit(self.text())


def as_number(text: str) -> float | None:
    """Return the number that `text` is, its decimals after a point or a comma; None when it is none."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def as_text(number: float, language: str = "en") -> str:
    """Return `number` as people write it: no more digits than it has."""
    return with_decimals(f"{number:.10g}", language)
