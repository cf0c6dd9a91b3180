"""The window that is not there until it is wanted: what it has missed, and what brings it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from etoile.domain.state import State
from etoile.domain.trial import Trial
from etoile.domain.turn import Phase
from etoile.gui.design import Look
from etoile.gui.later_window import LaterWindow
from etoile.gui.page import ground_of
from etoile.gui.window import Window
from tests.gui import states
from tests.gui.conftest import Desk, Visitor

ANSWERED = replace(states.CALM, turn=states.ANSWERED)


@dataclass
class Scene:
    """A window that is not there, and the windows that were made of it."""

    window: LaterWindow
    made: list[Window] = field(default_factory=list)


@pytest.fixture
def scene(qtbot: QtBot, look: Look, visitor: Visitor, desk: Desk) -> Scene:
    ground = ground_of(
        look, visitor.doors(), "F9", lambda: desk.now_s, lambda: datetime(2026, 11, 21, 14, 2, tzinfo=UTC)
    )

    def make() -> Window:
        window = Window(look, visitor.doors(), ground=ground, tray_available=lambda: desk.tray)
        qtbot.addWidget(window)
        qtbot.addWidget(window.pill)
        found.made.append(window)
        return window

    found = Scene(LaterWindow(ground, make))
    return found


def _in(phase: Phase, state: State = states.CALM, number: int = 7) -> State:
    return replace(state, turn=replace(state.turn, phase=phase, number=number))


def test_as_long_as_nobody_wants_it_there_is_none(scene: Scene) -> None:
    menu = QMenu()
    scene.window.offer_menu(menu)
    for state in (State(), states.CALM, ANSWERED):
        scene.window.show_state(state)
    scene.window.vanish()
    assert not scene.window.isVisible()
    assert not scene.window.isMinimized()
    assert scene.made == []


@pytest.mark.parametrize(
    "come",
    [LaterWindow.present, LaterWindow.compose, LaterWindow.appear, LaterWindow.toggle],
    ids=["present", "compose", "appear", "toggle"],
)
def test_it_comes_once_and_stays_the_same(scene: Scene, come: Callable[[LaterWindow], None]) -> None:
    come(scene.window)
    assert scene.window.isVisible()
    scene.window.vanish()
    scene.window.present()
    [window] = scene.made
    assert window.isVisible()


def test_it_shows_what_was_said_before_it_was_there(scene: Scene) -> None:
    scene.window.show_state(ANSWERED)
    scene.window.show_state(replace(ANSWERED, locked=False))
    scene.window.present()
    scene.window.show_page("conversation")
    [window] = scene.made
    assert [entry.request for entry in window._ground.transcript.entries] == [states.ANSWERED.request]


def test_it_comes_when_the_user_begins_to_speak_and_not_when_speaking_goes_on(scene: Scene) -> None:
    scene.window.show_state(_in(Phase.IDLE))
    scene.window.show_state(_in(Phase.LISTENING))
    assert scene.window.isVisible()
    scene.window.vanish()
    scene.window.show_state(_in(Phase.LISTENING))
    assert not scene.window.isVisible()
    assert len(scene.made) == 1


def test_what_is_only_tried_in_the_first_steps_brings_none(scene: Scene) -> None:
    trying = replace(states.CALM, trial=Trial(words=True))
    scene.window.show_state(_in(Phase.IDLE, trying))
    scene.window.show_state(_in(Phase.LISTENING, trying))
    assert scene.made == []
    scene.window.show_state(_in(Phase.IDLE))
    scene.window.show_state(_in(Phase.LISTENING))
    assert scene.window.isVisible()


def test_what_needs_no_window_brings_none(scene: Scene) -> None:
    for phase in (Phase.THINKING, Phase.SPEAKING, Phase.IDLE):
        scene.window.show_state(_in(phase))
    assert scene.made == []
