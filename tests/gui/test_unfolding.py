"""The motion between window and pill: nothing waits for it, and whatever is done meanwhile counts."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from etoile.gui.button import Button
from etoile.gui.composer import Composer
from etoile.gui.design import Look
from etoile.gui.motion import FADE_MS, UNFOLD_MS
from etoile.gui.unfolding import Unfolding
from etoile.gui.window import Window
from tests.gui import states

CALM = states.CALM
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def blended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have windows blended, as by a compositor."""
    monkeypatch.setattr("etoile.gui.x11.on_x11", lambda: True)
    monkeypatch.setattr("etoile.gui.x11.has_compositor", lambda: True)
    monkeypatch.setattr("etoile.gui.x11.shape_input", lambda window, box: None)


@pytest.fixture
def moving(window: Window, look: Look, blended: None, qtbot: QtBot) -> Window:
    """Return the window unfolded, where things move; the test drives their clock."""
    look.motion.pace = 1000  # long enough for nothing to end by itself
    window.show_state(CALM)
    with qtbot.waitActive(window):
        window.compose()
    window._unfolding.finish()
    return window


def run_to(window: Window, part: float) -> None:
    """Let the motion be `part` of its way, 0 to 1."""
    run = window._unfolding._run
    run.setCurrentTime(round(part * run.duration()))


def set_off(window: Window, qtbot: QtBot) -> None:
    """Wait until it was painted for the first time and is on its way."""
    qtbot.waitUntil(lambda: not window._unfolding._waits)


def motion(window: Window) -> Unfolding:
    return window._unfolding


def test_it_folds_into_the_pill_and_gives_it_the_keyboard(moving: Window, qtbot: QtBot) -> None:
    moving.fold()
    assert (moving.isVisible(), moving.pill.isVisible()) == (True, False)
    assert motion(moving)._run.duration() == 1000 * FADE_MS
    with qtbot.waitActive(moving.pill):
        run_to(moving, 1)
    assert (moving.isVisible(), moving.pill.isVisible()) == (False, True)
    assert not motion(moving).isVisible()


def test_whoever_went_elsewhere_meanwhile_keeps_the_keyboard(moving: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    moving.fold()
    monkeypatch.setattr(moving, "isActiveWindow", lambda: False)
    run_to(moving, 1)
    assert moving.pill.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)


def test_the_pictures_shrink_towards_the_corner_that_both_share(moving: Window) -> None:
    moving.fold()
    run_to(moving, 0.2)
    shown = moving.grab().toImage()
    corner = moving.face.bottomRight()
    assert shown.pixelColor(corner.x() - 40, corner.y() - 30).alpha() == 255
    assert shown.pixelColor(moving.face.center().x() - 150, moving.face.top() + 10).alpha() == 0


def test_it_unfolds_with_the_focus_where_it_belongs_at_once(moving: Window, qtbot: QtBot) -> None:
    moving.fold()
    run_to(moving, 1)
    with qtbot.waitActive(moving):
        qtbot.keyClick(moving.pill, Qt.Key.Key_Return)
    assert motion(moving).isVisible()
    assert not moving.pill.isVisible()
    assert moving.findChild(Composer).isAncestorOf(moving.focusWidget())
    qtbot.keyClicks(moving.focusWidget(), "hi")
    assert moving.findChild(Composer).text == "hi"
    set_off(moving, qtbot)
    assert motion(moving)._run.duration() == 1000 * UNFOLD_MS
    run_to(moving, 1)
    assert not motion(moving).isVisible()


def test_a_click_while_it_unfolds_counts(moving: Window, qtbot: QtBot) -> None:
    moving.fold()
    run_to(moving, 1)
    moving.present()
    set_off(moving, qtbot)
    [folds] = [button for button in moving.findChildren(Button) if button.text() == "Fold to a pill"]
    assert motion(moving).isVisible()
    qtbot.mouseClick(folds, LEFT)
    assert motion(moving).folds
    run_to(moving, 1)
    assert moving.pill.isVisible()


def test_wanted_again_while_it_folds_it_turns_round(moving: Window) -> None:
    moving.fold()
    run_to(moving, 0.3)
    moving.toggle()
    assert not motion(moving).folds
    assert not moving._places.folded
    run_to(moving, 1)
    assert (moving.isVisible(), moving.pill.isVisible()) == (True, False)


def test_folding_twice_is_folding_once(moving: Window) -> None:
    moving.fold()
    run_to(moving, 0.3)
    moving.fold()
    run_to(moving, 1)
    assert (moving.isVisible(), moving.pill.isVisible()) == (False, True)


def test_escape_while_it_folds_hides_it(moving: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(moving, Qt.Key.Key_Escape)
    assert motion(moving).folds
    qtbot.keyClick(moving, Qt.Key.Key_Escape)
    assert (moving.isVisible(), moving.pill.isVisible()) == (False, False)


def test_an_answer_while_it_folds_unfolds_it(moving: Window) -> None:
    moving.show_state(replace(CALM, turn=states.STREAMING))
    moving.fold()
    moving.show_state(replace(CALM, turn=states.ANSWERED))
    assert not motion(moving).folds
    assert not moving._places.folded


def test_what_comes_from_nowhere_fades_in(moving: Window, qtbot: QtBot) -> None:
    moving.vanish()
    moving.present()
    assert motion(moving).isVisible()
    set_off(moving, qtbot)
    assert motion(moving)._run.duration() == 1000 * FADE_MS
    seen = moving.grab().toImage().pixelColor(moving.face.center())
    run_to(moving, 0.5)
    later = moving.grab().toImage().pixelColor(moving.face.center())
    assert seen.alpha() < later.alpha() < 255
    run_to(moving, 1)
    assert not motion(moving).isVisible()


def test_where_the_desktop_places_windows_one_fades_into_the_other(
    moving: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under Wayland nobody knows where the pill will stand."""
    monkeypatch.setattr("etoile.gui.window.can_be_placed", lambda: False)
    moving.fold()
    run_to(moving, 0.2)
    shown = moving.grab().toImage()
    corners = (moving.face.topLeft() + QPoint(40, 40), moving.face.bottomRight() - QPoint(40, 40))
    assert all(0 < shown.pixelColor(corner).alpha() < 255 for corner in corners)
    run_to(moving, 1)
    assert moving.pill.isVisible()


def test_the_pill_fades_in_and_shows_at_once_what_makes_it_a_panel(moving: Window) -> None:
    moving.vanish()
    moving._places.fold(True)
    moving.appear()
    assert moving.pill.isVisible()
    assert moving.pill._fading.isVisible()
    moving.show_state(replace(CALM, turn=states.HEARING))
    assert not moving.pill._fading.isVisible()


def test_a_screen_that_is_locked_shows_no_picture_of_the_window(moving: Window) -> None:
    moving.fold()
    run_to(moving, 0.1)
    moving.show_state(replace(CALM, locked=True))
    assert (moving.isVisible(), moving.pill.isVisible()) == (False, True)


def test_where_the_desktop_wants_no_motion_there_is_none(moving: Window) -> None:
    moving.show_state(replace(CALM, still=True))
    moving.fold()
    assert (moving.isVisible(), moving.pill.isVisible()) == (False, True)
    moving.present()
    assert not motion(moving).isVisible()


def test_where_nothing_is_blended_it_is_there_at_once(window: Window, look: Look) -> None:
    look.motion.pace = 1
    window.present()
    window.fold()
    assert window.pill.isVisible()
