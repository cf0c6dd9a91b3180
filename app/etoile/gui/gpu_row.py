"""A GPU as a row: many of them show all that matters at one glance."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from etoile.gui.design import BUTTON_RADIUS, Look, Type
from etoile.gui.glance import Glance, digits, memory
from etoile.gui.gpu_view import GpuView
from etoile.gui.severity import SMALL_CHIP, chip_width, paint_chip
from etoile.gui.sparkline import paint_bar
from etoile.gui.trace_picture import TracePicture
from etoile.gui.words import short_gpu
from etoile.text import message

_PADDING, _GAP = 10, 6
_NAME = 132
"""Room that a name and a chip beside it want; beyond that the curve grows, and below it the curve shrinks first."""
_CURVE = (40, 96)
_LEAST_NAME = 72
"""A name and the chip below it need as much: on a screen that leaves them less there is no curve."""
_SHORTEST_NAME = 44
"""A model that would be elided to less is not shown."""


class Columns(NamedTuple):
    """Where everything is in a row; numbers keep the room of the widest, so that nothing shifts."""

    name: QRectF
    temperature: QRectF
    curve: QRectF
    load: QRectF
    memory: QRectF


def columns(box: QRectF, look: Look) -> Columns:
    """Return the columns of a row, or of the heading, that fills `box`."""
    number = look.width(Type.HEADING, "100") + look.px(4)
    temperature, load = number + look.width(Type.META, "°C"), number + look.width(Type.META, "%")
    memory_width = look.width(Type.META, "88.8/888\u00a0GiB")
    gap, padding = look.px(_GAP), look.px(_PADDING)
    room = box.width() - 2 * padding - temperature - load - memory_width - 4 * gap
    shortest, longest = _CURVE
    curve = min(max(room - look.px(_NAME), look.px(shortest)), look.px(longest))
    if room - curve < look.px(_LEAST_NAME):
        curve = 0
    left, found = box.left() + padding, []
    for width in (room - curve, temperature, curve, load, memory_width):
        found.append(QRectF(left, box.top(), width, box.height()))
        left += width + gap
    return Columns(*found)


class GpuRow(GpuView):
    """For three GPUs and more."""

    HEIGHT = 44
    RADIUS = BUTTON_RADIUS

    def __init__(self, look: Look, glance: Glance, parent: QWidget | None = None) -> None:
        super().__init__(look, glance, parent)
        self._curve = TracePicture()
        self._places = columns(QRectF(self.rect()), look)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._places = columns(QRectF(self.rect()), self._look)

    def changed_since(self, before: Glance) -> QRect:
        """Temperature, curve and load are other ones every second, what stands beside them seldom is."""
        if _beside(before) != _beside(self.glance):
            return self.rect()
        return self._places.temperature.united(self._places.load).toAlignedRect()

    def paint_glance(self, painter: QPainter, wanted: QRectF) -> None:
        look, glance, places = self._look, self.glance, self._places
        if places.name.intersects(wanted):
            self._paint_name(painter, places.name)
        self._paint_value(painter, places.temperature, digits(glance.gpu.temperature_c), "°C")
        curve = places.curve.adjusted(0, look.px(4), 0, -look.px(4))
        if curve.width() > 0:
            self._curve.paint(painter, curve, glance.samples, glance.limits, look.palette, glance.slowed)
        self._paint_value(painter, places.load, digits(glance.gpu.utilization_percent), "%")
        if places.memory.intersects(wanted):
            self._paint_memory(painter, places.memory)

    def _paint_name(self, painter: QPainter, column: QRectF) -> None:
        """Paint the title with its chip, and the model below; where the chip has no room, it takes the model's."""
        look, glance = self._look, self.glance
        above, below = self._lines(column)
        title = self._paint_text(painter, above, Type.TITLE, look.palette.text, self._called)
        if not glance.severity:
            self._paint_model(painter, below)
            return
        word = look.words(glance.word)
        width = chip_width(look, word, SMALL_CHIP)
        beside = title + look.px(8) + width <= column.width()
        left, line = (column.left() + title + look.px(8), above) if beside else (column.left(), below)
        paint_chip(painter, left + width, line.center().y(), glance.severity, word, look, SMALL_CHIP)
        if beside:
            self._paint_model(painter, below)

    def _paint_model(self, painter: QPainter, line: QRectF) -> None:
        """Paint the model, elided in its middle, and after it what is remarked about the reading.

        What is about to happen takes the place of both.
        """
        look, metrics = self._look, self._look.metrics(Type.META)
        if outlook := self.glance.outlook:
            room = round(line.width())
            said = metrics.elidedText(look.words(outlook), Qt.TextElideMode.ElideRight, room)
            self._paint_text(painter, line, Type.META, look.palette.text, said)
            return
        remark = look.words(self.glance.remark) if self.glance.remark else ""
        gap = look.px(6) if remark else 0
        room = round(line.width()) - look.width(Type.META, remark) - gap
        left = line.left()
        if room >= look.px(_SHORTEST_NAME):
            name = metrics.elidedText(short_gpu(self.glance.gpu.name), Qt.TextElideMode.ElideMiddle, room)
            left += self._paint_text(painter, line, Type.META, look.palette.text2, name) + gap
        line.setLeft(left)
        kind = Type.META if look.width(Type.META, remark) <= line.width() else Type.CAPTION
        shown = look.metrics(kind).elidedText(remark, Qt.TextElideMode.ElideRight, round(line.width()))
        self._paint_text(painter, line, kind, look.palette.text3, shown)

    def _paint_value(self, painter: QPainter, column: QRectF, value: str, unit: str) -> None:
        """Paint a number, its last digit where the last digit of the widest would be."""
        indent = self._look.width(Type.HEADING, "100") - self._look.width(Type.HEADING, value)
        base = column.center().y() + self._look.metrics(Type.HEADING).capHeight() / 2
        self._paint_number(painter, QPointF(column.left() + indent, base), Type.HEADING, value, unit)

    def _paint_memory(self, painter: QPainter, column: QRectF) -> None:
        look, palette = self._look, self._look.palette
        above, below = self._lines(column)
        colour = palette.text3 if self.glance.faded else palette.text
        self._paint_text(painter, above, Type.META, colour, memory(self.glance.gpu, look))
        height = look.px(6)
        bar = QRectF(column.left(), below.center().y() - height / 2, column.width(), height)
        paint_bar(painter, bar, self.glance.memory_part, palette)

    def _lines(self, column: QRectF) -> tuple[QRectF, QRectF]:
        """Return the two lines of text of a column."""
        look = self._look
        above = QRectF(column.left(), look.px(4), column.width(), look.px(20))
        return above, QRectF(column.left(), above.bottom(), column.width(), look.px(16))


def _beside(glance: Glance) -> tuple[object, ...]:
    """Return what a row says at its ends."""
    gpu = glance.gpu
    said = gpu.name, gpu.index, glance.severity, glance.remark, glance.outlook
    return *said, glance.faded, gpu.memory_used_bytes, gpu.memory_total_bytes


class GpuHeading(QWidget):
    """Says above the rows what their columns are, and once for all if every GPU is simulated."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._simulated = False
        self.setFixedHeight(look.px(16))

    def show_simulated(self, simulated: bool) -> None:
        """Show whether every GPU is simulated."""
        self._simulated = simulated
        self.setAccessibleName(self._look.words(message("Simulated") if simulated else message("GPUs")))
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        look = self._look
        painter = QPainter(self)
        painter.setFont(look.font(Type.CAPTION))
        painter.setPen(look.palette.text3)
        places = columns(QRectF(self.rect()), look)
        wide = QRectF(places.temperature)
        wide.setRight(places.curve.right())
        captions = [(wide, message("Temperature")), (places.load, message("Load")), (places.memory, message("Memory"))]
        if self._simulated:
            captions.append((places.name, message("Simulated")))
        for place, caption in captions:
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, look.words(caption))
