"""Rows of settings: each describes one that exists; what is chosen or typed is in the file, or told why not."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from etoile.config import AlertsOfGpu, Config, Node, load
from etoile.config.later import LATER
from etoile.gui.design import Look
from etoile.gui.settings import node_rows, rows, speech_rows
from etoile.gui.settings.cards import NUMBERS
from etoile.gui.settings.controls import Choice, Field, Switch, as_number, as_text
from etoile.gui.settings.dialog import WIDTH
from etoile.gui.settings.group import Fold
from etoile.gui.settings.kinds import Control, kind_of
from etoile.gui.settings.node_form import NodeForm
from etoile.gui.settings.pages import TITLES
from etoile.gui.settings.row import Group, Row
from etoile.gui.settings.several import Chip
from tests.gui.settings.scene import Scene, write

GROUPS = [group for file in (rows, speech_rows, node_rows) for group in vars(file).values() if isinstance(group, Group)]
ROWS = [row for group in GROUPS for row in (*group.rows, *group.more)]
ELSEWHERE = {
    "version": "counts the forms of the file: nobody sets it",
    "nodes": "a form of their own",
    "alerts.gpus": "a form of their own",
    "routing.matrix": "a row for each kind",
    "speech.voices": "a row for each language, with a button to hear it",
}
"""Keys of the file without a row in these tables, each with the reason."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.place)
def test_each_row_is_of_a_setting_and_names_all_that_may_be_chosen(row: Row) -> None:
    kind = kind_of(row.section, row.key)
    assert frozenset(row.words) == kind.choices
    if kind.control in (Control.WHOLE, Control.NUMBER):
        assert kind.range is not None


def keys() -> set[str]:
    """Return every key that the file may hold, by its name."""
    found = set[str]()
    for section in msgspec.structs.fields(Config):
        table = section.type
        if isinstance(table, type) and issubclass(table, msgspec.Struct):
            found |= {f"{section.name}.{key.name}" for key in msgspec.structs.fields(table)}
        else:
            found.add(section.name)
    return found


def test_every_key_of_the_file_can_be_set_in_the_window() -> None:
    assert {row.place for row in ROWS} | set(ELSEWHERE) == keys()
    assert set(LATER) <= keys()


def test_every_key_of_a_node_and_of_a_card_is_in_its_form(scene: Scene) -> None:
    scene.show("nodes").button("Add a node").click()
    form = scene.dialog.findChildren(NodeForm)[0]
    usual = {"name", "url", "dialect", "model", "key", "local"}
    assert usual | set(form.more.rows) == {field.name for field in msgspec.structs.fields(Node)}
    chosen = {"uuid", "name", "index", "silent"}
    assert chosen | set(NUMBERS) == {field.name for field in msgspec.structs.fields(AlertsOfGpu)}


def test_no_setting_has_two_rows() -> None:
    assert len({row.place for row in ROWS}) == len(ROWS)


def test_there_is_no_kind_for_what_does_not_exist() -> None:
    with pytest.raises(KeyError):
        kind_of("speech", "volume")


def test_a_switch_a_choice_and_a_number_are_written_at_once(scene: Scene) -> None:
    scene.show("voice")
    switch, choice = scene.row("earcons").control, scene.row("speak").control
    assert isinstance(switch, Switch)
    assert isinstance(choice, Choice)
    assert switch.isChecked()
    switch.setFocus()
    QTest.keyClick(switch, Qt.Key.Key_Return)
    choice.setFocus()
    QTest.keyClick(choice, Qt.Key.Key_End)
    write(scene.field("rate_wpm"), "220")
    QTest.keyClick(scene.field("rate_wpm"), Qt.Key.Key_Return)
    speech = load(scene.path, must_exist=True).speech
    assert (speech.earcons, speech.speak, speech.rate_wpm) == (False, "never", 220)
    assert "# under the desk" in scene.path.read_text()


def test_what_is_typed_is_written_when_nobody_types_any_more(scene: Scene) -> None:
    scene.show("voice")
    write(scene.field("rate_wpm"), "230")
    scene.wait(lambda: load(scene.path, must_exist=True).speech.rate_wpm == 230)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("2", "It must be between 50 and 600."),
        ("fast", "A whole number is wanted here."),
        ("200.5", "A whole number is wanted here."),
        ("", "A whole number is wanted here."),
    ],
)
def test_what_makes_no_sense_is_told_in_its_place_and_not_written(scene: Scene, typed: str, wrong: str) -> None:
    scene.show("voice")
    before = scene.path.read_text()
    field, row = scene.field("rate_wpm"), scene.row("rate_wpm")
    write(field, typed) if typed else (field.setFocus(), field.selectAll(), QTest.keyClick(field, Qt.Key.Key_Delete))
    assert row.wrong.isVisible()
    assert row.wrong.text == wrong
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert scene.path.read_text() == before
    write(field, "190")
    assert not row.wrong.isVisible()


def test_a_limit_against_another_is_told_at_once(scene: Scene) -> None:
    scene.show("alerts")
    write(scene.field("warning_c"), "95")
    told = scene.row("warning_c").wrong.text
    assert told == "config.toml: thermal.warning_c (95) must be below thermal.critical_c (85)."


def test_arrows_step_a_number(scene: Scene) -> None:
    scene.show("alerts")
    field = scene.field("warning_c")
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Up)
    QTest.keyClick(field, Qt.Key.Key_Up)
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert load(scene.path, must_exist=True).thermal.warning_c == 71


def test_a_group_is_given_its_defaults(scene: Scene) -> None:
    scene.show("alerts")
    write(scene.field("hold_s"), "12.5")
    QTest.keyClick(scene.field("hold_s"), Qt.Key.Key_Return)
    scene.button("Reset: Heat").click()
    assert load(scene.path, must_exist=True).thermal == Config().thermal
    assert scene.field("warning_c").text() == "75"
    assert not [
        one for one in scene.dialog.findChildren(QWidget) if one.accessibleName() == "Reset: Heat" and one.isVisible()
    ]
    assert "rate_wpm = 200" in scene.path.read_text()


def test_what_is_changed_by_hand_is_shown_but_what_is_being_typed_stays(scene: Scene) -> None:
    scene.show("alerts")
    write(scene.field("warning_c"), "7")
    scene.path.write_text(scene.path.read_text() + "\n[alerts]\nmemory_percent = 80\n")
    scene.file.reload()
    assert scene.field("memory_percent").text() == "80"
    assert scene.field("warning_c").text() == "7"


def test_a_broken_file_is_told_above_the_page(scene: Scene) -> None:
    scene.show("general")
    scene.path.write_text("[speech\n")
    scene.file.reload()
    scene.button("Open the file").click()
    assert scene.opened == [scene.path]


def test_in_a_narrow_window_the_button_of_a_broken_file_stands_below_what_is_wrong(scene: Scene) -> None:
    dialog = scene.dialog
    scene.show("general")
    scene.path.write_text("[speech\n")
    scene.file.reload()
    button, wrong = scene.button("Open the file"), dialog._wrong
    dialog.resize(dialog.minimumWidth(), 400)
    scene.wait(lambda: button.geometry().top() > wrong.geometry().bottom())
    dialog.resize(dialog._look.px(WIDTH), 400)
    scene.wait(lambda: button.geometry().left() > wrong.geometry().right())


def test_french_writes_a_comma_and_takes_a_point_too(qapp: object, scene: Scene) -> None:
    assert as_text(0.7, "fr") == "0,7"
    assert (as_number("0,7"), as_number(" 0.7"), as_number("nan"), as_number("1e999")) == (0.7, 0.7, None, None)


@pytest.mark.parametrize("page", TITLES)
def test_by_keyboard_every_control_is_reached_and_has_a_name(scene: Scene, page: str) -> None:
    scene.show(page)
    for fold in scene.dialog.findChildren(Fold):
        fold.show_rows(True)
    QApplication.processEvents()
    reached: list[QWidget] = []
    QTest.keyClick(scene.dialog, Qt.Key.Key_F6)
    part = QApplication.focusWidget()
    while part is not None and part not in reached:
        reached.append(part)
        QTest.keyClick(part, Qt.Key.Key_Tab)
        part = QApplication.focusWidget()
    assert all(one.accessibleName() for one in reached), [one for one in reached if not one.accessibleName()]
    controls = [
        one for one in scene.dialog.page.findChildren(QWidget) if isinstance(one, Switch | Choice | Field | Chip)
    ]
    assert {one for one in controls if one.isVisible()} <= set(reached)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_is_cut_off(qapp: object, path: object, language: str, theme: str) -> None:
    scene = Scene(Look(language, theme), path)  # type: ignore[arg-type]
    for page in TITLES:
        scene.show(page)
        for line in scene.dialog.page.findChildren(QLineEdit):
            assert line.height() >= line.fontMetrics().height()
    scene.close()
