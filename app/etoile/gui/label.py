"""Text on the window: a label by type and tone."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from etoile.gui.design import Look, Tone, Type
from etoile.text import Message

DOT = "\N{NO-BREAK SPACE}· "
"""Between parts of a line that may wrap: a line does not begin with a dot."""


class Label(QLabel):
    """Plain text, never taken for markup; it wraps unless told otherwise."""

    def __init__(
        self, look: Look, kind: Type, tone: Tone = Tone.TEXT, *, wraps: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self.setFont(look.font(kind))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wraps)
        self.setProperty("tone", str(tone))

    def say(self, said: Message | None) -> None:
        """Show `said`; nothing takes no room."""
        text = self._look.words(said) if said else ""
        text = text.replace(" · ", DOT) if self.wordWrap() else text
        if text != self.text():
            self.setText(text)
        if self.parentWidget() or not text:  # without a parent it would show as a window of its own, and take the focus
            self.setVisible(bool(text))
