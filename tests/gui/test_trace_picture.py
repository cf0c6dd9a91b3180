"""The picture of a row's curve: followed second by second it is what it would be if it were drawn anew."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from etoile.config import Thermal as ThermalLimits
from etoile.gui.design import DARK, LIGHT, Look, Palette
from etoile.gui.history import SPAN_S, Sample
from etoile.gui.sparkline import SCALE_C, plot_of
from etoile.gui.trace_picture import TracePicture
from tests.gui import states

BOX = QRectF(7, 3, 96, 36)
MINUTES = [Sample(float(second), 60, 50) for second in range(round(SPAN_S))]


def _painted(
    curve: TracePicture,
    samples: Sequence[Sample],
    *,
    palette: Palette = DARK,
    limits: ThermalLimits = states.LIMITS,
    ratio: float = 1.0,
) -> QImage:
    paper = QImage(round(110 * ratio), round(44 * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    paper.setDevicePixelRatio(ratio)
    paper.fill(palette.surface)
    painter = QPainter(paper)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    curve.paint(painter, BOX, samples, limits, palette, ())
    painter.end()
    return paper


def _gap(image: QImage, ratio: float) -> tuple[float, float]:
    """Return between which columns the line at 60 °C is broken, in pixels of the box."""
    low, high = SCALE_C
    plot = plot_of(BOX)
    y = round((plot.bottom() - (60 - low) / (high - low) * plot.height()) * ratio)
    bright = DARK.text2.lightness() * 0.7
    inked = [x / ratio for x in range(image.width()) if image.pixelColor(x, y).lightness() > bright]
    begin, end = max(pairwise(inked), key=lambda edges: edges[1] - edges[0])
    assert end - begin > 5
    return begin, end


@pytest.fixture(autouse=True)
def look(look: Look) -> Look:
    """A picture needs Qt."""
    return look


@pytest.mark.parametrize("ratio", [1.0, 2.0, 2.5])
def test_a_gap_moves_with_the_time(ratio: float) -> None:
    samples = [sample for sample in MINUTES if not 200 < sample.at_s < 230]
    curve = TracePicture()
    _painted(curve, samples, ratio=ratio)
    for second in range(60):
        samples = [*samples[1:], Sample(SPAN_S + second, 60, 50)]
        followed = _painted(curve, samples, ratio=ratio)
    anew = _painted(TracePicture(), samples, ratio=ratio)
    assert _gap(followed, ratio) == pytest.approx(_gap(anew, ratio), abs=1 / ratio)


def test_a_new_sample_adds_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from etoile.gui import trace_picture

    drawn: list[int] = []
    monkeypatch.setattr(trace_picture, "paint_heat_lines", lambda *given: drawn.append(len(given[2])))
    curve, samples = TracePicture(), MINUTES
    _painted(curve, samples)
    _painted(curve, samples)
    for second in range(3):
        samples = [*samples[1:], Sample(SPAN_S + second, 60, 50)]
        _painted(curve, samples)
    assert drawn == [len(MINUTES), 1, 1, 1]


LATER = [Sample(sample.at_s + 1000, 60, 50) for sample in MINUTES]
HOT = [Sample(sample.at_s, 95, 50) for sample in MINUTES]


@pytest.mark.parametrize(
    ("before", "now", "palette", "limits", "ratio"),
    [
        (MINUTES, LATER, DARK, states.LIMITS, 1.0),
        (LATER, MINUTES, DARK, states.LIMITS, 1.0),
        (MINUTES, [], DARK, states.LIMITS, 1.0),
        ([], MINUTES, DARK, states.LIMITS, 1.0),
        (MINUTES, MINUTES, LIGHT, states.LIMITS, 1.0),
        (HOT, HOT, DARK, ThermalLimits(warning_c=97, critical_c=99), 1.0),
        (MINUTES, MINUTES, DARK, states.LIMITS, 2.0),
    ],
    ids=["out of sight for long", "another clock", "gone", "come", "theme", "limits", "another screen"],
)
def test_where_it_cannot_be_followed_it_is_drawn_anew(
    before: list[Sample], now: list[Sample], palette: Palette, limits: ThermalLimits, ratio: float
) -> None:
    curve = TracePicture()
    _painted(curve, before)
    anew = _painted(TracePicture(), now, palette=palette, limits=limits, ratio=ratio)
    assert _painted(curve, now, palette=palette, limits=limits, ratio=ratio) == anew
