"""The voice: sentences in, speech out, silence at once when told."""

import logging
import queue
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from etoile import config
from etoile.domain.events import Event, Spoken
from etoile.errors import VoiceUnavailable
from etoile.speech.part import Part
from etoile.speech.playback import Player
from etoile.speech.spoken import speakable
from etoile.speech.synthesiser import Synthesiser
from etoile.text import message, verbatim

log = logging.getLogger(__name__)

CLOSE_S = 0.2
"""How long leaving waits for the voice; with every other room's share it stays below two seconds."""


class Engine(Protocol):
    """What turns a sentence into a WAV file."""

    def start(self) -> None:
        """Be ready.  Raises VoiceUnavailable."""

    def synthesise(self, text: str, language: str, rate_wpm: int, path: Path) -> None:
        """Write the speech to `path`.  Raises VoiceUnavailable."""

    def kill(self) -> None:
        """Give up at once whatever is being done; any thread."""


class Loudspeaker(Protocol):
    """What plays a WAV file."""

    def play(self, path: Path, wanted: Callable[[], bool]) -> bool:
        """Play it to its end; False when it was stopped or no longer `wanted`.  Raises VoiceUnavailable."""

    def stop(self) -> None:
        """Fall silent; any thread."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    era: int
    """Counts the hushes: sentences of an older era are not spoken."""
    turn: int
    text: str
    language: str
    last: bool


class Voice:
    """Speaks the sentences of a turn one after the other, on its thread `voice`.

    `Spoken` comes when a sentence marked `last` has been played, or could not be; never for what was hushed.
    """

    def __init__(
        self,
        speech: config.Speech,
        publish: Callable[[Event], None],
        *,
        engine: Engine | None = None,
        loudspeaker: Loudspeaker | None = None,
    ) -> None:
        self._speech = speech
        self._publish = publish
        self._engine = engine or Synthesiser()
        self._loudspeaker = loudspeaker or Player()
        self._era = 0
        self._closing = False
        self._gate = threading.RLock()
        self._part = Part("voice", publish)
        self._sentences: queue.SimpleQueue[_Sentence | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self.hush()
        self._sentences.put(None)
        self._engine.kill()
        self._thread.join(CLOSE_S)
        if self._thread.is_alive():
            log.info("the voice is still busy; leaving it behind")

    def say(self, turn: int, text: str, language: str, last: bool) -> None:
        """Speak `text` after what is being spoken; with `last`, report `Spoken` once all of it was played."""
        self._sentences.put(_Sentence(self._era, turn, text, language, last))

    def hush(self) -> None:
        """Be silent at once, and forget what was still to be spoken."""
        with self._gate:
            self._era += 1
        self._loudspeaker.stop()

    def _run(self) -> None:
        if self._speech.speak != "never":
            self._attempt(self._engine.start)
        while (sentence := self._sentences.get()) is not None:
            self._attempt(partial(self._speak, sentence))
            self._report(sentence)
        self._engine.kill()

    def _speak(self, sentence: _Sentence) -> None:
        text = speakable(sentence.text, sentence.language)
        if not text or not self._wanted(sentence):
            return
        with _folder() as folder:
            path = Path(folder) / "sentence.wav"
            self._engine.synthesise(text, sentence.language, self._speech.rate_wpm, path)
            self._loudspeaker.play(path, lambda: self._wanted(sentence))
        self._part.ready()

    def _attempt(self, act: Callable[[], None]) -> None:
        """Do `act`; without a voice the turn goes on in silence."""
        try:
            act()
        except VoiceUnavailable as error:
            log.info("no voice: %s", error)
            if not self._closing:
                self._part.missing(error)
        except Exception:
            log.exception("speaking failed")

    def _report(self, sentence: _Sentence) -> None:
        with self._gate:
            if sentence.last and self._wanted(sentence):
                self._publish(Spoken(sentence.turn))

    def _wanted(self, sentence: _Sentence) -> bool:
        return sentence.era == self._era


def _folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for the sound of one sentence: a full disk costs that sentence, not the voice.

    Raises VoiceUnavailable.
    """
    try:
        return tempfile.TemporaryDirectory(prefix="etoile-voice-", ignore_cleanup_errors=True)
    except OSError as error:
        raise VoiceUnavailable(
            verbatim(str(error)), message("Check that the folder can be written and that the disk is not full.")
        ) from error
