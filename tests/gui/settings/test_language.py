"""The language in the settings: it counts at once, in the settings too, and is another one than what is spoken."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from etoile.config import Config, load
from etoile.config import Window as WindowSettings
from etoile.config.writing import setting
from etoile.domain.events import ConfigChanged, Event, LanguageChosen
from etoile.gui.design import Look
from etoile.gui.settings.commands import CommandsGroup
from etoile.gui.settings.controls import Choice
from etoile.gui.settings.dialog import SettingsDialog
from etoile.gui.settings.living import Settings
from etoile.gui.settings.nodes import NodesGroup
from etoile.gui.settings.setting import SettingRow
from tests.gui.settings.scene import FakeOutside, write


class Opened:
    """The settings of an app that runs, and what it was told."""

    def __init__(self, look: Look, path: Path, config: Config | None = None) -> None:
        self.look, self.path = look, path
        self.events: list[Event] = []
        self.settings = Settings(look, path, config or load(path, must_exist=False), self.events.append, FakeOutside())

    @property
    def dialog(self) -> SettingsDialog:
        found = [each for each in QApplication.topLevelWidgets() if isinstance(each, SettingsDialog)]
        return next(each for each in found if each.isVisible())

    def show(self, page: str) -> None:
        """Show the window on `page`, with the keyboard."""
        self.settings.present(page)
        QApplication.processEvents()

    def row(self, place: str) -> SettingRow:
        return next(row for row in self.dialog.page.findChildren(SettingRow) if row.row.place == place)

    def choose(self, place: str, key: Qt.Key) -> None:
        """Choose by keyboard in the row of `place`."""
        choice = self.row(place).control
        assert isinstance(choice, Choice)
        choice.setFocus()
        QTest.keyClick(choice, key)
        QApplication.processEvents()

    @property
    def spoken(self) -> list[str]:
        """The languages that replies are wanted in, as the app was told."""
        return [event.language for event in self.events if isinstance(event, LanguageChosen)]


@pytest.fixture
def opened(look: Look, path: Path) -> Iterator[Opened]:
    made = Opened(look, path)
    yield made
    made.settings.close()


def test_the_language_that_is_chosen_counts_at_once_and_the_row_keeps_the_focus(opened: Opened) -> None:
    opened.show("general")
    opened.choose("window.language", Qt.Key.Key_End)
    assert load(opened.path, must_exist=True).window.language == "pt"
    assert opened.look.language == "pt"
    assert opened.dialog.windowTitle() == "Configurações"
    assert opened.dialog.chosen == "general"
    control = opened.row("window.language").control
    assert isinstance(control, Choice)
    assert (control.value, opened.dialog.focusWidget()) == ("pt", control)
    assert any(isinstance(event, ConfigChanged) for event in opened.events)


def test_what_is_spoken_does_not_change_with_a_language_that_is_not_spoken(opened: Opened) -> None:
    opened.settings.file.change(setting("speech", "language", "fr"))
    opened.settings.file.change(setting("window", "language", "pt"))
    opened.settings.file.change(setting("window", "language", "en"))
    assert opened.spoken == ["fr"]


def test_where_nothing_else_is_said_replies_follow_the_language_of_the_interface(opened: Opened) -> None:
    opened.settings.file.change(setting("window", "language", "fr"))
    assert opened.spoken == ["fr"]


def test_the_language_of_the_command_line_counts_until_another_one_is_written(look: Look, path: Path) -> None:
    given = msgspec.structs.replace(load(path, must_exist=True), window=WindowSettings(language="fr"))
    look.write_in("fr")
    opened = Opened(look, path, given)
    opened.settings.file.change(setting("window", "theme", "light"))
    assert look.language == "fr"
    opened.settings.file.change(setting("window", "language", "pt"))
    assert look.language == "pt"
    opened.settings.close()


def test_what_is_being_typed_stays_though_the_file_names_another_language(opened: Opened) -> None:
    opened.show("voice")
    control = opened.row("speech.rate_wpm").control
    assert isinstance(control, QLineEdit)
    write(control, "2x")
    opened.settings.file.change(setting("window", "language", "fr"))
    QApplication.processEvents()
    again = opened.row("speech.rate_wpm").control
    assert isinstance(again, QLineEdit)
    assert again is not control
    assert (again.text(), again.hasFocus() or opened.dialog.focusWidget() is again) == ("2x", True)
    assert opened.dialog.windowTitle() == "Réglages"


def test_a_form_that_is_half_filled_in_stays(opened: Opened) -> None:
    opened.show("nodes")
    (group,) = opened.dialog.page.findChildren(NodesGroup)
    group.add_button.click()
    name = opened.dialog.focusWidget()
    assert isinstance(name, QLineEdit)
    QTest.keyClicks(name, "zephyr")
    opened.settings.file.change(setting("window", "language", "fr"))
    QApplication.processEvents()
    assert "zephyr" in [field.text() for field in opened.dialog.page.findChildren(QLineEdit)]
    assert opened.dialog.windowTitle() == "Réglages"


def test_phrases_that_are_being_written_stay_in_their_language(opened: Opened) -> None:
    opened.show("commands")
    (group,) = opened.dialog.page.findChildren(CommandsGroup)
    before = group.language.value
    group.text.setFocus()
    QTest.keyClicks(group.text, "# mine")
    opened.settings.file.change(setting("window", "language", "fr"))
    QApplication.processEvents()
    (again,) = opened.dialog.page.findChildren(CommandsGroup)
    assert again.text.toPlainText().startswith("# mine")
    assert again.language.value == before
