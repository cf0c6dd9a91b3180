"""A row that shows a setting and changes it: at once, or as soon as what is typed makes sense."""

import shlex

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from etoile.config import Config
from etoile.config.later import LATER
from etoile.config.writing import Value, setting
from etoile.errors import ConfigError
from etoile.gui.design import Look, Tone, Type
from etoile.gui.label import Label
from etoile.gui.settings.controls import Choice, Field, Switch, as_number, as_text
from etoile.gui.settings.file import SettingsFile
from etoile.gui.settings.frame import RowFrame
from etoile.gui.settings.kinds import Control, kind_of, value_of
from etoile.gui.settings.row import Row
from etoile.gui.settings.several import Several, as_line, as_list
from etoile.text import Message, message

UNIT_WIDTH = 36
"""So that numbers stand below each other, whatever their units."""
IDLE_MS = 600
"""What is typed is written when nothing was typed for so long, and when the field is left."""


def unit_label(look: Look, unit: Message) -> Label:
    """Return what stands behind a number."""
    label = Label(look, Type.META, Tone.TEXT2, wraps=False)
    label.say(unit)
    label.setMinimumWidth(look.px(UNIT_WIDTH))
    return label


class SettingRow(RowFrame):
    """Shows one setting of `file` as `row` describes it."""

    def __init__(self, look: Look, row: Row, file: SettingsFile, parent: QWidget | None = None) -> None:
        self.row, self._file = row, file
        self._kind = kind_of(row.section, row.key)
        self.control = self._made(look)
        controls: list[QWidget] = [self.control]
        if row.unit and isinstance(self.control, Field):
            controls.append(unit_label(look, row.unit))
        beside = () if isinstance(self.control, Several) else tuple(controls)
        super().__init__(look, row.title, explanation(row), *beside, parent=parent)
        if isinstance(self.control, Several):
            self.put_below(self.control)
            self.control.name(look.words(row.title), look.words(row.explanation))
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE_MS)
        self._idle.timeout.connect(self._write_typed)
        self._connect()
        self.show_config(file.config)

    def show_config(self, config: Config) -> None:
        """Show what the setting is in `config`; what is just being typed stays."""
        value = value_of(config, self.row.section, self.row.key)
        match self.control:
            case Switch():
                self.control.setChecked(bool(value))
            case Choice():
                self.control.show_value(str(value))
            case Several():
                self.control.show_value(value if isinstance(value, tuple) else ())
            case Field() if isinstance(value, int | float):
                self.control.show_text(as_text(value, self._look.language))
            case Field() if isinstance(value, tuple):
                self.control.show_text((shlex.join if self.row.arguments else as_line)(value))
            case Field():
                self.control.show_text(str(value or ""))

    def forget_typed(self) -> None:
        """Leave what was being typed: what the file says counts."""
        self._idle.stop()
        self._show_wrong(None)
        if isinstance(self.control, Field):
            self.control.setModified(False)

    def _made(self, look: Look) -> Switch | Choice | Field | Several:
        match self._kind.control:
            case Control.SWITCH:
                return Switch(look)
            case Control.CHOICE:
                return Choice(look, self.row.words)
            case Control.WHOLE:
                return Field(look, step=1)
            case Control.NUMBER:
                return Field(look, step=0.1 if self._kind.range and self._kind.range[1] <= 1 else 1)
            case Control.TEXT | Control.LIST:
                return Field(look)
            case Control.SEVERAL:
                return Several(look, self.row.words)

    def _connect(self) -> None:
        match self.control:
            case Switch() as switch:
                switch.clicked.connect(lambda: self._write(switch.isChecked()))
            case Choice() as choice:
                choice.activated.connect(lambda _: self._write(choice.value))
            case Several() as several:
                several.changed.connect(lambda: self._write(list(several.value)))
            case Field() as field:
                field.textEdited.connect(lambda _: self._judge())
                field.editingFinished.connect(self._write_typed)

    def _judge(self) -> None:
        """Show at once what is wrong with what stands there; write it a little later."""
        error = self._objection()
        self._show_wrong(error)
        if error:
            self._idle.stop()
        else:
            self._idle.start()

    def _objection(self) -> ConfigError | None:
        value = self._typed()
        if isinstance(value, Message):
            return ConfigError(value)
        return self._file.refusal(setting(self.row.section, self.row.key, value))

    def _typed(self) -> Value | Message:
        """Return what stands in the field; a message when it is no number where one is wanted."""
        assert isinstance(self.control, Field)
        text = self.control.text().strip()
        if self._kind.control is Control.TEXT:
            return text or (None if self._kind.optional else "")
        if self._kind.control is Control.LIST:
            return self._listed(text)
        number = as_number(text)
        whole = self._kind.control is Control.WHOLE
        if number is None or (whole and not number.is_integer()):
            return message("A whole number is wanted here.") if whole else message("A number is wanted here.")
        if (span := self._kind.range) and not span[0] <= number <= span[1]:
            lowest, highest = (as_text(end, self._look.language) for end in span)
            return message("It must be between {lowest} and {highest}.", lowest=lowest, highest=highest)
        return int(number) if whole else number

    def _listed(self, text: str) -> Value | Message:
        """Return the texts that are typed in one line."""
        try:
            return list(shlex.split(text) if self.row.arguments else as_list(text))
        except ValueError:
            return message("A quote is not closed.")

    def _write_typed(self) -> None:
        self._idle.stop()
        assert isinstance(self.control, Field)
        if not self.control.isModified():
            return
        value = self._typed()
        if isinstance(value, Message):
            self._show_wrong(ConfigError(value))
        elif self._write(value):
            self.control.setModified(False)

    def _write(self, value: Value) -> bool:
        """Write `value`; what cannot be written is told, and not shown as if it were so.  Return whether it was."""
        error = self._file.change(setting(self.row.section, self.row.key, value))
        self._show_wrong(error)
        if error and not isinstance(self.control, Field):
            self.show_config(self._file.config)
        return error is None

    def _show_wrong(self, error: ConfigError | None) -> None:
        self.wrong.say(error)
        if isinstance(self.control, Field):
            self.control.show_wrong(error is not None)


def explanation(row: Row) -> Message:
    """Return what `row` means, and whether it counts only later."""
    if (why := LATER.get(row.place)) is None:
        return row.explanation
    return message("{first} {following}", first=row.explanation, following=why)
