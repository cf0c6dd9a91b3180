"""The icon in the tray: one silhouette a state, so that it survives 16 pixels and a single colour.

The first of it shows before anything else of Etoile is read: only Qt is needed here.
"""

from enum import StrEnum
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPixmap

from etoile.gui import shapes
from etoile.resources import resource

SIZES = (16, 20, 22, 24, 32, 44, 48, 64)
"""Sizes that the trays of the desktops ask for, up to 250 % scale."""

INK_ON_DARK = QColor("#F1F3F6")
INK_ON_LIGHT = QColor("#171A20")
WARNING_ON_DARK = QColor("#F2B33D")
WARNING_ON_LIGHT = QColor("#D98A00")
CRITICAL_ON_DARK = QColor("#F0525B")
CRITICAL_ON_LIGHT = QColor("#B81D3A")

HALO = 0.6
HALO_ALPHA = 96
"""A faint edge in the other ink: panels do not say whether they are dark, and the guess may be wrong."""


class TrayState(StrEnum):
    """What the tray icon tells, the most urgent first."""

    CRITICAL = "critical"
    LISTENING = "listening"
    SPEAKING = "speaking"
    THINKING = "thinking"
    WARNING = "warning"
    WATCHING = "watching"
    """The microphone is open for the wake word."""
    OFFLINE = "offline"
    """No node can take a request."""
    IDLE = "idle"


@cache
def tray_icon(state: TrayState, *, on_dark: bool) -> QIcon:
    """Return the icon of `state`, in ink for a dark or a light panel, in all `SIZES`."""
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(tray_pixmap(state, size, on_dark=on_dark))
    return icon


def tray_pixmap(state: TrayState, size: int, *, on_dark: bool) -> QPixmap:
    """Return the icon of `state`, `size` pixels square."""
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 16, size / 16)
    ink, amber, red = colours(on_dark=on_dark)
    drawing = _drawing(state, ink, amber, red)
    for path, _ in drawing:
        painter.fillPath(shapes.thickened(path, 2 * HALO), halo(on_dark=on_dark))
    for path, colour in drawing:
        painter.fillPath(path, colour)
    painter.end()
    return pixmap


@cache
def app_icon() -> QIcon:
    """Return the icon of the app itself: for its windows, notifications and the list of programs."""
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(str(resource("icons/etoile.svg")))
    icon = QIcon()
    for size in (*SIZES, 128, 256):
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
        icon.addPixmap(pixmap)
    return icon


def halo(*, on_dark: bool) -> QColor:
    """Return the colour of the faint edge around an icon."""
    edge = QColor(INK_ON_LIGHT if on_dark else INK_ON_DARK)
    edge.setAlpha(HALO_ALPHA)
    return edge


def colours(*, on_dark: bool) -> tuple[QColor, QColor, QColor]:
    """Return the colours of ink, of a warning and of what is critical."""
    if on_dark:
        return INK_ON_DARK, WARNING_ON_DARK, CRITICAL_ON_DARK
    return INK_ON_LIGHT, WARNING_ON_LIGHT, CRITICAL_ON_LIGHT


Drawing = tuple[tuple[QPainterPath, QColor], ...]
"""Shapes on a grid of 16 with the colour of each."""


def _drawing(state: TrayState, ink: QColor, amber: QColor, red: QColor) -> Drawing:
    match state:
        case TrayState.IDLE:
            return ((shapes.star(QPointF(8, 8.7), 7.7), ink),)
        case TrayState.WATCHING:
            return ((_under_an_arc(), ink),)
        case TrayState.LISTENING:
            return ((_between_arcs(), ink),)
        case TrayState.SPEAKING:
            return ((_with_waves(), ink),)
        case TrayState.THINKING:
            return ((_over_dots(), ink),)
        case TrayState.WARNING:
            return _with_triangle(ink, amber)
        case TrayState.CRITICAL:
            mark = shapes.exclamation(QPointF(8, 8), 8.6, 2)
            return ((shapes.octagon(QPointF(8, 8), 7.5).subtracted(mark), red),)
        case TrayState.OFFLINE:
            return ((_struck_out(), ink),)


def _under_an_arc() -> QPainterPath:
    above = shapes.thickened(shapes.arc(QPointF(8, 9), 7.4, 90, 110), 1.6)
    return shapes.star(QPointF(8, 10.2), 5.2).united(above)


def _between_arcs() -> QPainterPath:
    left = shapes.thickened(shapes.arc(QPointF(8, 8), 6.75, 180, 96), 1.6)
    right = shapes.thickened(shapes.arc(QPointF(8, 8), 6.75, 0, 96), 1.6)
    return shapes.star(QPointF(8, 8.4), 4.4).united(left).united(right)


def _with_waves() -> QPainterPath:
    near = shapes.thickened(shapes.arc(QPointF(5.6, 8), 6, 0, 92), 1.6)
    far = shapes.thickened(shapes.arc(QPointF(5.6, 8), 9, 0, 78), 1.6)
    return shapes.star(QPointF(5.2, 8.5), 5).united(near).united(far)


def _over_dots() -> QPainterPath:
    outline = shapes.thickened(shapes.star(QPointF(8, 6.5), 5.1), 1.5)
    return outline.united(shapes.dots((3.6, 14), (8, 14), (12.4, 14), radius=1.1))


def _with_triangle(ink: QColor, amber: QColor) -> Drawing:
    # The mark lies on whole pixels at 16, or it would blur away.
    sign = shapes.grown(shapes.triangle(QPointF(10.5, 8.2), 7, 6.2), 0.6)
    mark = shapes.exclamation(QPointF(10.5, 12), 4, 1.1)
    rest = shapes.star(QPointF(7.2, 7.8), 7.2).subtracted(shapes.grown(sign, 1.1))
    return (rest, ink), (sign.subtracted(mark), amber)


def _struck_out() -> QPainterPath:
    outline = shapes.thickened(shapes.star(QPointF(8, 8.6), 6.2), 1.5)
    slash = shapes.line((2.4, 14), (13.8, 2.2))
    return outline.subtracted(shapes.thickened(slash, 4)).united(shapes.thickened(slash, 1.6))
