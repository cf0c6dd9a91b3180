"""The help: pages to read, what is typed looked up in them, and links from one to the next."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from etoile import __version__
from etoile.gui.anew import bring_in, carry_over, focus_again, taken_out
from etoile.gui.answer import AnswerView
from etoile.gui.button import Button
from etoile.gui.design import PADDING, Look, Tone, Type
from etoile.gui.flow import Flow
from etoile.gui.icons import app_icon
from etoile.gui.label import Label
from etoile.gui.scroll import ScrollColumn
from etoile.gui.settings.controls import Field
from etoile.gui.settings.dialog import Entry
from etoile.gui.settings.style import settings_sheet
from etoile.text import Message, message, verbatim

WIDTH, HEIGHT, LIST_WIDTH = 760, 580, 240
FIRST = "start"
"""The topic that is shown where nobody asks for another."""


class Passage(Protocol):
    """A section of a page."""

    @property
    def topic(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str:
        """Markdown."""
        ...


class Pages(Protocol):
    """The help in the language of the interface; see `etoile.parts.help_pages`."""

    def titles(self) -> Mapping[str, str]: ...
    def page(self, topic: str) -> Sequence[Passage]: ...
    def see_also(self, topic: str) -> Mapping[str, str]: ...
    def find(self, words: str) -> Sequence[Passage]: ...
    def about(self, name: str) -> Passage | None: ...
    def note(self) -> Message | None: ...


class _Search(Field):
    """Where one types what is looked for; ↓ goes on to what was found."""

    def __init__(self, look: Look, go_down: Callable[[], None], parent: QWidget) -> None:
        super().__init__(look, parent)
        self._go_down = go_down
        words = look.words(message("Search the help"))
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self.setClearButtonEnabled(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go_down()
        else:
            super().keyPressEvent(event)


class _Reading(ScrollColumn):
    """The page that is read: its sections below each other, and the pages to go on with."""

    def __init__(self, look: Look, go_to: Callable[[str], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._go_to = look, go_to
        self.column.setSpacing(8)
        self.column.setContentsMargins(0, PADDING, 0, PADDING)
        self._parts: list[QWidget] = []
        self._titles: dict[str, Label] = {}
        self._wanted: Label | None = None
        """Where to go to as long as the texts still find their heights."""
        self.column.addStretch()
        self.verticalScrollBar().rangeChanged.connect(self._go_there, Qt.ConnectionType.QueuedConnection)

    def show_page(self, sections: Sequence[Passage], others: Mapping[str, str]) -> None:
        """Show `sections`, the first of them under the title of the page, and links to `others`."""
        for part in self._parts:
            self.column.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts, self._titles = [], {}
        for section in sections:
            title = Label(self._look, Type.VALUE if section is sections[0] else Type.HEADING, parent=self)
            title.say(verbatim(section.title))
            title.setContentsMargins(0, 0 if section is sections[0] else 12, 0, 0)
            text = AnswerView(self._look, _nothing, self)
            text.show_answer(section.text, streaming=False)
            text.setAccessibleName(section.title)
            self._titles[section.title] = title
            self._add(title, text)
        if others:
            self._add(self._links(others))
        self._wanted = None
        self.verticalScrollBar().setValue(0)

    def reveal(self, title: str) -> None:
        """Bring the section called `title` to the top."""
        self._wanted = self._titles.get(title)
        self._go_there()

    def turn(self, pages: float) -> None:
        """Scroll by so many screens."""
        self._wanted = None
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + round(pages * bar.pageStep()))

    def _go_there(self) -> None:
        if self._wanted:
            self.verticalScrollBar().setValue(self._wanted.y() - 8)

    def _add(self, *parts: QWidget) -> None:
        for part in parts:
            self._parts.append(part)
            self.column.insertWidget(len(self._parts) - 1, part)
            part.show()

    def _links(self, others: Mapping[str, str]) -> QWidget:
        links = QWidget(self)
        label = Label(self._look, Type.META, Tone.TEXT2, wraps=False, parent=links)
        label.say(message("See also"))
        row = Flow()
        for topic, title in others.items():
            link = Button(self._look, verbatim(title), parent=links)
            link.clicked.connect(partial(self._go_to, topic))
            row.addWidget(link)
        column = QVBoxLayout(links)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(0)
        column.addWidget(label)
        column.addLayout(row)
        return links


class HelpWindow(QDialog):
    """An ordinary window: what is typed narrows the list at the left, the page is at the right."""

    def __init__(self, look: Look, pages: Pages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._pages = look, pages
        self.topic = FIRST
        """Of the page that is shown."""
        self._arrange()
        self._build()
        self._bind_keys()
        self._restyle()
        look.changed.connect(self._restyle)
        self._look_up("")
        self.show_topic(FIRST)

    def present(self, wanted: str = "") -> None:
        """Show the window with the keyboard: on a topic, on what helps with a part that is off, or where it was."""
        found = self._pages.about(wanted)
        if wanted:
            self._search.clear()
            self.show_topic(found.topic if found else wanted, found.title if found else "")
        self.show()
        self.raise_()
        self.activateWindow()
        self._search.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_topic(self, topic: str, title: str = "") -> None:
        """Show the page about `topic`, at the section called `title`; a topic that is none shows the first page."""
        self.topic = topic if topic in self._pages.titles() else FIRST
        self._reading.show_page(self._pages.page(self.topic), self._pages.see_also(self.topic))
        if title:
            self._reading.reveal(title)
        if not self._search.text().strip():
            self._mark_chosen()

    def speak(self, pages: Pages) -> None:
        """Show `pages`, and everything else, in the language that is the interface's now."""
        topic, focus = self.topic, self.focusWidget()
        former = taken_out(self)
        self._pages = pages
        self._build()
        self._look_up("")
        self.show_topic(topic)
        bring_in(self)
        carry_over(former, self)
        focus_again(focus, former, self)
        former.deleteLater()

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(WIDTH), self._look.px(HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Esc leave what is nearest: what was typed, then the window."""
        if event.key() == Qt.Key.Key_Escape and self._search.text():
            self._search.clear()
            self._search.setFocus()
        else:
            super().keyPressEvent(event)

    def _arrange(self) -> None:
        self.setWindowIcon(app_icon())
        self.setModal(False)
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(self.sizeHint().boundedTo(screen.size()))
        self.setMinimumSize(min(self._look.px(480), screen.width()), min(240, screen.height()))

    def _build(self) -> None:
        """Make the list and the page; texts are made once."""
        look = self._look
        self._entries: list[Entry] = []
        self._search = _Search(look, self._enter_list, self)
        self._search.textChanged.connect(self._look_up)
        self._list = ScrollColumn(self)
        self._none = Label(look, Type.META, Tone.TEXT2, parent=self)
        self._reading = _Reading(look, self.show_topic, self)
        self.setWindowTitle(look.words(message("Help")))
        self._list.column.setSpacing(0)
        self._list.column.addStretch()
        note = Label(look, Type.CAPTION, Tone.TEXT2, parent=self)
        note.say(self._pages.note())
        version = Label(self._look, Type.CAPTION, Tone.TEXT3, parent=self)
        version.say(message("Etoile {version}", version=__version__))
        left = QVBoxLayout()
        left.setContentsMargins(12, PADDING, 0, 12)
        left.setSpacing(8)
        left.addWidget(self._search)
        left.addWidget(self._none)
        left.addWidget(self._list, 1)
        left.addWidget(note)
        left.addWidget(version)
        side = QWidget(self)
        side.setLayout(left)
        screen = QGuiApplication.primaryScreen().availableGeometry()
        width = min(self._look.px(LIST_WIDTH), screen.width() * 2 // 5)
        side.setFixedWidth(width)
        self._search.setFixedWidth(width - 24)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(PADDING)
        row.addWidget(side)
        row.addWidget(self._reading, 1)

    def _bind_keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+F": self._begin_search,
            "Ctrl+L": self._begin_search,
            "Ctrl+W": self.close,
            "PgDown": lambda: self._reading.turn(0.9),
            "PgUp": lambda: self._reading.turn(-0.9),
        }
        for sequence, call in keys.items():
            QShortcut(QKeySequence(sequence), self).activated.connect(call)

    def _begin_search(self) -> None:
        self._search.setFocus()

    def _look_up(self, typed: str) -> None:
        """List the sections that hold `typed`; without anything typed, the pages."""
        if typed.strip():
            found = self._pages.find(typed)
            self._list_anew((part.title, part.topic, part.title) for part in found)
        else:
            self._list_anew((title, topic, "") for topic, title in self._pages.titles().items())
            self._mark_chosen()
        nothing = message("Nothing is written about “{words}”.", words=typed.strip())
        self._none.say(None if self._entries else nothing)

    def _list_anew(self, wanted: Iterable[tuple[str, str, str]]) -> None:
        """List these titles, each with the topic and the section that it leads to."""
        for entry in self._entries:
            self._list.column.removeWidget(entry)
            entry.hide()
            entry.deleteLater()
        self._entries = []
        for title, topic, section in wanted:
            self._entries.append(self._entry(title, topic, section))

    def _mark_chosen(self) -> None:
        for entry, topic in zip(self._entries, self._pages.titles(), strict=True):
            entry.setChecked(topic == self.topic)

    def _entry(self, title: str, topic: str, section: str) -> Entry:
        entry = Entry(self._look, verbatim(title), self)
        entry.setToolTip(title)
        entry.clicked.connect(lambda: self.show_topic(topic, section))
        self._list.column.insertWidget(len(self._entries), entry)
        entry.show()
        return entry

    def _enter_list(self) -> None:
        if self._entries:
            self._entries[0].setFocus(Qt.FocusReason.TabFocusReason)
            self._entries[0].click()

    def _restyle(self) -> None:
        self.setStyleSheet(settings_sheet(self._look))


def _nothing() -> None:
    """Nobody waits for the text to be laid out."""
