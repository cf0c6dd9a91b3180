"""A state in one word: plain while all is well, a filled chip with its shape where it is not."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from etoile.gui.design import Look, Type
from etoile.gui.severity import CHIP, Severity, chip_width, paint_chip
from etoile.text import Message

NARROWEST = 110


class StateWord(QWidget):
    """Paints the word at its right end, elided where there is no room."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._word = ""
        self._severity: Severity | None = None
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def say(self, word: Message, severity: Severity | None) -> None:
        """Say `word`, in the chip of `severity` if there is one."""
        said = self._look.words(word)
        if (said, severity) == (self._word, self._severity):
            return
        self._word, self._severity = said, severity
        self.setToolTip(said)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        look = self._look
        plain = look.metrics(Type.META).horizontalAdvance(self._word)
        # One more for the part of a pixel that metrics round away: without it a word with all its room is elided.
        return QSize((chip_width(look, self._word) if self._severity else plain) + 3, look.px(CHIP.height) + 2)

    def minimumSizeHint(self) -> QSize:
        wanted = self.sizeHint()
        return QSize(min(wanted.width(), self._look.px(NARROWEST)), wanted.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._severity:
            room = self.width() - 2 - chip_width(self._look, "")
            word = self._look.metrics(CHIP.kind).elidedText(self._word, Qt.TextElideMode.ElideRight, room)
            paint_chip(painter, self.width() - 1, self.height() / 2, self._severity, word, self._look)
            return
        painter.setFont(self._look.font(Type.META))
        painter.setPen(self._look.palette.text2)
        aligned = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(self.rect()), aligned, self._word)
