"""The head of the window: who this is, how much there is, and the button that hides it."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from etoile.domain.state import State
from etoile.gui.button import Button, Kind
from etoile.gui.design import Look, Tone, Type
from etoile.gui.glyphs import Glyph
from etoile.gui.label import Label
from etoile.gui.sign import Sign
from etoile.gui.words import summary
from etoile.text import message

HEIGHT = 48


class Header(QWidget):
    """The window is dragged by it; `hide_window` is called by its button."""

    def __init__(self, look: Look, hide_window: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = Label(look, Type.HEADING, wraps=False, parent=self)
        title.say(message("Etoile"))
        self._summary = Label(look, Type.META, Tone.TEXT2, wraps=False, parent=self)
        close = Button(look, message("Hide"), kind=Kind.FLAT, glyph=Glyph.CLOSE, words=False, parent=self)
        close.clicked.connect(hide_window)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Sign(look, Glyph.STAR, self, side=20))
        row.addWidget(title)
        row.addStretch()
        row.addWidget(self._summary)
        row.addWidget(close)
        self.setFixedHeight(look.px(HEIGHT))

    def show_state(self, state: State) -> None:
        """Show how many nodes and GPUs there are."""
        self._summary.say(summary(state))
