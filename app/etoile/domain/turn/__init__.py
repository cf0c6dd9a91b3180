"""The conversation: one pure function says what every event does to the turn, and what is to be done about it.

    IDLE ──talk──> LISTENING ──release──> TRANSCRIBING ──text──┐
      ^   typed text ──────────────────────────────────────────┤
      │                                                        v
      ├───────────── SPEAKING <──answer, or a command's reply── THINKING <──chosen── CONFIRMING
      └── done, failed, cancelled, nothing heard                   └──what asks first──^

Talking or typing anew breaks in from everywhere: the former turn's work is given up, its number is history, and what
still comes from it matches nothing.  Only a transcript that comes too late is kept: a lost sentence is a bug.
"""

from etoile.domain.turn.lifetime import THINKING_S
from etoile.domain.turn.step import step
from etoile.domain.turn.talking import TRANSCRIBING_S
from etoile.domain.turn.turn import LISTENED, Phase, Speaking, Standing, Step, Turn

__all__ = ["LISTENED", "THINKING_S", "TRANSCRIBING_S", "Phase", "Speaking", "Standing", "Step", "Turn", "step"]
