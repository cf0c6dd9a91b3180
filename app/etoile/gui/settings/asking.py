"""A question within a page, before something is lost: it names what, and Cancel has the focus."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from etoile.gui.button import Button, Kind
from etoile.gui.design import Look, Tone, Type
from etoile.gui.label import Label
from etoile.gui.severity import Severity
from etoile.gui.sign import Sign
from etoile.text import Message, message


class Asking(QWidget):
    """Asks `question` with the `consequence` of doing it; `do` is called by the button `verb` alone, Esc cancels."""

    def __init__(
        self,
        look: Look,
        question: Message,
        consequence: Message,
        verb: Message,
        do: Callable[[], object],
        leave: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._leave = leave
        asked = Label(look, Type.QUESTION, parent=self)
        asked.say(question)
        follows = Label(look, Type.UI, Tone.TEXT2, parent=self)
        follows.say(consequence)
        self.cancel = Button(look, message("Cancel"), parent=self)
        self.cancel.clicked.connect(leave)
        self.verb = Button(look, verb, kind=Kind.DESTRUCTIVE, parent=self)
        self.verb.clicked.connect(do)
        for button in (self.cancel, self.verb):
            button.setAccessibleDescription(f"{look.words(question)} {look.words(consequence)}")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Sign(look, Severity.WARNING, self), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(asked, 1)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.verb)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 6)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(follows)
        column.addLayout(buttons)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)
