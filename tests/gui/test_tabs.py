"""The head of the window: its tabs are read whole, whatever the room; what is asked keeps its buttons in sight."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from etoile.domain.state import State
from etoile.gui.composer import Composer
from etoile.gui.design import Look
from etoile.gui.header import Header
from etoile.gui.question import Confirmation, Suggestions
from etoile.gui.severity import Severity
from etoile.gui.tabs import Tab, Tabs
from etoile.gui.window import Window
from etoile.text import message
from tests.gui import states

TITLES = {key: message(key) for key in ("Conversation", "GPU", "Nodes", "History")}


@pytest.fixture
def tabs(qtbot: QtBot, look: Look) -> Tabs:
    made = Tabs(look, TITLES, lambda key: None)
    qtbot.addWidget(made)
    made.show_chosen("GPU")
    made.show()
    return made


@pytest.mark.parametrize("width", [200, 260, 320, 348, 700])
@pytest.mark.parametrize("severity", [None, Severity.CRITICAL])
def test_no_tab_is_cut(tabs: Tabs, qtbot: QtBot, width: int, severity: Severity | None) -> None:
    for key in TITLES:
        tabs.show_attention(key, severity)
    tabs.resize(width, tabs.heightForWidth(width))
    found = tabs.findChildren(Tab)

    def are_whole() -> bool:
        whole = all(tab.width() >= tab.sizeHint().width() for tab in found)
        return whole and all(tabs.rect().contains(tab.geometry()) for tab in found)

    qtbot.waitUntil(are_whole)
    tabs.resize(width, tabs.heightForWidth(width))
    qtbot.waitUntil(are_whole)
    places = [tab.geometry() for tab in found]
    assert not any(one.intersects(other) for at, one in enumerate(places) for other in places[:at])


def test_they_move_together_before_they_take_a_second_row(tabs: Tabs, qtbot: QtBot) -> None:
    tabs.resize(2000, 40)
    wide = sum(tab.sizeHint().width() for tab in tabs.findChildren(Tab))
    tabs.resize(wide - 10, 40)
    qtbot.waitUntil(lambda: len({tab.y() for tab in tabs.findChildren(Tab)}) == 1)
    tabs.resize(wide // 2, 80)
    qtbot.waitUntil(lambda: len({tab.y() for tab in tabs.findChildren(Tab)}) == 2)


def test_the_summary_keeps_its_end(qtbot: QtBot, look: Look) -> None:
    header = Header(look, lambda: None, lambda: None)
    qtbot.addWidget(header)
    header.resize(270, 48)
    header.show()
    muted = replace(states.CALM, microphone_open=True, turn=states.turn(muted=True))
    header.show_state(muted)
    qtbot.waitUntil(lambda: header._summary.text().startswith("…"))
    whole = header._summary.accessibleName()
    assert whole.endswith(header._summary.text().lstrip("…"))


THREE = states.question(*(message("Open {app}", app=app) for app in ("Firefox", "Firewall settings", "Files")))


@pytest.mark.parametrize("size", [(380, 307), (440, 259)], ids=["1366x768 at 250 %", "with a panel of the desktop"])
@pytest.mark.parametrize("turn", [states.CONFIRMING, replace(states.PROPOSING, question=THREE)])
def test_on_a_low_screen_what_is_asked_and_the_composer_are_whole(
    window: Window, qtbot: QtBot, size: tuple[int, int], turn: object
) -> None:
    state: State = replace(states.CALM, turn=turn)  # type: ignore[arg-type]
    window.show_state(state)
    window.present()
    window.resize(*size)

    def place(part: QWidget) -> QRect:
        return QRect(part.mapTo(window, QPoint(0, 0)), part.size())

    def are_whole() -> bool:
        view = window.findChild(Confirmation) or window.findChild(Suggestions)
        parts = [*view.answers, window.findChild(Composer)]
        places = [place(part) for part in parts]
        apart = not any(one.intersects(other) for at, one in enumerate(places) for other in places[:at])
        return apart and all(window.face.contains(one) for one in places)

    qtbot.waitUntil(are_whole)
    assert window.height() == size[1]
