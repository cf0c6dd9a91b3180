"""A turn in the conversation: what was asked, who answered, the answer, and how it ended."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from etoile.gui.answer import AnswerView
from etoile.gui.button import Button, Kind, below
from etoile.gui.design import Look, Tone, Type
from etoile.gui.label import Label
from etoile.gui.notices import MORE
from etoile.gui.severity import Severity
from etoile.gui.sign import Sign
from etoile.gui.transcript import Entry
from etoile.gui.unit_list import UnitList
from etoile.gui.words import attribution_line
from etoile.text import Message, message, verbatim

BUBBLE_PART = 0.8
"""How much of the width a bubble may take."""


def _asked(entry: Entry) -> Message | None:
    """Return the request, and what was heard where that was something else."""
    if entry.heard:
        return message("{request}\n(heard: “{heard}”)", request=entry.request, heard=entry.heard)
    return verbatim(entry.request) if entry.request else None


class Bubble(Label):
    """What the user said or typed."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, Type.BODY, parent=parent)
        self.setProperty("bubble", "true")
        self.setIndent(0)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def fit(self, room: int) -> None:
        """Be as wide as the longest line, and no wider than `room`."""
        if not self.text():
            return
        lines = self.text().splitlines() or [""]
        wanted = max(self.fontMetrics().horizontalAdvance(line) for line in lines) + 28
        width = min(wanted, room)
        self.setFixedWidth(width)
        self.setFixedHeight(self.heightForWidth(width))


class EntryView(QWidget):
    """Shows an `Entry`, and the same one again as it grows.

    `undo` takes back what the turn of that number did, `ask_afresh` has a node answer what was answered from memory,
    or by none, `open_help` tells more about why it failed.
    """

    def __init__(
        self,
        look: Look,
        grown: Callable[[], None],
        undo: Callable[[int], None],
        ask_afresh: Callable[[str], None],
        open_help: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._entry: Entry | None = None
        self._opening = Label(look, Type.META, Tone.TEXT3, parent=self)
        self._opening.say(message("A new conversation."))
        self._opening.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._opening.hide()
        self._bubble = Bubble(look, self)
        self._attribution = Label(look, Type.META, Tone.TEXT3, parent=self)
        self._passed_over = Label(look, Type.META, Tone.TEXT3, parent=self)
        self._units = UnitList(look, self)
        self._answer = AnswerView(look, grown, self)
        self._notes = Label(look, Type.META, Tone.TEXT2, parent=self)
        self._sign = Sign(look, Severity.WARNING, self)
        self._said = Label(look, Type.BODY, parent=self)
        self._remedy = Label(look, Type.UI, Tone.TEXT2, parent=self)
        self._undo = Button(look, message("Undo"), kind=Kind.FLAT, parent=self)
        self._undo.clicked.connect(lambda: undo(self._entry.turn) if self._entry else None)
        self._afresh = Button(look, message("Ask again"), parent=self)
        self._afresh.clicked.connect(lambda: ask_afresh(self._entry.request if self._entry else ""))
        self._afresh.hide()
        self._more = Button(look, MORE, kind=Kind.QUIET, parent=self)
        self._more.clicked.connect(lambda: open_help(self._entry.helped_by if self._entry else ""))
        for label in (self._said, self._remedy):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._arrange()

    def _arrange(self) -> None:
        asked = QHBoxLayout()
        asked.addStretch()
        asked.addWidget(self._bubble)
        told = QVBoxLayout()
        told.setSpacing(2)
        told.addWidget(self._said)
        told.addWidget(self._remedy)
        told.addLayout(below(self._afresh, self._more))
        ended = QHBoxLayout()
        ended.setSpacing(8)
        ended.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        ended.addLayout(told, 1)
        ended.addWidget(self._undo, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._opening)
        column.addLayout(asked)
        column.addWidget(self._passed_over)
        column.addWidget(self._attribution)
        column.addWidget(self._units)
        column.addWidget(self._answer)
        column.addWidget(self._notes)
        column.addLayout(ended)

    @property
    def answer(self) -> str:
        """What there is to copy."""
        if self._entry is None:
            return ""
        said = self._look.words(self._entry.said) if self._entry.said else ""
        return self._entry.answer or said

    def show_entry(self, entry: Entry) -> None:
        """Show `entry`."""
        if entry == self._entry:
            return
        self._entry = entry
        self._bubble.say(_asked(entry))
        self._bubble.fit(self._room())
        self._passed_over.setText("\n".join(map(self._passed, entry.passed_over)))
        self._passed_over.setVisible(bool(entry.passed_over))
        self._opening.setVisible(entry.opens)
        self._attribution.say(attribution_line(entry.attribution, entry.elapsed_ms, entry.reused_s))
        self._answer.show_answer(entry.answer, streaming=entry.working)
        self._answer.setVisible(bool(entry.answer))
        self._units.show_units(entry.units)
        self._notes.setText("\n".join(map(self._look.words, entry.notes)))
        self._notes.setVisible(bool(entry.notes))
        self._show_end(entry)

    def _show_end(self, entry: Entry) -> None:
        """Show what was said at the end; a failure that can be mended gets the sign, a calm end does not."""
        self._said.say(entry.said)
        self._remedy.say(entry.remedy)
        self._undo.setVisible(entry.undoable)
        self._afresh.setVisible(entry.asked_again)
        self._sign.setVisible(bool(entry.helped_by))
        self._more.setVisible(bool(entry.helped_by))
        self._more.setAccessibleDescription(self._said.text())
        tone = Tone.TEXT2 if entry.failed and entry.remedy is None else Tone.TEXT
        if self._said.property("tone") != str(tone):
            self._said.setProperty("tone", str(tone))
            self._said.style().polish(self._said)

    def _passed(self, passed: tuple[str, Message]) -> str:
        node, reason = passed
        return self._look.words(message("{node} was passed over: {reason}", node=node, reason=reason))

    def _room(self) -> int:
        return round(self.width() * BUBBLE_PART)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._bubble.fit(self._room())
