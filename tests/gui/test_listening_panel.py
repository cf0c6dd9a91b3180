"""What is heard, in the pill that becomes a panel and in the window: words, level, time, and what is wrong."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from etoile.domain.events import Cancelled
from etoile.domain.state import State
from etoile.domain.turn import Phase, Turn
from etoile.gui.activity import Activity
from etoile.gui.button import Button
from etoile.gui.composer import Composer
from etoile.gui.level import SMOOTHING, Level
from etoile.gui.listening_panel import SILENT_S, ListeningPanel, told_of
from etoile.gui.page import HEARD, Silence
from etoile.gui.pill import PANEL_WIDTH
from etoile.gui.window import Window
from etoile.text import render
from tests.gui import states
from tests.gui.conftest import Desk, Visitor

Texts = Callable[[QWidget], str]
CALM = states.CALM
LEFT = Qt.MouseButton.LeftButton
QUIET = replace(states.LISTENING, level=HEARD / 2)


def heard(turn: Turn, **values: object) -> State:
    return replace(CALM, turn=turn, **values)


@pytest.mark.parametrize(
    ("turn", "microphone", "silent", "said"),
    [
        (states.OPENING, "", False, "Opening the microphone…"),
        (states.LISTENING, "", False, "Listening"),
        (states.MUTE, "", False, "Only silence: is the microphone muted?"),
        (states.HEARING, "", False, None),
        (replace(states.HEARING, phase=Phase.TRANSCRIBING), "", False, None),
        (replace(states.LISTENING, phase=Phase.TRANSCRIBING), "", False, "Writing down what was said"),
        (states.MUTE, "Blue Yeti", True, "I hear nothing · Microphone: Blue Yeti"),
        (states.MUTE, "", True, "I hear nothing · the default microphone"),
    ],
)
def test_what_is_said_of_a_recording(turn: Turn, microphone: str, silent: bool, said: str | None) -> None:
    told = told_of(heard(turn, microphone=microphone), silent=silent)
    assert (render(told, "en") if told else None) == said


class TestSilence:
    def test_it_lasts_from_the_first_sample_on(self, desk: Desk) -> None:
        silence = Silence(lambda: desk.now_s)
        silence.follow(states.OPENING)
        desk.now_s += 5
        silence.follow(QUIET)
        desk.now_s += 2
        silence.follow(QUIET)
        assert silence.lasts_s == 2

    @pytest.mark.parametrize("sound", [states.HEARING, replace(QUIET, level=HEARD)])
    def test_sound_ends_it_for_this_recording(self, desk: Desk, sound: Turn) -> None:
        silence = Silence(lambda: desk.now_s)
        for turn in (QUIET, sound, QUIET):
            silence.follow(turn)
            desk.now_s += 5
        assert silence.lasts_s == 0
        silence.follow(replace(QUIET, number=QUIET.number + 1))
        desk.now_s += 5
        assert silence.lasts_s == 5

    def test_nobody_listens_any_more(self, desk: Desk) -> None:
        silence = Silence(lambda: desk.now_s)
        silence.follow(QUIET)
        silence.follow(replace(QUIET, phase=Phase.TRANSCRIBING))
        desk.now_s += 5
        assert silence.lasts_s == 0


@pytest.fixture
def folded(window: Window) -> Window:
    window.show_state(CALM)
    window.present()
    window.fold()
    return window


def test_the_pill_becomes_a_panel_in_its_corner_and_a_pill_again(folded: Window) -> None:
    small = folded.pill.place
    folded.show_state(heard(states.HEARING))
    large = folded.pill.place
    assert (large.width(), large.bottomRight()) == (PANEL_WIDTH, small.bottomRight())
    folded.show_state(heard(states.HEARING_LONG))
    assert folded.pill.place.height() > large.height()
    assert folded.pill.place.bottomRight() == small.bottomRight()
    folded.show_state(CALM)
    assert folded.pill.place == small


def test_it_never_takes_the_keyboard(window: Window) -> None:
    window._places.fold(True)
    window.show_state(CALM)
    window.show_state(heard(states.OPENING))
    window.show_state(heard(states.HEARING))
    assert window.pill.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert not window.isVisible()


def test_before_the_first_sample_the_bars_are_flat(folded: Window) -> None:
    folded.show_state(heard(replace(states.OPENING, level=0.9)))
    level = folded.pill.findChild(Level)
    assert set(level._heights) == {0.0}
    folded.show_state(heard(replace(states.LISTENING, level=0.9)))
    assert level._heights[-1] == pytest.approx((1 - SMOOTHING) * 0.9)


def test_after_a_while_of_silence_it_names_the_microphone_and_leads_to_another(
    folded: Window, desk: Desk, visitor: Visitor, texts: Texts, qtbot: QtBot
) -> None:
    folded.show_state(heard(QUIET, microphone="Blue Yeti"))
    assert "I hear nothing" not in texts(folded.pill)
    desk.now_s += SILENT_S
    qtbot.waitUntil(lambda: "I hear nothing · Microphone: Blue Yeti" in texts(folded.pill))
    change = next(button for button in folded.pill.findChildren(Button) if button.text() == "Change…")
    qtbot.mouseClick(change, LEFT)
    assert visitor.called == ["microphone"]
    folded.show_state(heard(states.HEARING, microphone="Blue Yeti"))
    assert "I hear nothing" not in texts(folded.pill)


def test_it_is_cancelled_by_its_button_and_by_escape(folded: Window, visitor: Visitor, qtbot: QtBot) -> None:
    folded.show_state(heard(states.HEARING))
    [end] = [button for button in folded.pill.findChildren(Button) if button.isVisible()]
    qtbot.mouseClick(end, LEFT)
    qtbot.keyClick(folded.pill, Qt.Key.Key_Escape)
    assert visitor.events == [Cancelled(), Cancelled()]


def test_a_click_on_the_words_unfolds(folded: Window, qtbot: QtBot) -> None:
    folded.show_state(heard(states.HEARING))
    panel = folded.pill.findChild(ListeningPanel)
    words = panel._heard.viewport()
    at = words.mapTo(folded.pill, QPoint(20, 8))
    handle = folded.pill.windowHandle()
    QApplication.processEvents()
    qtbot.mouseClick(handle, LEFT, pos=at)
    assert folded.isVisible()


def test_in_a_low_window_the_composer_stays_in_sight(window: Window, qtbot: QtBot) -> None:
    """As on a screen of 1366 by 768 at 250 %."""
    window.show_state(heard(replace(states.HEARING_LONG, stable=states.HEARING_LONG.stable * 5)))
    window.present()
    window.resize(380, 307)
    activity, composer = window.findChild(Activity), window.findChild(Composer)

    def is_whole() -> bool:
        parts = [(part, part.mapTo(window, QPoint(0, 0))) for part in (activity, composer)]
        return all(place.y() + part.height() <= window.height() for part, place in parts)

    qtbot.waitUntil(lambda: activity.isVisible() and is_whole())
    assert activity.mapTo(window, QPoint(0, activity.height())).y() <= composer.mapTo(window, QPoint(0, 0)).y()


def test_what_is_told_is_whole_in_every_state(folded: Window) -> None:
    for state in (heard(states.OPENING), heard(states.MUTE), heard(states.HEARING_LONG)):
        folded.show_state(state)
        face = folded.pill.face
        parts = [part for part in folded.pill.findChildren(QWidget) if part.isVisibleTo(folded.pill)]
        places = [part.rect().translated(part.mapTo(folded.pill, QPoint(0, 0))) for part in parts]
        assert all(face.contains(place) for place in places if place.width() < face.width())
    assert QGuiApplication.primaryScreen().availableGeometry().contains(folded.pill.place)
