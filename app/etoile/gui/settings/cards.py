"""Limits of their own for single cards: a row each, and a form to add or change one."""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from etoile.config import AlertsOfGpu, Config
from etoile.config.writing import Change, card_at, without_card
from etoile.domain.gpus import GpuReading
from etoile.errors import ConfigError
from etoile.gui.button import Button, Kind
from etoile.gui.design import Look
from etoile.gui.settings.controls import Choice, Field, Switch, as_number
from etoile.gui.settings.entries import Entries
from etoile.gui.settings.errand import Errand
from etoile.gui.settings.file import SettingsFile
from etoile.gui.settings.frame import RowFrame, Wrong
from etoile.gui.settings.group import Titled
from etoile.gui.settings.node_more import place_of, wrong_at
from etoile.gui.settings.outside import Outside
from etoile.gui.settings.setting import unit_label
from etoile.gui.words import joined
from etoile.text import Message, message, verbatim

NUMBERS: dict[str, tuple[Message, str]] = {
    "warning_c": (message("Warning"), "°C"),
    "critical_c": (message("Critical"), "°C"),
    "memory_percent": (message("Memory"), "%"),
}
AS_FOR_ALL = message("Empty: as for all cards.")


class CardForm(Titled):
    """Changes the settings of one card, or adds them; `leave` is called when that is done, or dropped."""

    def __init__(
        self,
        look: Look,
        file: SettingsFile,
        was: AlertsOfGpu | None,
        cards: Sequence[GpuReading],
        leave: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        self._was = was or AlertsOfGpu()
        title = message("Change {node}", node=named(self._was, cards)) if was else message("Add a card")
        super().__init__(look, title, parent)
        self._file, self._leave, self._is_new = file, leave, was is None
        self.card = Choice(look, _choices(cards, was))
        self.fields = {key: Field(look, step=1) for key in NUMBERS}
        self.silent = Switch(look)
        self.rows = {
            key: RowFrame(look, said, AS_FOR_ALL, self.fields[key], unit_label(look, verbatim(unit)))
            for key, (said, unit) in NUMBERS.items()
        }
        self.foot = Wrong(look)
        self.save = Button(look, message("Save"), kind=Kind.PRIMARY)
        self.cancel = Button(look, message("Cancel"))
        self._arrange(look)
        self._show()

    def _arrange(self, look: Look) -> None:
        self.card.setFixedWidth(look.px(216))
        silent = RowFrame(look, message("No alerts"), message("Nothing is told of this card."), self.silent)
        self.add(RowFrame(look, message("Card"), None, self.card), *self.rows.values(), silent)
        self.column.addWidget(self.foot)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        self.column.addLayout(buttons)
        for field in self.fields.values():
            field.textEdited.connect(lambda _: self._judge())
            field.returnPressed.connect(self._save)
        self.silent.clicked.connect(self._judge)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self._leave)

    def _show(self) -> None:
        for key, field in self.fields.items():
            value = getattr(self._was, key)
            field.show_text("" if value is None else str(value))
        self.silent.setChecked(self._was.silent)

    def begin(self) -> None:
        """Take the focus."""
        self.card.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def settings(self) -> AlertsOfGpu | ConfigError:
        """Return what is written here; an error, which names the key, for what is no number."""
        told: dict[str, int | None] = {}
        for key, field in self.fields.items():
            number = as_number(field.text()) if field.text().strip() else None
            if field.text().strip() and (number is None or not number.is_integer()):
                return wrong_at(key, message("A whole number is wanted here."))
            told[key] = None if number is None else int(number)
        chosen = self._was if self.card.value == _AS_IT_WAS else AlertsOfGpu(uuid=self.card.value)
        return msgspec.structs.replace(chosen, silent=self.silent.isChecked(), **told)

    def _edit(self) -> Change | ConfigError:
        settings, known = self.settings(), self._file.config.alerts.gpus
        if isinstance(settings, ConfigError):
            return settings
        index = known.index(self._was) if not self._is_new and self._was in known else None
        return card_at(index, settings)

    def _judge(self) -> ConfigError | None:
        edit = self._edit()
        error = edit if isinstance(edit, ConfigError) else self._file.refusal(edit)
        self._point_at(error)
        return error

    def _point_at(self, error: ConfigError | None) -> None:
        key = place_of(error) if error else ""
        for name, row in self.rows.items():
            row.wrong.say(error if name == key else None)
            self.fields[name].show_wrong(name == key)
        self.foot.say(error if key not in self.rows else None)

    def _save(self) -> None:
        edit = self._edit()
        if self._judge() or isinstance(edit, ConfigError):
            return
        error = self._file.change(edit)
        self._point_at(error)
        if error is None:
            self._leave()


class CardsGroup(Entries):
    """Lists the cards with settings of their own."""

    def __init__(self, look: Look, file: SettingsFile, outside: Outside, parent: QWidget | None = None) -> None:
        super().__init__(look, message("Single cards"), message("Add a card"), parent)
        self._file, self._outside = file, outside
        self._cards: Sequence[GpuReading] = ()
        self._errand = Errand(self)
        self._listed: object = None
        self.add_button.clicked.connect(lambda: self._ask_cards(None))
        self.show_config(file.config)

    def show_config(self, config: Config) -> None:
        """Show the cards of `config`."""
        if config.alerts.gpus == self._listed:
            return
        self._listed = config.alerts.gpus
        self.box.clear()
        if not config.alerts.gpus:
            self.list_none(message("None: the limits above count for every card."))
        for card in config.alerts.gpus:
            name = named(card, self._cards)
            self.list_entry(name, told(card), partial(self._ask_cards, card), partial(self._remove, card))

    def _ask_cards(self, card: AlertsOfGpu | None) -> None:
        """Find out which cards there are, and open the form."""
        self._errand.begin(self._outside.cards, partial(self._edit, card), self.wrong.say)

    def _edit(self, card: AlertsOfGpu | None, cards: Sequence[GpuReading]) -> None:
        self._cards = cards
        if card is None and not cards:
            self.wrong.say(ConfigError(message("No card is seen now.")))
            return
        form = CardForm(self._look, self._file, card, cards, self.close_part, self)
        self.open_part(form)
        form.begin()

    def _remove(self, card: AlertsOfGpu) -> None:
        known = self._file.config.alerts.gpus
        error = self._file.change(without_card(known.index(card))) if card in known else None
        self.wrong.say(error)
        self.add_button.setFocus()


_AS_IT_WAS = "as it was"


def _choices(cards: Sequence[GpuReading], was: AlertsOfGpu | None) -> dict[str, Message]:
    """Return the cards that can be chosen, by UUID; one that is named in the file stays as it is named there."""
    seen = {card.uuid: _called(card) for card in cards}
    if was is None:
        return seen
    return {_AS_IT_WAS: named(was, cards)} | {uuid: said for uuid, said in seen.items() if uuid != was.uuid}


def _called(card: GpuReading) -> Message:
    return message("GPU {index} · {name}", index=card.index, name=card.name.removeprefix("NVIDIA ").strip())


def named(card: AlertsOfGpu, cards: Sequence[GpuReading]) -> Message:
    """Return what the card, or the cards, of these settings are called."""
    seen = next((one for one in cards if one.uuid == card.uuid), None)
    if seen is not None:
        return _called(seen)
    if card.index is not None and card.uuid is None and card.name is None:
        return message("GPU {index}", index=card.index)
    return verbatim(card.name or card.uuid or "")


def told(card: AlertsOfGpu) -> Message:
    """Return what is different for the card: "Warning 70 °C · critical 80 °C"."""
    if card.silent:
        return message("No alerts")
    said = [
        message("{name} {value} {unit}", name=name, value=value, unit=unit)
        for key, (name, unit) in NUMBERS.items()
        if (value := getattr(card, key)) is not None
    ]
    return joined(said) or message("As for all cards")
