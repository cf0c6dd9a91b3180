"""The first step: the language of windows, and the voice for each language that is spoken."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from etoile.config import interface_language
from etoile.config.writing import Change, setting
from etoile.errors import EtoileError
from etoile.gui.button import Button
from etoile.gui.design import Tone, Type
from etoile.gui.first_run.step import Means, Step
from etoile.gui.settings.controls import Choice
from etoile.gui.settings.errand import Errand
from etoile.gui.settings.frame import Box, RowFrame
from etoile.gui.tabs import Tab
from etoile.text import INTERFACE_LANGUAGES, OWN_NAMES, SPOKEN_LANGUAGES, message, verbatim

_VOICES = {
    "en": message("Voice for English"),
    "fr": message("Voice for French"),
}
_USUAL = {"": message("The usual one")}


class VoiceChoice(RowFrame):
    """The voice of one language, with a button to hear it; it is kept only when the user goes on."""

    def __init__(self, means: Means, language: str, parent: QWidget) -> None:
        self.language, self._means = language, means
        look = means.look
        self.control = Choice(look, _USUAL)
        self.listen = Button(look, message("Try"))
        super().__init__(look, _VOICES[language], None, self.control, self.listen, parent=parent)
        self.listen.setAccessibleDescription(look.words(_VOICES[language]))
        self.listen.clicked.connect(self._try)
        self._errand = Errand(self)
        if self.before:
            self.control.offer(_USUAL | {self.before: verbatim(self.before)})
            self.control.show_value(self.before)

    @property
    def before(self) -> str:
        """The voice that the settings name; empty for none."""
        return dict[str, str](self._means.file.config.speech.voices.items()).get(self.language, "")

    def offer(self, names: Sequence[str]) -> None:
        """Offer the voices called `names`."""
        chosen = self.control.value
        offered = dict.fromkeys((*filter(None, [self.before]), *names))
        self.control.offer(_USUAL | {name: verbatim(name) for name in offered})
        self.control.show_value(chosen)
        self.explain(None if names else message("No voice of this computer speaks it."))

    def _try(self) -> None:
        self.wrong.say(None)
        work = partial(self._means.outside.try_voice, self.language, self.control.value)
        self._errand.begin(work, lambda _: None, self.wrong.say)


class LanguageStep(Step):
    """Each language is offered in its own name, and counts at once in these windows."""

    title = message("Language and voice")

    def __init__(self, means: Means, parent: QWidget | None = None) -> None:
        super().__init__(
            means, message("What you say and ask stays on your machines: Etoile has no account and no server."), parent
        )
        look = self._look
        self._tabs = {code: Tab(look, verbatim(OWN_NAMES[code]), self, height=32) for code in INTERFACE_LANGUAGES}
        row = QHBoxLayout()
        row.setSpacing(4)
        for code, tab in self._tabs.items():
            tab.setChecked(code == look.language)
            tab.clicked.connect(partial(self._speak, code))
            row.addWidget(tab)
        row.addStretch()
        self.column.addLayout(row)
        self._said(
            message("Other windows follow when you go on. You may speak French or English, whatever is written here."),
            Type.META,
            Tone.TEXT2,
        )
        box = Box(look, self)
        self.voices = [VoiceChoice(means, code, box) for code in SPOKEN_LANGUAGES]
        for voice in self.voices:
            box.add(voice)
        self.column.addWidget(box)
        self.column.addStretch()
        self._errand = Errand(self)

    def enter(self) -> None:
        self._errand.begin(self._means.outside.voices, self._offer, self._tell)

    def begin(self) -> None:
        """Begin at the language that is shown."""
        self._tabs[self._look.language].setFocus(Qt.FocusReason.TabFocusReason)

    def chosen(self) -> tuple[Change, ...]:
        """Return the language that is shown, where the settings have another one, and the voices that changed."""
        changes = [
            setting("speech.voices", voice.language, voice.control.value or None)
            for voice in self.voices
            if voice.control.value != voice.before
        ]
        if self._look.language != interface_language(self._means.file.config):
            changes.append(setting("window", "language", self._look.language))
        return tuple(changes)

    def _speak(self, code: str) -> None:
        if code != self._look.language:
            self.language_wanted.emit(code)

    def _offer(self, voices: Mapping[str, Sequence[str]]) -> None:
        for voice in self.voices:
            voice.offer(voices.get(voice.language, ()))

    def _tell(self, error: EtoileError) -> None:
        for voice in self.voices:
            voice.explain(error.said)
