"""Motion: its times and curve, a control under the mouse, and a desktop that wants none."""

import pytest
from PySide6.QtCore import QVariantAnimation
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from etoile.gui.motion import TOUCH_MS, UNFOLD_MS, Glow, Motion, curve


def test_nothing_moves_where_the_desktop_wants_it_so() -> None:
    motion = Motion()
    assert motion.ms(UNFOLD_MS) == UNFOLD_MS
    motion.still = True
    assert motion.ms(UNFOLD_MS) == 0


def test_the_curve_sets_off_at_once_and_comes_slowly_to_rest() -> None:
    values = [curve().valueForProgress(part / 4) for part in range(5)]
    assert values == sorted(values)
    assert (values[0], values[-1]) == (0, pytest.approx(1))
    assert values[1] > 0.6


@pytest.fixture
def control(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_a_control_warms_up_and_turns_round_where_it_is(control: QWidget) -> None:
    glow = Glow(control, Motion())
    assert glow.towards(lit=False) == 0
    assert glow.towards(lit=True) == 0
    [run] = control.findChildren(QVariantAnimation)
    run.pause()
    run.setCurrentTime(TOUCH_MS // 2)
    run.resume()
    warm = glow.towards(lit=True)
    assert 0 < warm < 1
    assert glow.towards(lit=False) == pytest.approx(warm, abs=0.3)
    run.setCurrentTime(TOUCH_MS)
    assert glow.towards(lit=False) == 0


def test_without_motion_it_is_warm_at_once(control: QWidget) -> None:
    motion = Motion()
    motion.still = True
    glow = Glow(control, motion)
    assert glow.towards(lit=True) == 1
    assert control.findChildren(QVariantAnimation) == []
