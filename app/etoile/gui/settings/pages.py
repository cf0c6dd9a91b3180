"""The pages of the settings window: which groups stand on each."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from etoile.config import Config
from etoile.gui.design import Look
from etoile.gui.settings import node_rows, rows, speech_rows
from etoile.gui.settings.about import about_groups
from etoile.gui.settings.cards import CardsGroup
from etoile.gui.settings.commands import CommandsGroup
from etoile.gui.settings.controls import Field, as_number
from etoile.gui.settings.dialog import SettingsDialog
from etoile.gui.settings.file import SettingsFile
from etoile.gui.settings.frame import RowFrame
from etoile.gui.settings.general import AutostartRow, FileRow, FirstStepsRow
from etoile.gui.settings.group import SettingGroup, Titled
from etoile.gui.settings.heat import HeatPreview
from etoile.gui.settings.matrix import MatrixGroup
from etoile.gui.settings.nodes import NodesGroup
from etoile.gui.settings.outside import Outside
from etoile.gui.settings.page import SettingsPage
from etoile.gui.settings.privacy import ForgetGroup
from etoile.gui.settings.row import Group
from etoile.gui.settings.voices import VoicesGroup
from etoile.gui.window_keys import WINDOW_KEYS
from etoile.text import message

TITLES = {
    "general": message("General"),
    "voice": message("Voice"),
    "nodes": message("Nodes"),
    "alerts": message("Alerts"),
    "commands": message("Commands"),
    "shortcuts": message("Shortcuts"),
    "privacy": message("Privacy"),
    "about": message("About"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPages:
    """Makes the pages, each when it is first chosen."""

    look: Look
    file: SettingsFile
    outside: Outside
    open_file: Callable[[], None]
    """Opens the file in the user's editor."""
    open_help: Callable[[str], object] = lambda wanted: None
    """Opens the help."""
    open_first_steps: Callable[[], object] = lambda: None
    """Opens the first steps again."""

    def dialog(self) -> SettingsDialog:
        """Return the window."""
        return SettingsDialog(self.look, self.file, TITLES, self.page, self.open_file, self.open_help)

    def page(self, key: str) -> SettingsPage:
        """Return the page `key`."""
        page = SettingsPage(self.look)
        page.add(*self._groups(key))
        return page

    def _groups(self, key: str) -> tuple[Titled, ...]:
        look, file, outside = self.look, self.file, self.outside
        match key:
            case "general":
                more = (
                    AutostartRow(look, outside),
                    FirstStepsRow(look, self.open_first_steps),
                    FileRow(look, file, self.open_file),
                )
                return self._group(rows.INTERFACE, more), self._group(rows.CONVERSATION)
            case "voice":
                speaking = self._group(speech_rows.SPEAKING)
                listening = (self._group(group) for group in (speech_rows.LISTENING, speech_rows.WAKE_WORD))
                return speaking, VoicesGroup(look, file, outside), *listening
            case "nodes":
                return NodesGroup(look, file, outside), MatrixGroup(look, file), self._group(node_rows.WAITING)
            case "alerts":
                cards = CardsGroup(look, file, outside)
                return HeatGroup(look, file), cards, self._group(rows.ALERTS), self._group(rows.READING)
            case "commands":
                return (CommandsGroup(look, outside.own_commands),)
            case "shortcuts":
                return self._group(rows.KEYS), self._window_keys()
            case "privacy":
                return self._group(rows.KEPT), self._group(rows.LEAVING), ForgetGroup(look, outside)
            case _:
                return about_groups(look, outside.about())

    def _group(self, group: Group, more: tuple[RowFrame, ...] = ()) -> SettingGroup:
        return SettingGroup(self.look, group, self.file, more=more)

    def _window_keys(self) -> Titled:
        listed = Titled(self.look, message("Keys in the window"))
        listed.add(*(RowFrame(self.look, said, keys) for keys, said in WINDOW_KEYS))
        return listed


class HeatGroup(SettingGroup):
    """The limits of heat, with a curve that shows them."""

    def __init__(self, look: Look, file: SettingsFile) -> None:
        self._preview = HeatPreview(look)
        super().__init__(look, rows.HEAT, file, more=(self._preview,))
        self._limits = {row.row.key: row.control for row in self.rows if row.row.key in ("warning_c", "critical_c")}
        for field in self._limits.values():
            if isinstance(field, Field):
                field.textEdited.connect(lambda _: self._preview_typed())

    def show_config(self, config: Config) -> None:
        """Show the limits of `config`."""
        super().show_config(config)
        self._preview.show_limits(config.thermal)

    def _preview_typed(self) -> None:
        """Show the limits as they would be with what stands in the fields, before they are written."""
        typed = {key: as_number(field.text()) for key, field in self._limits.items() if isinstance(field, Field)}
        told = {key: round(number) for key, number in typed.items() if number is not None and 1 <= number <= 150}
        limits = msgspec.structs.replace(self._file.config.thermal, **told)
        if limits.warning_c < limits.critical_c:
            self._preview.show_limits(limits)
