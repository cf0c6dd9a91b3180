"""A small sign before a line of text."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from etoile.gui.design import Look
from etoile.gui.glyphs import Glyph, paint_glyph
from etoile.gui.severity import Severity, paint_sign


class Sign(QWidget):
    """A warning's triangle, a slashed circle, a star: as high as a line."""

    def __init__(
        self,
        look: Look,
        sign: Severity | Glyph,
        parent: QWidget | None = None,
        *,
        side: int = 16,
        height: int = 20,
        faint: bool = False,
    ) -> None:
        super().__init__(parent)
        self._look, self._sign, self._side, self._faint = look, sign, look.px(side), faint
        self.setFixedSize(QSize(self._side + 2, max(look.px(height), self._side)))

    def show_sign(self, sign: Severity | Glyph, *, faint: bool = False) -> None:
        """Show another sign, grey if `faint`."""
        if (sign, faint) != (self._sign, self._faint):
            self._sign, self._faint = sign, faint
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(1, (self.height() - self._side) / 2, self._side, self._side)
        if isinstance(self._sign, Severity):
            paint_sign(painter, box, self._sign, self._look)
        else:
            paint_glyph(painter, self._sign, box, self._colour(self._sign))

    def _colour(self, glyph: Glyph) -> QColor:
        """Return blue for the star, which is Etoile acting; grey for what only marks a line."""
        palette = self._look.palette
        if self._faint:
            return palette.ctrl
        return palette.accent if glyph in (Glyph.STAR, Glyph.HOLLOW_STAR) else palette.text3
