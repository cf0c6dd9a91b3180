"""A block of code: as it was written, never wrapped, with a button that copies it."""

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from etoile.gui.button import Button, Kind
from etoile.gui.design import BUTTON_RADIUS, Look, Tone, Type
from etoile.gui.glyphs import Glyph
from etoile.gui.label import Label
from etoile.text import message, verbatim

MOST_LINES = 24
"""Longer code scrolls within its block."""


class CodeBlock(QWidget):
    """Shows code in the language it names."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown = ""
        self._text = QPlainTextEdit(self)
        self._text.setReadOnly(True)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.setFont(look.mono)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setTabChangesFocus(True)
        self._text.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._text.document().setDocumentMargin(0)
        self._text.setAccessibleName(look.words(message("Code")))
        self._language = Label(look, Type.CAPTION, Tone.TEXT3, wraps=False, parent=self)
        self._copy = Button(look, message("Copy the code"), kind=Kind.FLAT, glyph=Glyph.COPY, words=False, parent=self)
        self._copy.clicked.connect(self._copied)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self._language, 1)
        head.addStretch()
        head.addWidget(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 4, 8)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._text)

    def show_code(self, text: str, language: str) -> None:
        """Show `text`, adding to what is there when it only grew."""
        self._language.say(verbatim(language) if language else None)
        before, self._shown = self._shown, text
        if text == before:
            return
        if before and text.startswith(before):
            cursor = self._text.textCursor()
            cursor.movePosition(cursor.MoveOperation.End)
            cursor.insertText(text[len(before) :])
        else:
            self._text.setPlainText(text)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Polish:
            self._fit()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.palette.border, 1))
        painter.setBrush(self._look.palette.code)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, BUTTON_RADIUS, BUTTON_RADIUS)

    def _fit(self) -> None:
        lines = min(max(1, self._text.blockCount()), MOST_LINES)
        bar = self._text.horizontalScrollBar().sizeHint().height()
        self._text.setFixedHeight(lines * self._text.fontMetrics().lineSpacing() + bar + 4)

    def _copied(self) -> None:
        QGuiApplication.clipboard().setText(self._shown)
        self._copy.show_as(message("Copied"), Glyph.TICK, Kind.FLAT)
