"""The page of what was asked before: searched, opened, copied, asked again, taken back, forgotten."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from PySide6.QtCore import QDate, QLocale
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from etoile.domain.events import (
    ForgetWanted,
    PastWanted,
    RecordingPlayWanted,
    Typed,
    UndoWanted,
    UnfinishedWanted,
)
from etoile.domain.past import Past, PastExchange, PastRecording
from etoile.domain.state import State
from etoile.domain.turn import Phase
from etoile.gui.blank import Blank
from etoile.gui.button import Button, Kind
from etoile.gui.design import Tone, Type
from etoile.gui.glyphs import Glyph
from etoile.gui.label import Label
from etoile.gui.page import Ground, Page
from etoile.gui.past_row import PastRow, PastWishes, RecordingRow, local
from etoile.gui.roster import Roster, Row
from etoile.gui.scroll import beside_bar
from etoile.gui.search_field import SearchField
from etoile.gui.sure import Sure
from etoile.text import Message, message, plural, verbatim

FIRST = 50
"""Exchanges that are shown; as many more each time that more are wanted."""

LOW = 300
"""A page that is not higher has no room for hints."""


class HistoryPage(Page):
    """What was asked, and what became of it; the newest first."""

    def __init__(self, ground: Ground, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look, publish = ground.look, ground.doors.publish
        self._ground, self._publish = ground, publish
        self._state = State()
        self._words, self._count = "", FIRST
        self._asked: object = None
        """What the history was last asked for, and after what."""
        self._shown: Past | None = None
        self._wishes = PastWishes(
            copy=QGuiApplication.clipboard().setText,
            ask=lambda text: publish(Typed(text)),
            undo=lambda: publish(UndoWanted(self._state.turn.number)),
            forget=self._forget,
            play=lambda path: publish(RecordingPlayWanted(path)),
            retry=lambda: publish(UnfinishedWanted()),
        )
        self._field = SearchField(look, message("Search what was asked and answered"), self._search, self)
        self._sure: Sure | None = None
        self._failed = Label(look, Type.META, parent=self)
        self._failed.hide()
        self._rows: Roster[Row] = Roster(self)
        self._rows.setAccessibleName(look.words(message("History")))
        self._none = Blank(look, Glyph.RING, parent=self)
        self._more = Button(look, message("Show more"), kind=Kind.FLAT, parent=self)
        self._more.clicked.connect(self._show_more)
        self._forget_all = Button(look, message("Forget everything…"), kind=Kind.FLAT, parent=self)
        self._forget_all.clicked.connect(self._ask_to_forget_all)
        self._hint = Label(look, Type.META, Tone.TEXT3, parent=self)
        self._arrange()

    def _arrange(self) -> None:
        self._hint.say(message("“etoile history --export FILE” writes all of it to a file."))
        below = QHBoxLayout()
        below.addWidget(self._more)
        below.addStretch()
        below.addWidget(self._forget_all)
        self._rows.go_on_with(self._more, self._forget_all)
        faces = QWidget(self)
        self._faces = QStackedLayout(faces)
        self._faces.addWidget(self._rows)
        self._faces.addWidget(self._none)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addLayout(beside_bar(self._field))
        self._column.addWidget(self._failed)
        self._column.addWidget(faces, 1)
        self._column.addLayout(below)
        self._column.addWidget(self._hint)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the little room of a large scale to the rows."""
        super().resizeEvent(event)
        self._hint.setVisible(self.height() >= self._ground.look.px(LOW))

    # What is shown

    def show_state(self, state: State) -> None:
        """Show what was found; it is looked for anew when something was added or forgotten."""
        self._state = state
        self._ask()
        self._failed.say(state.forget_failed)
        read = state.past
        if read is not None and (read.words, read.count) == (self._words, self._count):
            self._show(read.past)
        newest = next((row for row in self._rows.rows.values() if isinstance(row, PastRow)), None)
        if newest:
            newest.show_undoable(self._is_undoable())

    def _ask(self) -> None:
        """Ask for the history, once for what is wanted and what is in it now."""
        state = self._state
        wanted = (self._words, self._count, state.turn.last, state.missing.get("recordings"))
        forgotten = state.past is None and self._shown is not None
        if wanted == self._asked and not forgotten:
            return
        if forgotten:
            self._shown = None
        self._asked = wanted
        self._publish(PastWanted(self._words, self._count))

    def _show(self, past: Past | None) -> None:
        if past is None:
            self._show_none(message("No history is kept"), message("The settings say so, or it cannot be read."))
            return
        if past == self._shown:
            return
        self._shown = past
        self._more.setVisible(past.more)
        if not past.exchanges and not past.recordings:
            if self._words.strip():
                self._show_none(message("Nothing holds “{words}”", words=self._words.strip()))
            else:
                self._show_none(message("Nothing was asked yet"))
            return
        self._rows.show_rows(self._parts(past))
        self._faces.setCurrentIndex(0)
        self._forget_all.show()

    def _show_none(self, title: Message, line: Message | None = None) -> None:
        self._rows.show_rows([])
        self._none.say(title, line)
        self._faces.setCurrentIndex(1)
        self._more.hide()
        self._forget_all.setVisible(bool(self._words.strip()))

    def _parts(self, past: Past) -> Iterator[tuple[str, Row] | QWidget]:
        """Yield the rows, recordings first, and above those of a day its name; rows that are there stay."""
        look, known = self._ground.look, self._rows.rows
        if past.recordings:
            yield self._heading(
                plural(
                    "{count} recording has no text yet.", "{count} recordings have no text yet.", len(past.recordings)
                )
            )
        for recording in past.recordings:
            yield recording.path, known.get(recording.path) or RecordingRow(look, recording, self._wishes)
        for day, exchanges in groupby(past.exchanges, key=lambda one: local(one.at_s).date()):
            yield self._heading(self._day(day))
            for exchange in exchanges:
                key = f"{exchange.id} {exchange.at_s} {exchange.undone}"
                yield key, known.get(key) or PastRow(look, exchange, self._wishes)

    def _heading(self, said: Message) -> Label:
        label = Label(self._ground.look, Type.META, Tone.TEXT2)
        label.say(said)
        return label

    def _day(self, day: date) -> Message:
        today = self._ground.clock().date()
        if day == today:
            return message("Today")
        if day == today - timedelta(days=1):
            return message("Yesterday")
        locale = QLocale(self._ground.look.language)
        return verbatim(locale.toString(QDate(day.year, day.month, day.day), QLocale.FormatType.LongFormat))

    def _is_undoable(self) -> bool:
        turn = self._state.turn
        return turn.undoable and turn.phase in (Phase.IDLE, Phase.SPEAKING) and not self._words

    # What the user does

    def begin(self) -> None:
        """Give the focus to the line to search with."""
        self._field.setFocus()

    def step_back(self) -> bool:
        """Take away the question, else what is looked for."""
        if self._drop_question():
            return True
        if self._words:
            self._field.clear()
            self._search("")
            return True
        return False

    def _search(self, words: str) -> None:
        if words.split() != self._words.split():
            self._words, self._count = words, FIRST
            self._ask()

    def _show_more(self) -> None:
        self._count += FIRST
        self._ask()

    def _forget(self, one: PastExchange | PastRecording) -> None:
        if isinstance(one, PastRecording):
            wanted = ForgetWanted(recordings=(one.path,))
            asked = message("Forget this recording of {seconds:.0f} s?", seconds=one.audio_s)
            told = message("What was said in it is lost.")
        else:
            wanted = ForgetWanted(exchanges=(one.id,))
            asked = message("Forget “{request}”?", request=one.request[:80])
            told = message("The request and its answer are erased for good.")
        self._make_sure(asked, told, message("Forget"), wanted)

    def _ask_to_forget_all(self) -> None:
        self._make_sure(
            message("Forget everything that was asked?"),
            message("All requests and answers, what was learned from them, and recordings without text are erased."),
            message("Forget everything"),
            ForgetWanted(everything=True),
        )

    def _make_sure(self, asked: Message, told: Message, verb: Message, wanted: ForgetWanted) -> None:
        self._drop_question()
        look = self._ground.look
        self._sure = Sure(look, asked, told, verb, lambda: self._publish(wanted), self._drop_question, self)
        self._column.insertWidget(1, self._sure)
        self._sure.show()
        self._sure.cancel.setFocus()

    def _drop_question(self) -> bool:
        """Take the question away; return whether there was one."""
        sure, self._sure = self._sure, None
        if sure is None:
            return False
        self._column.removeWidget(sure)
        sure.hide()
        sure.deleteLater()
        if self._rows.rows and self._rows.isVisible():
            self._rows.reach_stop()
        else:
            self._field.setFocus()
        return True
