"""The line to type in, with the buttons to talk and to send."""

import time
from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QWidget

from etoile.domain.events import Event, TalkToggled, Typed
from etoile.gui.button import Button, Kind
from etoile.gui.design import CARD_RADIUS, Look, Type
from etoile.gui.glyphs import Glyph
from etoile.text import message

MOST_LINES = 4
LONGEST = 20_000
"""Characters of a request; what is pasted beyond is cut off."""


class _Field(QPlainTextEdit):
    """Grows with its text up to `MOST_LINES`; Enter sends, Shift+Enter begins a line."""

    sent = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._frame = parent
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(look.font(Type.BODY))
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(lambda _: self._fit())
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.sent.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._frame.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._frame.update()

    def _fit(self) -> None:
        lines = min(MOST_LINES, max(1, round(self.document().size().height())))
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 2)
        full = lines == MOST_LINES
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if full else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)


class Composer(QWidget):
    """Publishes `Typed` and `TalkToggled`; what was typed and not sent stays, whatever happens meanwhile."""

    def __init__(
        self, look: Look, talk_key: str, publish: Callable[[Event], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look, self._publish = look, publish
        self._field = _Field(look, self)
        name = look.words(message("Ask, or hold {key}", key=talk_key))
        self._field.setPlaceholderText(name)
        self._field.setAccessibleName(look.words(message("Request")))
        self._field.setAccessibleDescription(name)
        self._field.sent.connect(self._send)
        self._field.textChanged.connect(self._changed)
        talk = message("Talk ({key})", key=talk_key)
        self._talk = Button(look, talk, kind=Kind.FLAT, glyph=Glyph.MICROPHONE, words=False, parent=self)
        self._talk.clicked.connect(lambda: publish(TalkToggled(time.monotonic())))
        self._submit = Button(look, message("Send"), kind=Kind.PRIMARY, glyph=Glyph.SEND, words=False, parent=self)
        self._submit.clicked.connect(self._send)
        self._submit.setEnabled(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 4, 4)
        row.setSpacing(0)
        row.addWidget(self._field, 1)
        row.addWidget(self._talk, 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self._submit, 0, Qt.AlignmentFlag.AlignBottom)
        self.setFocusProxy(self._field)

    @property
    def text(self) -> str:
        """What is written and not sent yet."""
        return self._field.toPlainText()

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self._field.hasFocus()
        painter.setPen(QPen(palette.accent, 2) if focused else QPen(palette.ctrl, 1))
        painter.setBrush(palette.surface)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), CARD_RADIUS, CARD_RADIUS)

    def _changed(self) -> None:
        self._submit.setEnabled(bool(self.text.strip()))

    def _send(self) -> None:
        text = self.text.strip()
        if text:
            self._publish(Typed(text[:LONGEST]))
            self._field.clear()
