"""The ears: from the talk key to text.  One thread records, one transcribes, so that neither waits for the other."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from etoile import config
from etoile.domain.events import Event
from etoile.speech.microphone import Microphone
from etoile.speech.placed import PlacedWhisper
from etoile.speech.recorder import Recorder
from etoile.speech.resident import SpeechModel
from etoile.speech.transcriber import Transcriber
from etoile.speech.utterances import Utterances

log = logging.getLogger(__name__)

CLOSE_S = 0.3
"""How long leaving waits for both threads; with every other room's share it stays below two seconds.  A model that is
being loaded cannot be stopped: it is left behind, and ends with the process."""


class Ears:
    """Records and transcribes for the turns.  No method waits; what becomes of a turn comes as an event.

    What was recorded for a turn ends in one of Transcribed, NothingHeard and Failed, or in nothing when it was
    discarded.  `recordings` is the folder where it is kept from its first second until its text is there; what is
    `private` is kept there from the end of the recording on.
    """

    def __init__(
        self,
        speech: config.Speech,
        publish: Callable[[Event], None],
        *,
        recordings: Path | None,
        private: bool = False,
        microphone: Microphone | None = None,
        model: SpeechModel | None = None,
        deaf: Callable[[], bool] = lambda: False,
    ) -> None:
        """While `deaf()` no wake word is listened for: Etoile itself is heard, or the screen is locked."""
        model = model or PlacedWhisper(speech)
        self._utterances = Utterances(publish)
        self._transcriber = Transcriber(model, speech, publish, self._utterances)
        self._recorder = Recorder(
            speech,
            publish,
            self._utterances,
            microphone or Microphone(speech.microphone, keep_open_s=speech.keep_open_s, preroll_s=speech.preroll_s),
            self._transcriber,
            check_model=model.check,
            folder=recordings,
            private=private,
            deaf=deaf,
        )

    def __enter__(self) -> Self:
        self._transcriber.start()
        self._recorder.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        deadline_s = time.monotonic() + CLOSE_S
        for worker in (self._recorder, self._transcriber):
            worker.close()
        self._utterances.leave()
        for worker in (self._recorder, self._transcriber):
            if not worker.join(max(0.0, deadline_s - time.monotonic())):
                log.info("the %s is still busy; leaving it behind", type(worker).__name__.lower())

    def expect(self) -> None:
        """Get ready before somebody speaks, so that the first word is caught; any thread."""
        self._recorder.expect()

    def record(
        self,
        turn: int,
        *,
        hands_free: bool = False,
        broke_in: bool = False,
        woken: bool = False,
        level_only: bool = False,
    ) -> None:
        """Start to record for `turn`.  A recording that was not yet to be transcribed is dropped for it.

        One that is `hands_free` ends by itself once nobody speaks any more, and reports TalkEnded.  One that `broke_in`
        while Etoile spoke has no pre-roll; one that was `woken` begins with the wake word.  One of which the
        `level_only` is wanted needs no speech model, and is to be discarded.
        """
        self._recorder.record(
            self._utterances.begin(turn, hands_free=hands_free, broke_in=broke_in, woken=woken, level_only=level_only)
        )

    def transcribe(self, turn: int) -> None:
        """End the recording of `turn`, after its tail, and turn it into text."""
        if utterance := self._utterances.of(turn):
            self._recorder.release(utterance)

    @property
    def idle(self) -> bool:
        """Whether nobody speaks, or waits for what was said; any thread."""
        return self._utterances.none_wanted

    def listen_for(self, language: str) -> None:
        """Take what is said from now on to be in `language` ("fr", "en", or "auto"); any thread."""
        self._transcriber.language = language

    def watch(self, word: str) -> None:
        """Listen for this wake word while nothing is recorded; empty for none."""
        self._recorder.watch(word)

    def retry_unfinished(self) -> None:
        """Make text of recordings that have none; each is reported as Transcribed, of no turn."""
        self._recorder.retry_unfinished()

    def discard(self, turn: int) -> None:
        """Forget `turn`, whether it is being recorded or transcribed."""
        self._utterances.discard(turn)
