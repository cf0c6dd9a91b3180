"""What is heard while the user speaks: the words so far, and below them level, time and the button that ends it.

The pill turns into it, and the conversation shows it above the line to type in.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from etoile.domain.events import Cancelled
from etoile.domain.state import State
from etoile.domain.turn import Phase
from etoile.gui.button import QUIET_FACE, RING, Button, Kind, below
from etoile.gui.design import Look, Tone, Type
from etoile.gui.glyphs import Glyph
from etoile.gui.heard import Heard
from etoile.gui.label import Label
from etoile.gui.level import Level
from etoile.gui.page import Ground
from etoile.gui.sign import Sign
from etoile.gui.words import PHASE, STOP, clock
from etoile.text import Message, message, verbatim

SILENT_S = 3.0
"""After so long without a sound it is said which microphone is listened to."""
OPENING = message("Opening the microphone…")


class ListeningPanel(QWidget):
    """Shows a recording; what it says goes to `ground.doors`."""

    def __init__(self, ground: Ground, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look, publish = ground.look, ground.doors.publish
        self._ground = ground
        self._state = State()
        self._heard = Heard(look, self)
        self._said = Label(look, Type.UI, Tone.TEXT2, parent=self)
        self._change = Button(look, message("Change…"), kind=Kind.QUIET, face=QUIET_FACE, parent=self)
        self._change.setAccessibleDescription(look.words(message("Choose another microphone")))
        self._change.clicked.connect(ground.doors.open_microphone)
        self._sign = Sign(look, Glyph.STAR, self)
        self._doing = Label(look, Type.META, Tone.TEXT2, wraps=False, parent=self)
        self._level = Level(look, self)
        self._since = Label(look, Type.META, Tone.TEXT2, wraps=False, parent=self)
        self._end = Button(look, STOP, kind=Kind.FLAT, glyph=Glyph.STOP, words=False, face=24, radius=12, parent=self)
        self._end.clicked.connect(lambda: publish(Cancelled()))
        self._arrange(look)

    def _arrange(self, look: Look) -> None:
        self._since.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._since.setFixedWidth(look.metrics(Type.META).horizontalAdvance("24:59"))
        left, right, row = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for half in (left, right):
            half.setSpacing(look.px(8))
        left.addWidget(self._sign)
        left.addWidget(self._doing)
        left.addStretch()
        right.addStretch()
        right.addWidget(self._since)
        right.addWidget(self._end)
        row.setContentsMargins(0, 0, -RING, 0)
        row.addLayout(left, 1)
        row.addWidget(self._level)
        row.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(2))
        column.addWidget(self._heard)
        column.addWidget(self._said)
        column.addLayout(below(self._change))
        column.addLayout(row)

    def show_state(self, state: State) -> None:
        """Show what is heard in `state`."""
        before, self._state, turn = self._state, state, state.turn
        listening, worded = turn.phase is Phase.LISTENING, bool(turn.stable or turn.tentative)
        if turn.number != before.turn.number:
            self._level.reset()
        self._sign.show_sign(Glyph.STAR if listening else Glyph.HOLLOW_STAR)
        self._heard.show_words(turn.stable, turn.tentative)
        self._heard.setVisible(worded)
        self._doing.say(PHASE[turn.phase] if worded and not listening else None)
        self._level.setVisible(listening)
        if listening:
            self._level.show_level(turn.level, hearing=turn.hearing, still=state.still)
        self._end.show_as(*((message("Cancel"), Glyph.CLOSE) if listening else (STOP, Glyph.STOP)), Kind.FLAT)
        self.pass_time()

    def height_at(self, width: int) -> int:
        """Return how high the panel wants to be where it is `width` wide."""
        layout = self.layout()
        assert layout is not None
        return layout.totalHeightForWidth(width)

    def allow_lines(self, most: int) -> None:
        """Let the words have `most` lines before they scroll."""
        self._heard.allow_lines(most)

    def pass_time(self) -> None:
        """Show what changes by time alone: for how long it goes on, and that nothing is heard."""
        self._since.say(verbatim(clock(self._ground.stopwatch.elapsed_s)))
        silent = self._ground.silence.lasts_s >= SILENT_S
        self._said.say(told_of(self._state, silent=silent))
        self._change.setVisible(silent)


def told_of(state: State, *, silent: bool) -> Message | None:
    """Return what is said of the recording besides its words: what is wrong, or that there are none yet.  Pure."""
    turn = state.turn
    if silent:
        name = state.microphone
        if not name:
            return message("I hear nothing · the default microphone")
        return message("I hear nothing · Microphone: {name}", name=name)
    if turn.note and turn.phase is Phase.LISTENING:
        return turn.note
    if turn.stable or turn.tentative:
        return None
    return OPENING if turn.phase is Phase.LISTENING and not turn.hearing else PHASE[turn.phase]
