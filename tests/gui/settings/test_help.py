"""F1 and the links: each page and each error leads to its help; the first steps are opened again."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from etoile.errors import NodeUnreachable
from etoile.gui.settings.dialog import HELP
from etoile.gui.settings.node_form import NodeForm
from etoile.gui.settings.pages import TITLES, SettingsPages
from etoile.llm.pages import LANGUAGES, about, topics
from etoile.text import message
from tests.gui.settings.scene import Scene, write


@pytest.mark.parametrize("page", TITLES)
def test_every_page_has_its_help_in_every_language(scene: Scene, page: str) -> None:
    assert all(HELP[page] in topics(language) or about(HELP[page], language) for language in LANGUAGES)
    scene.show(page)
    scene.wait(scene.dialog.isActiveWindow)
    QTest.keyClick(scene.dialog, Qt.Key.Key_F1)
    assert scene.helped == [HELP[page]]


def test_what_is_wrong_leads_to_its_own_help(scene: Scene) -> None:
    scene.outside.answer = NodeUnreachable(message("nothing listens there"))
    scene.show("nodes").button("Change athena").click()
    form = scene.dialog.findChildren(NodeForm)[0]
    form.test.click()
    scene.wait(form.foot.isVisible)
    form.foot.more.click()
    assert scene.helped == ["NodeUnreachable"]
    write(form.url, "athena")
    QTest.keyClick(form.url, Qt.Key.Key_F1)
    assert scene.helped[-1] == "ConfigError"


def test_the_first_steps_are_opened_again(scene: Scene) -> None:
    opened: list[bool] = []
    pages = SettingsPages(
        look=scene.look,
        file=scene.file,
        outside=scene.outside,
        open_file=lambda: None,
        open_first_steps=lambda: opened.append(True),
    )
    dialog = pages.dialog()
    scene.dialog.close()
    scene.dialog = dialog
    scene.show("general").button("Show the first steps").click()
    assert opened == [True]
