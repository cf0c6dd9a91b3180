"""The tray: its tool tip, its menu, its clicks."""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QImage, QPainter
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from etoile.config import Config
from etoile.config import Window as WindowSettings
from etoile.domain.alerting.scope import Scope
from etoile.domain.care import Caring
from etoile.domain.events import (
    AlertsSnoozed,
    ConfigChanged,
    GpusRead,
    ModelDownloading,
    SpeechStopped,
    TalkToggled,
    VoiceMuted,
    WakeWordWanted,
)
from etoile.domain.nodes import NodeLoad, NodeState
from etoile.domain.state import State, advance
from etoile.domain.turn import Phase
from etoile.gui.button import Button
from etoile.gui.design import Look
from etoile.gui.page import CONVERSATION, GPU, NODES
from etoile.gui.panel import mostly_light
from etoile.gui.tray import Tray, _icon_of
from etoile.gui.tray_words import tool_tip
from etoile.gui.window import Window
from etoile.text import message
from tests.gui import states
from tests.gui.conftest import Desk, Visitor

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def tray(qtbot: QtBot, look: Look, window: Window, visitor: Visitor, desk: Desk) -> Iterator[Tray]:
    made = Tray(look, visitor.doors(), window, now_s=lambda: desk.now_s, clock=lambda: NOON)
    made.show_state(states.CALM)
    yield made
    made.hide()


def _lines(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.isVisible() and not action.isSeparator()]


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
        "Measuring 2 GPUs",
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
    assert "Alerts are snoozed until 12:01" in _lines(tray.menu)
    _action(_snooze_menu(tray), "Alert again").trigger()
    assert visitor.events == [AlertsSnoozed(0.0)]
    desk.now_s += 61
    tray.menu.aboutToShow.emit()
    assert "Snooze alerts" in _lines(tray.menu)


@pytest.mark.parametrize(
    ("snoozed", "told"),
    [
        (AlertsSnoozed(math.inf), "Alerts are snoozed"),
        (AlertsSnoozed(math.inf, until_over=True), "Alerts are snoozed until it is over"),
        (AlertsSnoozed(math.inf, Scope(subject="GPU-0")), "Snooze alerts"),
    ],
)
def test_until_when_there_is_silence(tray: Tray, snoozed: AlertsSnoozed, told: str) -> None:
    tray.show_state(advance(states.CALM, snoozed)[0])
    assert told in _lines(tray.menu)


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


def test_who_is_thinking_and_since_when(tray: Tray, desk: Desk) -> None:
    tray.show_state(replace(states.CALM, turn=states.turn(phase=Phase.THINKING)))
    desk.now_s += 12
    tray.menu.aboutToShow.emit()
    assert _lines(tray.menu)[0] == "Thinking for 12\u00a0s"
    tray.show_state(replace(states.CALM, turn=states.STREAMING))
    assert _lines(tray.menu)[0] == "Thinking on M1 with qwen3-30b-a3b-2507 for 12\u00a0s"
    queued = message("It waits for a node, at place {place}.", place=2)
    tray.show_state(replace(states.CALM, turn=states.turn(phase=Phase.THINKING, queued=queued)))
    assert _lines(tray.menu)[0] == "It waits for a node, at place 2."


def test_while_the_menu_is_open_its_lines_go_on(tray: Tray, desk: Desk) -> None:
    thinking = replace(states.CALM, turn=states.turn(phase=Phase.THINKING))
    tray.show_state(thinking)
    for seconds, told in ((1, "Thinking for 0\u00a0s"), (2, "Thinking for 3\u00a0s")):
        desk.now_s += seconds
        tray.show_state(replace(thinking))
        assert _lines(tray.menu)[0] == told
        tray.menu.popup(QPoint(0, 0))
    tray.menu.hide()


def test_everything_that_goes_on_is_a_line(tray: Tray) -> None:
    busy = states.node("M1", load=NodeLoad(running=2, waiting=3))
    loading = Caring(model="openai/gpt-oss-20b", loaded=True, since_s=states.NOW_S)
    downloading = ModelDownloading("base", 61_000_000, 145_000_000)
    state = replace(states.CALM, nodes=(busy,), cared={"M1": loading}, downloading=downloading)
    tray.show_state(state)
    assert _lines(tray.menu)[:5] == [
        "Ready",
        "3 requests are waiting",
        "Downloading model base: 42 %",
        "Loading gpt-oss-20b on M1",
        "Measuring 2 GPUs",
    ]
    tray.show_state(replace(state, downloading=replace(downloading, total_bytes=None)))
    assert "Downloading model base: 58\u00a0MiB" in _lines(tray.menu)


@pytest.mark.parametrize(("line", "page"), [("Ready", CONVERSATION), ("Measuring 2 GPUs", GPU)])
def test_a_line_leads_to_where_that_is_to_be_seen(tray: Tray, window: Window, line: str, page: str) -> None:
    window.show_page(NODES)
    _action(tray.menu, line).trigger()
    assert window.isVisible()
    assert window.page == page


def test_on_a_locked_screen_nothing_is_told(tray: Tray) -> None:
    tray.show_state(replace(states.CALM, locked=True, turn=states.STREAMING))
    assert tray.icon.toolTip() == "Etoile — Hidden while the screen is locked"
    said = "\n".join(_lines(tray.menu))
    assert said.startswith("Hidden while the screen is locked")
    for secret in ("M1", "qwen", "GPU", "athena", "°C"):
        assert secret not in said
    tray.show_state(states.CALM)
    assert "GPU 0 on athena" in tray.icon.toolTip()


def test_an_icon_that_is_struck_out_says_why(tray: Tray) -> None:
    tray.show_state(replace(states.CALM, nodes=(states.NODES[1],)))
    assert tray.icon.toolTip().splitlines()[0] == "Etoile — No node is online"
    tray.show_state(replace(states.CALM, nodes=()))
    assert tray.icon.toolTip().splitlines()[0] == "Etoile — Ready"


class TestTheToolTipFits:
    MANY = replace(states.CALM, gpus=tuple(states.gpu(number, temperature_c=40 + number) for number in range(64)))

    def test_on_a_screen(self, look: Look) -> None:
        lines = tool_tip(self.MANY, look.words).splitlines()
        assert len(lines) == 10
        assert lines[1].startswith("GPU 63 on athena: 103")
        assert lines[-1] == "and 56 more"

    def test_within_what_windows_keeps_of_it(self, look: Look) -> None:
        told = tool_tip(self.MANY, look.words, 127)
        assert len(told) <= 127
        first, *gpus, rest = told.splitlines()
        assert first == "Etoile — Ready"
        assert gpus[0] == "GPU 63: 103 °C · 99 %"
        assert rest == f"and {64 - len(gpus)} more"


class TestTheMannersOfEachDesktop:
    def _tray(self, look: Look, window: Window, visitor: Visitor, platform: str) -> Tray:
        return Tray(look, visitor.doors(), window, platform=platform)

    def test_on_windows_what_a_click_does_is_bold(self, look: Look, window: Window, visitor: Visitor) -> None:
        tray = self._tray(look, window, visitor, "win32")
        assert tray.menu.defaultAction().text() == "Show the window"
        assert self._tray(look, window, visitor, "linux").menu.defaultAction() is None

    def test_on_macos_a_click_opens_the_menu_alone(self, look: Look, window: Window, visitor: Visitor) -> None:
        tray = self._tray(look, window, visitor, "darwin")
        tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
        assert not window.isVisible()


def test_another_language_is_spoken_at_once(tray: Tray, look: Look) -> None:
    look.write_in("fr")
    assert _lines(tray.menu)[0] == "Au repos"
    assert tray.icon.toolTip().startswith("Etoile")
    look.write_in("en")
    assert _lines(tray.menu)[0] == "Ready"


class TestWhatTheIconShows:
    WARM = replace(states.CALM, window=WindowSettings(tray_temperature=True))

    def test_the_temperature_only_where_it_is_wanted_and_nothing_else_goes_on(self) -> None:
        def shown(state: State) -> int | None:
            return _icon_of(state, dark_panel=True).degrees

        assert shown(states.CALM) is None
        assert shown(self.WARM) == 62
        assert shown(replace(self.WARM, turn=states.turn(phase=Phase.THINKING))) is None
        assert shown(replace(self.WARM, listening_for="jarvis")) is None
        assert shown(replace(self.WARM, locked=True)) is None
        assert shown(replace(self.WARM, gpus=())) is None

    @pytest.mark.parametrize("dark_panel", [True, False])
    def test_the_ink_is_the_one_that_was_chosen_or_that_of_the_panel(self, dark_panel: bool) -> None:
        def on_dark(ink: Literal["auto", "light", "dark"]) -> bool:
            return _icon_of(replace(states.CALM, window=WindowSettings(tray_ink=ink)), dark_panel=dark_panel).on_dark

        assert (on_dark("auto"), on_dark("light"), on_dark("dark")) == (dark_panel, True, False)

    @pytest.mark.parametrize(("ground", "icon", "light"), [("#E0E0E0", "black", True), ("#202020", "white", False)])
    def test_the_panel_is_judged_by_the_corners_that_an_icon_leaves_empty(
        self, ground: str, icon: str, light: bool
    ) -> None:
        seen = QImage(24, 30, QImage.Format.Format_RGB32)
        seen.fill(QColor(ground))
        painter = QPainter(seen)
        painter.fillRect(0, 2, 23, 24, QColor(icon))
        painter.end()
        assert mostly_light(seen) is light
        assert mostly_light(QImage()) is None

    def test_it_changes_with_the_settings(self, tray: Tray, monkeypatch: pytest.MonkeyPatch) -> None:
        sent: list[QIcon] = []
        monkeypatch.setattr(tray.icon, "setIcon", sent.append)
        config = Config(window=WindowSettings(tray_temperature=True))
        for _ in range(2):
            tray.show_state(advance(states.CALM, ConfigChanged(config))[0])
        assert len(sent) == 1
