"""The editor of the user's own commands: what is wrong is told while one types, and a request is tried out."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from etoile.gui.settings.commands import CommandsGroup
from tests.gui.settings.scene import Scene, write


@pytest.fixture
def group(scene: Scene, tmp_path: Path) -> CommandsGroup:
    scene.outside.folder = tmp_path / "commands"
    group = scene.show("commands").dialog.findChildren(CommandsGroup)[0]
    scene.wait(group.text.isEnabled)
    return group


def test_a_phrase_is_written_tried_and_kept(scene: Scene, group: CommandsGroup, tmp_path: Path) -> None:
    group.text.setFocus()
    group.text.selectAll()
    QTest.keyClicks(group.text, "[phrases]")
    QTest.keyClick(group.text, Qt.Key.Key_Return)
    QTest.keyClicks(group.text, '"audio.mute" = ["thunder and lightning go away"]')
    assert not group.save.isEnabled()
    write(group.request, "thunder and lightning go away")
    scene.wait(lambda: group.meaning.text() == "It would run: Mute the sound.")
    assert not (tmp_path / "commands").exists()
    group.save.click()
    scene.wait(lambda: group.meaning.text().startswith("Kept"))
    assert "thunder" in (tmp_path / "commands" / "en" / "own.toml").read_text()


def test_what_is_wrong_is_told_in_place_and_cannot_be_kept(scene: Scene, group: CommandsGroup) -> None:
    group.text.setPlainText("[phrases\n")
    scene.wait(group.wrong.isVisible)
    assert "own.toml" in group.wrong.text
    assert not group.save.isEnabled()
    group.text.setPlainText('[phrases]\n"audio.mute" = ["thunder and lightning go away"]\n')
    scene.wait(group.save.isEnabled)
    assert not group.wrong.isVisible()


def test_each_language_has_a_file_of_its_own(scene: Scene, group: CommandsGroup, tmp_path: Path) -> None:
    own = tmp_path / "commands" / "fr" / "own.toml"
    own.parent.mkdir(parents=True)
    own.write_text("# à moi\n", "utf-8")
    group.language.show_value("fr")
    group.language.activated.emit(0)
    scene.wait(lambda: group.text.toPlainText() == "# à moi\n")
    QApplication.processEvents()
