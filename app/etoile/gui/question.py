"""What the user must answer: a confirmation that names object and consequence, or "did you mean"."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from etoile.domain.effects import Option, Question
from etoile.domain.events import Chosen, Declined, Event
from etoile.gui.button import RING, Button, Kind
from etoile.gui.design import Look, Tone, Type
from etoile.gui.flow import Flow
from etoile.gui.label import Label
from etoile.gui.page import Ground
from etoile.gui.second_press import Unhurried
from etoile.gui.severity import Severity
from etoile.gui.sign import Sign
from etoile.gui.surface import Surface
from etoile.text import message

CANCEL = message("Cancel")


class Confirmation(Surface):
    """Asks before one command runs.  Cancel has the focus: Enter destroys nothing unless the user went there."""

    def __init__(
        self, look: Look, question: Question, publish: Callable[[Event], None], now_s: Callable[[], float]
    ) -> None:
        super().__init__(look)
        option = question.options[0]
        asked = Label(look, Type.QUESTION, parent=self)
        asked.say(question.asked)
        consequence = Label(look, Type.UI, Tone.TEXT2, parent=self)
        consequence.say(question.consequence)
        self._expiry = Label(look, Type.META, Tone.TEXT3, parent=self)
        self.preferred = Button(look, CANCEL, parent=self)
        self.preferred.clicked.connect(lambda: publish(Declined(question.turn, question.number)))
        kind = Kind.DESTRUCTIVE if option.destructive else Kind.PRIMARY
        go = Button(look, option.label, kind=kind, parent=self)
        go.clicked.connect(lambda: publish(Chosen(question.turn, question.number, 0)))
        self.answers = (go, self.preferred)
        for button in self.answers:
            Unhurried(button, now_s)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(asked)
        words.addWidget(consequence)
        words.addWidget(self._expiry)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(Sign(look, Severity.WARNING, self), 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        row = QWidget(self)
        buttons = Flow(row, gap=0, side=Qt.AlignmentFlag.AlignRight)
        buttons.addWidget(self.preferred)
        buttons.addWidget(go)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 8, 4)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(row)
        self.setAccessibleName(look.words(question.asked))

    def show_left(self, left_s: float) -> None:
        """Show how long the question still stands."""
        self._expiry.say(message("Expires in {left:duration}", left=max(0.0, left_s)))


class Suggestions(QWidget):
    """Asks which of several commands was meant.

    Cancel has the focus, and the keys 1 to 3 choose only while one of the choices has it: whoever was about to type
    carries nothing out.  Cancel stands below them, where a confirmation that may follow has its buttons.
    """

    def __init__(
        self, look: Look, question: Question, publish: Callable[[Event], None], now_s: Callable[[], float]
    ) -> None:
        super().__init__()
        self._question, self._publish = question, publish
        asked = Label(look, Type.UI, Tone.TEXT2, parent=self)
        asked.say(question.asked)
        self._left = Label(look, Type.META, Tone.TEXT3, wraps=False, parent=self)
        row = QWidget(self)
        flow = Flow(row, gap=0)
        self._options = [self._made(look, place, option) for place, option in enumerate(question.options)]
        for button in self._options:
            flow.addWidget(button)
        self.preferred = Button(look, CANCEL, kind=Kind.FLAT, key=look.words(message("Esc")), parent=self)
        self.preferred.clicked.connect(lambda: publish(Declined(question.turn, question.number)))
        self.answers = (*self._options, self.preferred)
        for button in self.answers:
            Unhurried(button, now_s)
        head = QHBoxLayout()
        head.setContentsMargins(RING, 0, RING, 0)  # as far in as the faces of the buttons
        head.addWidget(asked)
        head.addStretch()
        head.addWidget(self._left)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(row)
        column.addSpacing(4)
        column.addWidget(self.preferred, 0, Qt.AlignmentFlag.AlignLeft)
        self.setAccessibleName(look.words(question.asked))

    def show_left(self, left_s: float) -> None:
        """Show how long the question still stands."""
        self._left.say(message("Expires in {left:duration}", left=max(0.0, left_s)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        place = event.key() - Qt.Key.Key_1.value
        if 0 <= place < len(self._options) and any(option.hasFocus() for option in self._options):
            self._publish(Chosen(self._question.turn, self._question.number, place))
        else:
            super().keyPressEvent(event)

    def _made(self, look: Look, place: int, option: Option) -> Button:
        button = Button(look, option.label, key=str(place + 1), parent=self)
        button.clicked.connect(lambda: self._publish(Chosen(self._question.turn, self._question.number, place)))
        return button


class QuestionView(QWidget):
    """The place of the pending question, above the line to type in: always in view."""

    def __init__(self, ground: Ground, typing: Callable[[], bool], parent: QWidget | None = None) -> None:
        """`typing` tells whether somebody has begun to write: the focus is then left where it is."""
        super().__init__(parent)
        self._ground, self._typing = ground, typing
        self._question: Question | None = None
        self._view: Confirmation | Suggestions | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def show_question(self, question: Question | None, left_s: float) -> None:
        """Show `question`, which expires in `left_s`; a new one takes the focus, if the window has it."""
        if question is not self._question:
            self._replace(question)
        if self._view:
            self._view.show_left(left_s)

    def _replace(self, question: Question | None) -> None:
        self._question = question
        was_here = self._view is not None and self._view.isAncestorOf(self.window().focusWidget() or self)
        if self._view:
            self._column.removeWidget(self._view)
            self._view.hide()
            self._view.deleteLater()
        self._view = self._made(question) if question else None
        self.setVisible(self._view is not None)
        if self._view:
            self._column.addWidget(self._view)
            self._view.show()
            if was_here or not self._typing():
                self._view.preferred.setFocus()

    def _made(self, question: Question) -> Confirmation | Suggestions:
        ground, kind = self._ground, Suggestions if question.proposes else Confirmation
        return kind(ground.look, question, ground.doors.publish, ground.now_s)
