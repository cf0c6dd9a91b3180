"""What stands on a page that has nothing to show: a sign, a title, a line, and one button at most."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from etoile.gui.button import Button
from etoile.gui.design import Look, Tone, Type
from etoile.gui.glyphs import Glyph
from etoile.gui.label import Label
from etoile.gui.sign import Sign
from etoile.text import Message

SIDE = 48


class Blank(QWidget):
    """`call` is called by the button, which says `action`; without an action there is none."""

    def __init__(
        self,
        look: Look,
        glyph: Glyph,
        action: Message | None = None,
        call: Callable[[], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title = Label(look, Type.HEADING, parent=self)
        self._line = Label(look, Type.UI, Tone.TEXT2, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addStretch()
        column.addWidget(Sign(look, glyph, self, side=SIDE, faint=True), 0, Qt.AlignmentFlag.AlignHCenter)
        for text in (self._title, self._line):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(text)
        if action and call:
            button = Button(look, action, parent=self)
            button.clicked.connect(call)
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()

    def say(self, title: Message, line: Message | None = None) -> None:
        """Say what there is nothing of, and why that may be."""
        self._title.say(title)
        self._line.say(line)
