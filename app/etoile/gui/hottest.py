"""The one line about heat that the conversation keeps: the hottest GPU, and a way to all of them."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from etoile.domain.gpus import GpuReading, GpuState, Thermal
from etoile.domain.readings import called
from etoile.domain.state import State
from etoile.gui.design import BUTTON_RADIUS, Look, Type
from etoile.gui.glance import memory_part
from etoile.gui.severity import SEVERITY, SMALL_CHIP, Severity, chip_width, paint_chip
from etoile.gui.sparkline import paint_bar
from etoile.gui.tray_state import hottest
from etoile.gui.words import GPU_STATE, NOTHING, THERMAL, gpu_line, measured, short_gpu, time_of
from etoile.text import message

HEIGHT = 32
BAR = (28, 6)


def gpus_severity(state: State) -> Severity | None:
    """Return what is worst of all GPUs; None while all is well."""
    found = {SEVERITY.get(state.thermal(gpu.uuid)) for gpu in state.watched}
    lost = any(gpu.state is GpuState.LOST for gpu in state.watched)
    if Severity.CRITICAL in found or Severity.WARNING in found:
        return Severity.CRITICAL if Severity.CRITICAL in found else Severity.WARNING
    return Severity.LOST if lost else None


class HottestLine(QAbstractButton):
    """A click or Enter brings the page of the GPUs.

    `now_s` is the monotonic clock of the readings, `clock` the time of day.
    """

    def __init__(
        self, look: Look, now_s: Callable[[], float], clock: Callable[[], datetime], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look, self._now_s, self._clock = look, now_s, clock
        self._gpu: GpuReading | None = None
        self._thermal = Thermal.UNKNOWN
        self._measured_at = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_state(self, state: State) -> None:
        """Show the hottest GPU of `state`; without any there is no line."""
        gpu = hottest(state)
        thermal = state.thermal(gpu.uuid) if gpu else Thermal.UNKNOWN
        if (gpu, thermal) != (self._gpu, self._thermal):
            self._gpu, self._thermal = gpu, thermal
            self._measured_at = time_of(gpu.at_s, self._now_s(), self._clock()) if gpu else ""
            self._name()
            self.update()
        self.setVisible(gpu is not None)

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(300), self._look.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.px(200), self._look.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._gpu is None:
            return
        palette = self._look.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        face = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(palette.accent, 2) if self.hasFocus() else QPen(palette.border, 1))
        painter.setBrush(palette.raised if self.underMouse() or self.isDown() else palette.surface)
        painter.drawRoundedRect(face, BUTTON_RADIUS, BUTTON_RADIUS)
        inner = face.adjusted(self._look.px(10), 0, -self._look.px(10), 0)
        inner.setRight(self._paint_values(painter, inner, self._gpu))
        self._paint_name(painter, inner, self._gpu)

    def _paint_values(self, painter: QPainter, line: QRectF, gpu: GpuReading) -> float:
        """Paint temperature, load and memory at the right end of `line`; return where they begin."""
        look, palette = self._look, self._look.palette
        width, height = look.px(BAR[0]), look.px(BAR[1])
        bar = QRectF(line.right() - width, line.center().y() - height / 2, width, height)
        paint_bar(painter, bar, memory_part(gpu), palette)
        right = bar.left() - look.px(10)
        faded = gpu.state is not GpuState.OK
        values = (("{} %", gpu.utilization_percent, Type.UI), ("{} °C", gpu.temperature_c, Type.TITLE))
        for form, value, kind in values:
            metrics = look.metrics(kind)
            room = metrics.horizontalAdvance(form.format(100))
            shown = NOTHING if value is None else form.format(value)
            painter.setFont(look.font(kind))
            painter.setPen(palette.text3 if faded else palette.text if kind is Type.TITLE else palette.text2)
            box = QRectF(right - room, line.top(), room, line.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
            right -= room + look.px(10)
        return right

    def _paint_name(self, painter: QPainter, line: QRectF, gpu: GpuReading) -> None:
        """Paint which GPU it is, what is wrong with it, and with room its model, or since when its values are old."""
        look, palette = self._look, self._look.palette
        left = line.left()
        title = look.words(called(gpu))
        metrics = look.metrics(Type.TITLE)
        painter.setFont(look.font(Type.TITLE))
        painter.setPen(palette.text)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
        left += metrics.horizontalAdvance(title) + look.px(8)
        lost = gpu.state is GpuState.LOST
        severity = Severity.LOST if lost else SEVERITY.get(self._thermal)
        if severity:
            word = look.words(GPU_STATE[GpuState.LOST] if lost else THERMAL[self._thermal])
            width = chip_width(look, word, SMALL_CHIP)
            paint_chip(painter, left + width, line.center().y(), severity, word, look, SMALL_CHIP)
            left += width + look.px(8)
        room = round(line.right() - left)
        stale = gpu.state is GpuState.STALE
        beside = look.words(measured(self._measured_at)) if stale else short_gpu(gpu.name)
        name = look.metrics(Type.META).elidedText(beside, Qt.TextElideMode.ElideMiddle, room)
        painter.setFont(look.font(Type.META))
        painter.setPen(palette.text3 if stale else palette.text2)
        if room >= look.px(44):
            model = QRectF(left, line.top(), room, line.height())
            painter.drawText(model, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)

    def _name(self) -> None:
        if self._gpu is None:
            return
        line = self._look.words(gpu_line(self._gpu, self._thermal))
        if self._gpu.state is GpuState.STALE:
            line = f"{line}, {self._look.words(measured(self._measured_at))}"
        self.setAccessibleName(line)
        self.setAccessibleDescription(self._look.words(message("The hottest GPU. Click or press Enter for all GPUs.")))
        self.setToolTip(line)
