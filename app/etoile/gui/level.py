"""How loud the microphone is, as bars."""

from collections import deque

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from etoile.gui.design import Look
from etoile.text import message

BARS = 9
STILL_EVERY = 5
"""Of twenty-five levels a second so many make one step of a bar that is to stand still."""
SMOOTHING = 0.7
"""Part of the former height that a bar keeps."""
_WIDTH, _GAP = 4, 3
_LOWEST, _HIGHEST = 4, 18


class Level(QWidget):
    """The last levels of the microphone as bars: flat and grey until the first sample has arrived."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._heights: deque[float] = deque([0.0] * BARS, BARS)
        self._smooth = 0.0
        self._hearing = False
        self._still = False
        self._seen = 0
        self.setFixedSize(QSize(BARS * (_WIDTH + _GAP) - _GAP, _HIGHEST + 2))
        self.setAccessibleName(look.words(message("Microphone level")))

    def show_level(self, level: float, *, hearing: bool, still: bool = False) -> None:
        """Take in the newest level, 0 to 1; `still` shows it as one bar that seldom changes."""
        self._hearing, self._still = hearing, still
        self._smooth = SMOOTHING * self._smooth + (1 - SMOOTHING) * level if hearing else 0.0
        if still:
            self._seen += 1
            if self._seen % STILL_EVERY:
                return
        self._heights.append(self._smooth)
        self.update()

    def reset(self) -> None:
        """Forget what was heard."""
        self._smooth = 0.0
        self._heights.extend([0.0] * BARS)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        palette = self._look.palette
        painter.setBrush(palette.accent if self._hearing else palette.ctrl)
        if self._still:
            width = max(_LOWEST, self.width() * min(1.0, self._heights[-1]))
            painter.drawRoundedRect(QRectF(0, (self.height() - _LOWEST) / 2, width, _LOWEST), 2, 2)
            return
        for place, level in enumerate(self._heights):
            height = _LOWEST + (_HIGHEST - _LOWEST) * min(1.0, level)
            box = QRectF(place * (_WIDTH + _GAP), (self.height() - height) / 2, _WIDTH, height)
            painter.drawRoundedRect(box, 2, 2)
