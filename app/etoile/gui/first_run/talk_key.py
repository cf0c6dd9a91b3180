"""The third step: the talk key, tried live."""

from enum import IntEnum

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from etoile.domain.events import TrialWanted
from etoile.domain.state import State
from etoile.domain.turn import Phase
from etoile.gui.design import Tone, Type
from etoile.gui.first_run.step import Means, Step, with_remedy
from etoile.gui.glyphs import Glyph
from etoile.gui.label import Label
from etoile.gui.sign import Sign
from etoile.gui.surface import Surface
from etoile.text import Message, message

HELD_MS = 500
"""A key that is down for so long is held, not tapped."""


class Seen(IntEnum):
    """How far the key was tried."""

    NOTHING = 0
    PRESSED = 1
    HELD = 2
    RELEASED = 3


class TalkKeyStep(Step):
    """Three signs that are ticked as the key goes down, stays, and comes up."""

    title = message("Talk key")

    def __init__(self, means: Means, parent: QWidget | None = None) -> None:
        key = means.file.config.speech.talk_key
        super().__init__(
            means,
            message(
                "You hold {key} while you speak, in any program. Try it: hold it for a second, and let go.", key=key
            ),
            parent,
        )
        self.seen = Seen.NOTHING
        self._down = False
        self._signs: dict[Seen, Sign] = {}
        card = Surface(self._look, self)
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(4)
        for seen, said in (
            (Seen.PRESSED, message("{key} is pressed", key=key)),
            (Seen.HELD, message("{key} is held", key=key)),
            (Seen.RELEASED, message("{key} is released", key=key)),
        ):
            column.addLayout(self._line(seen, said))
        self.column.addWidget(card)
        self._verdict = self._said(None, Type.UI)
        self._way = self._said(None, Type.META, Tone.TEXT2)
        self._said(
            message("Another key is chosen in the settings. “etoile talk --toggle” does the same from a shortcut."),
            Type.META,
            Tone.TEXT2,
        )
        self.column.addStretch()
        self._held = QTimer(self)
        self._held.setSingleShot(True)
        self._held.setInterval(HELD_MS)
        self._held.timeout.connect(lambda: self._show(Seen.HELD))

    def _line(self, seen: Seen, said: Message) -> QHBoxLayout:
        self._signs[seen] = Sign(self._look, Glyph.RING, self, height=28)
        words = Label(self._look, Type.UI, wraps=False, parent=self)
        words.say(said)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._signs[seen])
        row.addWidget(words, 1)
        return row

    def enter(self) -> None:
        """From here on nothing that is heard is carried out, or even taken down."""
        self._means.publish(TrialWanted(True, words=False))

    def leave(self) -> None:
        """What is heard is a request again."""
        self._held.stop()
        self._means.publish(TrialWanted(False))

    def show_state(self, state: State) -> None:
        """Follow the key, or the shortcut that stands in for it: that one listens until it is pressed again."""
        self._way.say(self._heard_by(state))
        down = state.trial is not None and (state.trial.key_down or state.turn.phase is Phase.LISTENING)
        if down == self._down:
            return
        self._down = down
        if down:
            self._show(Seen.PRESSED)
            self._held.start()
        else:
            tapped = self._held.isActive()
            self._held.stop()
            self._show(Seen.NOTHING if tapped else Seen.RELEASED)
            if tapped:
                self._verdict.say(message("That was a tap: hold the key for as long as you speak."))

    def _show(self, seen: Seen) -> None:
        self.seen = seen
        for place, sign in self._signs.items():
            sign.show_sign(Glyph.TICK if place <= seen else Glyph.RING)
        self._verdict.say(message("The key works.") if seen is Seen.RELEASED else None)

    def _heard_by(self, state: State) -> Message:
        """Return which way is active: the desktop's, or what the user can do where there is none."""
        missing = state.missing.get("talk_key")
        return with_remedy(missing) if missing else self._means.aids.talk_way()
