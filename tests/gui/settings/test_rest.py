"""Keys that are pressed, voices, the start with the session, forgetting everything, and what Etoile is."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from etoile.config import load
from etoile.gui.settings.errand import Errand
from etoile.gui.settings.keys import KeyRow
from etoile.gui.settings.privacy import ForgetGroup
from etoile.gui.settings.voices import VoicesGroup
from tests.gui.settings.scene import Scene


def key_row(scene: Scene, key: str) -> KeyRow:
    """Return the row of the key that is called `key` in the file."""
    return next(row for row in scene.dialog.findChildren(KeyRow) if row.row.key == key)


class TestKeys:
    @pytest.fixture
    def row(self, scene: Scene) -> KeyRow:
        return key_row(scene.show("shortcuts"), "talk_key")

    def test_the_key_that_is_pressed_is_taken(self, scene: Scene, row: KeyRow) -> None:
        row.control.setFocus()
        QTest.keyClick(row.control, Qt.Key.Key_Return)
        assert row.control.text() == "Press a key…"
        QTest.keyClick(row.control, Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier)
        assert row.control.waiting
        held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        QTest.keyClick(row.control, Qt.Key.Key_Space, held)
        assert load(scene.path, must_exist=True).speech.talk_key == "Ctrl+Alt+Space"
        assert row.control.text() == "Ctrl+Alt+Space"

    def test_escape_leaves_everything_as_it_was(self, scene: Scene, row: KeyRow) -> None:
        before = scene.path.read_text()
        row.control.setFocus()
        row.control.click()
        QTest.keyClick(row.control, Qt.Key.Key_Escape)
        assert (row.control.waiting, row.control.text()) == (False, "F9")
        assert scene.path.read_text() == before
        assert scene.dialog.isVisible()

    @pytest.mark.parametrize(
        ("key", "said"),
        [
            (Qt.Key.Key_A, "“A” cannot be a talk key"),
            (Qt.Key.Key_Tab, "“Tab” cannot be a talk key"),
            (Qt.Key.Key_Backspace, "There must be such a key."),
        ],
    )
    def test_a_key_that_one_needs_is_refused_in_its_place(
        self, scene: Scene, row: KeyRow, key: Qt.Key, said: str
    ) -> None:
        row.control.setFocus()
        row.control.click()
        QTest.keyClick(row.control, key)
        assert said in row.wrong.text
        assert load(scene.path, must_exist=True).speech.talk_key == "F9"

    def test_the_other_key_must_be_another_and_may_be_none(self, scene: Scene, row: KeyRow) -> None:
        other = key_row(scene, "hands_free_key")
        assert other.control.text() == "None"
        for key in (Qt.Key.Key_F9, Qt.Key.Key_F10):
            other.control.setFocus()
            other.control.click()
            QTest.keyClick(other.control, key)
            assert other.wrong.isVisible() is (key == Qt.Key.Key_F9)
        assert load(scene.path, must_exist=True).speech.hands_free_key == "F10"
        other.control.click()
        QTest.keyClick(other.control, Qt.Key.Key_Backspace)
        assert load(scene.path, must_exist=True).speech.hands_free_key is None

    def test_leaving_while_a_key_is_awaited_gives_it_up(self, scene: Scene, row: KeyRow) -> None:
        row.control.setFocus()
        row.control.click()
        key_row(scene, "hands_free_key").control.setFocus()
        assert row.control.text() == "F9"


def test_a_voice_is_heard_and_chosen(scene: Scene) -> None:
    scene.show("voice")
    french = scene.dialog.findChildren(VoicesGroup)[0].rows["fr"]
    scene.wait(lambda: french.control.count() == 3)
    french.control.setFocus()
    QTest.keyClick(french.control, Qt.Key.Key_Down)
    assert load(scene.path, must_exist=True).speech.voices == {"fr": "Thomas"}
    scene.button("Try the voice for Français").click()
    scene.wait(lambda: scene.outside.heard == [("fr", "Thomas")])
    QTest.keyClick(french.control, Qt.Key.Key_Home)
    assert load(scene.path, must_exist=True).speech.voices == {}


def test_the_start_with_the_session_is_switched(scene: Scene) -> None:
    scene.show("general")
    switch = scene.button("Start with the session")
    switch.click()
    scene.wait(lambda: scene.outside.autostart)
    switch.click()
    scene.wait(lambda: not scene.outside.autostart)


class TestForgetting:
    @pytest.fixture
    def group(self, scene: Scene) -> ForgetGroup:
        return scene.show("privacy").dialog.findChildren(ForgetGroup)[0]

    def test_it_asks_says_what_is_lost_and_tells_what_was_done(self, scene: Scene, group: ForgetGroup) -> None:
        group.delete.click()
        assert group.asking
        assert group.asking.cancel.hasFocus()
        assert "every recording" in group.asking.verb.accessibleDescription()
        group.asking.verb.click()
        scene.wait(lambda: scene.outside.forgotten == 1)
        scene.wait(lambda: any("Forgotten: 3" in label.text() for label in group.findChildren(QLabel)))

    def test_enter_deletes_nothing_by_itself(self, scene: Scene, group: ForgetGroup) -> None:
        group.delete.click()
        assert group.asking
        QTest.keyClick(group.asking.cancel, Qt.Key.Key_Return)
        assert group.asking is None
        assert scene.outside.forgotten == 0


def test_the_versions_are_copied(scene: Scene) -> None:
    scene.show("about")
    scene.button("Copy the versions").click()
    assert QGuiApplication.clipboard().text().startswith("Etoile 1.0\nhttpx 0.28.1")


def test_only_the_last_errand_counts(scene: Scene) -> None:
    errand, done = Errand(scene.dialog), list[int]()
    errand.begin(lambda: 1, done.append, lambda error: None)
    errand.begin(lambda: 2, done.append, lambda error: None)
    scene.wait(lambda: done)
    assert done == [2]


def test_an_errand_that_fails_by_itself_is_told(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    said: list[str] = []
    errand = Errand(scene.dialog)

    def broken() -> int:
        raise ValueError("oh")

    errand.begin(broken, lambda _: None, lambda error: said.append(str(error)))
    scene.wait(lambda: said)
    assert said == ["Etoile itself failed: oh."]
    caplog.clear()
