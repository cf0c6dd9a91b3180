"""Zooming and panning a chart by wheel, drag, pinch and keys; what is read for it, and what is painted."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from etoile.domain import events as on
from etoile.domain.history import DAY_S, HOUR_S, CardHistory, Level, Measure, Point, Span, Stretch
from etoile.gui.button import Button
from etoile.gui.chart import Chart
from etoile.gui.chart_page import ChartPage
from etoile.gui.chart_view import View
from etoile.gui.curves import Curves
from etoile.gui.design import Look
from etoile.gui.gpu_page import GpuPage
from etoile.gui.page import GPU
from etoile.gui.window import HEIGHT, WIDTH, Window
from tests.gui import charts, states
from tests.gui.conftest import Visitor
from tests.waiting import wait_until

CARD = states.gpu(2, name="NVIDIA GeForce RTX 3080")
STATE = replace(states.CALM, gpus=(states.gpu(0), states.gpu(1), CARD))
NOW_S = charts.UNTIL_S
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier


@pytest.fixture(autouse=True)
def mouse_away(qapp: object) -> Iterator[None]:
    """Leave the mouse where no window of a later test is: what is under it counts as looked at."""
    yield
    QCursor.setPos(0, 0)


@pytest.fixture
def chart(qtbot: QtBot, look: Look) -> Chart:
    made = Chart(look)
    made.resize(408, 440)
    qtbot.addWidget(made)
    long_ago = replace(charts.history(Span.HOUR), oldest_s=NOW_S - 9 * DAY_S)
    made.show_curves(Curves(Span.HOUR, long_ago, states.LIMITS))
    return made


def _roll(chart: Chart, notches: int, part: float = 0.5, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    box = chart.boxes()[0]
    place = QPointF(box.left() + part * box.width(), box.center().y())
    turned = QPoint(0, 120 * notches)
    event = QWheelEvent(
        place, place, QPoint(), turned, Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(chart, event)


def _place(chart: Chart, part: float) -> QPoint:
    box = chart.boxes()[0].toRect()
    return QPoint(box.left() + round(part * box.width()), box.center().y())


class TestByHand:
    def test_the_wheel_zooms_around_the_pointer(self, chart: Chart) -> None:
        _roll(chart, 3, part=0.25)
        assert chart.view is not None
        since_s, until_s = chart.view.edges_s(NOW_S)
        assert until_s - since_s == pytest.approx(HOUR_S / 1.25**3)
        assert since_s + 0.25 * (until_s - since_s) == pytest.approx(NOW_S - 0.75 * HOUR_S)
        _roll(chart, -3, part=0.25)
        assert chart.view is None

    def test_with_shift_it_pans_and_never_beyond_now(self, chart: Chart) -> None:
        _roll(chart, -1, modifiers=SHIFT)
        assert chart.view is None
        _roll(chart, 1, modifiers=SHIFT)
        assert chart.view == View(HOUR_S, NOW_S - HOUR_S / 10)
        _roll(chart, 10_000, modifiers=SHIFT)
        assert chart.view == View(HOUR_S, NOW_S - 9 * DAY_S + HOUR_S)

    def test_beside_the_plots_the_wheel_is_left_to_the_page(self, chart: Chart) -> None:
        _roll(chart, 3, part=-0.1)
        assert chart.view is None

    def test_a_drag_pans_and_a_click_does_not(self, chart: Chart, qtbot: QtBot) -> None:
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=_place(chart, 0.5))
        assert chart.view is None
        assert chart.has_cursor
        qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=_place(chart, 0.2))
        qtbot.mouseMove(chart, _place(chart, 0.7))
        assert chart.view is not None
        assert chart.view.until_s == pytest.approx(NOW_S - HOUR_S / 2, abs=HOUR_S / chart.boxes()[0].width())
        assert not chart.has_cursor
        qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=_place(chart, 0.7))
        assert chart.has_cursor

    def test_two_fingers_zoom(self, chart: Chart) -> None:
        place = QPointF(_place(chart, 1.0))
        device = QPointingDevice.primaryPointingDevice()
        kind = Qt.NativeGestureType.ZoomNativeGesture
        QApplication.sendEvent(chart, QNativeGestureEvent(kind, device, 2, place, place, place, 1.0, QPointF()))
        assert chart.view == View(HOUR_S / 2)

    def test_a_double_click_goes_back(self, chart: Chart, qtbot: QtBot) -> None:
        _roll(chart, 5)
        qtbot.mouseDClick(chart, Qt.MouseButton.LeftButton, pos=_place(chart, 0.5))
        assert chart.view is None

    def test_before_anything_is_read_there_is_nothing_to_zoom(self, qtbot: QtBot, look: Look) -> None:
        empty = Chart(look)
        qtbot.addWidget(empty)
        empty.resize(408, 440)
        _roll(empty, 3)
        for key in (Qt.Key.Key_Plus, Qt.Key.Key_Left, Qt.Key.Key_Home):
            qtbot.keyClick(empty, key)
        assert empty.view is None


class TestByKeys:
    def test_plus_and_minus_zoom_at_the_present_or_around_the_cursor(self, chart: Chart, qtbot: QtBot) -> None:
        qtbot.keyClick(chart, Qt.Key.Key_Plus)
        assert chart.view == View(HOUR_S / 1.25)
        qtbot.keyClick(chart, Qt.Key.Key_Minus)
        assert chart.view is None
        qtbot.keyClick(chart, Qt.Key.Key_Home)
        qtbot.keyClick(chart, Qt.Key.Key_Plus)
        assert chart.view is not None
        assert chart.view.until_s is not None

    def test_shift_with_arrows_pans(self, chart: Chart, qtbot: QtBot) -> None:
        qtbot.keyClick(chart, Qt.Key.Key_Left, SHIFT)
        assert chart.view == View(HOUR_S, NOW_S - HOUR_S / 10)
        qtbot.keyClick(chart, Qt.Key.Key_Right, SHIFT)
        assert chart.view is None

    def test_the_cursor_brings_what_it_points_at_into_sight(self, chart: Chart, qtbot: QtBot) -> None:
        qtbot.keyClick(chart, Qt.Key.Key_Plus)
        qtbot.keyClick(chart, Qt.Key.Key_Home)
        first_s = chart.cursor_s
        assert first_s is not None
        assert first_s >= NOW_S - HOUR_S / 1.25
        qtbot.keyClick(chart, Qt.Key.Key_Left)
        assert chart.cursor_s is not None
        assert chart.cursor_s < first_s
        assert chart.view is not None
        assert chart.view.edges_s(NOW_S)[0] <= chart.cursor_s

    def test_a_screen_reader_hears_the_moment_and_every_value_at_the_cursor(self, chart: Chart, qtbot: QtBot) -> None:
        assert len(chart.accessibleDescription().splitlines()) == 4
        qtbot.keyClick(chart, Qt.Key.Key_End)
        moment, temperature, load, memory, power = chart.accessibleDescription().splitlines()
        assert moment.count(":") == 2
        for line, unit in ((temperature, "°C"), (load, "%"), (memory, "iB"), (power, "W")):
            assert unit in line
        chart.clear_cursor()
        assert len(chart.accessibleDescription().splitlines()) == 4


class TestWhatIsRead:
    @pytest.fixture
    def page(self, window: Window, qtbot: QtBot, visitor: Visitor) -> ChartPage:
        """Return the page with an hour of the third GPU, of which nine days are known."""
        with qtbot.waitActive(window):
            window.resize(WIDTH, HEIGHT)
            window.present()
        window.show_page(GPU)
        window.show_state(STATE)
        QApplication.processEvents()
        window.findChild(GpuPage).open_chart(CARD.uuid)
        self._answer(window, Span.HOUR)
        visitor.events.clear()
        found = window.findChild(ChartPage)
        assert isinstance(found, ChartPage)
        return found

    @staticmethod
    def _answer(window: Window, span: Span | Stretch, value: float = 50.0) -> None:
        until_s = span.until_s if isinstance(span, Stretch) and span.until_s else NOW_S
        series = {Measure.UTILIZATION: [Point(until_s - 2 * span.point_s, value, value, value)]}
        history = CardHistory(
            uuid=CARD.uuid, span=span, until_s=until_s, series=series, now_s=NOW_S, oldest_s=NOW_S - 9 * DAY_S
        )
        window.show_state(replace(STATE, history=on.HistoryRead(CARD.uuid, span, history)))

    @staticmethod
    def _chart(page: ChartPage) -> Chart:
        found = page.findChild(Chart)
        assert isinstance(found, Chart)
        return found

    def test_finer_data_is_read_and_until_it_is_here_the_old_stays(
        self, window: Window, page: ChartPage, visitor: Visitor
    ) -> None:
        chart = self._chart(page)
        _roll(chart, 8, part=1.0)
        [wanted] = visitor.events
        assert isinstance(wanted, on.HistoryWanted)
        assert isinstance(wanted.span, Stretch)
        assert wanted.span.point_s < Span.HOUR.point_s
        assert chart.told(1) == "50 %"
        self._answer(window, wanted.span, 70.0)
        chart.clear_cursor()
        assert chart.told(1) == "70 %"

    def test_one_thing_is_read_at_a_time_and_what_comes_too_late_is_dropped(
        self, window: Window, page: ChartPage, visitor: Visitor
    ) -> None:
        chart = self._chart(page)
        for _ in range(3):
            _roll(chart, 1, part=1.0)
        [first] = visitor.events
        assert isinstance(first, on.HistoryWanted)
        self._answer(window, first.span, 70.0)
        chart.clear_cursor()
        assert chart.told(1) == "50 %", "it was read for another part"
        second = visitor.events[-1]
        assert isinstance(second, on.HistoryWanted)
        assert second.span.length_s < first.span.length_s
        self._answer(window, first.span, 90.0)
        assert chart.told(1) == "50 %", "it comes twice"
        self._answer(window, second.span, 80.0)
        assert chart.told(1) == "80 %"
        assert len(visitor.events) == 2

    def test_a_button_and_escape_go_back_to_now(
        self, window: Window, page: ChartPage, visitor: Visitor, qtbot: QtBot
    ) -> None:
        chart = self._chart(page)
        back = next(button for button in page.findChildren(Button) if button.text() == "Back to now")
        assert not back.isVisible()
        _roll(chart, 1, modifiers=SHIFT)
        assert back.isVisible()
        qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
        assert not back.isVisible()
        assert chart.view is None
        assert window.focusWidget() is chart
        _roll(chart, 1, modifiers=SHIFT)
        chart.clear_cursor()
        qtbot.keyClick(chart, Qt.Key.Key_Escape)
        assert chart.view is None
        assert page.isVisible()

    def test_another_span_or_card_begins_at_the_present(self, window: Window, page: ChartPage) -> None:
        chart = self._chart(page)
        _roll(chart, 1, modifiers=SHIFT)
        page._choose_span(Span.DAY)  # what a click on the tab does
        assert chart.view is None
        self._answer(window, Span.DAY)
        _roll(chart, 1, modifiers=SHIFT)
        page.open("GPU-1")
        assert chart.view is None

    def test_the_past_is_not_read_again_and_the_present_is(self, page: ChartPage, visitor: Visitor) -> None:
        page._ask_again()  # what the timer does
        assert visitor.events == [on.HistoryWanted(CARD.uuid, Span.HOUR)]
        _roll(self._chart(page), 1, modifiers=SHIFT)
        count = len(visitor.events)
        page._ask_again()
        assert len(visitor.events) == count

    def test_zoomed_out_beyond_the_hour_minutes_are_read(self, page: ChartPage, visitor: Visitor) -> None:
        for _ in range(6):
            _roll(self._chart(page), -1)
        assert self._chart(page).view == View(pytest.approx(HOUR_S * 1.25**6))
        [first] = visitor.events
        assert isinstance(first, on.HistoryWanted)
        assert isinstance(first.span, Stretch)
        assert first.span.level is Level.MINUTE


class _Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, chart: Chart) -> None:
        super().__init__(chart)
        self.count = 0
        chart.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Paint
        return False


class TestWhatIsPainted:
    def _settled(self, chart: Chart, paints: _Paints) -> int:
        QApplication.processEvents()
        QApplication.processEvents()
        return paints.count

    def test_only_new_data_and_the_user_make_it_paint(self, chart: Chart, qtbot: QtBot) -> None:
        with qtbot.waitExposed(chart):
            chart.show()
        paints = _Paints(chart)
        shown = chart._curves
        before = self._settled(chart, paints)
        for _ in range(100):
            chart.show_curves(replace(shown))  # every second the state comes anew
        assert self._settled(chart, paints) == before
        chart.show_curves(replace(shown, history=charts.history(Span.HOUR)))
        wait_until(lambda: self._settled(chart, paints) > before, what="new data are painted")
        before = paints.count
        qtbot.keyClick(chart, Qt.Key.Key_Left)
        wait_until(lambda: self._settled(chart, paints) > before, what="the cursor is painted")

    def test_nothing_is_painted_while_it_is_hidden(self, chart: Chart, qtbot: QtBot) -> None:
        with qtbot.waitExposed(chart):
            chart.show()
        chart.hide()
        paints = _Paints(chart)
        before = self._settled(chart, paints)
        for number in range(20):
            history = charts.history(Span.HOUR, until_s=NOW_S + number)
            chart.show_curves(Curves(Span.HOUR, history, states.LIMITS))
        assert self._settled(chart, paints) == before == 0
