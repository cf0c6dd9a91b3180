"""A GPU at a glance: temperature, load and memory, with the last minute of the first two."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from etoile.config import Thermal as ThermalLimits
from etoile.domain.gpus import GpuReading, GpuState, Thermal
from etoile.gui.design import CARD_PADDING, CARD_RADIUS, Look, Type
from etoile.gui.history import Sample
from etoile.gui.severity import SEVERITY, Severity, chip_width, paint_chip
from etoile.gui.sparkline import paint_bar, paint_load, paint_temperature
from etoile.gui.words import GPU_STATE, NOTHING, THERMAL, gpu_details, gpu_line, gpu_title
from etoile.text import Message, message

HEIGHT = 112
_UNWELL = {GpuState.LOST: Severity.LOST}
_SAID = frozenset({GpuState.LOST, GpuState.ASLEEP, GpuState.UNSUPPORTED, GpuState.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """All that a card shows."""

    gpu: GpuReading
    thermal: Thermal
    limits: ThermalLimits
    samples: Sequence[Sample] = ()
    measured_at: str = ""
    """Time of day of the reading, when it is an old one."""

    @property
    def severity(self) -> Severity | None:
        """What the chip says, if there is one."""
        return _UNWELL.get(self.gpu.state) or SEVERITY.get(self.thermal)

    @property
    def word(self) -> Message:
        """The word of the chip."""
        lost = self.gpu.state is GpuState.LOST
        return GPU_STATE[GpuState.LOST] if lost else THERMAL[self.thermal]

    @property
    def faded(self) -> bool:
        """Whether the values are not those of now."""
        return self.gpu.state is not GpuState.OK

    @property
    def remark(self) -> Message | None:
        """What is said about the reading itself, in small."""
        if self.gpu.state is GpuState.STALE:
            return message("measured {time}", time=self.measured_at)
        if self.gpu.state in _SAID and self.severity is None:
            return GPU_STATE[self.gpu.state]
        return message("simulated") if self.gpu.simulated else None


class GpuCard(QWidget):
    """Paints a `Card`.  One stop for the keyboard, with everything in its name and description."""

    def __init__(self, look: Look, card: Card, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._card = card
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name()

    def show_card(self, card: Card) -> None:
        """Show `card`; the same one again paints nothing."""
        if card == self._card:
            return
        self._card = card
        self._name()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(340), self._look.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.px(300), self._look.px(HEIGHT))

    def _name(self) -> None:
        card, words = self._card, self._look.words
        line = words(gpu_line(card.gpu, card.thermal))
        self.setAccessibleName(f"{words(gpu_title(card.gpu))}, {card.gpu.name}")
        details = gpu_details(card.gpu)
        description = f"{line}\n{words(details)}" if details else line
        self.setAccessibleDescription(description)
        self.setToolTip(f"{card.gpu.name}\n{description}")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_frame(painter)
        look = self._look
        inner = QRectF(self.rect()).adjusted(CARD_PADDING, look.px(10), -CARD_PADDING, -CARD_PADDING)
        self._paint_title(painter, QRectF(inner.left(), inner.top(), inner.width(), look.px(22)))
        row = QRectF(inner.left(), inner.top() + look.px(28), inner.width(), look.px(62))
        gap = CARD_PADDING
        width = (row.width() - 2 * gap) / 3
        columns = [QRectF(row.left() + place * (width + gap), row.top(), width, row.height()) for place in range(3)]
        self._paint_temperature(painter, columns[0])
        self._paint_load(painter, columns[1])
        self._paint_memory(painter, columns[2])

    def _paint_frame(self, painter: QPainter) -> None:
        palette = self._look.palette
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        critical = self._card.severity is Severity.CRITICAL
        painter.setBrush(palette.surface)
        painter.setPen(QPen(palette.critical, 2) if critical else QPen(palette.border, 1))
        painter.drawRoundedRect(box, CARD_RADIUS, CARD_RADIUS)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.accent, 2))
            inset = 4 if critical else 0
            radius = CARD_RADIUS - inset
            painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius, radius)

    def _paint_title(self, painter: QPainter, line: QRectF) -> None:
        look, card = self._look, self._card
        right = line.right()
        if card.severity:
            word = look.words(card.word)
            paint_chip(painter, right, line.center().y(), card.severity, word, look)
            right -= chip_width(look, word) + look.px(8)
        if card.remark:
            right -= self._paint_text(
                painter, line, Type.META, look.palette.text3, look.words(card.remark), right=right
            ) + look.px(8)
        title = look.words(gpu_title(card.gpu))
        left = line.left() + self._paint_text(painter, line, Type.TITLE, look.palette.text, title)
        left += look.px(8)
        room = round(right - left)
        name = look.metrics(Type.UI).elidedText(card.gpu.name, Qt.TextElideMode.ElideMiddle, room)
        self._paint_text(painter, line.adjusted(left - line.left(), 0, 0, 0), Type.UI, look.palette.text2, name)

    def _paint_temperature(self, painter: QPainter, column: QRectF) -> None:
        card = self._card
        self._paint_value(painter, column, message("Temperature"), _shown(card.gpu.temperature_c), "°C")
        points = [(sample.at_s, _float(sample.temperature_c)) for sample in self._since_newest()]
        paint_temperature(painter, self._plot(column), points, card.limits, self._look.palette)

    def _paint_load(self, painter: QPainter, column: QRectF) -> None:
        self._paint_value(painter, column, message("Load"), _shown(self._card.gpu.utilization_percent), "%")
        points = [(sample.at_s, _float(sample.utilization_percent)) for sample in self._since_newest()]
        paint_load(painter, self._plot(column), points, self._look.palette)

    def _paint_memory(self, painter: QPainter, column: QRectF) -> None:
        gpu, look = self._card.gpu, self._look
        used, total = gpu.memory_used_bytes, gpu.memory_total_bytes
        shown = look.words(message("{size:bytes}", size=used)) if used is not None else NOTHING
        digits, _, unit = shown.partition("\u00a0")
        if total is not None:
            unit = look.words(message("/ {total}", total=_whole(look.words(message("{size:bytes}", size=total)))))
        self._paint_value(painter, column, message("Memory"), digits, unit)
        bar = QRectF(column.left(), column.bottom() - look.px(8), column.width(), look.px(8))
        paint_bar(painter, bar, used / total if used is not None and total else None, look.palette)

    def _since_newest(self) -> list[Sample]:
        """Return the samples with their times in seconds before the newest one."""
        samples = self._card.samples
        return [sample._replace(at_s=sample.at_s - samples[-1].at_s) for sample in samples]

    def _plot(self, column: QRectF) -> QRectF:
        """Return the box of the curve beside a value, which keeps the room of its widest."""
        look = self._look
        left = look.metrics(Type.VALUE).horizontalAdvance("100") + look.metrics(Type.META).horizontalAdvance(" °C")
        return column.adjusted(left + look.px(8), look.px(18), 0, 0)

    def _paint_value(self, painter: QPainter, column: QRectF, label: Message, digits: str, unit: str) -> None:
        """Paint a label, and below it the value with its unit: grey when it is not the value of now."""
        look, palette = self._look, self._look.palette
        colour = palette.text3 if self._card.faded else palette.text
        top = QRectF(column.topLeft(), column.size())
        top.setHeight(look.px(14))
        self._paint_text(painter, top, Type.CAPTION, palette.text3, look.words(label))
        base = QPointF(column.left(), column.top() + look.px(44))
        painter.setFont(look.font(Type.VALUE))
        painter.setPen(colour)
        painter.drawText(base, digits)
        if digits == NOTHING:
            return
        beside = base + QPointF(look.metrics(Type.VALUE).horizontalAdvance(digits) + look.px(4), 0)
        painter.setFont(look.font(Type.META))
        painter.setPen(palette.text3 if self._card.faded else palette.text2)
        painter.drawText(beside, unit)

    def _paint_text(
        self, painter: QPainter, line: QRectF, kind: Type, colour: QColor, text: str, *, right: float | None = None
    ) -> int:
        """Paint `text` at the left of `line`, or ending at `right`; return its width."""
        width = self._look.metrics(kind).horizontalAdvance(text)
        box = QRectF(line)
        if right is not None:
            box.setRight(right)
        side = Qt.AlignmentFlag.AlignLeft if right is None else Qt.AlignmentFlag.AlignRight
        painter.setFont(self._look.font(kind))
        painter.setPen(colour)
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, text)
        return width


def _whole(size: str) -> str:
    """Return `size` without decimals that say nothing: "24 GiB" for "24.0 GiB"."""
    return re.sub(r"[.,]0(?=\D)", "", size)


def _shown(value: int | None) -> str:
    return NOTHING if value is None else str(value)


def _float(value: int | None) -> float | None:
    return None if value is None else float(value)
