"""What is going on right now, above the line to type in: listening, writing down, thinking, speaking."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from etoile.domain.events import Cancelled, SpeechStopped
from etoile.domain.state import State
from etoile.domain.turn import LISTENED, Phase, Turn
from etoile.gui.button import Button, Kind
from etoile.gui.design import CARD_PADDING, Look, Tone, Type
from etoile.gui.glyphs import Glyph
from etoile.gui.label import Label
from etoile.gui.line import Line
from etoile.gui.listening_panel import ListeningPanel
from etoile.gui.page import Ground
from etoile.gui.sign import Sign
from etoile.gui.surface import Surface
from etoile.gui.words import PHASE, STOP, STOP_SPEAKING, clock
from etoile.text import Message, verbatim

_SIGNS = {Phase.THINKING: Glyph.HOLLOW_STAR, Phase.SPEAKING: Glyph.STAR}


class Activity(Surface):
    """A card that is there while something goes on, with the button that ends it."""

    def __init__(self, ground: Ground, parent: QWidget | None = None) -> None:
        super().__init__(ground.look, parent)
        self._ground = ground
        self._speaks = False
        self._panel = ListeningPanel(ground, self)
        self._line = QWidget(self)
        look = ground.look
        self._sign = Sign(look, Glyph.STAR, self._line)
        self._what = Line(look, Type.UI, parent=self._line)
        self._since = Label(look, Type.META, Tone.TEXT2, wraps=False, parent=self._line)
        self._end = Button(look, STOP, kind=Kind.FLAT, glyph=Glyph.STOP, words=False, parent=self._line)
        self._end.clicked.connect(self._ended)
        self._arrange(look)
        self.hide()

    def _arrange(self, look: Look) -> None:
        self._since.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._since.setMinimumWidth(look.metrics(Type.META).horizontalAdvance("24:59"))
        row = QHBoxLayout(self._line)
        row.setContentsMargins(CARD_PADDING, 0, 4, 0)
        row.setSpacing(8)
        row.addWidget(self._sign)
        row.addWidget(self._what, 1)
        row.addWidget(self._since)
        row.addWidget(self._end)
        self._panel.setContentsMargins(CARD_PADDING, 8, CARD_PADDING, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._panel)
        column.addWidget(self._line)

    def allow_lines(self, most: int) -> None:
        """Let what is heard have `most` lines before it scrolls."""
        self._panel.allow_lines(most)

    def show_state(self, state: State) -> None:
        """Show what the turn does, and for how long it has; with little motion where that is wanted."""
        phase = state.turn.phase
        listened, works = phase in LISTENED, phase in _SIGNS
        self._panel.setVisible(listened)
        self._line.setVisible(works)
        self.setVisible(listened or works)
        if listened:
            self._panel.show_state(state)
        elif works:
            self._show_work(state.turn)

    def _show_work(self, turn: Turn) -> None:
        self._speaks = turn.phase is Phase.SPEAKING
        self._sign.show_sign(_SIGNS[turn.phase])
        self._what.say(_said(turn))
        self._since.say(None if self._speaks else verbatim(clock(self._ground.stopwatch.elapsed_s)))
        self._end.show_as(STOP_SPEAKING if self._speaks else STOP, Glyph.STOP, Kind.FLAT)

    def _ended(self) -> None:
        self._ground.doors.publish(SpeechStopped() if self._speaks else Cancelled())


def _said(turn: Turn) -> Message:
    if turn.phase is Phase.THINKING:
        return turn.queued or turn.doing or PHASE[turn.phase]
    return PHASE[turn.phase]
