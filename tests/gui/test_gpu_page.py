"""The page of the GPUs: cards with who holds the memory, their menu with silence, the history below what is now."""

import math
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from etoile.domain.alerting.scope import Scope, Snooze
from etoile.domain.events import AlertsSnoozed
from etoile.domain.gpus import GpuProcess, GpuState
from etoile.domain.nodes import LoadedModel
from etoile.domain.state import State
from etoile.gui.blank import Blank
from etoile.gui.button import Button
from etoile.gui.design import DARK, Look
from etoile.gui.glance import Glance, MemoryPart, memory_parts
from etoile.gui.gpu_card import GpuCard, OpenCard
from etoile.gui.gpu_page import GpuPage
from etoile.gui.gpu_row import GpuRow
from etoile.gui.history import History
from etoile.gui.page import GPU
from etoile.gui.window import Window
from etoile.gui.words import gpu_details
from etoile.text import render
from tests.gui import states
from tests.gui.conftest import Visitor

GIB = states.GIB
PROCESSES = (
    GpuProcess(pid=7, name="/usr/bin/Xorg", memory_used_bytes=GIB),
    GpuProcess(pid=8, name=r"C:\vllm\vllm.exe", memory_used_bytes=12 * GIB),
    GpuProcess(pid=9, memory_used_bytes=2 * GIB),
    GpuProcess(pid=10, name="unknown"),
)
HELD = states.gpu(processes=PROCESSES)
ONE = State(gpus=(HELD,), limits=states.LIMITS)


def _page(window: Window, state: State, width: int = 440) -> GpuPage:
    window.resize(width, 680)
    window.present()
    page = window.show_page(GPU)
    window.show_state(state)
    QApplication.processEvents()
    assert isinstance(page, GpuPage)
    return page


class TestWhoHoldsTheMemory:
    def test_programs_the_largest_first(self) -> None:
        assert [part.name for part in memory_parts(HELD, ONE)] == ["vllm.exe", "9", "Xorg"]

    def test_models_where_a_node_that_has_this_card_alone_tells_them(self) -> None:
        model = LoadedModel(name="qwen/qwen3", size_bytes=9 * GIB, gpu_bytes=8 * GIB)
        node = states.node(here=True, gpus=(HELD.uuid,), in_memory=(model,))
        assert memory_parts(HELD, replace(ONE, nodes=(node,))) == (MemoryPart("qwen3", 8 * GIB),)

    def test_not_the_models_of_a_node_with_several_cards(self) -> None:
        model = LoadedModel(name="qwen/qwen3", size_bytes=9 * GIB, gpu_bytes=8 * GIB)
        both = (HELD, states.gpu(1))
        node = states.node(here=True, in_memory=(model,))
        state = replace(ONE, gpus=both, nodes=(node,))
        assert [part.name for part in memory_parts(HELD, state)] == ["vllm.exe", "9", "Xorg"]

    def test_a_screen_reader_hears_it(self, window: Window) -> None:
        _page(window, ONE)
        [card] = window.findChildren(GpuCard)
        assert "vllm.exe: 12.0\u00a0GiB" in card.accessibleDescription()


@pytest.mark.parametrize(("width", "narrow"), [(440, False), (380, True)])
def test_a_narrow_card_is_higher(window: Window, width: int, narrow: bool) -> None:
    _page(window, ONE, width)
    [card] = window.findChildren(GpuCard)
    assert (card.height() > 180) == narrow


def test_why_it_is_slowed_is_said_in_words() -> None:
    details = gpu_details(states.gpu(throttle=("sw_thermal", "sw_power_cap", "new_reason")))
    assert details
    assert "slowed down: heat, power limit, new_reason" in render(details, "en")


def test_only_what_heat_slowed_is_a_band() -> None:
    history = History()
    for second, reasons in enumerate(["", "sw_thermal", "hw_slowdown", "sw_power_cap", "hw_thermal"]):
        history.add((states.gpu(at_s=float(second), throttle=(reasons,) if reasons else ()),))
    glance = Glance(gpu=states.gpu(), thermal=ONE.thermal("GPU-0"), limits=states.LIMITS, samples=history.of("GPU-0"))
    assert glance.slowed == [(-3.0, -2.0), (0.0, 0.0)]


@pytest.mark.parametrize(
    ("state", "remark"),
    [
        (GpuState.STALE, "measured 14:01"),
        (GpuState.ASLEEP, "Asleep"),
        (GpuState.UNKNOWN, "Unknown"),
        (GpuState.OK, None),
    ],
)
def test_what_a_reading_is_worth_is_told(window: Window, state: GpuState, remark: str | None) -> None:
    _page(window, State(gpus=(states.gpu(state=state, at_s=states.NOW_S - 30),), limits=states.LIMITS))
    [card] = window.findChildren(GpuCard)
    said = card.glance.remark
    assert (said and render(said, "en")) == remark


def test_the_last_values_of_a_lost_card_are_faint(window: Window, look: Look, qtbot: QtBot) -> None:
    card = GpuCard(look, Glance(gpu=states.gpu(), thermal=ONE.thermal(""), limits=states.LIMITS))
    qtbot.addWidget(card)
    card.resize(408, 158)

    def bright() -> int:
        image = card.grab().toImage()
        box = [(x, y) for x in range(12, 40) for y in range(50, 75)]
        return sum(image.pixelColor(x, y) == DARK.text for x, y in box)

    well = bright()
    card.show_glance(replace(card.glance, gpu=states.gpu(state=GpuState.LOST)))
    assert well > 0
    assert bright() == 0


def test_without_a_gpu_the_page_says_so_and_has_one_button(window: Window, visitor: Visitor, qtbot: QtBot) -> None:
    _page(window, State())
    blank = window.findChild(Blank)
    assert blank.isVisible()
    [add] = blank.findChildren(Button)
    qtbot.keyClick(add, Qt.Key.Key_Return)
    assert visitor.called == ["nodes"]
    window.show_state(ONE)
    assert not blank.isVisible()


# The menu


def _entry(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == text)


def test_a_card_is_snoozed_from_its_menu(window: Window, visitor: Visitor) -> None:
    page = _page(window, ONE)
    menu = page.menu(HELD.uuid)
    assert not _entry(menu, "Until it cools").isEnabled()
    assert not _entry(menu, "Alert again").isEnabled()
    _entry(menu, "For 10\u00a0min").trigger()
    _entry(menu, "Until Etoile starts again").trigger()
    scope = Scope(subject=HELD.uuid)
    assert visitor.events == [AlertsSnoozed(states.NOW_S + 600, scope), AlertsSnoozed(math.inf, scope)]


def test_a_snoozed_card_says_so_and_can_be_heard_again(window: Window, visitor: Visitor) -> None:
    scope = Scope(subject=HELD.uuid)
    desk = replace(ONE.desk, snoozes=(Snooze(scope),))
    page = _page(window, replace(ONE, desk=desk))
    [card] = window.findChildren(GpuCard)
    assert card.glance.remark
    assert render(card.glance.remark, "en") == "snoozed"
    _entry(page.menu(HELD.uuid), "Alert again").trigger()
    assert visitor.events == [AlertsSnoozed(0.0, scope)]


@pytest.mark.parametrize("reason", [QContextMenuEvent.Reason.Keyboard, QContextMenuEvent.Reason.Mouse])
def test_the_menu_key_and_a_right_click_open_the_menu(
    window: Window, qtbot: QtBot, reason: QContextMenuEvent.Reason
) -> None:
    page = _page(window, replace(ONE, gpus=(HELD, states.gpu(1), states.gpu(2))))
    row = window.findChildren(GpuRow)[1]
    event = QContextMenuEvent(reason, QPoint(5, 5), row.mapToGlobal(QPoint(5, 5)))
    QApplication.sendEvent(row, event)
    menus = [menu for menu in page.findChildren(QMenu) if menu.isVisible()]
    assert [menu.actions()[0].text() for menu in menus] == ["History"]
    menus[0].close()


# One of them


def test_above_its_history_stands_what_the_card_tells_now(window: Window, qtbot: QtBot) -> None:
    six = State(gpus=states.SIX, limits=states.LIMITS)
    page = _page(window, six)
    page.open_chart("GPU-2")
    card = window.findChild(OpenCard)
    assert card.glance.gpu.index == 2
    warmer = tuple(replace(gpu, temperature_c=44) for gpu in states.SIX)
    window.show_state(replace(six, gpus=warmer))
    assert card.glance.gpu.temperature_c == 44
    page.open_chart("GPU-3")
    assert [one.glance.gpu.index for one in window.findChildren(OpenCard) if not one.isHidden()] == [3]
    assert page.step_back()
    assert all(one.isHidden() for one in window.findChildren(OpenCard))
    assert window.focusWidget() is window.findChildren(GpuRow)[3]


def test_a_card_that_goes_while_its_history_is_open_leaves_the_history(window: Window) -> None:
    page = _page(window, ONE)
    page.open_chart(HELD.uuid)
    window.show_state(State())
    assert not any(card.isVisible() for card in window.findChildren(OpenCard))
    assert not window.findChild(Blank).isVisible()
    page.step_back()
    assert window.findChild(Blank).isVisible()


def test_hidden_cards_paint_nothing(window: Window, qtbot: QtBot) -> None:
    _page(window, ONE)
    [card] = window.findChildren(GpuCard)
    window.hide()
    before = card.glance
    window.show_state(replace(ONE, gpus=(replace(HELD, temperature_c=70),)))
    assert card.glance is before
