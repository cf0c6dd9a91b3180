"""The page of what was asked before."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from etoile.domain.state import State
from etoile.gui.design import Type
from etoile.gui.label import Label
from etoile.gui.page import Ground, Page
from etoile.text import message


class HistoryPage(Page):
    """What was asked, and what became of it."""

    def __init__(self, ground: Ground, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        nothing = Label(ground.look, Type.HEADING, parent=self)
        nothing.say(message("Nothing in the last 24 h"))
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.addWidget(nothing)

    def show_state(self, state: State) -> None:
        """Nothing of the state belongs here: the history is read when it is asked for."""
