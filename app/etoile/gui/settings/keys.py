"""A key to talk with, chosen by pressing it; Esc leaves everything as it was, Backspace takes an optional one away."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from etoile.config import Config
from etoile.config.writing import setting
from etoile.errors import ConfigError, HotkeyUnavailable
from etoile.gui.button import Button
from etoile.gui.design import Look
from etoile.gui.settings.file import SettingsFile
from etoile.gui.settings.frame import RowFrame
from etoile.gui.settings.kinds import kind_of, value_of
from etoile.gui.settings.row import Row
from etoile.gui.settings.setting import explanation
from etoile.text import Message, message, verbatim

_BARE = (
    Qt.Key.Key_Control,
    Qt.Key.Key_Shift,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_unknown,
)
_NAMES = {"Return": "Enter", "PgUp": "Page_Up", "PgDown": "Page_Down", "Del": "Delete", "Ins": "Insert"}
"""What Qt calls otherwise than the settings do."""
_MODIFIERS = {
    Qt.KeyboardModifier.ControlModifier: "Ctrl",
    Qt.KeyboardModifier.AltModifier: "Alt",
    Qt.KeyboardModifier.ShiftModifier: "Shift",
    Qt.KeyboardModifier.MetaModifier: "Super",
}


def chord_of(event: QKeyEvent) -> str | None:
    """Return the chord that was pressed, as the settings name it; None while only modifiers are down."""
    if event.key() in _BARE:
        return None
    name = QKeySequence(event.key()).toString(QKeySequence.SequenceFormat.PortableText)
    held = [word for modifier, word in _MODIFIERS.items() if event.modifiers() & modifier]
    return "+".join([*held, _NAMES.get(name, name)])


class Capture(Button):
    """Shows a key; clicked, it waits for another one."""

    taken = Signal(str)
    """The chord that was pressed; empty for none."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, message("None"), parent=parent)
        self.waiting = False
        self._chord = ""
        self.clicked.connect(self._wait)

    def show_chord(self, chord: str) -> None:
        """Show `chord` as the key that counts."""
        self._chord = chord
        self._say(verbatim(chord) if chord else message("None"))

    def _say(self, said: Message) -> None:
        self.setText(self._look.words(said))
        self.setAccessibleDescription(self.text())
        self.updateGeometry()
        self.update()

    def _wait(self) -> None:
        self.waiting = True
        self._say(message("Press a key…"))

    def _stop(self) -> None:
        self.waiting = False
        self.show_chord(self._chord)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.waiting:
            self._stop()

    def event(self, event: QEvent) -> bool:
        """Take every key while waiting, before shortcuts and the Tab key do."""
        if self.waiting and isinstance(event, QKeyEvent):
            if event.type() is QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() is QEvent.Type.KeyPress:
                self._take(event)
                return True
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._stop()
        elif event.key() == Qt.Key.Key_Backspace and not event.modifiers():
            self._stop()
            self.taken.emit("")
        elif chord := chord_of(event):
            self._stop()
            self.taken.emit(chord)


class KeyRow(RowFrame):
    """A setting that names a key."""

    def __init__(self, look: Look, row: Row, file: SettingsFile, parent: QWidget | None = None) -> None:
        self.row, self._file = row, file
        self._optional = kind_of(row.section, row.key).optional
        self.control = Capture(look)
        super().__init__(look, row.title, explanation(row), self.control, parent=parent)
        self.control.taken.connect(self._take)
        self.show_config(file.config)

    def show_config(self, config: Config) -> None:
        """Show the key that `config` names."""
        if not self.control.waiting:
            self.control.show_chord(str(value_of(config, self.row.section, self.row.key) or ""))

    def forget_typed(self) -> None:
        """Leave what was wrong."""
        self.wrong.say(None)

    def _take(self, chord: str) -> None:
        if not chord and not self._optional:
            self.wrong.say(ConfigError(message("There must be such a key.")))
            return
        error: ConfigError | HotkeyUnavailable | None = self._objection(chord)
        error = error or self._file.change(setting(self.row.section, self.row.key, chord or None))
        self.wrong.say(error)
        self.show_config(self._file.config)

    def _objection(self, chord: str) -> HotkeyUnavailable | ConfigError | None:
        """Return why nobody could talk with `chord`: needed to type, or taken by the other key."""
        from etoile.speech.keys import parse_chord

        speech = self._file.config.speech
        other = speech.hands_free_key if self.row.key == "talk_key" else speech.talk_key
        if chord and chord.casefold() == (other or "").casefold():
            return ConfigError(message("The talk key and the hands-free key are the same: {key}.", key=chord))
        try:
            if chord:
                parse_chord(chord)
        except HotkeyUnavailable as error:
            return error
        return None
