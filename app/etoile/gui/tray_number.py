"""A temperature as the icon in the tray: digits on whole pixels, and below them the shape of a severity."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from etoile.gui import shapes
from etoile.gui.icons import HALO, SIZES, TrayState, colours, halo

_LIT = ("abcdef", "bc", "abdeg", "abcdg", "bcfg", "acdfg", "acdefg", "abc", "abcdefg", "abcdfg")
"""Which strokes make each digit: a above, g in the middle, d below, f and e at the left, b and c at the right."""
_MOST = 999
_ROUND = 0.5
"""Radius of the corners of a stroke, as a part of its width."""


@lru_cache(maxsize=64)
def number_icon(value: int, state: TrayState, *, on_dark: bool) -> QIcon:
    """Return the icon that shows `value`; only WARNING and CRITICAL have a shape below it."""
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(number_pixmap(value, state, size, on_dark=on_dark))
    return icon


def number_pixmap(value: int, state: TrayState, size: int, *, on_dark: bool) -> QPixmap:
    """Return the icon that shows `value`, `size` pixels square."""
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    ink, amber, red = colours(on_dark=on_dark)
    scale = size / 16
    below, colour = {
        TrayState.WARNING: (_roof(scale), amber),
        TrayState.CRITICAL: (_bar(scale), red),
    }.get(state, (QPainterPath(), ink))
    number = _number(min(max(value, 0), _MOST), size, beside_shape=not below.isEmpty())
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = QPen(halo(on_dark=on_dark), 2 * HALO * scale)
    for path in (number, below):
        painter.strokePath(path, edge)
    painter.fillPath(number, ink)
    painter.fillPath(below, colour)
    painter.end()
    return pixmap


def _number(value: int, size: int, *, beside_shape: bool) -> QPainterPath:
    """Return the digits, centred, every edge on a whole pixel."""
    scale, digits = size / 16, [int(digit) for digit in str(value)]
    narrow = len(digits) > 2
    width, gap = round((4 if narrow else 6) * scale), max(1, round((1 if narrow else 2) * scale))
    stroke = max(1, round((1.3 if narrow else 1.9) * scale))
    height = int((9 if beside_shape else 12) * scale)
    left = (size - len(digits) * width - (len(digits) - 1) * gap) // 2
    top = round(scale) if beside_shape else (size - height) // 2
    number = QPainterPath()
    number.setFillRule(Qt.FillRule.WindingFill)
    for place, digit in enumerate(digits):
        number.addPath(_digit(digit, width, height, stroke).translated(left + place * (width + gap), top))
    return number


def _digit(digit: int, width: int, height: int, stroke: int) -> QPainterPath:
    """Return the strokes of a digit; where two meet they overlap, so that outer corners alone are round.

    A one stands in the middle of its place.
    """
    middle, right = (height - stroke) // 2, width - stroke
    corner = stroke * _ROUND if stroke > 2 else 0.0
    upper, lower = middle + stroke, height - middle
    strokes = {
        "a": QRectF(0, 0, width, stroke),
        "g": QRectF(0, middle, width, stroke),
        "d": QRectF(0, height - stroke, width, stroke),
        "f": QRectF(0, 0, stroke, upper),
        "b": QRectF(right, 0, stroke, upper),
        "e": QRectF(0, middle, stroke, lower),
        "c": QRectF(right, middle, stroke, lower),
    }
    lit = QPainterPath()
    for name in _LIT[digit]:
        lit.addRoundedRect(strokes[name], corner, corner)
    return lit.translated(-(right // 2), 0) if digit == 1 else lit


def _roof(scale: float) -> QPainterPath:
    """Return the triangle of a warning, as wide as it can be: it is to be told from the bar by its outline."""
    return shapes.triangle(QPointF(8 * scale, 10.6 * scale), 12 * scale, 5 * scale)


def _bar(scale: float) -> QPainterPath:
    """Return the octagon of what is critical, drawn out to a bar."""
    corners = ((0.5, 12.4), (2, 11), (14, 11), (15.5, 12.4), (15.5, 14.1), (14, 15.5), (2, 15.5), (0.5, 14.1))
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x * scale, y * scale) for x, y in corners]))
    path.closeSubpath()
    return path
