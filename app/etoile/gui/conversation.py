"""The conversation: notices, the turns so far, and the newest text in view unless the user has scrolled away."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from etoile.gui.button import Button, Kind
from etoile.gui.design import Look
from etoile.gui.empty import Empty
from etoile.gui.entry_view import EntryView
from etoile.gui.glyphs import Glyph
from etoile.gui.scroll import ScrollColumn
from etoile.gui.transcript import Entry
from etoile.text import message

ENTRY_GAP = 20
_NEAR_THE_END_PX = 8


class Conversation(ScrollColumn):
    """Shows the turns.

    `ask` takes an example that was chosen from the empty conversation, `undo` takes back what the newest turn did,
    `ask_afresh` has a node answer what was answered from memory, `open_help` tells more about a failure.
    """

    def __init__(
        self,
        look: Look,
        talk_key: str,
        ask: Callable[[str], None],
        undo: Callable[[int], None],
        ask_afresh: Callable[[str], None],
        open_help: Callable[[str], None],
        above: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look, self._undo, self._ask_afresh, self._open_help = look, undo, ask_afresh, open_help
        self._views: dict[int, EntryView] = {}
        self._at_end = False
        self._empty = Empty(look, talk_key, ask)
        self.column.setContentsMargins(0, 0, 0, 4)
        self.column.setSpacing(ENTRY_GAP)
        self.column.addWidget(above)
        self.column.addWidget(self._empty, 1)
        self.column.addStretch()
        self.setAccessibleName(look.words(message("Conversation")))
        self._new_text = Button(look, message("New text"), kind=Kind.PRIMARY, glyph=Glyph.DOWN, parent=self)
        self._new_text.hide()
        self._new_text.clicked.connect(self.go_to_end)
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._scrolled)
        bar.rangeChanged.connect(self._keep_end)

    @property
    def last_answer(self) -> str:
        """The newest answer, to copy."""
        return next((view.answer for view in reversed(self._views.values()) if view.answer), "")

    def show_entries(self, entries: tuple[Entry, ...], *, examples: bool = True) -> None:
        """Show the turns `entries`, the newest last; while there are none, how to begin, unless without `examples`."""
        wanted = {entry.turn: entry for entry in entries}
        for turn in [turn for turn in self._views if turn not in wanted]:
            view = self._views.pop(turn)
            self.column.removeWidget(view)
            view.deleteLater()
        for turn, entry in wanted.items():
            if turn not in self._views:
                self._add(turn)
            newest = entry is entries[-1]
            self._views[turn].show_entry(entry if newest else replace(entry, undoable=False))
        self._empty.setVisible(examples and not entries)

    def go_to_end(self) -> None:
        """Scroll to the newest text, and stay there."""
        self._at_end = True
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(340), self._look.px(320))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.px(240), self._look.px(24))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = self._new_text.sizeHint()
        self._new_text.setGeometry(
            (self.width() - size.width()) // 2, self.height() - size.height() - 4, size.width(), size.height()
        )

    def _add(self, turn: int) -> None:
        """Add a view; what the user asks brings the end into view again."""
        view = EntryView(self._look, self._grown, self._undo, self._ask_afresh, self._open_help)
        self._views[turn] = view
        self.column.insertWidget(self.column.count() - 1, view)
        view.show()
        self._at_end = True

    def _scrolled(self, value: int) -> None:
        self._at_end = value >= self.verticalScrollBar().maximum() - _NEAR_THE_END_PX
        if self._at_end:
            self._new_text.hide()

    def _keep_end(self) -> None:
        if self._at_end:
            self.go_to_end()

    def _grown(self) -> None:
        """Say that there is new text when it is out of sight; in sight, the end is followed as the layout grows."""
        if not self._at_end:
            self._new_text.show()
            self._new_text.raise_()
