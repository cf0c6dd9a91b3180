"""What the limits of heat mean: a curve that crosses both."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from etoile.config import Thermal
from etoile.gui.design import Look
from etoile.gui.history import SPAN_S
from etoile.gui.sparkline import Points, paint_temperature
from etoile.text import message


class HeatPreview(QWidget):
    """Paints the limits over a curve that crosses them."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._limits = Thermal()
        self.setFixedHeight(look.px(84))
        self.setAccessibleName(look.words(message("The limits on a curve")))

    def show_limits(self, limits: Thermal) -> None:
        """Show `limits`."""
        self._limits = limits
        said = message(
            "Warning at {warning} °C, critical at {critical} °C",
            warning=self._limits.warning_c,
            critical=self._limits.critical_c,
        )
        self.setAccessibleDescription(self._look.words(said))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._look.px(200), self._look.px(84))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(12, 8, -12, -8)
        paint_temperature(painter, box, example(self._limits), self._limits, self._look.palette)


def example(limits: Thermal) -> Points:
    """Return minutes in which a GPU warms beyond both limits and cools down again."""
    top, bottom = limits.critical_c + 4, limits.warning_c - 12
    rise = [(bottom + (top - bottom) * step / 40) for step in range(41)]
    fall = [(top - (top - bottom) * step / 20) for step in range(1, 20)]
    values = [*rise, *fall]
    step_s = SPAN_S / len(values)
    return [((place - len(values) + 1) * step_s, value) for place, value in enumerate(values)]
