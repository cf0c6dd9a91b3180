"""The second step: the microphone, with its level and a sentence to try."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from etoile.domain.events import Cancelled, TalkToggled, TrialWanted
from etoile.domain.state import State
from etoile.domain.turn import Phase, Turn
from etoile.gui.button import RING, Button, Kind
from etoile.gui.design import Tone, Type
from etoile.gui.first_run.step import Means, Step, with_remedy
from etoile.gui.glyphs import Glyph
from etoile.gui.label import Label
from etoile.gui.level import Level
from etoile.gui.surface import Surface
from etoile.text import Message, message, verbatim

RECORD, STOP = message("Record"), message("Stop")
_PARTS = ("microphone", "chosen_microphone")


class MicrophoneStep(Step):
    """Records as the talk key does; while the page is in view what is heard is shown, and not carried out."""

    title = message("Microphone")

    def __init__(self, means: Means, parent: QWidget | None = None) -> None:
        super().__init__(
            means,
            message("Press Record and say a sentence. It is only shown: nothing is done with it, nothing is kept."),
            parent,
        )
        self._said(message("For instance: “{sentence}”", sentence=message("what time is it in Paris?")), Type.BODY)
        self._recording = False
        self._button = Button(self._look, RECORD, kind=Kind.PRIMARY, glyph=Glyph.MICROPHONE, parent=self)
        self._button.clicked.connect(lambda: means.publish(TalkToggled(means.now_s())))
        self._level = Level(self._look, self)
        self._doing = Label(self._look, Type.META, Tone.TEXT2, parent=self)
        self._heard = Label(self._look, Type.BODY, parent=self)
        self._heard.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.column.addWidget(self._card())
        self._wrong = Label(self._look, Type.META, Tone.WARNING, parent=self)
        self.column.addWidget(self._wrong)
        self._lacking = self._said(self._no_model(), Type.META, Tone.TEXT2)
        self.column.addStretch()

    def _card(self) -> Surface:
        card = Surface(self._look, self)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addSpacing(-RING)
        row.addWidget(self._button)
        row.addWidget(self._level)
        row.addStretch()
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 12, 12, 12)
        column.addLayout(row)
        column.addWidget(self._doing)
        column.addWidget(self._heard)
        return card

    def enter(self) -> None:
        """From here on nothing that is heard is carried out."""
        lacking = self._no_model()
        self._means.publish(TrialWanted(True, words=lacking is None))
        self._lacking.say(lacking)

    def leave(self) -> None:
        """What is heard is a request again."""
        if self._recording:
            self._means.publish(Cancelled())
        self._means.publish(TrialWanted(False))

    def show_state(self, state: State) -> None:
        """Show the level while it is recorded, and then what was understood, or why nothing was."""
        turn = state.turn
        listening = turn.phase is Phase.LISTENING
        if listening and not self._recording:
            self._level.reset()
        self._recording = listening
        if listening:
            self._level.show_level(turn.level, hearing=turn.hearing)
            self._button.show_as(STOP, Glyph.STOP, Kind.PRIMARY)
        else:
            self._level.show_level(0.0, hearing=False)
            self._button.show_as(RECORD, Glyph.MICROPHONE, Kind.PRIMARY)
        self._doing.say(_doing(turn))
        self._heard.say(self._words(state))
        self._wrong.say(self._problem(state))

    def _words(self, state: State) -> Message | None:
        turn = state.turn
        if turn.phase is Phase.LISTENING:
            words = f"{turn.stable} {turn.tentative}".strip()
            return verbatim(words) if words else None
        heard = state.trial.heard if state.trial else None
        return message("“{words}”", words=heard) if heard else None

    def _problem(self, state: State) -> Message | None:
        """Return what is wrong with the microphone, or why this recording came to nothing."""
        for part in _PARTS:
            if missing := state.missing.get(part):
                return with_remedy(missing)
        return state.trial.failed if state.trial else None

    def _no_model(self) -> Message | None:
        name = self._means.file.config.speech.model
        if self._means.aids.has_speech_model(name):
            return None
        return message("There is no speech model here yet: the level moves, and words come once you have one (page 4).")


def _doing(turn: Turn) -> Message | None:
    match turn.phase:
        case Phase.LISTENING if turn.note:
            return turn.note
        case Phase.LISTENING if not turn.hearing:
            return message("Opening the microphone…")
        case Phase.LISTENING:
            return message("Listening")
        case Phase.TRANSCRIBING:
            return message("Writing down what was said")
    return None
