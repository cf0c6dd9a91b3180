"""The words that were heard so far, on one line: its end is always in sight, and what may still change is paler."""

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from etoile.gui.design import Look, Type


class Heard(QWidget):
    """Shows the stable words and the tentative ones after them; too long a line loses its beginning."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._stable = ""
        self._tentative = ""
        self.setFont(look.font(Type.UI))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_words(self, stable: str, tentative: str) -> None:
        """Show these words instead of the former ones."""
        if (stable, tentative) == (self._stable, self._tentative):
            return
        self._stable, self._tentative = stable, tentative
        # What may still change is not read aloud: a screen reader would say it again and again.
        self.setAccessibleName(stable)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics = self.fontMetrics()
        fits = lambda text: metrics.horizontalAdvance(text) <= self.width()  # noqa: E731
        stable, tentative = fitting(self._stable.split(), self._tentative.split(), fits)
        baseline = (self.height() + metrics.ascent() - metrics.descent()) // 2
        palette = self._look.palette
        painter.setPen(palette.text)
        painter.drawText(0, baseline, stable)
        painter.setPen(palette.text2)
        painter.drawText(metrics.horizontalAdvance(stable), baseline, tentative)


def fitting(stable: list[str], tentative: list[str], fits: Callable[[str], bool]) -> tuple[str, str]:
    """Return as many of the last words as fit: the stable ones, and the tentative ones that follow them."""
    count = len(stable) + len(tentative)
    for gone in range(count):
        kept = stable[gone:], tentative[max(0, gone - len(stable)) :]
        left = "".join(f"{word} " for word in (["…"] if gone else []) + kept[0])
        right = " ".join(kept[1])
        if gone == count - 1 or fits(left + right):
            return (left, right) if right else (left.rstrip(), "")
    return "", ""
