"""The page of the window that shows the history of one card: which card, which span, and the chart."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from PySide6.QtCore import QDate, QLocale, QPoint, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from etoile.domain.events import Event, HistoryRead, HistoryWanted
from etoile.domain.gpus import GpuReading, Kind
from etoile.domain.history import HOUR_S, CardHistory, KeptCard, Span, Stretch
from etoile.domain.state import State
from etoile.gui.button import Button
from etoile.gui.button import Kind as ButtonKind
from etoile.gui.chart import Chart
from etoile.gui.chart_view import View
from etoile.gui.curves import Curves
from etoile.gui.design import Look, Tone, Type
from etoile.gui.glyphs import Glyph
from etoile.gui.label import Label
from etoile.gui.scroll import ScrollColumn, beside_bar
from etoile.gui.span_switch import SPANS, SpanSwitch
from etoile.gui.words import joined, short_gpu
from etoile.text import Message, message, verbatim

OFTEN_MS = 2_000
"""How often the chart is read anew..."""
SELDOM_MS = 30_000
"""...and where its points are longer."""


class _Asked(NamedTuple):
    """What was asked for last, and what was in sight then."""

    uuid: str
    span: Span | Stretch
    view: View | None


class ChartPage(QWidget):
    """Asks for the history of a card by `publish` and shows it as soon as it is read; `leave` is called to go back."""

    def __init__(
        self, look: Look, publish: Callable[[Event], None], leave: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look, self._publish, self._leave = look, publish, leave
        self._state = State()
        self.uuid = ""
        """Of the card that is shown; empty while none is."""
        self._span = Span.HOUR
        self._history: CardHistory | None = None
        """What was read last of the card; it stays in sight until what was asked for since is here."""
        self._read: HistoryRead | None = None
        """The last thing that was read for anybody."""
        self._asked: _Asked | None = None
        self._waits = self._failed = False
        back = Button(look, message("Back"), kind=ButtonKind.FLAT, glyph=Glyph.BACK, words=False, parent=self)
        back.clicked.connect(leave)
        self._card = Button(look, message("GPU"), kind=ButtonKind.FLAT, glyph=Glyph.CHOOSE, parent=self)
        self._card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._card.clicked.connect(self._choose_card)
        self._switch = SpanSwitch(look, self._choose_span, self)
        self._remark = Label(look, Type.META, Tone.TEXT2, parent=self)
        self._chart = Chart(look)
        self._chart.looked.connect(self._look_there)
        self._now = Button(look, message("Back to now"), kind=ButtonKind.LINK, parent=self)
        self._now.clicked.connect(self._return_to_now)
        self._now.hide()
        self._refresh = QTimer(self)
        self._refresh.timeout.connect(self._ask_again)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(back)
        head.addWidget(self._card)
        head.addStretch()
        head.addWidget(self._now)
        top = QWidget(self)
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._switch)
        column.addWidget(self._remark)
        scroll = ScrollColumn(self)
        scroll.column.addWidget(self._chart)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(4)
        page.addLayout(beside_bar(top))
        page.addWidget(scroll, 1)

    @property
    def is_open(self) -> bool:
        """Whether the history of a card is shown."""
        return bool(self.uuid)

    @property
    def remark(self) -> str:
        """What is said of the history itself; empty where it speaks for itself."""
        return self._remark.text()

    def open(self, uuid: str, *, by_keys: bool = False) -> None:
        """Show the history of the card `uuid`; `by_keys` tells that it was opened by the keyboard."""
        if uuid != self.uuid:
            self.uuid, self._history, self._failed = "", None, False
            self._chart.show_whole()
        self.uuid = uuid
        self._switch.show_span(self._span)
        self._ask()
        self._show()
        self._chart.setFocus(Qt.FocusReason.TabFocusReason if by_keys else Qt.FocusReason.OtherFocusReason)

    def close_card(self) -> None:
        """Show no history any more."""
        self.uuid = ""
        self._refresh.stop()

    def step_back(self) -> None:
        """Leave what is nearest: the cursor, then the part that was zoomed to, then the page."""
        if self._chart.has_cursor:
            self._chart.clear_cursor()
        elif self._chart.view:
            self._chart.show_whole()
        else:
            self._leave()

    def show_state(self, state: State) -> None:
        """Show what of `state` belongs to the card."""
        self._state = state
        if self.is_open:
            self._show()

    def showEvent(self, event: object) -> None:
        self._refresh.start(self._period_ms)
        if not self._waits:
            self._ask()

    def hideEvent(self, event: object) -> None:
        self._refresh.stop()

    # What is read

    @property
    def _period_ms(self) -> int:
        view = self._chart.view
        return OFTEN_MS if (view.length_s if view else self._span.length_s) <= HOUR_S else SELDOM_MS

    def _ask(self) -> None:
        if self.uuid:
            self._asked = _Asked(self.uuid, self._chart.wanted if self._chart.view else self._span, self._chart.view)
            self._waits = True
            self._publish(HistoryWanted(self.uuid, self._asked.span))

    def _ask_again(self) -> None:
        """Read anew what goes on; the past stays as it is."""
        if self._chart.view is None or self._chart.view.until_s is None:
            self._ask()

    def _look_there(self) -> None:
        """Read what has come into sight, more finely where it is shorter; one thing at a time."""
        self._now.setVisible(self._chart.view is not None)
        if self.isVisible():
            self._refresh.start(self._period_ms)
        if not self._waits:
            self._ask()

    def _take(self, read: HistoryRead | None) -> None:
        """Take in what was read, if it is what was asked for last and is still in sight."""
        if read is None or read is self._read:
            return
        self._read = read
        if self._asked is None or (read.uuid, read.span) != (self._asked.uuid, self._asked.span):
            return
        self._waits = False
        if self._asked.view == self._chart.view:
            self._history, self._failed = read.history, read.history is None
        else:
            self._ask()

    def _return_to_now(self) -> None:
        self._chart.setFocus(Qt.FocusReason.OtherFocusReason)  # the button goes
        self._chart.show_whole()

    def _choose_span(self, span: Span) -> None:
        if span is self._span:
            return
        self._span = span
        self._show()
        self._now.setVisible(self._chart.view is not None)
        if self.isVisible():
            self._refresh.start(self._period_ms)
        self._ask()

    # What is shown

    def _show(self) -> None:
        state, uuid = self._state, self.uuid
        self._take(state.history)
        history = self._history
        self._chart.show_curves(Curves(self._span, history, state.limits_of(uuid), state.forecast(uuid)))
        title = self._title(history.card if history else None)
        self._card.show_as(title, Glyph.CHOOSE, ButtonKind.FLAT)
        self._chart.setAccessibleName(
            self._look.words(message("History of {gpu}: {span}", gpu=title, span=SPANS[self._span]))
        )
        self._remark.say(self._told(history))

    def _reading(self) -> GpuReading | None:
        return next((reading for reading in self._state.watched if reading.uuid == self.uuid), None)

    def _title(self, kept: KeptCard | None) -> Message:
        reading = self._reading()
        if reading:
            return card_title(reading.kind, reading.index, reading.name, reading.host)
        if kept:
            return card_title(kept.kind, kept.index, kept.name or kept.uuid, kept.host)
        return verbatim(self.uuid)

    def _told(self, history: CardHistory | None) -> Message | None:
        """Return what is to be said of the history itself; None for one that speaks for itself."""
        reading = self._reading()
        if reading and reading.simulated:
            return message("Simulated GPUs leave no history.")
        if history is None:
            return message("The history cannot be read.") if self._failed else None
        if self._chart.view is None and not any(history.series.values()):
            return message("Nothing was measured in this time.")
        if reading is None and history.card:
            return message("Not there now; last seen on {date}.", date=self._date(history.card.seen_s))
        return None

    def _date(self, at_s: float) -> str:
        moment = datetime.fromtimestamp(at_s).astimezone()
        day = QDate(moment.year, moment.month, moment.day)
        return QLocale(self._look.language).toString(day, QLocale.FormatType.ShortFormat)

    # Other cards

    def _choose_card(self) -> None:
        menu = self._menu()
        menu.popup(self._card.mapToGlobal(QPoint(0, self._card.height())))

    def _menu(self) -> QMenu:
        """Return the menu of all cards: those there are, and below them those that only the history knows."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for _, group in groupby(self._state.watched, key=lambda reading: reading.host):
            for reading in group:
                title = card_title(reading.kind, reading.index, reading.name, reading.host)
                self._add(menu, reading.uuid, self._look.words(title))
        if gone := self._gone():
            menu.addSeparator()
        for card in gone:
            title = card_title(card.kind, card.index, card.name or card.uuid, card.host)
            seen = message("{gpu}, last seen on {date}", gpu=title, date=self._date(card.seen_s))
            self._add(menu, card.uuid, self._look.words(seen))
        return menu

    def _add(self, menu: QMenu, uuid: str, words: str) -> None:
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(uuid == self.uuid)
        action.triggered.connect(lambda _=False: self.open(uuid))

    def _gone(self) -> Sequence[KeptCard]:
        history = self._history
        there = {reading.uuid for reading in self._state.watched}
        return [card for card in history.cards if card.uuid not in there] if history else ()


def card_title(kind: Kind, index: int | None, name: str, host: str | None) -> Message:
    """Return which card this is: "GPU 2 · RTX 3080 · athena"."""
    parts = [verbatim(short_gpu(name))]
    if kind is Kind.PROCESSOR:
        parts.insert(0, message("CPU"))
    elif index is not None:
        parts.insert(0, message("GPU {index}", index=index))
    if host:
        parts.append(verbatim(host))
    return joined(parts) or parts[0]
