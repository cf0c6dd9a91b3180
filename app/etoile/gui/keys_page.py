"""The list of the keys, for F1."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from etoile.domain.state import State
from etoile.gui.design import Tone, Type
from etoile.gui.label import Label
from etoile.gui.page import Ground, Page
from etoile.gui.scroll import ScrollColumn
from etoile.gui.window_keys import WINDOW_KEYS
from etoile.text import message, verbatim


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
        keys = ((verbatim(ground.talk_key), message("Talk, while it is held")), *WINDOW_KEYS)
        for row, (key, what) in enumerate(keys):
            name = Label(look, Type.TITLE, wraps=False)
            name.say(key)
            does = Label(look, Type.UI, Tone.TEXT2)
            does.say(what)
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(does, row, 1)
        scroll = ScrollColumn(self)
        scroll.setObjectName("stop")
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        scroll.setAccessibleName(look.words(message("Keys")))
        scroll.column.setContentsMargins(8, 8, 0, 8)
        scroll.column.addWidget(title)
        scroll.column.addWidget(rows)
        scroll.column.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)

    def show_state(self, state: State) -> None:
        """The keys are always the same."""
