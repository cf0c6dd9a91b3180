"""What the settings file lists: a row for each entry, and below them a form to add or change one."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from etoile.gui.button import Button
from etoile.gui.design import Look, Type
from etoile.gui.glyphs import Glyph
from etoile.gui.settings.frame import Plain, RowFrame, Wrong
from etoile.gui.settings.group import Titled
from etoile.text import Message, message


class Entries(Titled):
    """One part at a time is open below the rows: a form, or a question.  Who inherits connects `add_button`.

    An error stands between them until a part is opened or closed.
    """

    def __init__(self, look: Look, title: Message, add: Message, parent: QWidget | None = None) -> None:
        super().__init__(look, title, parent)
        self.add_button = Button(look, add, parent=self)
        self.head.addWidget(self.add_button)
        self.wrong = Wrong(look, self)
        self._below = QVBoxLayout()
        self.column.addWidget(self.wrong)
        self.column.addLayout(self._below)
        self.open: QWidget | None = None
        """What is open."""

    def list_none(self, said: Message) -> None:
        """Say what holds without any entry."""
        self.add(Plain(self._look, said, Type.UI))

    def list_entry(self, name: Message, told: Message, change: Callable[[], None], remove: Callable[[], None]) -> None:
        """Add the row of an entry."""
        change_button = Button(self._look, message("Change"))
        remove_button = Button(self._look, message("Remove"), glyph=Glyph.CLOSE, words=False)
        self.add(RowFrame(self._look, name, told, change_button, remove_button))
        change_button.setAccessibleName(self._look.words(message("Change {node}", node=name)))
        remove_button.setAccessibleName(self._look.words(message("Remove {node}", node=name)))
        change_button.clicked.connect(lambda _: change())
        remove_button.clicked.connect(lambda _: remove())

    def open_part(self, part: QWidget) -> None:
        """Open `part` in place of what is open."""
        self.close_part()
        self.open = part
        self._below.addWidget(part)
        self.add_button.setEnabled(False)

    def close_part(self) -> None:
        """Close what is open, and give the focus to the button that adds."""
        self.wrong.say(None)
        if self.open:
            self._below.removeWidget(self.open)
            self.open.hide()
            self.open.deleteLater()
            self.open = None
        self.add_button.setEnabled(True)
        self.add_button.setFocus()
