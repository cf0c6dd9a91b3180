"""A group of rows under its title, with the button that gives all of them their defaults."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from etoile.config import Config
from etoile.config.writing import defaults
from etoile.gui.button import RING, Button, Kind
from etoile.gui.design import Look, Tone, Type
from etoile.gui.label import Label
from etoile.gui.settings.file import SettingsFile
from etoile.gui.settings.frame import Box, Wrong
from etoile.gui.settings.keys import KeyRow
from etoile.gui.settings.kinds import kind_of, value_of
from etoile.gui.settings.row import Group, Row
from etoile.gui.settings.setting import SettingRow
from etoile.text import Message, message


class Titled(QWidget):
    """A title, and a box below it."""

    def __init__(self, look: Look, title: Message, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        label = Label(look, Type.TITLE, parent=self)
        label.say(title)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(2, 0, 0, 0)
        self.head.addStrut(look.px(32) + 2 * RING)
        self.head.addWidget(label, 1, Qt.AlignmentFlag.AlignBottom)
        self.box = Box(look, self)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)
        self.column.addLayout(self.head)
        self.column.addWidget(self.box)
        self.setAccessibleName(look.words(title))

    def explain(self, said: Message) -> None:
        """Say between the title and the box what all rows have in common."""
        label = Label(self._look, Type.META, Tone.TEXT2, parent=self)
        label.say(said)
        label.setContentsMargins(2, 0, 0, 4)
        self.column.insertWidget(1, label)

    def add(self, *rows: QWidget) -> None:
        """Put `rows` into the box, at its end."""
        for row in rows:
            self.box.add(row)

    def show_config(self, config: Config) -> None:
        """Show what stands in `config`."""


class SettingGroup(Titled):
    """The settings of `group`; `more` are rows that are not of the file."""

    def __init__(
        self,
        look: Look,
        group: Group,
        file: SettingsFile,
        *,
        more: Sequence[QWidget] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(look, group.title, parent)
        self._file = file
        usual = [_shown(look, row, file, self) for row in group.rows]
        seldom = [_shown(look, row, file, self) for row in group.more]
        self.rows = [*usual, *seldom]
        self.add(*usual, *more)
        self.fold = Fold(look, seldom, self) if seldom else None
        if self.fold:
            self.add(self.fold, *seldom)
        self._reset = Button(look, message("Reset"), kind=Kind.FLAT, parent=self)
        self._reset.setAccessibleName(look.words(message("Reset: {group}", group=group.title)))
        self._reset.setToolTip(look.words(message("Give every setting of this group its default")))
        self._reset.clicked.connect(self._give_defaults)
        self.head.addWidget(self._reset)
        self._wrong = Wrong(look, self)
        self.column.addWidget(self._wrong)
        self.show_config(file.config)

    def show_config(self, config: Config) -> None:
        """Show what stands in `config`; the button is there where something is not the default."""
        for row in self.rows:
            row.show_config(config)
        self._reset.setVisible(any(not self._is_default(row, config) for row in self.rows))

    def _is_default(self, row: SettingRow | KeyRow, config: Config) -> bool:
        section, key = row.row.section, row.row.key
        return value_of(config, section, key) == kind_of(section, key).default

    def _give_defaults(self) -> None:
        error = self._file.change(defaults((row.row.section, row.row.key) for row in self.rows))
        self._wrong.say(error)
        if error is None:
            for row in self.rows:
                row.forget_typed()
            self.rows[0].control.setFocus()
            self.show_config(self._file.config)


class Fold(QWidget):
    """A button that shows `rows`, which few people need, and hides them again."""

    def __init__(self, look: Look, rows: Sequence[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._rows, self.is_open = look, rows, True
        self.button = Button(look, message("More"), kind=Kind.LINK, parent=self)
        self.button.clicked.connect(lambda: self.show_rows(not self.is_open))
        line = QHBoxLayout(self)
        line.setContentsMargins(4, 0, 12, 0)
        line.addWidget(self.button)
        line.addStretch()
        self.show_rows(False)

    def show_rows(self, shown: bool) -> None:
        """Show the rows, or no longer."""
        self.is_open = shown
        for row in self._rows:
            row.setVisible(shown)
        said = message("Less") if shown else message("More")
        self.button.setText(self._look.words(said))
        self.button.setAccessibleName(self.button.text())
        self.button.updateGeometry()
        self.button.update()


def _shown(look: Look, row: Row, file: SettingsFile, parent: QWidget) -> SettingRow | KeyRow:
    return (KeyRow if row.key.endswith("_key") else SettingRow)(look, row, file, parent)
