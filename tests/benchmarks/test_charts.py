"""What painting costs the processor: the rows of 64 cards with their curves, and the chart of a month.

The peer draws as many points with a bare QPainter: one antialiased line for each curve, on nothing, beside no words.
"""

import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize
from PySide6.QtGui import QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QApplication, QWidget

from etoile.domain.gpus import GpuReading
from etoile.domain.history import DAY_S, Span
from etoile.domain.state import State
from etoile.gui.chart import Chart
from etoile.gui.curves import Curves
from etoile.gui.design import DARK, Look
from etoile.gui.gpu_strip import GpuStrip
from etoile.gui.gpu_view import GpuView
from etoile.gui.history import SPAN_S, History
from tests.gui import charts, states

CARDS = 64
FRAMES = 100
PART = ["median", "p99"]


@pytest.fixture(scope="module", autouse=True)
def app() -> QApplication:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    made = QApplication.instance() or QApplication([])
    assert isinstance(made, QApplication)
    return made


def _measure(benchmark: Any, part: str, frame: Callable[[], None]) -> None:
    """Measure the processor's time for one frame: that of the wall tells what else the machine does."""
    frame()
    taken: list[float] = []

    def timed() -> None:
        begin = time.process_time()
        frame()
        taken.append((time.process_time() - begin) * 1000)

    benchmark.pedantic(timed, rounds=FRAMES)
    taken.sort()
    benchmark.extra_info |= {"value": taken[round((len(taken) - 1) * (0.99 if part == "p99" else 0.5))], "unit": "ms"}


def _cards(second: int) -> tuple[GpuReading, ...]:
    return tuple(
        states.gpu(
            number,
            at_s=float(second),
            temperature_c=60 + round(20 * math.sin(second / 9 + number)),
            utilization_percent=(second * 7 + number) % 101,
        )
        for number in range(CARDS)
    )


class Strip:
    """The rows of all cards, with five full minutes of history, in a window that is `height_px` high."""

    def __init__(self, height_px: int) -> None:
        self.second = round(SPAN_S)
        self.history = History()
        for second in range(self.second):
            self.history.add(_cards(second))
        self.rows = GpuStrip(Look("en", "dark"), lambda: SPAN_S, lambda: datetime(2026, 11, 21, tzinfo=UTC))
        self.rows.resize(QSize(408, height_px))
        self.rows.show()
        for _ in range(3):  # the layout runs, and what it leaves to be painted
            self.next()

    def next(self) -> None:
        """Let another second pass: new readings, what they change in the rows, and its painting."""
        self.second += 1
        cards = _cards(self.second)
        self.history.add(cards)
        self.rows.show_state(State(gpus=cards, limits=states.LIMITS), self.history)
        QApplication.processEvents()


@pytest.fixture
def strip(request: pytest.FixtureRequest) -> Iterator[Strip]:
    made = Strip(request.param)
    yield made
    made.rows.deleteLater()


def _paper(widget: QWidget) -> QImage:
    return QImage(widget.size(), QImage.Format.Format_ARGB32_Premultiplied)


@pytest.mark.parametrize("strip", [560], indirect=True)
@pytest.mark.parametrize("part", PART)
def test_rows_in_sight(benchmark: Any, part: str, strip: Strip) -> None:
    """A frame of the page in a window of usual height: what is scrolled out of sight is not painted."""
    benchmark.group = f"charts: frame of {CARDS} cards, usual window, {part}"
    _measure(benchmark, part, strip.next)


@pytest.mark.parametrize("strip", [3100], indirect=True)
@pytest.mark.parametrize("part", PART)
def test_all_rows(benchmark: Any, part: str, strip: Strip) -> None:
    """Every row in sight, as on a screen that is 3100 pixels high."""
    benchmark.group = f"charts: all rows of {CARDS} cards, {part}"
    assert all(view.visibleRegion().boundingRect() == view.rect() for view in strip.rows.findChildren(GpuView))
    _measure(benchmark, part, strip.next)


@pytest.mark.parametrize("part", PART)
@pytest.mark.parametrize("rows", [12, CARDS])
def test_bare_rows(benchmark: Any, part: str, rows: int) -> None:
    benchmark.group = (
        f"charts: all rows of {CARDS} cards, {part}"
        if rows == CARDS
        else f"charts: frame of {CARDS} cards, usual window, {part}"
    )
    benchmark.extra_info["peer"] = "bare QPainter"
    _measure(benchmark, part, lambda: _bare(rows, round(SPAN_S), QSize(96, 44)))


@pytest.mark.parametrize("part", PART)
@pytest.mark.parametrize("what", ["hover", "zoom"])
def test_month(benchmark: Any, what: str, part: str) -> None:
    """A chart of a month in the widest window, while the cursor moves, and while it is zoomed."""
    benchmark.group = f"charts: a month, {what}, {part}"
    chart = Chart(Look("en", "dark"))
    chart.resize(680, 520)
    history = replace(charts.history(Span.MONTH), oldest_s=charts.UNTIL_S - 365 * DAY_S)
    chart.show_curves(Curves(Span.MONTH, history, states.LIMITS))
    paper, box = _paper(chart), chart.boxes()[0]
    frames = iter(range(10_000))

    def frame() -> None:
        number = next(frames)
        if what == "hover":
            chart._point_at(QPointF(box.left() + number * 5 % box.width(), box.center().y()))  # what a move does
        else:
            chart._zoom(1.01 if number % 40 < 20 else 1 / 1.01, charts.UNTIL_S - 10 * DAY_S)  # what a wheel does
        chart.render(paper, QPoint())

    _measure(benchmark, part, frame)
    chart.deleteLater()


@pytest.mark.parametrize("part", PART)
@pytest.mark.parametrize("what", ["hover", "zoom"])
def test_bare_month(benchmark: Any, what: str, part: str) -> None:
    benchmark.group = f"charts: a month, {what}, {part}"
    benchmark.extra_info["peer"] = "bare QPainter"
    _measure(benchmark, part, lambda: _bare(4, Span.MONTH.length_s // Span.MONTH.point_s, QSize(620, 100)))


def _bare(curves: int, points: int, size: QSize) -> None:
    """Draw `curves` with `points` each, one below the other: a line through the means, as wide as ours."""
    paper = QImage(size.width(), size.height() * curves, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(paper)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(DARK.text2, 1.5))
    for curve in range(curves):
        middle, across = (curve + 0.5) * size.height(), size.width() / points
        heights = [middle + size.height() / 3 * math.sin(point / 9 + curve) for point in range(points)]
        painter.drawPolyline(QPolygonF([QPointF(place * across, height) for place, height in enumerate(heights)]))
    painter.end()
