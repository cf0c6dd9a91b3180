"""What is going on right now, above the line to type in: listening with its level, writing down, thinking, speaking."""

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from etoile.domain.events import Cancelled, Event, SpeechStopped
from etoile.domain.turn import Phase, Turn
from etoile.gui.button import Button, Kind
from etoile.gui.design import Look, Tone, Type
from etoile.gui.glyphs import Glyph
from etoile.gui.heard import Heard
from etoile.gui.label import Label
from etoile.gui.sign import Sign
from etoile.gui.surface import Surface
from etoile.gui.words import PHASE
from etoile.text import Message, message, verbatim

BARS = 9
STILL_EVERY = 6
"""Of about thirty levels a second so many make one step of a bar that is to stand still."""
SMOOTHING = 0.5
"""Part of the former height that a bar keeps."""
_LOWEST, _HIGHEST = 4, 18
STOP = message("Stop")
STOP_SPEAKING = message("Stop speaking")

_SIGNS = {
    Phase.LISTENING: Glyph.STAR,
    Phase.TRANSCRIBING: Glyph.HOLLOW_STAR,
    Phase.THINKING: Glyph.HOLLOW_STAR,
    Phase.SPEAKING: Glyph.STAR,
}
_HEARD = (Phase.LISTENING, Phase.TRANSCRIBING)


class Level(QWidget):
    """The last levels of the microphone as bars: flat and grey until the first sample has arrived."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._heights: deque[float] = deque([0.0] * BARS, BARS)
        self._hearing = False
        self._still = False
        self._seen = 0
        self.setFixedSize(QSize(BARS * 7 - 3, _HIGHEST + 2))
        self.setAccessibleName(look.words(message("Microphone level")))

    def show_level(self, level: float, *, hearing: bool, still: bool = False) -> None:
        """Take in the newest level, 0 to 1; `still` shows it as one bar that seldom changes."""
        before = self._heights[-1]
        self._hearing, self._still = hearing, still
        if still:
            self._seen += 1
            if self._seen % STILL_EVERY:
                return
        self._heights.append(SMOOTHING * before + (1 - SMOOTHING) * level if hearing else 0.0)
        self.update()

    def reset(self) -> None:
        """Forget what was heard."""
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
            painter.drawRoundedRect(QRectF(place * 7, (self.height() - height) / 2, 4, height), 2, 2)


class Activity(Surface):
    """A bar that is there while something goes on, with the button that ends it."""

    def __init__(self, look: Look, publish: Callable[[Event], None], parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._phase = Phase.IDLE
        self._publish = publish
        self._sign = Sign(look, Glyph.STAR, self)
        self._what = Label(look, Type.UI, wraps=False, parent=self)
        self._heard = Heard(look, self)
        self._level = Level(look, self)
        self._since = Label(look, Type.META, Tone.TEXT2, wraps=False, parent=self)
        self._since.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._since.setMinimumWidth(look.metrics(Type.META).horizontalAdvance("24:59"))
        self._end = Button(look, STOP, kind=Kind.FLAT, glyph=Glyph.STOP, words=False, parent=self)
        self._end.clicked.connect(self._ended)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 4, 0)
        row.setSpacing(8)
        row.addWidget(self._sign)
        row.addWidget(self._what)
        row.addWidget(self._heard, 1)
        row.addWidget(self._level)
        row.addWidget(self._since)
        row.addWidget(self._end)
        self.hide()

    def show_turn(self, turn: Turn, since_s: float, *, still: bool = False) -> None:
        """Show what `turn` does, and for how long it has; with little motion if `still`."""
        busy = turn.phase in _SIGNS
        if turn.phase is not self._phase:
            self._phase = turn.phase
            self._level.reset()
        self.setVisible(busy)
        if not busy:
            return
        listening = turn.phase is Phase.LISTENING
        self._sign.show_sign(_SIGNS[turn.phase])
        heard = turn.phase in _HEARD and bool(turn.stable or turn.tentative)
        self._what.say(None if heard else _said(turn))
        self._heard.show_words(turn.stable if heard else "", turn.tentative if heard else "")
        self._level.setVisible(listening and (heard or not turn.note))
        if listening:
            self._level.show_level(turn.level, hearing=turn.hearing, still=still)
        self._since.say(verbatim(clock(since_s)) if turn.phase is not Phase.SPEAKING else None)
        name, glyph = (message("Cancel"), Glyph.CLOSE) if listening else (STOP, Glyph.STOP)
        self._end.show_as(STOP_SPEAKING if turn.phase is Phase.SPEAKING else name, glyph, Kind.FLAT)

    def _ended(self) -> None:
        self._publish(SpeechStopped() if self._phase is Phase.SPEAKING else Cancelled())


def clock(seconds: float) -> str:
    """Return `seconds` as "0:07"."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def _said(turn: Turn) -> Message:
    if turn.phase is Phase.LISTENING and turn.note:
        return turn.note
    if turn.phase is Phase.LISTENING and not turn.hearing:
        return message("Opening the microphone…")
    if turn.phase is Phase.THINKING and turn.queued:
        return turn.queued
    if turn.phase is Phase.THINKING and turn.doing:
        return turn.doing
    return PHASE[turn.phase]
