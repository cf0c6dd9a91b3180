"""A line to type in what is looked for."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QWidget

from etoile.gui.design import BUTTON_RADIUS, Look, Type
from etoile.text import Message

PAUSE_MS = 250
"""A pause in typing of this length begins the search."""


class SearchField(QLineEdit):
    """`search` is called with the words once there is a pause in typing, at once by Enter; Esc clears the line."""

    def __init__(self, look: Look, said: Message, search: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._search = look, search
        words = look.words(said)
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self.setFont(look.font(Type.UI))
        self.setFrame(False)
        self.setMaxLength(200)
        self.setTextMargins(look.px(10), 0, look.px(10), 0)
        self._restyle()
        look.changed.connect(self._restyle)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._find)
        self.textChanged.connect(lambda _: self._pause.start())
        self.returnPressed.connect(self._find)

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(200), self._look.px(36))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.px(80), self._look.px(36))

    def _restyle(self) -> None:
        palette = self._look.palette
        self.setStyleSheet(
            "QLineEdit { background: transparent; border: none;"
            f" color: {palette.text.name()}; placeholder-text-color: {palette.text3.name()};"
            f" selection-background-color: {palette.accent_fill.name()}; }}"
        )

    def _find(self) -> None:
        self._pause.stop()
        self._search(self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self._find()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(palette.surface)
        painter.setPen(QPen(palette.accent, 2) if self.hasFocus() else QPen(palette.ctrl, 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), BUTTON_RADIUS, BUTTON_RADIUS)
        painter.end()
        super().paintEvent(event)
