"""Small signs inside the window, on a grid of 16: what warns has a shape of its own, before any colour."""

from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from etoile.gui import shapes


def _star() -> QPainterPath:
    return shapes.star(QPointF(8, 8.6), 7.6)


def _hollow_star() -> QPainterPath:
    return shapes.thickened(shapes.star(QPointF(8, 8.6), 6.6), 1.5)


def _disc() -> QPainterPath:
    return shapes.dots((8, 8), radius=4.5)


def _ring() -> QPainterPath:
    return shapes.thickened(shapes.dots((8, 8), radius=4.5), 1.5)


def _slashed() -> QPainterPath:
    ring = shapes.thickened(shapes.dots((8, 8), radius=5), 1.5)
    return ring.united(shapes.thickened(shapes.line((3.5, 12.5), (12.5, 3.5)), 1.5))


def _running() -> QPainterPath:
    return shapes.thickened(shapes.arc(QPointF(8, 8), 5, 135, 250), 1.8)


def _tick() -> QPainterPath:
    return shapes.thickened(shapes.line((2.8, 8.4), (6.4, 12), (13.2, 4.4)), 1.8)


def _dash() -> QPainterPath:
    return shapes.thickened(shapes.line((3.5, 8), (12.5, 8)), 1.8)


def _close() -> QPainterPath:
    down = shapes.thickened(shapes.line((4, 4), (12, 12)), 1.6)
    return down.united(shapes.thickened(shapes.line((12, 4), (4, 12)), 1.6))


def _stop() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(3.6, 3.6, 8.8, 8.8), 1.6, 1.6)
    return path


def _send() -> QPainterPath:
    shaft = shapes.thickened(shapes.line((8, 13), (8, 3.4)), 1.8)
    return shaft.united(shapes.thickened(shapes.line((3.6, 7.6), (8, 3.2), (12.4, 7.6)), 1.8))


def _down() -> QPainterPath:
    shaft = shapes.thickened(shapes.line((8, 3), (8, 12.6)), 1.6)
    return shaft.united(shapes.thickened(shapes.line((4, 8.8), (8, 12.8), (12, 8.8)), 1.6))


def _microphone() -> QPainterPath:
    body = QPainterPath()
    body.addRoundedRect(QRectF(5.6, 1.2, 4.8, 8.6), 2.4, 2.4)
    stand = shapes.thickened(shapes.arc(QPointF(8, 7.4), 4.8, 270, 180), 1.5)
    foot = shapes.thickened(shapes.line((8, 12.4), (8, 14.6)), 1.5)
    return body.united(stand).united(foot)


def _copy() -> QPainterPath:
    front = QPainterPath()
    front.addRoundedRect(QRectF(2.6, 5.4, 8, 8), 1.6, 1.6)
    back = shapes.line((6, 2.8), (12, 2.8), (13.2, 4), (13.2, 10))
    return shapes.thickened(front, 1.4).united(shapes.thickened(back, 1.4))


def _new() -> QPainterPath:
    """A sheet that is still empty, and the pen to it."""
    sheet = shapes.line((8.4, 3.2), (4.4, 3.2), (3, 4.6), (3, 11.6), (4.4, 13), (11.4, 13), (12.8, 11.6), (12.8, 8))
    return shapes.thickened(sheet, 1.5).united(shapes.thickened(shapes.line((7.2, 8.8), (13, 3)), 1.8))


def _more() -> QPainterPath:
    return shapes.dots((3, 8), (8, 8), (13, 8), radius=1.5)


def _back() -> QPainterPath:
    return shapes.thickened(shapes.line((10, 3.4), (5.4, 8), (10, 12.6)), 1.6)


def _choose() -> QPainterPath:
    return shapes.thickened(shapes.line((3.8, 6), (8, 10.2), (12.2, 6)), 1.6)


class Glyph(Enum):
    """The signs, each with what draws its outline."""

    STAR = (_star,)
    HOLLOW_STAR = (_hollow_star,)
    DISC = (_disc,)
    RING = (_ring,)
    SLASHED = (_slashed,)
    """Not reachable, not readable."""
    RUNNING = (_running,)
    TICK = (_tick,)
    DASH = (_dash,)
    """Left out."""
    CLOSE = (_close,)
    STOP = (_stop,)
    SEND = (_send,)
    DOWN = (_down,)
    MICROPHONE = (_microphone,)
    COPY = (_copy,)
    NEW = (_new,)
    """A new conversation."""
    MORE = (_more,)
    BACK = (_back,)
    CHOOSE = (_choose,)
    """Opens a list to choose from."""

    @property
    def outline(self) -> Callable[[], QPainterPath]:
        """What draws it."""
        return self.value[0]


@cache
def _path(glyph: Glyph) -> QPainterPath:
    return glyph.outline()


def paint_glyph(painter: QPainter, glyph: Glyph, box: QRectF, colour: QColor) -> None:
    """Fill `glyph` into the square `box`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / 16, box.height() / 16)
    painter.fillPath(_path(glyph), colour)
    painter.restore()


class Ink(NamedTuple):
    """Colours of a sign."""

    fill: QColor
    edge: QColor
    mark: QColor


def paint_warning(painter: QPainter, box: QRectF, ink: Ink) -> None:
    """Paint the triangle of a warning into the square `box`."""
    sign = shapes.grown(shapes.triangle(QPointF(8, 2.6), 11.4, 10.4), 1.2)
    _paint_sign(painter, box, sign, shapes.exclamation(QPointF(8, 9.2), 6, 1.7), ink)


def paint_critical(painter: QPainter, box: QRectF, ink: Ink) -> None:
    """Paint the octagon of a critical state into the square `box`."""
    sign = shapes.octagon(QPointF(8, 8), 7.6)
    _paint_sign(painter, box, sign, shapes.exclamation(QPointF(8, 8), 8, 2), ink)


def _paint_sign(painter: QPainter, box: QRectF, sign: QPainterPath, mark: QPainterPath, ink: Ink) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / 16, box.height() / 16)
    painter.setPen(QPen(ink.edge, 1, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(ink.fill)
    painter.drawPath(sign)
    painter.fillPath(mark, ink.mark)
    painter.restore()
