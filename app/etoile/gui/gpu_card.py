"""A GPU as a card: temperature, load and memory, with the last minute of the first two."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from etoile.domain.readings import called
from etoile.gui.design import CARD_PADDING, CARD_RADIUS, Type
from etoile.gui.glance import digits, memory
from etoile.gui.gpu_view import GpuView
from etoile.gui.severity import chip_width, paint_chip
from etoile.gui.sparkline import paint_bar, paint_load, paint_temperature
from etoile.text import Message, message


class GpuCard(GpuView):
    """For one GPU or two: large values in three columns."""

    HEIGHT = 112
    RADIUS = CARD_RADIUS

    def paint_glance(self, painter: QPainter) -> None:
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

    def _paint_title(self, painter: QPainter, line: QRectF) -> None:
        look, glance = self._look, self.glance
        right = line.right()
        if glance.severity:
            word = look.words(glance.word)
            paint_chip(painter, right, line.center().y(), glance.severity, word, look)
            right -= chip_width(look, word) + look.px(8)
        if glance.remark:
            right -= self._paint_text(
                painter, line, Type.META, look.palette.text3, look.words(glance.remark), right=right
            ) + look.px(8)
        title = look.words(called(glance.gpu))
        left = line.left() + self._paint_text(painter, line, Type.TITLE, look.palette.text, title)
        left += look.px(8)
        room = round(right - left)
        # What is about to happen matters more than the model, which the tool tip tells as well.
        said = look.words(glance.outlook) if glance.outlook else glance.gpu.name
        colour = look.palette.text if glance.outlook else look.palette.text2
        shown = look.metrics(Type.UI).elidedText(said, Qt.TextElideMode.ElideMiddle, room)
        self._paint_text(painter, line.adjusted(left - line.left(), 0, 0, 0), Type.UI, colour, shown)

    def _paint_temperature(self, painter: QPainter, column: QRectF) -> None:
        glance = self.glance
        self._paint_value(painter, column, message("Temperature"), digits(glance.gpu.temperature_c), "°C")
        paint_temperature(painter, self._plot(column), glance.temperatures, glance.limits, self._look.palette)

    def _paint_load(self, painter: QPainter, column: QRectF) -> None:
        self._paint_value(painter, column, message("Load"), digits(self.glance.gpu.utilization_percent), "%")
        paint_load(painter, self._plot(column), self.glance.loads, self._look.palette)

    def _paint_memory(self, painter: QPainter, column: QRectF) -> None:
        look = self._look
        used, _, whole = memory(self.glance.gpu, look).partition("/")
        self._paint_value(painter, column, message("Memory"), used, f"/ {whole}" if whole else "")
        bar = QRectF(column.left(), column.bottom() - look.px(8), column.width(), look.px(8))
        paint_bar(painter, bar, self.glance.memory_part, look.palette)

    def _plot(self, column: QRectF) -> QRectF:
        """Return the box of the curve beside a value, which keeps the room of its widest."""
        look = self._look
        left = look.metrics(Type.VALUE).horizontalAdvance("100") + look.metrics(Type.META).horizontalAdvance(" °C")
        return column.adjusted(left + look.px(8), look.px(18), 0, 0)

    def _paint_value(self, painter: QPainter, column: QRectF, label: Message, value: str, unit: str) -> None:
        """Paint a label, and below it the value with its unit."""
        look = self._look
        top = QRectF(column.left(), column.top(), column.width(), look.px(14))
        self._paint_text(painter, top, Type.CAPTION, look.palette.text3, look.words(label))
        self._paint_number(painter, QPointF(column.left(), column.top() + look.px(44)), Type.VALUE, value, unit)
