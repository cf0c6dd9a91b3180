"""What every row looks like: title and explanation at the left, the control at the right, what is wrong below."""

from dataclasses import replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from etoile.errors import EtoileError
from etoile.gui.button import Button, Kind
from etoile.gui.design import GAP, Look, Tone, Type
from etoile.gui.label import Label
from etoile.gui.severity import Severity
from etoile.gui.sign import Sign
from etoile.gui.surface import Surface
from etoile.text import Message, message

LOWEST = 48
"""Of a row, in logical pixels."""


@runtime_checkable
class Helper(Protocol):
    """A window that opens the help."""

    def open_help(self, wanted: str) -> object:
        """Open the help on a topic, a part, or the name of an error."""


class Wrong(QWidget):
    """What is wrong, behind its sign, with a link to its help; without anything wrong it takes no room."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = Label(look, Type.META, Tone.WARNING, parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(Sign(look, Severity.WARNING, self, side=14, height=16), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        self.error: EtoileError | None = None
        """What is shown."""
        self.more = Button(look, message("Help"), kind=Kind.LINK, face=24, parent=self)
        self.more.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # F1 does it: what is half typed must not stop the Tab key
        self.more.setToolTip("F1")
        self.more.clicked.connect(self._open_help)
        row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown."""
        return self._words.text()

    def say(self, error: EtoileError | None) -> None:
        """Show what `error` says, and how to mend it; nothing for None."""
        self.error = error
        self._words.say(together(error))
        self.more.setVisible(isinstance(self.window(), Helper))
        self.more.setAccessibleDescription(self.text)
        self.setVisible(error is not None)

    def _open_help(self) -> None:
        window = self.window()
        if self.error and isinstance(window, Helper):
            window.open_help(type(self.error).__name__)


def together(error: EtoileError | None) -> Message | None:
    """Return what `error` says with its remedy; of the settings file its name alone, for it is known which."""
    if error is None:
        return None
    said = _short(error.said)
    return message("{first} {following}", first=said, following=error.remedy) if error.remedy else said


def _short(said: Message) -> Message:
    """Return `said` with the name of the settings file alone."""
    values = {name: _short(value) if isinstance(value, Message) else value for name, value in said.values.items()}
    if isinstance(path := values.get("path"), str):
        values["path"] = Path(path).name
    return replace(said, values=values)


class RowFrame(QWidget):
    """A row with `control` at its right; screen readers hear title and explanation at the control."""

    def __init__(
        self,
        look: Look,
        title: Message,
        explanation: Message | None,
        *controls: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._explained = Label(look, Type.META, Tone.TEXT2, parent=self)
        self._explained.say(explanation)
        self.wrong = Wrong(look, self)
        named = Label(look, Type.UI, parent=self)
        named.say(title)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(named)
        words.addWidget(self._explained)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addLayout(words, 1)
        for control in controls:
            line.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 6)
        column.setSpacing(GAP)
        column.addLayout(line)
        column.addWidget(self.wrong)
        self.setMinimumHeight(look.px(LOWEST))
        for control in controls[:1]:
            control.setAccessibleName(look.words(title))
            control.setAccessibleDescription(look.words(explanation) if explanation else "")

    def put_below(self, control: QWidget) -> None:
        """Put `control` under the words: it is too wide to stand beside them."""
        self._column.insertWidget(1, control)

    def explain(self, explanation: Message | None) -> None:
        """Show another explanation."""
        self._explained.say(explanation)


class Plain(QWidget):
    """A row of words alone, which can be selected."""

    def __init__(self, look: Look, said: Message, kind: Type = Type.META, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Label(look, kind, Tone.TEXT2, parent=self)
        self.words.say(said)
        self.words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.addWidget(self.words)


class Box(Surface):
    """Rows in one frame, a line between each two."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 4, 1, 4)
        self._column.setSpacing(1)

    @property
    def rows(self) -> list[QWidget]:
        """The rows, from the top."""
        places = (self._column.itemAt(place) for place in range(self._column.count()))
        return [row for place in places if place is not None and (row := place.widget()) is not None]

    def add(self, row: QWidget) -> None:
        """Put `row` at the bottom."""
        self._column.addWidget(row)

    def clear(self) -> None:
        """Take every row out."""
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QPen(self._look.palette.border, 1))
        shown = [row for row in self.rows if row.isVisible()]
        for row in shown[1:]:
            painter.drawLine(12, row.y() - 1, self.width() - 13, row.y() - 1)
