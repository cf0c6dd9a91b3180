"""The history of a card in the window: opened by mouse and by keys, told to eyes and to screen readers."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QLocale, QPoint, Qt
from PySide6.QtGui import QCursor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from etoile.domain import events as on
from etoile.domain.forecast import Forecast
from etoile.domain.gpus import Kind
from etoile.domain.history import CardHistory, KeptCard, Measure, Point, Span
from etoile.domain.state import State
from etoile.gui.chart import Chart
from etoile.gui.chart_axis import UNKNOWN, Scale, scale_of, ticks
from etoile.gui.chart_page import ChartPage, card_title
from etoile.gui.conversation import Conversation
from etoile.gui.curves import Curves
from etoile.gui.design import DARK, Look
from etoile.gui.gpu_page import GpuPage
from etoile.gui.gpu_row import GpuRow
from etoile.gui.page import GPU
from etoile.gui.tabs import Tab
from etoile.gui.window import HEIGHT, WIDTH, Window
from etoile.text import render
from tests.gui import charts, states
from tests.gui.conftest import Visitor

CARD = states.gpu(2, name="NVIDIA GeForce RTX 3080")
STATE = replace(states.CALM, gpus=(states.gpu(0), states.gpu(1), CARD))
PARIS = ZoneInfo("Europe/Paris")
ENGLISH = QLocale("en")


@pytest.fixture(autouse=True)
def paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(autouse=True)
def mouse_away(qapp: object) -> Iterator[None]:
    """Leave the mouse where no window of a later test is: what is under it counts as looked at."""
    yield
    QCursor.setPos(0, 0)


@pytest.fixture
def page(window: Window, qtbot: QtBot) -> ChartPage:
    """Return the page of a window that shows three GPUs."""
    with qtbot.waitActive(window):
        window.resize(WIDTH, HEIGHT)
        window.present()
    window.show_page(GPU)
    window.show_state(STATE)
    QApplication.processEvents()
    found = window.findChild(ChartPage)
    assert isinstance(found, ChartPage)
    return found


def _rows(window: Window) -> list[GpuRow]:
    return window.findChildren(GpuRow)


def _chart(page: ChartPage) -> Chart:
    found = page.findChild(Chart)
    assert isinstance(found, Chart)
    return found


def _open(window: Window, page: ChartPage, span: Span = Span.HOUR, state: State = STATE) -> None:
    """Open the history of the third GPU, and let it be read."""
    window.findChild(GpuPage).open_chart(CARD.uuid)  # what a click on the row does
    page._choose_span(span)  # what a click on the tab does
    window.show_state(replace(state, history=charts.read(span)))
    QApplication.processEvents()


class TestComingAndGoing:
    def test_a_click_opens_it(self, window: Window, page: ChartPage, visitor: Visitor, qtbot: QtBot) -> None:
        qtbot.mouseClick(_rows(window)[2], Qt.MouseButton.LeftButton)
        assert page.isVisible()
        assert not window.findChild(Conversation).isVisible()
        assert visitor.events == [on.HistoryWanted("GPU-2", Span.HOUR)]

    @pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
    def test_so_do_keys_and_escape_goes_back_to_where_one_was(
        self, window: Window, page: ChartPage, qtbot: QtBot, key: Qt.Key
    ) -> None:
        row = _rows(window)[1]
        row.setFocus()
        qtbot.keyClick(row, key)
        assert page.isVisible()
        assert window.focusWidget() is _chart(page)
        qtbot.keyClick(_chart(page), Qt.Key.Key_Escape)
        assert not page.isVisible()
        assert window.isVisible()
        assert window.focusWidget() is row

    def test_escape_first_takes_the_cursor_away(self, window: Window, page: ChartPage, qtbot: QtBot) -> None:
        _open(window, page)
        qtbot.keyClick(_chart(page), Qt.Key.Key_Home)
        assert _chart(page).has_cursor
        qtbot.keyClick(_chart(page), Qt.Key.Key_Escape)
        assert page.isVisible()
        assert not _chart(page).has_cursor

    def test_a_drag_of_the_window_opens_nothing(
        self, window: Window, page: ChartPage, visitor: Visitor, qtbot: QtBot
    ) -> None:
        row = _rows(window)[0]
        qtbot.mousePress(row, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
        qtbot.mouseMove(row, QPoint(60, 20))
        qtbot.mouseRelease(row, Qt.MouseButton.LeftButton, pos=QPoint(60, 20))
        assert visitor.events == []
        assert not page.isVisible()

    def test_a_new_request_brings_the_conversation_back(self, window: Window, page: ChartPage) -> None:
        _open(window, page)
        window.show_state(replace(STATE, turn=states.STREAMING))
        assert not page.isVisible()
        assert window.findChild(Conversation).isVisible()

    def test_another_span_is_asked_for(self, page: ChartPage, window: Window, visitor: Visitor, qtbot: QtBot) -> None:
        _open(window, page)
        visitor.events.clear()
        month = next(tab for tab in page.findChildren(Tab) if tab.text() == "Month")
        qtbot.mouseClick(month, Qt.MouseButton.LeftButton)
        assert visitor.events == [on.HistoryWanted("GPU-2", Span.MONTH)]
        qtbot.keyClick(month, Qt.Key.Key_Right)
        assert visitor.events[-1] == on.HistoryWanted("GPU-2", Span.YEAR)

    def test_every_known_card_can_be_chosen_also_one_that_is_gone(
        self, window: Window, page: ChartPage, visitor: Visitor
    ) -> None:
        _open(window, page)
        actions = page._menu().actions()  # a menu that is shown waits for the user
        words = [action.text() for action in actions if not action.isSeparator()]
        assert words == [
            "GPU 0 · RTX 4090 · athena",
            "GPU 1 · RTX 4090 · athena",
            "GPU 2 · RTX 3080 · athena",
            "GPU 1 · GTX 1080 · hermes, last seen on 10/12/26",
        ]
        assert [action.isChecked() for action in actions if not action.isSeparator()] == [False, False, True, False]
        actions[-1].trigger()
        assert visitor.events[-1] == on.HistoryWanted("GPU-9", Span.HOUR)


class TestWhatIsTold:
    def test_a_screen_reader_hears_what_each_plot_comes_to(self, window: Window, page: ChartPage) -> None:
        _open(window, page, Span.DAY)
        chart = _chart(page)
        assert chart.accessibleName() == "History of GPU 2 · RTX 3080 · athena: Day"
        temperature, load, memory, power = chart.accessibleDescription().splitlines()
        assert temperature == "Temperature 36 °C to 81 °C, mean 49 °C"
        assert load.startswith("Load 0 % to 100 %")
        assert memory == "Memory 563\u00a0MiB to 8.4\u00a0GiB, mean 4.0\u00a0GiB"
        assert power.startswith("Power 9 W to 325 W")

    def test_the_keys_go_from_point_to_point(self, window: Window, page: ChartPage, qtbot: QtBot) -> None:
        _open(window, page, Span.HOUR)
        chart = _chart(page)
        points = charts.history(Span.HOUR).series[Measure.TEMPERATURE]
        qtbot.keyClick(chart, Qt.Key.Key_Left)
        assert chart.cursor_s == points[-1].at_s + 2.5
        qtbot.keyClick(chart, Qt.Key.Key_Left)
        assert chart.cursor_s == points[-2].at_s + 2.5
        qtbot.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
        assert chart.cursor_s == points[-12].at_s + 2.5
        qtbot.keyClick(chart, Qt.Key.Key_Home)
        qtbot.keyClick(chart, Qt.Key.Key_Left)
        assert chart.cursor_s == points[0].at_s + 2.5
        qtbot.keyClick(chart, Qt.Key.Key_End)
        assert chart.cursor_s == points[-1].at_s + 2.5

    def test_the_mouse_tells_values_and_in_a_gap_none(self, window: Window, page: ChartPage, qtbot: QtBot) -> None:
        _open(window, page, Span.HOUR)
        chart = _chart(page)
        box = chart.boxes()[0].toRect()
        qtbot.mouseMove(chart, QPoint(box.left() + round(box.width() * 0.9), box.center().y()))
        assert "°C" in chart.told(0)
        qtbot.mouseMove(chart, QPoint(box.left() + round(box.width() * 0.33), box.center().y()))
        assert [chart.told(place) for place in range(4)] == ["–"] * 4

    @pytest.mark.parametrize(
        ("state", "remark"),
        [
            (STATE, None),
            (replace(STATE, gpus=(replace(CARD, simulated=True),)), "Simulated GPUs leave no history."),
            (replace(STATE, gpus=()), "Not there now; last seen on 11/21/26."),
        ],
    )
    def test_a_remark_where_the_chart_does_not_speak_for_itself(
        self, window: Window, page: ChartPage, state: State, remark: str | None
    ) -> None:
        _open(window, page, state=state)
        assert page.remark == (remark or "")

    def test_what_cannot_be_read_or_is_empty_is_said(self, window: Window, page: ChartPage) -> None:
        _open(window, page)
        window.show_state(replace(STATE, history=on.HistoryRead("GPU-2", Span.HOUR, None)))
        assert page.remark == "The history cannot be read."
        empty = CardHistory(uuid="GPU-2", span=Span.HOUR, until_s=charts.UNTIL_S, series={})
        window.show_state(replace(STATE, history=on.HistoryRead("GPU-2", Span.HOUR, empty)))
        assert page.remark == "Nothing was measured in this time."

    def test_what_was_read_for_another_card_or_span_is_not_shown(self, window: Window, page: ChartPage) -> None:
        _open(window, page, Span.HOUR)
        before = _chart(page).accessibleDescription()
        window.show_state(replace(STATE, history=charts.read(Span.DAY)))
        assert _chart(page).accessibleDescription() == before
        page.open("GPU-1")
        assert _chart(page).accessibleDescription().splitlines()[0] == "Temperature –"
        window.show_state(replace(STATE, history=charts.read(Span.HOUR)))
        assert _chart(page).accessibleDescription().splitlines()[0] == "Temperature –"


class TestWhatIsSeen:
    @pytest.fixture
    def chart(self, qtbot: QtBot, look: Look) -> Chart:
        made = Chart(look)
        made.resize(408, 440)
        qtbot.addWidget(made)
        return made

    @staticmethod
    def _hues(chart: Chart, place: int) -> set[str]:
        image: QImage = chart.grab().toImage()
        box = chart.boxes()[place].toRect()
        return {
            image.pixelColor(x, y).name()
            for x in range(box.left(), box.right())
            for y in range(box.top(), box.bottom())
        }

    def test_a_limit_takes_its_hue_only_when_it_is_crossed(self, chart: Chart) -> None:
        warm = charts.history(Span.DAY)
        chart.show_curves(Curves(Span.DAY, warm, states.LIMITS))
        assert DARK.warning.name() in self._hues(chart, 0)
        assert DARK.critical.name() not in self._hues(chart, 0)
        cool = replace(
            warm, series={Measure.TEMPERATURE: [Point(at_s, 40, 40, 41) for at_s in (warm.since_s, warm.since_s + 120)]}
        )
        chart.show_curves(Curves(Span.DAY, cool, states.LIMITS))
        assert not {DARK.warning.name(), DARK.critical.name()} & self._hues(chart, 0)

    def test_load_and_memory_never_take_a_hue_of_severity(self, chart: Chart) -> None:
        chart.show_curves(Curves(Span.DAY, charts.history(Span.DAY), states.LIMITS))
        for place in (1, 2, 3):
            assert not {DARK.warning.name(), DARK.critical.name()} & self._hues(chart, place)

    def test_nothing_is_drawn_in_a_gap(self, chart: Chart) -> None:
        chart.show_curves(Curves(Span.DAY, charts.history(Span.DAY), states.LIMITS))
        image, box = chart.grab().toImage(), chart.boxes()[1].toRect()
        middle = box.left() + round(box.width() * 0.33)
        column = {image.pixelColor(middle, y).name() for y in range(box.top() + 2, box.bottom() - 2)}
        assert column <= {DARK.raised.name(), DARK.border.name()}

    def test_when_heat_slowed_the_card_down_is_seen_and_told(self, chart: Chart) -> None:
        history = charts.history(Span.DAY)
        chart.show_curves(Curves(Span.DAY, history, states.LIMITS))
        before = self._hues(chart, 0)
        slowed = ((charts.UNTIL_S - 30_000, charts.UNTIL_S - 20_000),)
        chart.show_curves(Curves(Span.DAY, replace(history, slowed=slowed), states.LIMITS))
        assert self._hues(chart, 0) - before
        chart._move_cursor(charts.UNTIL_S - 25_000.0)
        assert chart.told(0).endswith("· slowed by heat")
        assert "heat" not in chart.told(1)
        chart._move_cursor(charts.UNTIL_S - 35_000.0)
        assert "heat" not in chart.told(0)

    def test_one_measurement_alone_is_seen(self, chart: Chart) -> None:
        at_s = charts.UNTIL_S - 40_000
        alone = CardHistory(
            uuid="x", span=Span.DAY, until_s=charts.UNTIL_S, series={Measure.UTILIZATION: [Point(at_s, 50, 60, 70)]}
        )
        chart.show_curves(Curves(Span.DAY, alone, states.LIMITS))
        assert len(self._hues(chart, 1)) > 2

    def test_the_forecast_is_drawn_and_told_in_the_hour_alone(self, chart: Chart) -> None:
        forecast = Forecast(85, 178.0)
        chart.show_curves(Curves(Span.HOUR, charts.history(Span.HOUR), states.LIMITS, forecast))
        assert DARK.critical.name() in self._hues(chart, 0)
        chart.show_curves(Curves(Span.DAY, charts.history(Span.DAY), states.LIMITS, forecast))
        assert DARK.critical.name() not in self._hues(chart, 0)

    def test_it_is_painted_before_anything_is_read(self, chart: Chart) -> None:
        chart.show_curves(Curves(Span.YEAR))
        assert self._hues(chart, 0) == {DARK.raised.name()}
        assert chart.told(0) == "–"

    def test_where_nothing_is_known_no_number_stands_beside_a_plot(self, chart: Chart) -> None:
        def written(card: KeptCard | None) -> set[int]:
            cards = (card,) if card else ()
            empty = CardHistory(uuid="GPU-2", span=Span.DAY, until_s=charts.UNTIL_S, series={}, cards=cards)
            chart.show_curves(Curves(Span.DAY, empty, states.LIMITS))
            image, box = chart.grab().toImage(), chart.boxes()[2].toRect()
            return {image.pixel(x, y) for x in range(box.left() - 4) for y in range(box.top() + 2, box.bottom() - 2)}

        assert len(written(charts.CARD)) > 1
        assert len(written(None)) == 1

    @pytest.mark.parametrize("language", ["en", "fr"])
    @pytest.mark.parametrize("width", [348, 408, 688])
    def test_the_scale_has_room_for_its_widest_value(self, qtbot: QtBot, language: str, width: int) -> None:
        chart = Chart(Look(language, "light"))
        qtbot.addWidget(chart)
        chart.resize(width, 440)
        card = replace(charts.CARD, memory_total_bytes=141 * charts.GIB)
        chart.show_curves(Curves(Span.DAY, charts.history(Span.DAY, card), states.LIMITS))
        chart.grab()
        assert chart.boxes()[0].left() >= 40


class TestTheAxes:
    def test_scales_are_fixed_and_grow_only_when_they_must(self) -> None:
        assert scale_of(Measure.TEMPERATURE, [], None) == Scale(20, 100)
        assert scale_of(Measure.TEMPERATURE, [Point(0, 12, 50, 104)], None) == Scale(0, 120)
        assert scale_of(Measure.UTILIZATION, [Point(0, 1, 2, 3)], None) == Scale(0, 100)
        assert scale_of(Measure.POWER, [], charts.CARD) == Scale(0, 350)
        assert scale_of(Measure.POWER, [Point(0, 1, 2, 449)], charts.CARD) == Scale(0, 450)
        assert scale_of(Measure.POWER, [Point(0, 1, 2, 7.4)], None) == Scale(0, 7.5)
        assert scale_of(Measure.MEMORY, [], charts.CARD) == Scale(0, 10 * charts.GIB)
        assert scale_of(Measure.MEMORY, [], None) is scale_of(Measure.POWER, [], None) is UNKNOWN

    @pytest.mark.parametrize(
        ("span", "labels"),
        [
            (Span.HOUR, ["14:15", "14:30", "14:45", "15:00"]),
            (Span.DAY, ["18:00", "00:00", "06:00", "12:00"]),
            (Span.WEEK, ["Sun 15", "Mon 16", "Tue 17", "Wed 18", "Thu 19", "Fri 20", "Sat 21"]),
            (Span.MONTH, ["26 Oct", "2 Nov", "9 Nov", "16 Nov"]),
            (Span.YEAR, ["Jan", "Mar", "May", "Jul", "Sep", "Nov"]),
        ],
    )
    def test_times_are_round_and_local(self, span: Span, labels: list[str]) -> None:
        until_s = charts.UNTIL_S
        found = ticks(until_s - span.length_s, until_s, ENGLISH)
        assert [tick.label for tick in found] == labels
        assert found == ticks(until_s - span.length_s, until_s, ENGLISH, PARIS)

    @pytest.mark.parametrize(
        ("hours", "labels"),
        [
            (1 / 30, ["Sat 21 Nov 15:00:00", "15:00:30", "15:01:00", "15:01:30", "15:02:00"]),
            (6, ["Sat 21 Nov 10:00", "11:00", "12:00", "13:00", "14:00", "15:00"]),
            (48, ["Fri 20 Nov", "12:00", "Sat 21 Nov", "12:00"]),
            (240, ["Fri 13", "Sun 15", "Tue 17", "Thu 19", "Sat 21"]),
            (24 * 100, ["Sep", "Oct", "Nov"]),
        ],
    )
    def test_what_was_zoomed_to_says_of_which_day_it_is(self, hours: float, labels: list[str]) -> None:
        until_s = charts.UNTIL_S
        found = ticks(until_s - hours * 3600, until_s, ENGLISH, PARIS, dated=True)
        assert [tick.label for tick in found] == labels

    @pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
    def test_a_day_on_which_the_clock_is_set_has_its_own_length(self, day: str, hours: int) -> None:
        begin = datetime.fromisoformat(day).replace(tzinfo=PARIS).timestamp()
        found = ticks(begin, begin + hours * 3600, ENGLISH)
        assert [tick.label for tick in found] == ["00:00", "06:00", "12:00", "18:00", "00:00"]
        assert found[-1].at_s - found[0].at_s == hours * 3600

    def test_the_hour_that_comes_twice_is_marked_in_order(self) -> None:
        back_s = datetime(2026, 10, 25, 1, 30, tzinfo=PARIS).timestamp()
        found = ticks(back_s, back_s + 3600, ENGLISH)
        assert [tick.at_s for tick in found] == sorted({tick.at_s for tick in found})


def test_what_a_card_is_called() -> None:
    assert (
        render(card_title(Kind.PROCESSOR, 0, "AMD Ryzen 9 7950X", "athena"), "en") == "CPU · AMD Ryzen 9 7950X · athena"
    )
    unknown = KeptCard(uuid="GPU-5")
    assert render(card_title(unknown.kind, unknown.index, unknown.name or unknown.uuid, unknown.host), "en") == "GPU-5"


def test_sixty_four_cards_can_be_chosen_from(window: Window, page: ChartPage) -> None:
    cards = tuple(states.gpu(number) for number in range(64))
    window.show_state(State(gpus=cards, limits=states.LIMITS))
    window.findChild(GpuPage).open_chart("GPU-63")  # what a click on the row does
    assert len(page._menu().actions()) == 64  # a menu that is shown waits for the user
