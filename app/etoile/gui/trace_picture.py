"""The curve of a row as a picture that moves with the time: a new sample adds a line to it, and no other is drawn."""

from collections.abc import Sequence
from itertools import takewhile
from math import ceil, floor
from typing import NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap

from etoile.config import Thermal as ThermalLimits
from etoile.gui.design import Palette
from etoile.gui.history import SPAN_S, Sample
from etoile.gui.sparkline import COLDEST_C, HOTTEST_C, paint_heat_end, paint_heat_ground, paint_heat_lines, plot_of
from etoile.gui.trace import Trace

_PASSED = 1
"""Before the curve are two pixels, through which what is older goes out: in the first of them it is not shown."""
_FARTHEST = 3
"""Beyond the end of the curve are six pixels: moved by more than these, something would enter the picture there."""


class TracePicture:
    """Moves by whole pixels of the screen: the curve is up to half of one off, and exact in each new picture."""

    def __init__(self) -> None:
        self._trace = Trace(COLDEST_C, HOTTEST_C)
        self._picture = QPixmap()
        self._sheet: _Sheet | None = None
        self._right_s = self._drawn_s = 0.0
        """The time at the right end, and of the newest line that is there."""

    def paint(
        self,
        painter: QPainter,
        box: QRectF,
        samples: Sequence[Sample],
        limits: ThermalLimits,
        palette: Palette,
        slowed: Sequence[tuple[float, float]],
    ) -> None:
        """Paint the temperatures of `samples` between 40 and 100 °C; `slowed` as `Glance` has it."""
        lines = self._trace.follow(samples)
        paint_heat_ground(painter, box, self._trace.highest, limits, palette, slowed)
        if not lines:
            return
        here = painter.deviceTransform()
        corner = here.map(box.topLeft())
        whole = QPointF(floor(corner.x()), floor(corner.y()))
        self._follow(_Sheet(box.size(), here.m11(), corner - whole, limits, palette), lines, samples[-1].at_s)
        gone = round(_PASSED * here.m11())
        shown = QRectF(self._picture.rect()).adjusted(gone, 0, 0, 0)
        painter.drawPixmap(here.inverted()[0].map(whole + QPointF(gone, 0)), self._picture, shown)
        if (now_c := samples[-1].temperature_c) is not None:
            paint_heat_end(painter, box, now_c, limits, palette)

    def _follow(self, sheet: "_Sheet", lines: Sequence[QLineF], newest_s: float) -> None:
        """Bring the picture to `newest_s`; the sheet may be another, or the picture have been left behind."""
        pixel_s = SPAN_S / plot_of(sheet.box).width() / sheet.ratio
        moved = round((newest_s - self._right_s) / pixel_s)
        if sheet != self._sheet or newest_s < self._drawn_s or moved > _FARTHEST * sheet.ratio:
            self._sheet, self._picture, self._right_s, new = sheet, sheet.blank(), newest_s, lines
        else:
            self._picture.scroll(-moved, 0, self._picture.rect())
            self._right_s += moved * pixel_s
            new = list(takewhile(lambda line: line.x2() > self._drawn_s, reversed(lines)))[::-1]
        self._drawn_s = newest_s
        if new:
            painter = QPainter(self._picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_heat_lines(painter, sheet.box, new, sheet.limits, sheet.palette, self._right_s)
            painter.end()


class _Sheet(NamedTuple):
    """What a picture is made for."""

    size: QSizeF
    ratio: float
    """Pixels of the screen in a logical one."""
    begin: QPointF
    """Where the curve's box begins within the pixel of the screen in which it does."""
    limits: ThermalLimits
    palette: Palette

    @property
    def box(self) -> QRectF:
        """Where the curve is in the picture."""
        return QRectF(self.begin / self.ratio, self.size)

    def blank(self) -> QPixmap:
        """Return a picture without any curve."""
        made = QPixmap(ceil(self.size.width() * self.ratio) + 1, ceil(self.size.height() * self.ratio) + 1)
        made.setDevicePixelRatio(self.ratio)
        made.fill(Qt.GlobalColor.transparent)
        return made
