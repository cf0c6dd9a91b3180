"""Asks before a click destroys something.  Cancel has the focus: Enter does nothing unless the user went elsewhere."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from etoile.gui.button import Button, Kind
from etoile.gui.design import Look, Tone, Type
from etoile.gui.flow import Flow
from etoile.gui.label import Label
from etoile.gui.question import CANCEL
from etoile.gui.severity import Severity
from etoile.gui.sign import Sign
from etoile.text import Message


class Sure(QWidget):
    """`go` is called when the user wants it; `over` in any case, when the question is to vanish."""

    def __init__(
        self,
        look: Look,
        asked: Message,
        consequence: Message,
        verb: Message,
        go: Callable[[], None],
        over: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        question = Label(look, Type.QUESTION, parent=self)
        question.say(asked)
        told = Label(look, Type.UI, Tone.TEXT2, parent=self)
        told.say(consequence)
        self.cancel = Button(look, CANCEL, parent=self)
        self.cancel.clicked.connect(over)
        self.go = Button(look, verb, kind=Kind.DESTRUCTIVE, parent=self)
        self.go.clicked.connect(go)
        self.go.clicked.connect(over)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(question)
        words.addWidget(told)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(Sign(look, Severity.WARNING, self), 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        buttons = QWidget(self)
        flow = Flow(buttons, gap=4)
        flow.addWidget(self.cancel)
        flow.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(buttons)
        self.setAccessibleName(look.words(asked))
        self.setAccessibleDescription(look.words(consequence))
