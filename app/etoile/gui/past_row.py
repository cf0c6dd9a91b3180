"""A request of the history as a card, closed to two lines or open with its whole answer; a recording without text."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from etoile.domain.past import PastExchange, PastRecording
from etoile.gui.answer import AnswerView
from etoile.gui.button import Button, Kind
from etoile.gui.design import CARD_PADDING, Look, Tone, Type
from etoile.gui.flow import Flow
from etoile.gui.glyphs import Glyph
from etoile.gui.label import Label
from etoile.gui.line import Line
from etoile.gui.roster import Row
from etoile.gui.sign import Sign
from etoile.gui.words import attribution_line, joined
from etoile.text import Message, message, verbatim

LONGEST = 100
"""Letters of a request that is not open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastWishes:
    """What the user may want of something in the history."""

    copy: Callable[[str], None]
    ask: Callable[[str], None]
    undo: Callable[[], None]
    forget: Callable[[PastExchange | PastRecording], None]
    play: Callable[[str], None]
    retry: Callable[[], None]


Deed = tuple[Message, Callable[[], None]]


class _DeedRow(Row):
    """A row with deeds: buttons while it is open, and the same in its menu."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._buttons = QWidget(self)
        self._flow = Flow(self._buttons, gap=2)
        self._said: list[Message] = []

    def deeds(self) -> list[Deed]:
        """Return what may be done with it."""
        raise NotImplementedError

    def menu(self) -> QMenu:
        """Return the deeds as a menu."""
        menu = QMenu(self)
        for said, do in self.deeds():
            menu.addAction(self._look.words(said)).triggered.connect(lambda _=False, do=do: do())
        return menu

    def show_deeds(self) -> None:
        """Show a button for each deed, made anew only where they are others."""
        deeds = self.deeds()
        if [said for said, _ in deeds] == self._said:
            return
        self._said = [said for said, _ in deeds]
        while item := self._flow.takeAt(0):
            if button := item.widget():
                button.hide()
                button.deleteLater()
        for said, do in deeds:
            made = Button(self._look, said, kind=Kind.FLAT, parent=self._buttons)
            made.clicked.connect(lambda _=False, do=do: do())
            self._flow.addWidget(made)
            made.show()
        self.adopt_buttons()


class PastRow(_DeedRow):
    """Enter or a click opens it, and closes it again."""

    def __init__(self, look: Look, exchange: PastExchange, wishes: PastWishes, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._exchange, self._wishes = exchange, wishes
        self._undoable = False
        self.is_open = False
        self._request = Label(look, Type.UI, parent=self)
        self._detail = Label(look, Type.META, Tone.TEXT3, parent=self)
        self._line = Line(look, Type.META, Tone.TEXT2, parent=self)
        self._answer: AnswerView | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(CARD_PADDING, 8, CARD_PADDING, 8)
        self._column.setSpacing(2)
        for label in (self._request, self._detail, self._line):
            self._column.addWidget(label)
        self._column.addWidget(self._buttons)
        self._buttons.hide()
        self.opened.connect(self.toggle)
        self.clicked.connect(self.toggle)
        self._request.say(verbatim(_cut(exchange.request)))
        self._detail.say(detail(exchange))
        self._line.say(verbatim(_cut(_first_line(exchange.answer))))
        self._name()

    def show_undoable(self, undoable: bool) -> None:
        """Show whether what was done can be taken back now."""
        if undoable != self._undoable:
            self._undoable = undoable
            if self.is_open:
                self.show_deeds()

    def toggle(self) -> None:
        """Show the whole answer and what may be done, or no longer."""
        self.is_open = not self.is_open
        exchange = self._exchange
        self._request.say(verbatim(exchange.request if self.is_open else _cut(exchange.request)))
        self._line.setVisible(not self.is_open and bool(exchange.answer))
        if self.is_open and self._answer is None and exchange.answer:
            self._answer = AnswerView(self._look, lambda: None, self)
            self._answer.show_answer(exchange.answer, streaming=False)
            self._column.insertWidget(self._column.indexOf(self._buttons), self._answer)
        if self._answer:
            self._answer.setVisible(self.is_open)
        if self.is_open:
            self.show_deeds()
        self._buttons.setVisible(self.is_open)
        self._name()

    def deeds(self) -> list[Deed]:
        """Return what may be done with the request and its answer."""
        exchange, wishes = self._exchange, self._wishes
        deeds: list[Deed] = []
        if exchange.answer:
            answer = exchange.answer
            deeds.append((message("Copy the answer"), lambda: wishes.copy(answer)))
        deeds.append((message("Copy the request"), lambda: wishes.copy(exchange.request)))
        deeds.append((message("Ask again"), lambda: wishes.ask(exchange.request)))
        if self._undoable:
            deeds.append((message("Undo"), wishes.undo))
        deeds.append((message("Forget"), lambda: wishes.forget(exchange)))
        return deeds

    def _name(self) -> None:
        words = self._look.words
        self.setAccessibleName(self._exchange.request)
        how = message("Press Enter to close it.") if self.is_open else message("Press Enter for the whole answer.")
        parts = (words(detail(self._exchange)), _cut(_first_line(self._exchange.answer)), words(how))
        self.setAccessibleDescription("\n".join(part for part in parts if part))


class RecordingRow(_DeedRow):
    """A recording without text: it can be heard, tried again, and forgotten."""

    def __init__(self, look: Look, recording: PastRecording, wishes: PastWishes, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._recording, self._wishes = recording, wishes
        said = Label(look, Type.UI, parent=self)
        said.say(message("A recording of {seconds:.0f} s without text", seconds=recording.audio_s))
        when = Label(look, Type.META, Tone.TEXT3, parent=self)
        when.say(message("{at:clock}", at=local(recording.at_s)))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(said)
        words.addWidget(when)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(Sign(look, Glyph.MICROPHONE, self), 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(CARD_PADDING, 8, CARD_PADDING, 8)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self._buttons)
        self.show_deeds()
        self.setAccessibleName(said.text())
        self.setAccessibleDescription(when.text())
        self.opened.connect(lambda: wishes.play(recording.path))

    def deeds(self) -> list[Deed]:
        """Return what may be done with the recording."""
        path, wishes = self._recording.path, self._wishes
        return [
            (message("Play"), lambda: wishes.play(path)),
            (message("Try again"), wishes.retry),
            (message("Forget"), lambda: wishes.forget(self._recording)),
        ]


def detail(exchange: PastExchange) -> Message:
    """Return when it was, who answered, and how it ended: "14:02 · M1 · qwen3 · 1.4 s"."""
    parts = [message("{at:clock}", at=local(exchange.at_s))]
    if who := attribution_line(exchange.attribution, exchange.elapsed_ms):
        parts.append(who)
    if exchange.undone:
        parts.append(message("undone"))
    elif not exchange.ok:
        parts.append(message("broken off") if exchange.attribution else message("not done"))
    return joined(parts) or parts[0]


def local(at_s: float) -> datetime:
    """Return a time in seconds since 1970 as the time of day here."""
    return datetime.fromtimestamp(at_s).astimezone()


def _first_line(text: str | None) -> str:
    """Return the first words of an answer, without the signs of Markdown."""
    line = next((line for line in (text or "").splitlines() if line.strip(" `#*-")), "")
    return re.sub(r"[*`]+|^#+", "", line).strip()


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
