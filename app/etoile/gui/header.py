"""The head of the window: who this is, how much there is, the menu, and the button that folds it."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from etoile.domain.state import State
from etoile.gui.button import Button, Kind
from etoile.gui.design import Look, Tone, Type
from etoile.gui.glyphs import Glyph
from etoile.gui.label import Label
from etoile.gui.line import Line
from etoile.gui.sign import Sign
from etoile.gui.words import summary
from etoile.text import message

HEIGHT, LOW_HEIGHT = 48, 40
NEW_KEYS, FOLD_KEYS = "Ctrl+N", "Ctrl+W"


class Header(QWidget):
    """The window is dragged by it; `fold` and `begin_anew` are called by its buttons."""

    def __init__(
        self,
        look: Look,
        fold: Callable[[], None],
        begin_anew: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        title = Label(look, Type.HEADING, wraps=False, parent=self)
        title.say(message("Etoile"))
        # What must always be seen, as that the microphone is open, stands at its end.
        self._summary = Line(look, Type.META, Tone.TEXT2, side=Qt.TextElideMode.ElideLeft, parent=self)
        self._more = Button(look, message("Menu"), kind=Kind.FLAT, glyph=Glyph.MORE, words=False, parent=self)
        self._more.clicked.connect(self._open_menu)
        self._more.hide()
        self._menu: QMenu | None = None
        new = message("New conversation")
        self._new = Button(look, new, kind=Kind.FLAT, glyph=Glyph.NEW, words=False, parent=self)
        self._new.setToolTip(look.words(message("{what} ({keys})", what=new, keys=NEW_KEYS)))
        self._new.clicked.connect(begin_anew)
        small = message("Fold to a pill")
        folding = Button(look, small, kind=Kind.FLAT, glyph=Glyph.CHOOSE, words=False, parent=self)
        folding.setToolTip(look.words(message("{what} ({keys})", what=small, keys=FOLD_KEYS)))
        folding.clicked.connect(fold)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Sign(look, Glyph.STAR, self, side=20))
        row.addWidget(title)
        row.addStretch()
        row.addWidget(self._summary)
        row.addWidget(self._new)
        row.addSpacing(-row.spacing())
        row.addWidget(self._more)
        row.addSpacing(-row.spacing())
        row.addWidget(folding)
        self._look = look
        self.fit_into_low(low=False)

    def offer_menu(self, menu: QMenu) -> None:
        """Open `menu` from a button: where there is no tray, it is the only way to it."""
        self._menu = menu
        self._more.show()

    def _open_menu(self) -> None:
        if self._menu:
            self._menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height())))

    def fit_into_low(self, *, low: bool) -> None:
        """Be no higher than the buttons in a `low` window."""
        self.setFixedHeight(self._look.px(LOW_HEIGHT if low else HEIGHT))

    def show_state(self, state: State) -> None:
        """Show how many nodes and GPUs there are, and whether there is a conversation to be ended."""
        self._summary.say(summary(state))
        self._new.setEnabled(not state.turn.conversation.empty)
