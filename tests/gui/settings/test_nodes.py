"""Nodes in the settings: added, changed, tried, removed; their keys in the keyring and nowhere else."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from etoile.config import Node, load
from etoile.errors import ConfigError, NodeUnauthorised, NodeUnreachable
from etoile.gui.label import DOT
from etoile.gui.settings.asking import Asking
from etoile.gui.settings.cards import CardsGroup
from etoile.gui.settings.entries import Entries
from etoile.gui.settings.node_form import NodeForm, found
from etoile.gui.settings.nodes import NodesGroup
from etoile.llm.trying import Tried
from etoile.text import message, render
from tests.gui.settings.scene import Scene, write


def open_form(scene: Scene, button: str = "Add a node") -> NodeForm:
    """Open the form by its button."""
    scene.button(button).click()
    QApplication.processEvents()
    form: Any = scene.dialog.findChildren(NodesGroup)[0].open
    assert isinstance(form, NodeForm)
    return form


@pytest.fixture
def nodes(scene: Scene) -> Scene:
    return scene.show("nodes")


def closed(scene: Scene) -> bool:
    """Whether no form and no question is open."""
    return scene.dialog.findChildren(NodesGroup)[0].open is None


def saved(scene: Scene) -> dict[str, Node]:
    """Return the nodes of the file, by name."""
    return {node.name: node for node in load(scene.path, must_exist=True).nodes}


def test_a_node_is_added_by_keyboard_alone(nodes: Scene) -> None:
    form = open_form(nodes)
    assert form.name.hasFocus()
    QTest.keyClicks(form.name, "zephyr")
    QTest.keyClick(form.name, Qt.Key.Key_Tab)
    QTest.keyClicks(nodes.dialog.focusWidget(), "http://10.5.0.9:11434")
    QTest.keyClick(form.url, Qt.Key.Key_Return)
    nodes.wait(lambda: closed(nodes))
    assert saved(nodes)["zephyr"] == Node(name="zephyr", url="http://10.5.0.9:11434")
    assert nodes.button("Change zephyr").isVisible()
    assert "# under the desk" in nodes.path.read_text()


def test_what_is_wrong_is_told_where_it_stands(nodes: Scene) -> None:
    form = open_form(nodes)
    write(form.name, "Athena")
    write(form.url, "10.5.0.9:11434")
    assert "nodes[2].url" in form.url_row.wrong.text
    write(form.url, "http://10.5.0.9:11434")
    assert not form.url_row.wrong.isVisible()
    assert 'two nodes are called "Athena"' in form.name_row.wrong.text
    before = nodes.path.read_text()
    form.save.click()
    assert nodes.path.read_text() == before
    assert not closed(nodes)
    QTest.keyClick(form.name, Qt.Key.Key_Escape)
    assert closed(nodes)


def test_a_node_is_tried_off_the_main_thread_before_it_is_saved(nodes: Scene) -> None:
    form = open_form(nodes)
    write(form.name, "zephyr")
    write(form.url, "http://10.5.0.9:11434")
    form.dialect.setFocus()
    QTest.keyClicks(form.dialect, "O")
    form.test.click()
    nodes.wait(lambda: "42 ms" in form.verdict.text())
    assert form.verdict.text() == "It answered within 42 ms and has 2 models: qwen3-30b, gemma3."
    [(node, key)] = nodes.outside.tried
    assert (node.name, node.url, key) == ("zephyr", "http://10.5.0.9:11434", None)
    assert nodes.outside.threads == {"settings errand"}
    assert "zephyr" not in saved(nodes)


def test_the_exact_error_of_a_trial_is_told(nodes: Scene) -> None:
    nodes.outside.answer = NodeUnreachable(message("nothing listens there"), message("Start the server."))
    form = open_form(nodes, "Change athena")
    form.test.click()
    nodes.wait(form.foot.isVisible)
    assert form.foot.text == "nothing listens there Start the server."
    write(form.url, "http://10.5.0.9:11434")
    assert not form.foot.isVisible()


def test_a_key_goes_into_the_keyring_and_not_into_the_file(nodes: Scene) -> None:
    form = open_form(nodes, "Change athena")
    assert not form.key_row.isVisible()
    form.keyed.setFocus()
    QTest.keyClick(form.keyed, Qt.Key.Key_Down)
    assert form.key.echoMode() is QLineEdit.EchoMode.Password
    write(form.key, "sk-athena")
    form.test.click()
    nodes.wait(lambda: nodes.outside.tried)
    assert nodes.outside.tried[0][1] == "sk-athena"
    form.save.click()
    nodes.wait(lambda: closed(nodes))
    assert nodes.outside.ring["athena"] == "sk-athena"
    assert saved(nodes)["athena"].key == "keyring"
    assert "sk-athena" not in nodes.path.read_text()


def test_a_keyring_that_refuses_is_told_and_nothing_is_written(nodes: Scene) -> None:
    nodes.outside.ring_fails = NodeUnauthorised(message("this computer's keyring cannot be written"))
    before = nodes.path.read_text()
    form = open_form(nodes, "Change hermes")
    write(form.key, "sk-new")
    form.save.click()
    nodes.wait(form.foot.isVisible)
    assert nodes.path.read_text() == before
    assert form.save.isEnabled()


@pytest.mark.parametrize("of", [(NodesGroup, "nodes", "Add a node"), (CardsGroup, "alerts", "Add a card")])
def test_an_error_goes_when_a_form_is_opened_and_when_it_is_closed(
    nodes: Scene, of: tuple[type[Entries], str, str]
) -> None:
    kind, page, add = of
    group = nodes.show(page).dialog.findChildren(kind)[0]
    group.wrong.say(ConfigError(message("No card is seen now.")))
    nodes.button(add).click()
    nodes.wait(lambda: group.open is not None)
    assert group.wrong.text == ""
    group.wrong.say(ConfigError(message("No card is seen now.")))
    QTest.keyClick(group.open, Qt.Key.Key_Escape)  # type: ignore[call-overload]
    assert group.open is None
    assert group.wrong.text == ""


def test_a_node_of_another_name_keeps_its_key(nodes: Scene) -> None:
    form = open_form(nodes, "Change hermes")
    assert form.key.placeholderText() == "Unchanged"
    write(form.name, "iris")
    form.save.click()
    nodes.wait(lambda: nodes.outside.ring == {"iris": "sk-hermes"})
    assert saved(nodes)["iris"].key == "keyring"


def test_a_variable_of_the_environment_is_named(nodes: Scene) -> None:
    form = open_form(nodes, "Change hermes")
    form.keyed.setFocus()
    QTest.keyClick(form.keyed, Qt.Key.Key_End)
    form.save.click()
    assert "environment variable" in form.key_row.wrong.text
    write(form.key, "HERMES_KEY")
    form.save.click()
    nodes.wait(lambda: closed(nodes) and not nodes.outside.ring)
    assert saved(nodes)["hermes"].key == "env:HERMES_KEY"


def test_removing_asks_first_and_takes_the_key_along(nodes: Scene) -> None:
    nodes.button("Remove hermes").click()
    [asking] = nodes.dialog.findChildren(Asking)
    assert asking.cancel.hasFocus()
    QTest.keyClick(asking.cancel, Qt.Key.Key_Escape)
    assert "hermes" in saved(nodes)
    nodes.button("Remove hermes").click()
    nodes.dialog.findChildren(NodesGroup)[0].open.verb.click()  # type: ignore[union-attr]
    nodes.wait(lambda: not nodes.outside.ring)
    assert list(saved(nodes)) == ["athena"]


def test_a_secret_in_an_address_is_not_shown(nodes: Scene) -> None:
    shown = [label.text() for label in nodes.dialog.page.findChildren(QLabel)]
    assert f"OpenAI-compatible{DOT}https://hermes.example:8443" in shown
    assert not any("secret" in text for text in shown)


def test_nodes_written_by_hand_are_listed(nodes: Scene) -> None:
    nodes.path.write_text('[[nodes]]\nname = "iris"\nurl = "http://10.5.0.7:1234"\n')
    nodes.file.reload()
    assert nodes.button("Change iris")
    nodes.path.write_text("")
    nodes.file.reload()
    assert any("None yet" in label.text() for label in nodes.dialog.page.findChildren(QLabel))


def test_many_models_are_counted() -> None:
    answer = Tried(tuple(f"m{number}" for number in range(9)), (), 3.2)
    assert render(found(answer), "en") == "It answered within 3 ms and has 9 models: m0, m1, m2, m3, m4, m5, …."
    assert render(found(Tried((), (), 3.2)), "en") == "It answered within 3 ms, and has no model."
