"""A GPU as a card: temperature, load and memory, with the last minutes of the first two and who holds the third."""

from itertools import islice

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from etoile.gui.button import Button, Kind
from etoile.gui.design import CARD_PADDING, CARD_RADIUS, Look, Type
from etoile.gui.glance import Glance, MemoryPart, digits, memory
from etoile.gui.glyphs import Glyph
from etoile.gui.gpu_view import GpuView
from etoile.gui.severity import chip_width, paint_chip
from etoile.gui.sparkline import paint_load, paint_parts, paint_temperature
from etoile.gui.words import gpu_details, short_gpu
from etoile.text import Message, message

_NARROW = 400
"""Below this width memory has no place beside the others: two columns, and memory under them."""
_TITLE, _VALUE, _CURVE, _FOOT, _BAR, _NAME, _MORE = 22, 40, 44, 16, 8, 15, 24
_GAP = 6
_PALE = 0.02
"""What nobody is known to hold is drawn from this part of the whole on."""
_SHORTEST_NAME = 44
"""A model that would be elided to less is not shown."""


class GpuCard(GpuView):
    """For one GPU or two: large values in three columns; in a narrow window two, and memory below them."""

    HEIGHT = 158
    RADIUS = CARD_RADIUS

    def __init__(self, look: Look, glance: Glance, parent: QWidget | None = None) -> None:
        super().__init__(look, glance, parent)
        # The Menu key opens the same menu: the button is no stop of its own.
        self._more = Button(look, message("More"), kind=Kind.FLAT, glyph=Glyph.MORE, words=False, parent=self)
        self._more.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._more.clicked.connect(self._open_menu)

    def resizeEvent(self, event: QResizeEvent) -> None:
        look = self._look
        self._more.move(self.width() - self._more.sizeHint().width() - 2, 1)
        below = look.px(_TITLE + _BAR + _NAME + _GAP) if self._is_narrow else 0
        self.setFixedHeight(look.px(self.HEIGHT) + below)

    @property
    def _is_narrow(self) -> bool:
        return self.width() < self._look.px(_NARROW)

    def _open_menu(self) -> None:
        self.menu_wanted.emit(self.glance.gpu.uuid, self._more.mapToGlobal(QPoint(0, self._more.height())))

    def paint_glance(self, painter: QPainter, wanted: QRectF) -> None:
        look = self._look
        inner = QRectF(self.rect()).adjusted(CARD_PADDING, look.px(10), -CARD_PADDING, -look.px(9))
        title = QRectF(inner.left(), inner.top(), inner.width() - look.px(_MORE), look.px(_TITLE))
        self._paint_title(painter, title)
        top, height = title.bottom() + look.px(_GAP), look.px(_VALUE + _CURVE)
        count = 2 if self._is_narrow else 3
        width = (inner.width() - (count - 1) * CARD_PADDING) / count
        columns = [QRectF(inner.left() + place * (width + CARD_PADDING), top, width, height) for place in range(count)]
        self._paint_temperature(painter, columns[0])
        self._paint_load(painter, columns[1])
        if self._is_narrow:
            self._paint_memory_line(
                painter, QRectF(inner.left(), columns[0].bottom() + look.px(_GAP), inner.width(), 0)
            )
        else:
            self._paint_memory(painter, columns[2])
        self._paint_foot(painter, inner)

    def _paint_title(self, painter: QPainter, line: QRectF) -> None:
        """Paint what the card is called and its chip; the model and a remark in the room that is left between them."""
        look, glance, gap = self._look, self.glance, self._look.px(8)
        right = line.right()
        if glance.severity:
            word = look.words(glance.word)
            paint_chip(painter, right, line.center().y(), glance.severity, word, look)
            right -= chip_width(look, word) + gap
        title = look.metrics(Type.TITLE).elidedText(
            self._called, Qt.TextElideMode.ElideRight, round(right - line.left())
        )
        left = line.left() + self._paint_text(painter, line, Type.TITLE, look.palette.text, title) + gap
        remark = look.words(glance.remark) if glance.remark else ""
        width = look.metrics(Type.META).horizontalAdvance(remark)
        if remark and width <= right - left:
            self._paint_text(painter, line, Type.META, look.palette.text3, remark, right=right)
            right -= width + gap
        if right - left < look.px(_SHORTEST_NAME):
            return
        # What is about to happen matters more than the model, which the tool tip tells as well.
        metrics = look.metrics(Type.UI)
        whole = metrics.horizontalAdvance(glance.gpu.name) <= right - left
        name = glance.gpu.name if whole else short_gpu(glance.gpu.name)
        said = look.words(glance.outlook) if glance.outlook else name
        colour = look.palette.text if glance.outlook else look.palette.text2
        shown = metrics.elidedText(said, Qt.TextElideMode.ElideMiddle, round(right - left))
        self._paint_text(painter, line.adjusted(left - line.left(), 0, 0, 0), Type.UI, colour, shown)

    def _paint_temperature(self, painter: QPainter, column: QRectF) -> None:
        glance = self.glance
        self._paint_value(painter, column, message("Temperature"), digits(glance.gpu.temperature_c), "°C")
        palette = self._look.palette
        paint_temperature(painter, self._plot(column), glance.temperatures, glance.limits, palette, glance.slowed)

    def _paint_load(self, painter: QPainter, column: QRectF) -> None:
        self._paint_value(painter, column, message("Load"), digits(self.glance.gpu.utilization_percent), "%")
        paint_load(painter, self._plot(column), self.glance.loads, self._look.palette)

    def _paint_memory(self, painter: QPainter, column: QRectF) -> None:
        """Paint how much is used, the bar, and below it the two that hold most."""
        look = self._look
        self._paint_value(painter, column, message("Memory"), *self._used())
        bar = QRectF(column.left(), column.top() + look.px(_VALUE), column.width(), look.px(_BAR))
        self._paint_bar(painter, bar)
        line = QRectF(column.left(), bar.bottom() + look.px(4), column.width(), look.px(_NAME))
        for part in islice(self.glance.parts, 2):
            self._paint_part(painter, line, part)
            line = line.translated(0, look.px(_NAME))

    def _paint_memory_line(self, painter: QPainter, line: QRectF) -> None:
        """Paint the same on the whole width: label and value in one line, the bar, and the names in another."""
        look = self._look
        line.setHeight(look.px(_TITLE))
        used, whole = self._used()
        self._paint_text(painter, line, Type.CAPTION, look.palette.text3, look.words(message("Memory")))
        colour = look.palette.text3 if self.glance.faded else look.palette.text
        self._paint_text(painter, line, Type.TITLE, colour, f"{used} {whole}".strip(), right=line.right())
        bar = QRectF(line.left(), line.bottom(), line.width(), look.px(_BAR))
        self._paint_bar(painter, bar)
        names = QRectF(line.left(), bar.bottom() + look.px(2), line.width(), look.px(_NAME))
        said = " · ".join(f"{part.name} {self._size(part)}" for part in self.glance.parts)
        shown = look.metrics(Type.CAPTION).elidedText(said, Qt.TextElideMode.ElideRight, round(names.width()))
        self._paint_text(painter, names, Type.CAPTION, look.palette.text2, shown)

    def _paint_bar(self, painter: QPainter, bar: QRectF) -> None:
        total = self.glance.gpu.memory_total_bytes or 0
        parts = [part.size_bytes / total for part in self.glance.parts] if total else []
        if not parts and self.glance.memory_part:
            parts = [self.glance.memory_part]
        rest = (self.glance.memory_part or 0.0) - sum(parts)
        paint_parts(painter, bar, parts, rest if rest > _PALE else 0.0, self._look.palette)

    def _paint_part(self, painter: QPainter, line: QRectF, part: MemoryPart) -> None:
        look = self._look
        size = self._paint_text(painter, line, Type.CAPTION, look.palette.text3, self._size(part), right=line.right())
        room = round(line.width()) - size - look.px(6)
        name = look.metrics(Type.CAPTION).elidedText(part.name, Qt.TextElideMode.ElideMiddle, room)
        self._paint_text(painter, line, Type.CAPTION, look.palette.text2, name)

    def _paint_foot(self, painter: QPainter, inner: QRectF) -> None:
        """Paint what has no column: power of its limit, fan, what slows the card down, processes."""
        look, details = self._look, gpu_details(self.glance.gpu)
        if details is None:
            return
        line = QRectF(inner.left(), inner.bottom() - look.px(_FOOT), inner.width(), look.px(_FOOT))
        said = look.metrics(Type.CAPTION).elidedText(
            look.words(details), Qt.TextElideMode.ElideRight, round(line.width())
        )
        colour = look.palette.text3 if self.glance.faded else look.palette.text2
        self._paint_text(painter, line, Type.CAPTION, colour, said)

    def _used(self) -> tuple[str, str]:
        """Return how much memory is used, and of how much: "22.6", "/ 24 GiB"."""
        used, _, whole = memory(self.glance.gpu, self._look).partition("/")
        return used, f"/ {whole}" if whole else ""

    def _size(self, part: MemoryPart) -> str:
        return self._look.words(message("{size:bytes}", size=part.size_bytes))

    def _plot(self, column: QRectF) -> QRectF:
        """Return the box of the curve below a value."""
        return column.adjusted(0, self._look.px(_VALUE), 0, 0)

    def _paint_value(self, painter: QPainter, column: QRectF, label: Message, value: str, unit: str) -> None:
        """Paint a label, and below it the value with its unit."""
        look = self._look
        top = QRectF(column.left(), column.top(), column.width(), look.px(14))
        self._paint_text(painter, top, Type.CAPTION, look.palette.text3, look.words(label))
        self._paint_number(painter, QPointF(column.left(), column.top() + look.px(34)), Type.VALUE, value, unit)


class OpenCard(GpuCard):
    """Above the history of its GPU: it opens nothing."""

    HOW = None

    def __init__(self, look: Look, glance: Glance, parent: QWidget | None = None) -> None:
        super().__init__(look, glance, parent)
        self.setCursor(Qt.CursorShape.ArrowCursor)
