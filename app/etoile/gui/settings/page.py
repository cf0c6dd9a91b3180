"""A page of the settings window: a column of groups that scrolls."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from etoile.config import Config
from etoile.gui.design import Look
from etoile.gui.scroll import ScrollColumn
from etoile.gui.settings.group import Titled

WIDEST = 440
"""Of the column, in logical pixels."""


class SettingsPage(QWidget):
    """Shows groups one below the other; each is told when the settings changed."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups: list[Titled] = []
        self._scroll = ScrollColumn(self)
        self._scroll.column.setSpacing(16)
        self._scroll.column.setContentsMargins(0, 16, 0, 16)
        self._scroll.column.addStretch()
        self._scroll.setMaximumWidth(look.px(WIDEST) + 16)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._scroll)

    def add(self, *groups: Titled) -> None:
        """Put `groups` below those that are there."""
        for group in groups:
            self._groups.append(group)
            self._scroll.column.insertWidget(self._scroll.column.count() - 1, group)

    def reveal(self, part: QWidget) -> None:
        """Scroll until `part`, which has the focus now, is in view."""
        self._scroll.show_whole(part)

    def show_config(self, config: Config) -> None:
        """Show what stands in `config`."""
        for group in self._groups:
            group.show_config(config)
