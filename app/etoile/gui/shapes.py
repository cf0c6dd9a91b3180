"""The shapes of Etoile as paths: one silhouette a meaning, drawn the same in tray and window."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPainterPathStroker, QPolygonF


def star(centre: QPointF, radius: float, inner: float = 0.5) -> QPainterPath:
    """Return a five-pointed star, one point up; `inner` is the radius of its notches, as a part of `radius`."""
    points = [_at(centre, radius if corner % 2 == 0 else radius * inner, -90 + 36 * corner) for corner in range(10)]
    return _polygon(points)


def octagon(centre: QPointF, radius: float) -> QPainterPath:
    """Return an octagon that stands on a side; `radius` reaches its corners."""
    return _polygon([_at(centre, radius, 22.5 + 45 * corner) for corner in range(8)])


def triangle(top: QPointF, width: float, height: float) -> QPainterPath:
    """Return an upright triangle below `top`."""
    left = QPointF(top.x() - width / 2, top.y() + height)
    right = QPointF(top.x() + width / 2, top.y() + height)
    return _polygon([top, right, left])


def exclamation(centre: QPointF, height: float, width: float) -> QPainterPath:
    """Return the mark "!" with square ends."""
    path = QPainterPath()
    top = centre.y() - height / 2
    path.addRect(QRectF(centre.x() - width / 2, top, width, height * 0.62))
    path.addRect(QRectF(centre.x() - width / 2, top + height * 0.8, width, height * 0.2))
    return path


def arc(centre: QPointF, radius: float, middle_degrees: float, span_degrees: float) -> QPainterPath:
    """Return an arc around `centre`; its middle lies at `middle_degrees`, counter-clockwise from the right."""
    box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    path = QPainterPath()
    path.arcMoveTo(box, middle_degrees - span_degrees / 2)
    path.arcTo(box, middle_degrees - span_degrees / 2, span_degrees)
    return path


def line(*points: tuple[float, float]) -> QPainterPath:
    """Return a line through `points`."""
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(QPointF(*point))
    return path


def thickened(path: QPainterPath, width: float) -> QPainterPath:
    """Return the outline of `path` drawn `width` wide, with round ends: a shape that can be filled or cut out."""
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    stroker.setCapStyle(Qt.PenCapStyle.RoundCap)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return stroker.createStroke(path).simplified()


def grown(path: QPainterPath, by: float) -> QPainterPath:
    """Return `path` with a margin of `by` all around."""
    return path.united(thickened(path, 2 * by))


def dots(*centres: tuple[float, float], radius: float) -> QPainterPath:
    """Return a disc at each of `centres`."""
    path = QPainterPath()
    for centre in centres:
        path.addEllipse(QPointF(*centre), radius, radius)
    return path


def _at(centre: QPointF, radius: float, degrees: float) -> QPointF:
    angle = math.radians(degrees)
    return QPointF(centre.x() + radius * math.cos(angle), centre.y() + radius * math.sin(angle))


def _polygon(points: list[QPointF]) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF(points))
    path.closeSubpath()
    return path
