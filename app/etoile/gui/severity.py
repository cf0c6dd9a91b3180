"""How bad something is: its shape, its word, and its colour last."""

from enum import StrEnum
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from etoile.domain.gpus import GpuReading, GpuState, Thermal
from etoile.gui.design import ON_FILL, Look, Type
from etoile.gui.glyphs import Glyph, Ink, paint_critical, paint_glyph, paint_warning


class Severity(StrEnum):
    """What is said to be out of the ordinary; the ordinary has no sign at all."""

    WARNING = "warning"
    CRITICAL = "critical"
    LOST = "lost"
    """It does not answer."""


SEVERITY = {Thermal.WARNING: Severity.WARNING, Thermal.CRITICAL: Severity.CRITICAL}


def severity_of(gpu: GpuReading, thermal: Thermal) -> Severity | None:
    """Return what is out of the ordinary with `gpu`, if anything is."""
    return Severity.LOST if gpu.state is GpuState.LOST else SEVERITY.get(thermal)


class Chip(NamedTuple):
    """Sizes of a chip."""

    height: int
    sign: int
    """Side of its sign."""
    room: int
    """Width of everything but the word."""
    kind: Type


CHIP = Chip(22, 14, 40, Type.TITLE)
SMALL_CHIP = Chip(18, 12, 32, Type.META)


def paint_sign(painter: QPainter, box: QRectF, severity: Severity, look: Look) -> None:
    """Paint the shape of `severity` into the square `box`, on the plain background."""
    palette = look.palette
    match severity:
        case Severity.WARNING:
            paint_warning(painter, box, Ink(palette.warning_fill, palette.warning_edge, palette.on_warning))
        case Severity.CRITICAL:
            paint_critical(painter, box, Ink(palette.critical_fill, palette.critical_edge, ON_FILL))
        case Severity.LOST:
            paint_glyph(painter, Glyph.SLASHED, box, palette.text2)


def chip_width(look: Look, word: str, chip: Chip = CHIP) -> int:
    """Return how wide the chip that says `word` is."""
    return look.px(chip.room) + look.width(chip.kind, word)


def paint_chip(
    painter: QPainter, right: float, middle: float, severity: Severity, word: str, look: Look, chip: Chip = CHIP
) -> None:
    """Paint the chip that says `word`, ending at `right` and centred on `middle`."""
    height, width = look.px(chip.height), chip_width(look, word, chip)
    box = QRectF(right - width + 0.5, middle - height / 2 + 0.5, width - 1, height - 1)
    fill, edge, ink = _colours(severity, look)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(fill)
    painter.drawRoundedRect(box, height / 2, height / 2)
    side, inset = look.px(chip.sign), look.px(chip.height // 3 + 1)
    _paint_sign_on_chip(painter, QRectF(box.left() + inset, middle - side / 2, side, side), severity, fill, ink)
    painter.setPen(ink)
    painter.setFont(look.font(chip.kind))
    text = box.adjusted(inset + side + look.px(5), 0, 0, 0)
    painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, word)


def _colours(severity: Severity, look: Look) -> tuple[QColor, QColor, QColor]:
    """Return fill, edge and text of a chip."""
    palette = look.palette
    match severity:
        case Severity.WARNING:
            return palette.warning_fill, palette.warning_edge, palette.on_warning
        case Severity.CRITICAL:
            return palette.critical_fill, palette.critical_edge, ON_FILL
        case Severity.LOST:
            return palette.raised, palette.ctrl, palette.text


def _paint_sign_on_chip(painter: QPainter, box: QRectF, severity: Severity, fill: QColor, ink: QColor) -> None:
    """On a filled chip the sign is drawn in the chip's text colour, its mark in the fill."""
    match severity:
        case Severity.WARNING:
            paint_warning(painter, box, Ink(ink, ink, fill))
        case Severity.CRITICAL:
            paint_critical(painter, box, Ink(ink, ink, fill))
        case Severity.LOST:
            paint_glyph(painter, Glyph.SLASHED, box, ink)
