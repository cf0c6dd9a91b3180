"""Rows of the page General that are not of the settings file: the start with the session, and the file itself."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from etoile.errors import EtoileError
from etoile.gui.button import Button
from etoile.gui.design import Look
from etoile.gui.settings.controls import Switch
from etoile.gui.settings.errand import Errand
from etoile.gui.settings.file import SettingsFile
from etoile.gui.settings.frame import RowFrame
from etoile.gui.settings.outside import Outside
from etoile.text import message, verbatim


class AutostartRow(RowFrame):
    """Whether Etoile starts with the session."""

    def __init__(self, look: Look, outside: Outside, parent: QWidget | None = None) -> None:
        self.control = Switch(look)
        self._outside = outside
        super().__init__(
            look,
            message("Start with the session"),
            message("As an icon in the tray, without a window."),
            self.control,
            parent=parent,
        )
        self._errand = Errand(self)
        self.control.clicked.connect(self._choose)
        self._errand.begin(outside.starts_with_session, self.control.setChecked, self.wrong.say)

    def _choose(self) -> None:
        wanted = self.control.isChecked()
        self.wrong.say(None)
        self._errand.begin(lambda: self._outside.start_with_session(wanted), lambda _: None, self._refuse)

    def _refuse(self, error: EtoileError) -> None:
        self.wrong.say(error)
        self.control.setChecked(not self.control.isChecked())


class FirstStepsRow(RowFrame):
    """Opens the first steps again: language, microphone, key, speech model, nodes."""

    def __init__(self, look: Look, open_first_steps: Callable[[], object], parent: QWidget | None = None) -> None:
        self.button = Button(look, message("Show"))
        super().__init__(
            look,
            message("First steps"),
            message("Language, microphone, key, speech model and nodes, one after the other."),
            self.button,
            parent=parent,
        )
        self.button.setAccessibleName(look.words(message("Show the first steps")))
        self.button.clicked.connect(lambda _=False: open_first_steps())


class FileRow(RowFrame):
    """Where the settings file is, to be opened in an editor: what is changed there counts here at once."""

    def __init__(
        self, look: Look, file: SettingsFile, open_file: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        button = Button(look, message("Open"))
        super().__init__(look, message("Settings file"), verbatim(str(file.path)), button, parent=parent)
        button.setAccessibleName(look.words(message("Open the settings file")))
        button.clicked.connect(open_file)
