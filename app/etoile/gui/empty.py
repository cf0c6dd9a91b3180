"""What stands in an empty conversation: how to begin, with real examples."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from etoile.gui.button import Button
from etoile.gui.design import Look, Tone, Type
from etoile.gui.glyphs import Glyph
from etoile.gui.label import Label
from etoile.gui.sign import Sign
from etoile.text import Message, message


class Empty(QWidget):
    """A title, a line, and three examples; `ask` is called with the one that was chosen."""

    def __init__(self, look: Look, talk_key: str, ask: Callable[[str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = Label(look, Type.HEADING, parent=self)
        title.say(message("Ask, or hold {key}", key=talk_key))
        line = Label(look, Type.UI, Tone.TEXT2, parent=self)
        line.say(message("Etoile does it itself, or asks the node that is free."))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        column.addStretch()
        column.addWidget(Sign(look, Glyph.HOLLOW_STAR, self, side=40, faint=True), 0, Qt.AlignmentFlag.AlignHCenter)
        for text in (title, line):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(text)
            column.addSpacing(4)
        column.setSpacing(0)
        column.addSpacing(8)
        for example in examples():
            words = look.words(example)
            button = Button(look, example, parent=self)
            button.clicked.connect(lambda _=False, words=words: ask(words))
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()


def examples() -> tuple[Message, ...]:
    """Return requests that work on any machine."""
    return message("How hot is the GPU?"), message("What can you do?"), message("Set a timer of five minutes")
