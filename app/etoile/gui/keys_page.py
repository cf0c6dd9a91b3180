"""The list of the keys, for F1."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from etoile.domain.state import State
from etoile.gui.design import Tone, Type
from etoile.gui.label import Label
from etoile.gui.page import Ground, Page
from etoile.gui.scroll import ScrollColumn
from etoile.text import Message, message, verbatim

KEYS: Mapping[str, Message] = {
    "Ctrl+1…4": message("Conversation, GPU, nodes, history"),
    "Ctrl+L": message("The line to type in"),
    "Enter": message("Send; with Shift, a new line"),
    "Ctrl+.": message("Stop what goes on"),
    "Ctrl+N": message("New conversation"),
    "Ctrl+Shift+C": message("Copy the answer"),
    "Ctrl+M": message("Mute the voice, or let it speak"),
    "1…3": message("Choose, where a choice has the focus"),
    "F6": message("The next part of the window; with Shift, the one before"),
    "↑ ↓": message("From card to card; Enter opens one"),
    "← →": message("In a chart, from moment to moment; with Shift along the time, + and - zoom"),
    "Esc": message("One step back: stop listening, refuse, go back, fold, hide"),
    "Ctrl+W": message("Fold to a pill"),
    "Ctrl+,": message("Settings"),
    "Ctrl+Q": message("Quit"),
    "F1": message("This list; a second time, the help"),
}


class KeysPage(Page):
    """Each key, and what it does."""

    def __init__(self, ground: Ground, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look = ground.look
        title = Label(look, Type.HEADING, parent=self)
        title.say(message("Keys"))
        rows = QWidget()
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 8, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        keys = {ground.talk_key: message("Talk, while it is held"), **KEYS}
        for row, (key, what) in enumerate(keys.items()):
            name = Label(look, Type.TITLE, wraps=False)
            name.say(verbatim(key))
            does = Label(look, Type.UI, Tone.TEXT2)
            does.say(what)
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(does, row, 1)
        scroll = ScrollColumn(self)
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        scroll.setAccessibleName(look.words(message("Keys")))
        scroll.column.addWidget(title)
        scroll.column.addWidget(rows)
        scroll.column.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)

    def show_state(self, state: State) -> None:
        """The keys are always the same."""
