"""A small sign before a line of text."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from etoile.gui.design import Look
from etoile.gui.glyphs import Glyph, paint_glyph
from etoile.gui.severity import Severity, paint_sign


class Sign(QWidget):
    """A warning's triangle, a slashed circle, a star: as high as a line."""

    def __init__(
        self, look: Look, sign: Severity | Glyph, parent: QWidget | None = None, *, side: int = 16, height: int = 20
    ) -> None:
        super().__init__(parent)
        self._look, self._sign, self._side = look, sign, look.px(side)
        self.setFixedSize(QSize(self._side + 2, max(look.px(height), self._side)))

    def show_sign(self, sign: Severity | Glyph) -> None:
        """Show another sign."""
        if sign is not self._sign:
            self._sign = sign
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        box = QRectF(1, (self.height() - self._side) / 2, self._side, self._side)
        if isinstance(self._sign, Severity):
            paint_sign(painter, box, self._sign, self._look)
        else:
            acting = self._sign in (Glyph.STAR, Glyph.HOLLOW_STAR, Glyph.RUNNING)
            palette = self._look.palette
            paint_glyph(painter, self._sign, box, palette.accent if acting else palette.text3)
