"""The tray: its tool tip, its menu, its clicks."""

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from etoile.domain.alerting.scope import Scope
from etoile.domain.events import AlertsSnoozed, GpusRead, SpeechStopped, TalkToggled, VoiceMuted, WakeWordWanted
from etoile.domain.nodes import NodeState
from etoile.domain.state import advance
from etoile.domain.turn import Phase
from etoile.gui.button import Button
from etoile.gui.design import Look
from etoile.gui.tray import Tray
from etoile.gui.window import Window
from tests.gui import states
from tests.gui.conftest import Desk, Visitor


@pytest.fixture
def tray(qtbot: QtBot, look: Look, window: Window, visitor: Visitor, desk: Desk) -> Iterator[Tray]:
    made = Tray(look, visitor.doors(), window, now_s=lambda: desk.now_s)
    made.show_state(states.CALM)
    yield made
    made.hide()


def _lines(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def _action(menu: QMenu, text: str) -> QAction:
    inner = [action for part in menu.actions() if isinstance(part.menu(), QMenu) for action in part.menu().actions()]
    own = [action for action in menu.actions() if action.text() == text]
    found = own or [action for action in inner if action.text() == text]
    assert len(found) == 1, _lines(menu)
    return found[0]


def _snooze_menu(tray: Tray) -> QMenu:
    """Return the menu of snoozes."""
    found = [action.menu() for action in tray.menu.actions() if "snooze" in action.text().lower()]
    assert isinstance(found[0], QMenu)
    return found[0]


def _gpu_menu(tray: Tray, title: str) -> QMenu:
    """Return the snoozes of one GPU."""
    found = [action.menu() for action in _snooze_menu(tray).actions() if action.text() == title]
    assert isinstance(found[0], QMenu)
    return found[0]


def test_the_menu_reaches_everything(tray: Tray) -> None:
    tray.menu.aboutToShow.emit()
    assert _lines(tray.menu) == [
        "Ready",
        "GPU 0 on athena: 62 °C, load 99 %, 19.8\u00a0GiB of 24.0\u00a0GiB",
        "Talk",
        "Ask…",
        "Show the window",
        "Nodes",
        "Stop speaking",
        "Mute the voice",
        "Listen for “jarvis”",
        "Snooze alerts",
        "Settings…",
        "First steps…",
        "Help",
        "Quit",
    ]


def test_the_wake_word_is_switched_and_shown(tray: Tray, visitor: Visitor) -> None:
    action = _action(tray.menu, "Listen for “jarvis”")
    assert not action.isChecked()
    action.trigger()
    assert visitor.events == [WakeWordWanted(wanted=True)]
    tray.show_state(replace(states.CALM, listening_for="jarvis"))
    assert action.isChecked()
    assert tray.icon.toolTip().startswith("Etoile — Ready, listening for “jarvis”")
    action.trigger()
    assert visitor.events[-1] == WakeWordWanted(wanted=False)


def test_the_tool_tip_has_a_line_for_each_gpu(tray: Tray) -> None:
    lines = tray.icon.toolTip().splitlines()
    assert lines[0] == "Etoile — Ready"
    assert [line.partition(":")[0] for line in lines[1:]] == ["GPU 0 on athena", "GPU 1 on athena"]


def test_the_hottest_comes_first_in_the_tool_tip(tray: Tray) -> None:
    cool, hot = states.CALM.gpus
    tray.show_state(replace(states.CALM, gpus=(replace(cool, temperature_c=40), replace(hot, temperature_c=90))))
    lines = tray.icon.toolTip().splitlines()
    assert [line.partition(":")[0] for line in lines[1:]] == ["GPU 1 on athena", "GPU 0 on athena"]


def test_actions_publish(tray: Tray, visitor: Visitor, desk: Desk) -> None:
    tray.show_state(replace(states.CALM, turn=states.turn(phase=Phase.SPEAKING)))
    for text in ("Talk", "Stop speaking", "Mute the voice"):
        _action(tray.menu, text).trigger()
    for text in ("For 10\u00a0min", "For 1\u00a0h", "Until Etoile starts again"):
        _action(_snooze_menu(tray), text).trigger()
    assert visitor.events == [
        TalkToggled(desk.now_s),
        SpeechStopped(),
        VoiceMuted(True),
        AlertsSnoozed(desk.now_s + 600),
        AlertsSnoozed(desk.now_s + 3600),
        AlertsSnoozed(math.inf),
    ]
    _action(tray.menu, "Settings…").trigger()
    _action(tray.menu, "Quit").trigger()
    assert visitor.called == ["settings", "quit"]


def test_a_snooze_can_be_seen_and_ended(tray: Tray, visitor: Visitor, desk: Desk) -> None:
    assert not _action(_snooze_menu(tray), "Alert again").isEnabled()
    tray.show_state(advance(states.CALM, AlertsSnoozed(desk.now_s + 60))[0])
    assert "Alerts are snoozed" in _lines(tray.menu)
    _action(_snooze_menu(tray), "Alert again").trigger()
    assert visitor.events == [AlertsSnoozed(0.0)]
    desk.now_s += 61
    tray.menu.aboutToShow.emit()
    assert "Snooze alerts" in _lines(tray.menu)


def test_one_gpu_can_be_snoozed_until_it_cools(tray: Tray, visitor: Visitor, desk: Desk) -> None:
    assert _lines(_snooze_menu(tray))[-2:] == ["GPU 0 on athena", "GPU 1 on athena"]
    first, second = states.CALM.gpus
    assert not _action(_gpu_menu(tray, "GPU 1 on athena"), "Until it cools").isEnabled()
    hot = states.CALM
    for at_s in range(1, 30):
        reading = replace(second, temperature_c=80, at_s=float(at_s))
        hot, _ = advance(hot, GpusRead((first, reading), float(at_s)))
    tray.show_state(hot)
    until_it_cools = _action(_gpu_menu(tray, "GPU 1 on athena"), "Until it cools")
    until_it_cools.trigger()
    assert visitor.events == [AlertsSnoozed(math.inf, Scope(subject="GPU-1"), until_over=True)]
    tray.show_state(advance(hot, visitor.events[0])[0])
    assert "GPU 1 on athena: snoozed" in _lines(_snooze_menu(tray))
    _action(_gpu_menu(tray, "GPU 1 on athena: snoozed"), "Alert again").trigger()
    assert visitor.events[1:] == [AlertsSnoozed(0.0, Scope(subject="GPU-1"))]


def test_nodes_are_listed_and_a_found_one_is_used_after_a_click(tray: Tray, visitor: Visitor) -> None:
    found = states.node("Ollama", state=NodeState.UNCONFIRMED, url="http://127.0.0.1:11434")
    tray.show_state(replace(states.CALM, nodes=(*states.NODES, found)))
    use = _action(tray.menu, "Use Ollama (http://127.0.0.1:11434)")
    assert not _action(tray.menu, "M1: Online").isEnabled()
    assert not _action(tray.menu, "M2: Unreachable").isEnabled()
    use.trigger()
    assert visitor.confirmed == ["Ollama"]


def test_the_menu_follows_what_goes_on(tray: Tray) -> None:
    tray.show_state(replace(states.CALM, turn=states.turn(phase=Phase.LISTENING, muted=True)))
    assert _lines(tray.menu)[0] == "Listening"
    assert _action(tray.menu, "Stop listening").isEnabled()
    assert _action(tray.menu, "Mute the voice").isChecked()
    assert not _action(tray.menu, "Stop speaking").isEnabled()


def test_speech_can_be_stopped_while_the_answer_is_still_coming(tray: Tray) -> None:
    def stoppable(**values: object) -> bool:
        tray.show_state(replace(states.CALM, turn=states.turn(phase=Phase.THINKING, **values)))
        return _action(tray.menu, "Stop speaking").isEnabled()

    assert [stoppable(spoken=0), stoppable(spoken=20), stoppable(spoken=20, hushed=True)] == [False, True, False]


def test_a_click_shows_and_hides_the_window_and_ask_shows_it(tray: Tray, window: Window) -> None:
    click = QSystemTrayIcon.ActivationReason.Trigger
    tray.icon.activated.emit(click)
    assert window.isVisible()
    tray.menu.aboutToShow.emit()
    assert "Hide the window" in _lines(tray.menu)
    tray.icon.activated.emit(click)
    assert not window.isVisible()
    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)
    assert not window.isVisible()
    _action(tray.menu, "Ask…").trigger()
    assert window.isVisible()


def test_the_menu_opens_from_the_window_as_well(tray: Tray, window: Window, qtbot: QtBot) -> None:
    window.present()
    QApplication.processEvents()
    more = next(button for button in window.findChildren(Button) if button.accessibleName() == "Menu")
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert tray.menu.isVisible()
    tray.menu.hide()


def test_what_has_not_changed_is_not_sent_again(tray: Tray, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(tray.icon, "setIcon", lambda _: sent.append("icon"))
    monkeypatch.setattr(tray.icon, "setToolTip", lambda _: sent.append("tip"))
    tray.show_state(states.CALM)
    assert sent == []
    tray.show_state(replace(states.CALM, nodes=()))
    assert sent == ["icon"]
