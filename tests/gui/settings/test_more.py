"""What few people need: the rest of a node, limits of single cards, what each kind of request takes."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from etoile.config import AlertsOfGpu, Node, load
from etoile.gui.design import Look
from etoile.gui.settings.cards import CardsGroup
from etoile.gui.settings.group import SettingGroup
from etoile.gui.settings.matrix import MatrixGroup, as_steps, as_steps_line
from etoile.gui.settings.node_form import NodeForm
from etoile.gui.settings.pages import TITLES
from etoile.gui.settings.several import Several
from tests.gui.settings.scene import Scene, write


def press(field: object, key: Qt.Key) -> None:
    QTest.keyClick(field, key)  # type: ignore[call-overload]


class TestNode:
    @pytest.fixture
    def form(self, scene: Scene) -> NodeForm:
        scene.show("nodes").button("Change athena").click()
        form = scene.dialog.findChildren(NodeForm)[0]
        form.fold.button.setFocus()
        press(form.fold.button, Qt.Key.Key_Return)
        return form

    def test_everything_that_a_node_can_be_told_is_written(self, scene: Scene, form: NodeForm) -> None:
        more = form.more
        for chip in ("code", "review"):
            more.roles.chips[chip].setFocus()
            press(more.roles.chips[chip], Qt.Key.Key_Return)
        press(more.tools.chips["etoile"], Qt.Key.Key_Space)
        write(more.models, "code = qwen3-coder:30b, review=gemma3")
        write(more.never, "llama2, phi")
        write(more.weight, "-20")
        write(more.most, "4")
        more.gpus.setFocus()
        press(more.gpus, Qt.Key.Key_End)
        write(more.gpus_named, "http://10.5.0.2:9400/metrics")
        press(more.gpus_named, Qt.Key.Key_Return)
        scene.wait(lambda: not scene.dialog.findChildren(NodeForm) or not form.isVisible())
        node = load(scene.path, must_exist=True).nodes[0]
        assert node == Node(
            name="athena",
            url="http://10.5.0.2:1234",
            dialect="lmstudio",
            roles=("code", "review"),
            models={"code": "qwen3-coder:30b", "review": "gemma3"},
            never=("llama2", "phi"),
            tools=("etoile",),
            weight=-20.0,
            max_in_flight=4,
            gpus="http://10.5.0.2:9400/metrics",
        )
        assert "# under the desk" in scene.path.read_text()

    @pytest.mark.parametrize(
        ("key", "typed", "wrong"),
        [
            ("weight", "1000", "must be between -300"),
            ("weight", "much", "A number is wanted here."),
            ("most", "0", "must be between 1"),
            ("most", "1.5", "A whole number is wanted here."),
            ("models", "code qwen", "Write ROLE = MODEL"),
            ("models", "cook = qwen", "the roles are classify"),
        ],
    )
    def test_what_is_wrong_is_told_in_its_row(self, form: NodeForm, key: str, typed: str, wrong: str) -> None:
        write(getattr(form.more, key), typed)
        place = {"most": "max_in_flight"}.get(key, key)
        assert wrong in form.more.rows[place].wrong.text
        assert not form.foot.isVisible()

    def test_a_model_that_is_forbidden_and_named_is_told(self, form: NodeForm) -> None:
        write(form.more.never, "gemma3")
        write(form.model, "gemma3")
        assert "“never” forbids it" in form.model_row.wrong.text

    @pytest.mark.parametrize(
        ("gpus", "place", "line"),
        [
            ("local", "local", ""),
            ("http://a:9400/metrics", "named", "http://a:9400/metrics"),
            (("GPU-1", "GPU-2"), "named", "GPU-1, GPU-2"),
            (None, "", ""),
        ],
    )
    def test_where_its_gpus_are_comes_back_as_it_was(
        self, form: NodeForm, gpus: str | tuple[str, ...] | None, place: str, line: str
    ) -> None:
        node = Node(name="a", url="http://a", gpus=gpus)
        form.more.show_node(node)
        assert (form.more.gpus.value, form.more.gpus_named.text()) == (place, line)
        assert form.more.node(node) == node

    def test_a_uuid_that_is_none_is_told(self, form: NodeForm) -> None:
        form.more.gpus.setFocus()
        press(form.more.gpus, Qt.Key.Key_End)
        assert "UUID is wanted" in form.more.rows["gpus"].wrong.text
        write(form.more.gpus_named, "card one")
        assert "nodes[0].gpus" in form.more.rows["gpus"].wrong.text


class TestCards:
    @pytest.fixture
    def group(self, scene: Scene) -> CardsGroup:
        return scene.show("alerts").dialog.findChildren(CardsGroup)[0]

    def test_limits_of_a_card_are_added_changed_and_removed_by_keyboard(self, scene: Scene, group: CardsGroup) -> None:
        group.add_button.setFocus()
        press(group.add_button, Qt.Key.Key_Return)
        scene.wait(lambda: group.open and group.open.card.hasFocus())
        assert group.open
        press(group.open.card, Qt.Key.Key_Down)
        write(group.open.fields["warning_c"], "60")
        press(group.open.fields["warning_c"], Qt.Key.Key_Return)
        assert load(scene.path, must_exist=True).alerts.gpus == (AlertsOfGpu(uuid="GPU-2", warning_c=60),)
        scene.button("Change GPU 1 · GeForce RTX 3080").click()
        scene.wait(lambda: group.open)
        press(group.open.silent, Qt.Key.Key_Space)
        group.open.save.click()
        assert load(scene.path, must_exist=True).alerts.gpus[0].silent
        scene.button("Remove GPU 1 · GeForce RTX 3080").click()
        assert load(scene.path, must_exist=True).alerts.gpus == ()
        assert "# a small case" in scene.path.read_text()

    def test_what_makes_no_sense_is_told_in_its_place(self, scene: Scene, group: CardsGroup) -> None:
        group.add_button.click()
        scene.wait(lambda: group.open)
        assert group.open
        write(group.open.fields["memory_percent"], "200")
        assert "between 1" in group.open.rows["memory_percent"].wrong.text
        write(group.open.fields["memory_percent"], "90")
        write(group.open.fields["warning_c"], "95")
        assert "warning_c must be below critical_c" in group.open.foot.text
        press(group.open.fields["warning_c"], Qt.Key.Key_Escape)
        assert group.open is None

    def test_cards_that_are_named_by_hand_stay_named_so(self, scene: Scene, group: CardsGroup) -> None:
        scene.path.write_text('[[alerts.gpus]]\nname = "3080"\nwarning_c = 70\n[[alerts.gpus]]\nindex = 3\n')
        scene.file.reload()
        labels = [label.text() for label in group.findChildren(QLabel)]
        assert {"3080", "Warning 70 °C", "GPU 3", "As for all cards"} <= set(labels)
        scene.button("Change 3080").click()
        scene.wait(lambda: group.open)
        assert group.open
        write(group.open.fields["critical_c"], "80")
        group.open.save.click()
        first, _ = load(scene.path, must_exist=True).alerts.gpus
        assert first == AlertsOfGpu(name="3080", warning_c=70, critical_c=80)


class TestMatrix:
    @pytest.mark.parametrize(
        ("line", "steps"),
        [
            ("code, review", ["code", "review"]),
            ("analyse + search, validate", [["analyse", "search"], "validate"]),
            (" respond ,", ["respond"]),
            ("", []),
        ],
    )
    def test_steps_are_read(self, line: str, steps: list[object]) -> None:
        assert as_steps(line) == steps

    def test_steps_are_written_and_shown(self, scene: Scene) -> None:
        row = scene.show("nodes").dialog.findChildren(MatrixGroup)[0].rows["trading"]
        assert row.control.placeholderText() == "analyse + search, validate"
        write(row.control, "analyse, review + validate")
        press(row.control, Qt.Key.Key_Return)
        written = load(scene.path, must_exist=True).routing.matrix
        assert written == {"trading": ("analyse", ("review", "validate"))}
        assert as_steps_line((("analyse",), ("review", "validate"))) == row.control.text()
        write(row.control, "cook")
        assert "Invalid enum value 'cook'. Write one of these: \"analyse\"" in row.wrong.text
        row.control.selectAll()
        press(row.control, Qt.Key.Key_Delete)
        press(row.control, Qt.Key.Key_Return)
        assert load(scene.path, must_exist=True).routing.matrix == {}


@pytest.mark.parametrize("page", TITLES)
def test_at_a_large_scale_on_a_small_screen_nothing_is_cut_off_at_the_right(look: Look, path: Path, page: str) -> None:
    """1366 x 768 at 250 % leaves 546 x 307."""
    scene = Scene(Look("fr", "dark"), path)
    scene.dialog.setMinimumSize(0, 0)
    scene.dialog.resize(546, 307)
    scene.show(page)
    for group in scene.dialog.findChildren(SettingGroup):
        if group.fold:
            group.fold.show_rows(True)
    if page == "nodes":
        scene.button("Modifier athena").click()
        scene.dialog.findChildren(NodeForm)[0].fold.show_rows(True)
    scene.wait(lambda: scene.dialog.width() == 546)
    scroll = scene.dialog.page._scroll
    content = scroll.widget()
    assert content
    assert content.minimumSizeHint().width() <= scroll.viewport().width()
    scene.close()


def test_kinds_for_the_cloud_are_chosen_one_by_one(scene: Scene) -> None:
    several = scene.show("privacy").row("cloud").control
    assert isinstance(several, Several)
    for kind in ("web", "code", "web"):
        several.chips[kind].setFocus()
        press(several.chips[kind], Qt.Key.Key_Space)
    assert load(scene.path, must_exist=True).routing.cloud == ("code",)
    assert "May go to cloud nodes" in several.chips["web"].accessibleDescription()


def test_a_command_is_cut_as_a_shell_cuts_it(scene: Scene) -> None:
    scene.show("voice")
    group = next(group for group in scene.dialog.findChildren(SettingGroup) if group.fold)
    assert group.fold
    assert not scene.row("engine_command").isVisible()
    press(group.fold.button, Qt.Key.Key_Space)
    write(scene.field("engine_command"), "piper --model 'a voice.onnx'")
    press(scene.field("engine_command"), Qt.Key.Key_Return)
    assert load(scene.path, must_exist=True).speech.engine_command == ("piper", "--model", "a voice.onnx")
    write(scene.field("engine_command"), "piper 'open")
    assert scene.row("engine_command").wrong.text == "A quote is not closed."
    write(scene.field("hotwords"), "nodes, Zorglub ,")
    press(scene.field("hotwords"), Qt.Key.Key_Return)
    assert load(scene.path, must_exist=True).speech.hotwords == ("nodes", "Zorglub")
