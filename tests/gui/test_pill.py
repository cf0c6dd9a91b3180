"""The pill: what it shows in 40 pixels, and how the window folds into it and out of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from etoile.domain.events import Cancelled, SpeechStopped
from etoile.domain.state import State
from etoile.domain.turn import Phase
from etoile.gui.button import Button
from etoile.gui.composer import Composer
from etoile.gui.glyphs import Glyph
from etoile.gui.pill import HEIGHT, PANEL_WIDTH, WIDEST
from etoile.gui.pill_shown import TOLD_S, Shown, shown_of, sign_of
from etoile.gui.places import Spot
from etoile.gui.severity import Severity
from etoile.gui.window import Window, wants_reading
from etoile.text import message
from tests.gui import states
from tests.gui.conftest import Desk, Visitor

Texts = Callable[[QWidget], str]
CALM = states.CALM
WARM = states.minute(replace(CALM, gpus=(states.gpu(1, temperature_c=79),)))[-1]
HOT = states.minute(replace(CALM, gpus=(states.gpu(1, temperature_c=92),)))[-1]
TOLD = replace(CALM, turn=states.turn(number=3, said=message("The volume is at {level} %.", level=40)))
LEFT = Qt.MouseButton.LeftButton


@pytest.mark.parametrize(
    ("state", "since_s", "shown"),
    [
        (State(), 0, Shown.IDLE),
        (CALM, 0, Shown.IDLE),
        (WARM, 0, Shown.WARNING),
        (HOT, 0, Shown.CRITICAL),
        (replace(HOT, turn=states.LISTENING), 0, Shown.LISTENING),
        (replace(HOT, turn=replace(states.HEARING, phase=Phase.TRANSCRIBING)), 0, Shown.LISTENING),
        (replace(HOT, turn=states.STREAMING), 0, Shown.CRITICAL),
        (replace(WARM, turn=states.STREAMING), 0, Shown.BUSY),
        (replace(CALM, turn=states.CONFIRMING), 0, Shown.BUSY),
        (TOLD, 1, Shown.TOLD),
        (TOLD, TOLD_S, Shown.IDLE),
    ],
)
def test_the_most_urgent_is_shown(state: State, since_s: float, shown: Shown) -> None:
    assert shown_of(state, since_s) is shown


@pytest.fixture
def folded(window: Window, qtbot: QtBot) -> Window:
    window.show_state(CALM)
    window.present()
    window.fold()
    return window


@pytest.mark.parametrize(
    ("state", "width", "said"),
    [
        (CALM, 184, ["62 °C", "GPU 0"]),
        (State(), 184, ["Ready"]),
        (State(nodes=states.NODES[1:2]), 184, ["No node is online"]),
        (replace(CALM, turn=states.OPENING), PANEL_WIDTH, ["Opening the microphone…", "0:00"]),
        (replace(CALM, turn=states.LISTENING), PANEL_WIDTH, ["Listening", "0:00"]),
        (replace(CALM, turn=states.STREAMING), 224, ["Thinking", "0:00"]),
        (HOT, 264, ["92 °C", "GPU 1", "Show"]),
        (TOLD, 264, ["The volume is at 40 %."]),
    ],
)
def test_what_each_state_shows(folded: Window, texts: Texts, state: State, width: int, said: list[str]) -> None:
    folded.show_state(state)
    shown = texts(folded.pill)
    assert [words for words in said if words not in shown] == []
    face = folded.pill.face
    if width == PANEL_WIDTH:
        assert (face.width(), face.height() > HEIGHT) == (PANEL_WIDTH, True)
    else:
        assert face.height() == folded._look.px(HEIGHT)
        assert width <= face.width() <= WIDEST
    row = [part for part in folded.pill.findChildren(QWidget) if part.isVisibleTo(folded.pill)]
    assert all(face.contains(part.geometry()) for part in row)


@pytest.mark.parametrize(
    ("state", "sign"),
    [
        (CALM, Glyph.STAR),
        (State(), Glyph.STAR),
        (replace(CALM, nodes=states.NODES[1:2]), Glyph.SLASHED),
        (WARM, Severity.WARNING),
        (HOT, Severity.CRITICAL),
        (replace(CALM, turn=states.STREAMING), Glyph.HOLLOW_STAR),
        (replace(CALM, turn=states.CONFIRMING), Severity.WARNING),
        (TOLD, Glyph.TICK),
    ],
)
def test_each_state_has_a_sign_of_its_own(state: State, sign: object) -> None:
    assert sign_of(state, shown_of(state, 0)) is sign


def test_without_a_node_it_says_so_beside_the_gpu(folded: Window) -> None:
    folded.show_state(replace(CALM, nodes=states.NODES[1:2]))
    assert folded.pill.accessibleName().endswith("No node is online")


def test_a_pill_says_what_it_is_to_a_screen_reader(folded: Window) -> None:
    assert folded.pill.accessibleName().startswith("Etoile, GPU 0 on athena: 62 °C")
    folded.show_state(replace(CALM, turn=states.STREAMING))
    assert folded.pill.accessibleName() == "Etoile, Thinking"


def test_long_words_are_elided(folded: Window) -> None:
    folded.show_state(replace(CALM, turn=states.turn(number=3, said=message("word " * 60))))
    assert folded.pill.face.width() <= WIDEST
    assert folded.pill.toolTip() == "word " * 60


def test_what_was_said_goes_after_a_while(folded: Window, desk: Desk, texts: Texts, qtbot: QtBot) -> None:
    folded.show_state(TOLD)
    assert "The volume" in texts(folded.pill)
    desk.now_s += TOLD_S
    qtbot.waitUntil(lambda: "The volume" not in texts(folded.pill))


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_it_folds_and_unfolds_by_keys(window: Window, qtbot: QtBot, key: Qt.Key) -> None:
    window.show_state(CALM)
    with qtbot.waitActive(window):
        window.compose()
    with qtbot.waitActive(window.pill):
        qtbot.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert not window.isVisible()
    with qtbot.waitActive(window):
        qtbot.keyClick(window.pill, key)
    assert not window.pill.isVisible()
    assert window.findChild(Composer).isAncestorOf(window.focusWidget())


def test_escape_goes_step_by_step(window: Window, qtbot: QtBot) -> None:
    with qtbot.waitActive(window):
        window.present()
    with qtbot.waitActive(window.pill):
        qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert (window.isVisible(), window.pill.isVisible()) == (False, True)
    qtbot.keyClick(window.pill, Qt.Key.Key_Escape)
    assert (window.isVisible(), window.pill.isVisible()) == (False, False)


def test_a_click_unfolds_and_a_drag_moves(folded: Window, qtbot: QtBot) -> None:
    pill = folded.pill
    pill.put(QRect(300, 200, 184, 40))
    before = pill.place
    qtbot.mousePress(pill, LEFT, pos=QPoint(90, 20))
    qtbot.mouseMove(pill, QPoint(100, 20))
    qtbot.mouseMove(pill, QPoint(130, 30))
    qtbot.mouseRelease(pill, LEFT, pos=QPoint(90, 20))
    assert pill.isVisible()
    assert pill.place.topLeft() != before.topLeft()
    qtbot.mouseClick(pill, LEFT, pos=QPoint(90, 20))
    assert folded.isVisible()


def test_a_drag_that_is_told_as_one_move_moves_it_and_is_kept_at_once(folded: Window, qtbot: QtBot) -> None:
    """A program that was busy is told the last of many moves alone, soon after the pill came."""
    pill = folded.pill
    before = pill.place
    qtbot.mousePress(pill, LEFT, pos=QPoint(90, 20))
    qtbot.mouseMove(pill, QPoint(-110, -80))
    assert pill.place == before.translated(-200, -100)
    folded.show_state(replace(CALM, turn=states.STREAMING))
    assert pill.place.topLeft() == before.translated(-200, -100).topLeft()
    dropped = pill.place
    qtbot.mouseRelease(pill, LEFT, pos=QPoint(90, 20))
    folded.show_state(CALM)
    assert pill.width() < dropped.width()
    assert pill.place.bottomRight() == dropped.bottomRight()


def test_the_place_is_kept_when_it_was_moved(folded: Window, qtbot: QtBot) -> None:
    screen = QGuiApplication.primaryScreen()
    places = folded._places
    folded.pill._corrections = 0  # it came a while ago
    folded.pill.move(40, 60)
    qtbot.waitUntil(lambda: places.spot(screen.name()) == Spot(False, False, 40, 60))
    folded.present()
    assert folded.place.topLeft() == QPoint(40, 60)


def test_what_a_window_manager_does_while_it_comes_is_put_right(folded: Window) -> None:
    wanted = folded.pill.place
    folded.pill.move(0, 0)
    assert folded.pill.place == wanted


def test_the_buttons_stop_what_goes_on(folded: Window, visitor: Visitor, qtbot: QtBot) -> None:
    for turn in (states.LISTENING, states.STREAMING, states.turn(phase=Phase.SPEAKING, request="?")):
        folded.show_state(replace(CALM, turn=turn))
        [end] = [button for button in folded.pill.findChildren(Button) if button.isVisible()]
        qtbot.mouseClick(end, LEFT)
    assert visitor.events == [Cancelled(), Cancelled(), SpeechStopped()]
    assert folded.pill.isVisible()


def test_the_right_button_opens_the_menu_of_the_tray(folded: Window) -> None:
    menu = QMenu()
    menu.addAction("Talk")
    folded.offer_menu(menu)
    QApplication.sendEvent(
        folded.pill, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), QPoint(305, 205))
    )
    assert menu.isVisible()
    menu.hide()


def test_it_never_takes_the_keyboard_when_it_comes_by_itself(window: Window) -> None:
    window._places.fold(True)
    window.show_state(CALM)
    window.show_state(replace(CALM, turn=states.OPENING))
    assert window.pill.isVisible()
    assert window.pill.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert not window.isVisible()


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (CALM, replace(CALM, turn=states.CONFIRMING), True),
        (CALM, replace(CALM, turn=states.LISTENING), False),
        (replace(CALM, turn=states.STREAMING), replace(CALM, turn=states.ANSWERED), True),
        (replace(CALM, turn=states.turn(phase=Phase.THINKING)), TOLD, False),
        (replace(CALM, turn=states.ANSWERED), replace(CALM, turn=states.ANSWERED), False),
    ],
)
def test_what_a_pill_cannot_show_unfolds_it(before: State, after: State, wanted: bool) -> None:
    assert wants_reading(before, after) is wanted


def test_an_answer_unfolds_without_the_keyboard(folded: Window) -> None:
    folded.show_state(replace(CALM, turn=states.STREAMING))
    folded.show_state(replace(CALM, turn=states.ANSWERED))
    assert folded.isVisible()
    assert not folded.pill.isVisible()
    assert folded.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)


def test_folded_it_starts_folded_again(window: Window) -> None:
    window._places.fold(True)
    window.appear()
    assert (window.isVisible(), window.pill.isVisible()) == (False, True)


def test_closing_the_pill_is_closing_the_window(folded: Window, desk: Desk, visitor: Visitor) -> None:
    folded.pill.close()
    assert not folded.pill.isVisible()
    assert visitor.called == []
    desk.tray = False
    folded.fold()
    folded.pill.close()
    assert visitor.called == ["quit"]


def test_hidden_it_is_not_laid_out(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    refreshed: list[None] = []
    monkeypatch.setattr(window.pill, "_refresh", lambda: refreshed.append(None))
    window.show_state(CALM)
    assert refreshed == []
