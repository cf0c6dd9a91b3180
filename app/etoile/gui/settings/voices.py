"""Which voice speaks each language, with a button to hear it."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from etoile.config import Config
from etoile.config.writing import setting
from etoile.errors import EtoileError
from etoile.gui.button import Button
from etoile.gui.design import Look
from etoile.gui.settings.controls import Choice
from etoile.gui.settings.errand import Errand
from etoile.gui.settings.file import SettingsFile
from etoile.gui.settings.frame import RowFrame
from etoile.gui.settings.group import Titled
from etoile.gui.settings.outside import Outside
from etoile.text import OWN_NAMES, SPOKEN_LANGUAGES, message, verbatim

_USUAL = {"": message("The usual one")}


WIDTH = 152
"""Of the list: a button stands beside it."""


class VoiceRow(RowFrame):
    """The voice of one language."""

    def __init__(
        self, look: Look, language: str, file: SettingsFile, outside: Outside, parent: QWidget | None = None
    ) -> None:
        self._language, self._file, self._outside = language, file, outside
        self.control = Choice(look, _USUAL)
        self.control.setFixedWidth(look.px(WIDTH))
        self.listen = Button(look, message("Try"))
        title = verbatim(OWN_NAMES[language])
        super().__init__(look, title, None, self.control, self.listen, parent=parent)
        self.control.setAccessibleName(look.words(message("Voice for {language}", language=title)))
        self.listen.setAccessibleName(look.words(message("Try the voice for {language}", language=title)))
        self._errand = Errand(self)
        self.control.activated.connect(lambda _: self._choose())
        self.listen.clicked.connect(self._try)
        self.show_config(file.config)

    def show_config(self, config: Config) -> None:
        """Show the voice that `config` names."""
        named = dict[str, str](config.speech.voices.items()).get(self._language, "")
        if self.control.findData(named) < 0:
            self.control.addItem(named, named)
        self.control.show_value(named)

    def offer(self, names: Sequence[str]) -> None:
        """Offer the voices called `names`."""
        self.control.offer(_USUAL | {name: verbatim(name) for name in names})
        self.show_config(self._file.config)

    def _choose(self) -> None:
        self.wrong.say(self._file.change(setting("speech.voices", self._language, self.control.value or None)))

    def _try(self) -> None:
        self.wrong.say(None)
        work = partial(self._outside.try_voice, self._language, self.control.value)
        self._errand.begin(work, lambda _: None, self.wrong.say)


class VoicesGroup(Titled):
    """A row for each language; which voices there are is asked when it is shown for the first time."""

    def __init__(self, look: Look, file: SettingsFile, outside: Outside, parent: QWidget | None = None) -> None:
        super().__init__(look, message("Voices"), parent)
        self._outside, self._asked = outside, False
        self.rows = {language: VoiceRow(look, language, file, outside, self) for language in SPOKEN_LANGUAGES}
        self.add(*self.rows.values())
        self._errand = Errand(self)

    def show_config(self, config: Config) -> None:
        """Show the voices that `config` names."""
        for row in self.rows.values():
            row.show_config(config)

    def showEvent(self, event: object) -> None:
        if not self._asked:
            self._asked = True
            self._errand.begin(self._outside.voices, self._offer, self._tell)

    def _offer(self, voices: Mapping[str, Sequence[str]]) -> None:
        for language, row in self.rows.items():
            row.offer(voices.get(language, ()))
            row.explain(None if voices.get(language) else message("No voice of this computer speaks it."))

    def _tell(self, error: EtoileError) -> None:
        for row in self.rows.values():
            row.explain(error.said)
