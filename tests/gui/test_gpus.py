"""The GPUs at a glance: cards for two, rows for more, and where the eye is led."""

from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from etoile.domain.forecast import Forecast
from etoile.domain.gpus import GpuReading, GpuState, Kind, Thermal
from etoile.domain.state import State
from etoile.domain.thermal import Track
from etoile.gui.design import DARK, Look, Type
from etoile.gui.glance import Glance, memory
from etoile.gui.gpu_card import GpuCard
from etoile.gui.gpu_row import GpuHeading, GpuRow, columns
from etoile.gui.gpu_strip import GpuStrip
from etoile.gui.gpu_view import GpuView
from etoile.gui.label import Label
from etoile.gui.page import GPU
from etoile.gui.severity import SMALL_CHIP, Severity, chip_width
from etoile.gui.window import HEIGHT, WIDTH, Window
from etoile.gui.words import THERMAL, short_gpu
from etoile.text import render
from tests.gui import states

GIB = states.GIB
SIX = State(gpus=states.SIX, limits=states.LIMITS)
MANY = State(gpus=tuple(states.gpu(index) for index in range(64)), limits=states.LIMITS)


def _in_view(window: Window) -> list[int]:
    """Return the indexes of the GPUs that are whole in view."""
    rows = window.findChildren(GpuRow)
    return [row.glance.gpu.index for row in rows if row.visibleRegion().boundingRect() == row.rect()]


def _heated(state: State, index: int, thermal: Thermal = Thermal.WARNING) -> State:
    gpu = state.gpus[index]
    return replace(state, tracks={**state.tracks, gpu.uuid: Track(reading=gpu, limits=states.LIMITS, state=thermal)})


def _show(window: Window, state: State) -> None:
    window.resize(WIDTH, HEIGHT)
    window.present()
    window.show_page(GPU)
    window.show_state(state)
    QApplication.processEvents()


@pytest.mark.parametrize(("count", "cards", "rows"), [(1, 1, 0), (2, 2, 0), (3, 0, 3), (6, 0, 6)])
def test_more_than_two_are_rows(window: Window, count: int, cards: int, rows: int) -> None:
    _show(window, replace(SIX, gpus=states.SIX[:count]))
    assert len(window.findChildren(GpuCard)) == cards
    assert len(window.findChildren(GpuRow)) == rows
    assert window.findChild(GpuHeading).isVisible() == bool(rows)


def test_six_are_in_view_at_once(window: Window) -> None:
    _show(window, SIX)
    assert _in_view(window) == [0, 1, 2, 3, 4, 5]
    assert window.findChild(GpuStrip).verticalScrollBar().maximum() == 0


def test_a_gpu_that_goes_leaves_no_gap(window: Window) -> None:
    _show(window, SIX)
    window.show_state(replace(SIX, gpus=states.SIX[:2]))
    height = window.findChild(GpuStrip).height()
    window.show_state(replace(SIX, gpus=states.SIX[:2], samples_every_s=11))
    assert window.findChild(GpuStrip).height() == height


def test_simulated_is_said_once_where_all_are(window: Window) -> None:
    _show(window, SIX)
    assert window.findChild(GpuHeading).accessibleName() == "Simulated"
    assert {row.glance.remark for row in window.findChildren(GpuRow)} == {None}
    mixed = (replace(states.SIX[0], simulated=False), *states.SIX[1:])
    window.show_state(replace(SIX, gpus=mixed))
    assert window.findChild(GpuHeading).accessibleName() == "GPUs"
    remarks = [row.glance.remark for row in window.findChildren(GpuRow)]
    assert [remark and render(remark, "en") for remark in remarks] == [None, *["simulated"] * 5]


def test_every_row_tells_a_screen_reader_all(window: Window) -> None:
    _show(window, _heated(SIX, 2))
    row = window.findChildren(GpuRow)[2]
    assert row.accessibleName() == "GPU 2, NVIDIA GeForce RTX 3080"
    for words in ("Hot, 79 °C, load 100 %, 8.3\u00a0GiB of 10.0\u00a0GiB", "312 W of 450 W · fan 46 % · 1 process"):
        assert words in row.accessibleDescription()
        assert words in row.toolTip()


class _Painted(QObject):
    """Remembers which GPUs were painted."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.indexes: set[int] = set()
        for row in window.findChildren(GpuRow):
            row.installEventFilter(self)

    def eventFilter(self, row: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and isinstance(row, GpuRow):
            self.indexes.add(row.glance.gpu.index)
        return False


class TestManyGpus:
    @pytest.fixture
    def strip(self, window: Window, qtbot: QtBot) -> GpuStrip:
        with qtbot.waitActive(window):
            _show(window, MANY)
        found = window.findChild(GpuStrip)
        assert isinstance(found, GpuStrip)
        return found

    def test_rows_out_of_sight_are_not_painted(self, window: Window, strip: GpuStrip, qtbot: QtBot) -> None:
        qtbot.waitUntil(lambda: 0 in _in_view(window))
        painted = _Painted(window)
        warmer = tuple(replace(gpu, temperature_c=70) for gpu in MANY.gpus)
        window.show_state(replace(MANY, gpus=warmer))
        qtbot.waitUntil(lambda: 0 in painted.indexes)
        assert max(painted.indexes) < 16

    def test_what_is_out_of_sight_is_made_when_it_is_looked_at(
        self, window: Window, strip: GpuStrip, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made, glance = [], strip.glance
        monkeypatch.setattr(strip, "glance", lambda gpu, *given: (made.append(gpu.index), glance(gpu, *given))[1])
        qtbot.waitUntil(lambda: 0 in _in_view(window))
        made.clear()
        window.show_state(replace(MANY, gpus=tuple(replace(gpu, temperature_c=70) for gpu in MANY.gpus)))
        assert 0 in made
        assert max(made) < 16
        row = window.findChildren(GpuRow)[63]
        assert "70" not in row.accessibleDescription()
        strip.verticalScrollBar().setValue(strip.verticalScrollBar().maximum())
        qtbot.waitUntil(lambda: "70" in row.accessibleDescription())
        assert row.glance.gpu.temperature_c == 70

    def test_a_screen_reader_is_told_of_all(
        self, window: Window, strip: GpuStrip, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(QAccessible, "isActive", lambda: True)
        window.show_state(replace(MANY, gpus=tuple(replace(gpu, temperature_c=70) for gpu in MANY.gpus)))
        assert "70" in window.findChildren(GpuRow)[63].accessibleDescription()

    @pytest.mark.parametrize("thermal", [Thermal.WARNING, Thermal.CRITICAL])
    def test_one_that_turns_hot_comes_into_view(
        self, window: Window, strip: GpuStrip, qtbot: QtBot, thermal: Thermal
    ) -> None:
        window.show_state(_heated(MANY, 40, thermal))
        qtbot.waitUntil(lambda: 40 in _in_view(window))
        strip.verticalScrollBar().setValue(0)
        window.show_state(replace(_heated(MANY, 40, thermal), samples_every_s=11))
        QApplication.processEvents()
        assert 0 in _in_view(window)

    def test_of_two_the_critical_one_comes_into_view(self, window: Window, strip: GpuStrip, qtbot: QtBot) -> None:
        window.show_state(_heated(_heated(MANY, 20, Thermal.CRITICAL), 50))
        qtbot.waitUntil(lambda: 20 in _in_view(window))
        assert 50 not in _in_view(window)

    def test_one_that_is_hot_already_is_in_view_from_the_start(self, window: Window, qtbot: QtBot) -> None:
        _show(window, _heated(MANY, 63))
        qtbot.waitUntil(lambda: 63 in _in_view(window))

    def test_what_the_user_is_looking_at_stays(self, window: Window, strip: GpuStrip, qtbot: QtBot) -> None:
        window.findChildren(GpuRow)[0].setFocus()
        window.show_state(_heated(MANY, 40))
        qtbot.waitUntil(lambda: not strip._reveal.isActive())
        assert 0 in _in_view(window)

    def test_tab_stops_once_and_arrows_go_from_gpu_to_gpu(self, window: Window, strip: GpuStrip, qtbot: QtBot) -> None:
        rows = window.findChildren(GpuRow)
        rows[0].setFocus()
        reached = []
        for key in (Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Home, Qt.Key.Key_Up):
            qtbot.keyClick(window.focusWidget(), key)
            reached.append(rows.index(window.focusWidget()))
            assert rows[reached[-1]].glance.gpu.index in _in_view(window)
        assert reached == [1, 63, 63, 62, 0, 0]
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Down)
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert not isinstance(window.focusWidget(), GpuView)
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
        assert window.focusWidget() is rows[1]

    def test_the_focus_stays_on_its_gpu_when_another_goes(self, window: Window, strip: GpuStrip) -> None:
        window.findChildren(GpuRow)[3].setFocus()
        window.show_state(replace(MANY, gpus=MANY.gpus[1:]))
        focused = window.focusWidget()
        assert isinstance(focused, GpuRow)
        assert focused.glance.gpu.index == 3


class TestRow:
    def _painted(self, look: Look, gpu: GpuReading, thermal: Thermal = Thermal.NORMAL) -> GpuRow:
        return GpuRow(look, Glance(gpu=gpu, thermal=thermal, limits=states.LIMITS))

    def _colours(self, widget: QWidget) -> set[str]:
        widget.resize(400, 44)
        image = widget.grab().toImage()
        return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}

    def test_normal_is_grey_and_full_load_is_no_fault(self, qtbot: QtBot, look: Look) -> None:
        row = self._painted(look, states.gpu(utilization_percent=100))
        qtbot.addWidget(row)
        hues = {DARK.warning.name(), DARK.critical.name(), DARK.critical_fill.name()}
        assert not hues & self._colours(row)
        row.show_glance(replace(row.glance, thermal=Thermal.WARNING))
        assert DARK.warning.name() in self._colours(row)
        row.show_glance(replace(row.glance, thermal=Thermal.CRITICAL))
        assert {DARK.critical.name(), DARK.critical_fill.name()} <= self._colours(row)

    def test_what_stays_beside_the_curve_is_not_painted_again(self, qtbot: QtBot, look: Look) -> None:
        row = self._painted(look, states.gpu())
        qtbot.addWidget(row)
        row.resize(400, 44)
        row.grab()
        before = row.glance
        row.show_glance(replace(before, gpu=states.gpu(temperature_c=70, utilization_percent=3)))
        changed = row.changed_since(before)
        assert changed.left() > 100
        assert changed.right() < 320
        for other in (
            replace(before, thermal=Thermal.WARNING),
            replace(before, snoozed=True),
            replace(before, forecast=Forecast(85, 178.0)),
            replace(before, gpu=states.gpu(memory_used_bytes=1)),
            replace(before, gpu=states.gpu(state=GpuState.STALE)),
        ):
            row.show_glance(other)
            assert row.changed_since(before) == row.rect()

    def test_values_that_are_not_of_now_are_faint(self, qtbot: QtBot, look: Look) -> None:
        row = self._painted(look, states.gpu(state=GpuState.STALE))
        qtbot.addWidget(row)
        faint = self._colours(row)
        row.show_glance(replace(row.glance, gpu=states.gpu()))
        assert DARK.text3.name() in faint
        assert DARK.text3.name() not in self._colours(row)

    @pytest.mark.parametrize("width", [348, 408, 688])
    def test_numbers_have_the_room_of_their_widest(self, look: Look, width: int) -> None:
        places = columns(QRectF(0, 0, width, 44), look)
        wide, small = look.metrics(Type.HEADING).horizontalAdvance, look.metrics(Type.META).horizontalAdvance
        assert places.temperature.width() >= wide("100") + small("°C")
        assert places.load.width() >= wide("100") + small("%")
        assert places.memory.width() >= small("127/141\u00a0GiB")
        assert places.memory.right() <= width
        assert places.curve.width() >= 40

    def test_on_a_very_narrow_screen_the_name_has_the_room_of_the_curve(self, look: Look) -> None:
        places = columns(QRectF(0, 0, 284, 44), look)
        assert places.curve.width() == 0
        assert places.name.width() >= look.metrics(Type.TITLE).horizontalAdvance("GPU 63")
        assert places.memory.right() <= 284

    @pytest.mark.parametrize("language", ["en", "fr"])
    @pytest.mark.parametrize("thermal", [Thermal.WARNING, Thermal.CRITICAL])
    def test_the_chip_has_room_even_in_the_narrowest_window(
        self, qapp: object, language: str, thermal: Thermal
    ) -> None:
        look = Look(language, "dark")
        chip = partial(chip_width, look, look.words(THERMAL[thermal]), SMALL_CHIP)
        assert chip() <= columns(QRectF(0, 0, 348, 44), look).name.width()
        beside = look.metrics(Type.TITLE).horizontalAdvance("GPU 5") + 8 + chip()
        assert beside <= columns(QRectF(0, 0, 408, 44), look).name.width()


@pytest.mark.parametrize(
    ("used_gib", "total_gib", "english", "french"),
    [
        (8.3, 10, "8.3/10\u00a0GiB", "8,3/10\u00a0Gio"),
        (0.25, 6, "0.2/6\u00a0GiB", "0,2/6\u00a0Gio"),
        (127.4, 141, "127/141\u00a0GiB", "127/141\u00a0Gio"),
        (0.0, 24, "0.0/24\u00a0GiB", "0,0/24\u00a0Gio"),
        (None, 24, "–/24\u00a0GiB", "–/24\u00a0Gio"),
        (3.0, None, "3.0\u00a0GiB", "3,0\u00a0Gio"),
        (None, None, "–", "–"),
    ],
)
def test_memory_is_told_in_one_unit(
    qapp: object, used_gib: float | None, total_gib: int | None, english: str, french: str
) -> None:
    gpu = states.gpu(
        memory_used_bytes=None if used_gib is None else round(used_gib * GIB),
        memory_total_bytes=None if total_gib is None else total_gib * GIB,
    )
    assert (memory(gpu, Look("en")), memory(gpu, Look("fr"))) == (english, french)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("NVIDIA GeForce RTX 3080", "RTX 3080"),
        ("NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada"),
        ("Tesla P4", "Tesla P4"),
    ],
)
def test_models_without_the_words_that_most_share(name: str, short: str) -> None:
    assert short_gpu(name) == short


@pytest.mark.parametrize("kind", [GpuCard, GpuRow])
def test_what_is_about_to_happen_is_told(look: Look, qtbot: QtBot, kind: type[GpuView]) -> None:
    def view(gpu: GpuReading) -> GpuView:
        glance = Glance(gpu=gpu, thermal=Thermal.WARNING, limits=states.LIMITS, forecast=Forecast(85, 178.0))
        made = kind(look, glance)
        qtbot.addWidget(made)
        made.grab()
        return made

    assert "85\u00a0°C in about 3\u00a0min" in view(states.gpu(temperature_c=78)).accessibleDescription()
    assert "in about" not in view(states.gpu(state=GpuState.STALE)).accessibleDescription()


def test_a_lost_gpu_is_said_to_be_lost_whatever_it_was() -> None:
    glance = Glance(gpu=states.gpu(state=GpuState.LOST), thermal=Thermal.CRITICAL, limits=states.LIMITS)
    assert glance.severity is Severity.LOST
    assert render(glance.word, "en") == "Lost"


def _far(index: int, host: str, **values: object) -> GpuReading:
    return states.gpu(index, uuid=f"GPU-{host}-{index}", host=host, far=True, **values)


def _hosts(window: Window) -> list[str]:
    return [label.text() for label in window.findChild(GpuStrip).findChildren(Label) if label.isVisible()]


def test_gpus_of_several_machines_stand_under_the_names_of_their_hosts(window: Window) -> None:
    far = (_far(0, "M1"), _far(1, "M1"), _far(0, "M2"))
    _show(window, replace(SIX, gpus=(*states.SIX[:1], *far)))
    assert _hosts(window) == [states.SIX[0].host, "M1", "M2"]
    places = [row.mapTo(window, row.rect().topLeft()).y() for row in window.findChildren(GpuRow)]
    assert places == sorted(places)
    window.show_state(replace(SIX, gpus=far[:2]))
    QApplication.processEvents()
    assert _hosts(window) == [], "one machine needs no name"


def test_the_arrow_keys_go_from_machine_to_machine(window: Window, qtbot: QtBot) -> None:
    with qtbot.waitActive(window):
        _show(window, replace(SIX, gpus=(_far(0, "M1"), _far(0, "M2"), _far(1, "M2"))))
    rows = window.findChildren(GpuRow)
    rows[0].setFocus()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Down)
    assert window.focusWidget() is rows[1]


def test_without_a_gpu_the_processor_is_shown(window: Window) -> None:
    processor = states.gpu(
        0,
        uuid="CPU-athena",
        name="AMD Ryzen 9 7950X",
        kind=Kind.PROCESSOR,
        temperature_c=61,
        memory_used_bytes=None,
        memory_total_bytes=None,
        power_w=None,
        power_limit_w=None,
        fan_percent=None,
        processes=(),
    )
    _show(window, State(processors=(processor,), limits=states.LIMITS))
    [card] = window.findChildren(GpuCard)
    assert card.accessibleName() == "CPU, AMD Ryzen 9 7950X"
    assert card.accessibleDescription().startswith("CPU on athena: 61 °C, load 99 %\n")
