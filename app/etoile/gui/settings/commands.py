"""The user's own commands: a text that is checked as it is typed, and a line to try what a request would do."""

from functools import partial
from typing import Protocol

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from etoile.errors import EtoileError
from etoile.gui.button import Button, Kind
from etoile.gui.design import Look, Type
from etoile.gui.label import Label
from etoile.gui.settings.controls import Choice, Field
from etoile.gui.settings.errand import Errand
from etoile.gui.settings.frame import RowFrame, Wrong
from etoile.gui.settings.group import Titled
from etoile.text import OWN_NAMES, SPOKEN_LANGUAGES, Message, message, verbatim

IDLE_MS = 400
"""What is typed is checked when nothing was typed for so long."""
LANGUAGES = {code: verbatim(OWN_NAMES[code]) for code in SPOKEN_LANGUAGES}


class Phrasebook(Protocol):
    """What the editor asks for, on a thread of its own."""

    def read(self, language: str) -> str:
        """Return what the file of `language` holds."""

    def meaning(self, language: str, text: str, request: str) -> Message | None:
        """Return what `request` would do if the file held `text`; raises EtoileError for a wrong text."""

    def write(self, language: str, text: str) -> None:
        """Keep `text`."""


class CommandsGroup(Titled):
    """Edits the file of one language at a time; nothing wrong is kept."""

    def __init__(self, look: Look, phrasebook: Phrasebook, parent: QWidget | None = None) -> None:
        super().__init__(look, message("Commands of your own"), parent)
        self._phrasebook, self._kept = phrasebook, ""
        self._reading, self._checking, self._writing = Errand(self), Errand(self), Errand(self)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE_MS)
        self._idle.timeout.connect(self._check)
        self._make_controls(look)
        self._arrange(look)
        self._read()

    def _make_controls(self, look: Look) -> None:
        self.language = Choice(look, LANGUAGES)
        self.language.show_value(look.language if look.language in LANGUAGES else SPOKEN_LANGUAGES[0])
        self.text = QPlainTextEdit()
        self.text.setObjectName("code")
        self.text.setFont(look.mono)
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(look.px(180))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(look.words(message("Commands of your own")))
        self.request = Field(look, width=216)
        self.meaning = Label(look, Type.UI)
        self.wrong = Wrong(look)
        self.save = Button(look, message("Save"), kind=Kind.PRIMARY)
        self.save.setEnabled(False)

    def _arrange(self, look: Look) -> None:
        self._meant = _padded(self.meaning)
        self.add(
            RowFrame(look, message("Language"), message("Of the phrases: each has a file."), self.language),
            _padded(self.text),
            RowFrame(look, message("Try it out"), message("What would this request do? Nothing is run."), self.request),
            self._meant,
        )
        self.column.addWidget(self.wrong)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.save)
        self.column.addLayout(buttons)
        self._meant.hide()
        self.language.activated.connect(lambda _: self._read())
        self.text.textChanged.connect(self._wait)
        self.request.textEdited.connect(lambda _: self._wait())
        self.save.clicked.connect(self._write)

    def _read(self) -> None:
        self.text.setEnabled(False)
        self._reading.begin(partial(self._phrasebook.read, self.language.value), self._show, self.wrong.say)

    def _show(self, text: str) -> None:
        self.text.setEnabled(True)
        self._kept = text
        self.text.setPlainText(text)
        self.save.setEnabled(False)

    def _wait(self) -> None:
        """Check a little later; until then nothing can be kept."""
        self.save.setEnabled(False)
        self._checking.drop()
        self._idle.start()

    def _check(self) -> None:
        work = partial(
            self._phrasebook.meaning, self.language.value, self.text.toPlainText(), self.request.text().strip()
        )
        self._checking.begin(work, self._tell, self._refuse)

    def _tell(self, meaning: Message | None) -> None:
        self.wrong.say(None)
        self._mean(meaning)
        self.save.setEnabled(self.text.toPlainText() != self._kept)

    def _refuse(self, error: EtoileError) -> None:
        self._mean(None)
        self.wrong.say(error)

    def _write(self) -> None:
        self.save.setEnabled(False)
        text = self.text.toPlainText()
        work = partial(self._phrasebook.write, self.language.value, text)
        self._writing.begin(work, lambda _: self._saved(text), self._refuse)

    def _saved(self, text: str) -> None:
        self._kept = text
        self._mean(message("Kept: it counts from the next request on."))

    def _mean(self, said: Message | None) -> None:
        self.meaning.say(said)
        self._meant.setVisible(said is not None)
        self.box.update()


def _padded(part: QWidget) -> QWidget:
    """Return `part` with the room that rows have at their sides."""
    outer = QWidget()
    column = QVBoxLayout(outer)
    column.setContentsMargins(12, 6, 12, 6)
    column.addWidget(part)
    return outer
