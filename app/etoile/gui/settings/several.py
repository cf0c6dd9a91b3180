"""Any of some values: a chip each, pressed or not; and texts in one line."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from etoile.gui.button import Pressed
from etoile.gui.design import Look, Type
from etoile.gui.flow import Flow
from etoile.gui.glyphs import Glyph, paint_glyph
from etoile.text import Message

HEIGHT, TICK = 28, 12


class Chip(Pressed):
    """One of the values: hollow, or raised and behind a tick."""

    def __init__(self, look: Look, said: Message, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setText(look.words(said))
        self.setAccessibleName(self.text())
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        width = self._look.metrics(Type.UI).horizontalAdvance(self.text())
        return QSize(width + self._look.px(24 + TICK + 4) + 6, self._look.px(HEIGHT) + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, palette, painter = self._look, self._look.palette, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        face = QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5)
        radius = face.height() / 2
        painter.setPen(QPen(palette.accent if self.isChecked() else palette.ctrl, 1))
        painter.setBrush(palette.raised if self.isChecked() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(face, radius, radius)
        if self.hasFocus():
            painter.setPen(QPen(palette.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(face.adjusted(-2.5, -2.5, 2.5, 2.5), radius + 2.5, radius + 2.5)
        left, side = face.left() + look.px(10), look.px(TICK)
        if self.isChecked():
            paint_glyph(painter, Glyph.TICK, QRectF(left, face.center().y() - side / 2, side, side), palette.text)
        painter.setFont(look.font(Type.UI))
        painter.setPen(palette.text if self.isChecked() else palette.text2)
        words = face.adjusted(look.px(TICK + 4) if self.isChecked() else 0, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())


class Several(QWidget):
    """A chip for each value, with what it is called."""

    changed = Signal()
    """The user pressed one."""

    def __init__(self, look: Look, words: Mapping[str, Message], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flow = Flow(self, gap=2)
        self.chips = {value: Chip(look, said, self) for value, said in words.items()}
        for chip in self.chips.values():
            chip.clicked.connect(lambda _: self.changed.emit())
            flow.addWidget(chip)
        self.setFocusProxy(next(iter(self.chips.values())))

    @property
    def value(self) -> tuple[str, ...]:
        """The values that are chosen, in the order in which they are offered."""
        return tuple(value for value, chip in self.chips.items() if chip.isChecked())

    def show_value(self, values: Sequence[str]) -> None:
        """Show `values` as chosen, and tell nobody."""
        for value, chip in self.chips.items():
            chip.setChecked(value in values)

    def name(self, title: str, explanation: str) -> None:
        """Let a screen reader hear at each chip what it is one of."""
        self.setAccessibleName(title)
        for chip in self.chips.values():
            chip.setAccessibleDescription(f"{title}. {explanation}")


def as_list(text: str) -> list[str]:
    """Return the texts that stand in a line, between commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def as_line(texts: Sequence[str]) -> str:
    """Return `texts` as one line."""
    return ", ".join(texts)
