"""The thread of the speech model: loads it when somebody begins to speak, and turns recordings into text."""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from etoile.domain.events import Event, Failed, NothingHeard, PartlyHeard, Transcribed
from etoile.errors import EtoileError, ModelUnavailable
from etoile.speech.dictation import Dictation, Recogniser
from etoile.speech.part import Part
from etoile.speech.recorder import with_place
from etoile.speech.transcript import Transcript
from etoile.speech.utterances import Utterance, Utterances
from etoile.text import Message, message

log = logging.getLogger(__name__)


class SpeechModel(Protocol):
    """A recogniser that is not loaded yet."""

    def check(self) -> None:
        """Raise ModelUnavailable when it is plain that it cannot be loaded; quick, any thread."""

    def load(self) -> Recogniser:
        """Return the recogniser, warmed up; may take seconds.  Raises ModelUnavailable."""


@dataclass(frozen=True, slots=True)
class _Growing:
    """What was recorded so far of an utterance that goes on."""

    utterance: Utterance
    samples: bytes


@dataclass(frozen=True, slots=True)
class _Recorded:
    utterance: Utterance
    samples: bytes
    file: Path | None


class Transcriber:
    """Transcribes utterances one after the other on the thread `speech`.  No method waits but `join`."""

    def __init__(
        self, model: SpeechModel, language: str, publish: Callable[[Event], None], utterances: Utterances
    ) -> None:
        self._model = model
        self._language = language
        self._publish = publish
        self._utterances = utterances
        self._part = Part("speech_model", publish)
        self._recogniser: Recogniser | None = None
        self._dictation: tuple[Utterance, Dictation] | None = None
        self._closing = False
        self._jobs: queue.SimpleQueue[_Growing | _Recorded | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="speech", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def prepare(self) -> None:
        """Have the model loaded: somebody begins to speak."""
        self._jobs.put(None)

    def listen(self, utterance: Utterance, samples: bytes) -> None:
        """Make text of what was recorded so far, unless there is something newer to do."""
        self._jobs.put(_Growing(utterance, samples))

    def hears_voice(self, samples: bytes, start_s: float) -> bool:
        """Tell whether somebody speaks in `samples` later than `start_s`; any thread, a few ms.

        Without a loaded model nobody can tell, and it may well be.
        """
        recogniser = self._recogniser
        return recogniser is None or recogniser.has_voice(samples, start_s)

    def transcribe(self, utterance: Utterance, samples: bytes, file: Path | None) -> None:
        """Turn `samples` into text, and delete `file`, which holds the same, once the text is there."""
        self._jobs.put(_Recorded(utterance, samples, file))

    def close(self) -> None:
        """End the thread after what it is doing; what was not transcribed stays in its file."""
        self._closing = True
        self._jobs.put(None)

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; tell whether it has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        self._look_for_it()
        while True:
            job = self._jobs.get()
            if self._closing:
                return
            try:
                recogniser = self._loaded()
                match job:
                    case _Recorded():
                        self._transcribe(recogniser, job)
                    case _Growing() if self._jobs.empty():
                        self._listen(recogniser, job)
            except ModelUnavailable as error:
                self._part.missing(error)
                self._give_up(job, error.said, error.remedy)
            except Exception as error:
                log.exception("the speech model failed")
                said = message("The speech could not be turned into text: {error}.", error=str(error))
                self._give_up(job, said, None)

    def _look_for_it(self) -> None:
        """Tell at the start that there is no speech model, before anybody speaks in vain."""
        try:
            self._model.check()
        except EtoileError as error:
            self._part.missing(error)
        except Exception:
            log.exception("looking for the speech model failed")

    def _loaded(self) -> Recogniser:
        if self._recogniser is None:
            self._recogniser = self._model.load()
            self._part.ready()
        return self._recogniser

    def _transcribe(self, recogniser: Recogniser, job: _Recorded) -> None:
        utterance = job.utterance
        dictation = self._dictation_of(utterance, recogniser)
        self._dictation = None
        if self._utterances.wants(utterance):
            transcript = dictation.finish(job.samples, lambda: not self._utterances.wants(utterance))
            log.info("%.1f s of speech in %.0f ms", transcript.speech_s, transcript.elapsed_ms)
            self._utterances.end(utterance, _result(utterance.turn, transcript))
        if job.file is not None and not self._closing:
            job.file.unlink(missing_ok=True)

    def _listen(self, recogniser: Recogniser, job: _Growing) -> None:
        utterance = job.utterance
        if self._utterances.wants(utterance):
            dictation = self._dictation_of(utterance, recogniser)
            heard = dictation.advance(job.samples, lambda: not self._utterances.wants(utterance))
            if heard.stable or heard.tentative:
                self._publish(PartlyHeard(utterance.turn, heard.stable, heard.tentative))

    def _dictation_of(self, utterance: Utterance, recogniser: Recogniser) -> Dictation:
        if self._dictation is None or self._dictation[0] is not utterance:
            self._dictation = (utterance, Dictation(recogniser, self._language))
        return self._dictation[1]

    def _give_up(self, job: _Growing | _Recorded | None, said: Message, remedy: Message | None) -> None:
        """Report that a recording has no text; what failed ahead of its end is tried again with it."""
        self._dictation = None
        if isinstance(job, _Recorded):
            turn = job.utterance.turn
            self._utterances.end(job.utterance, Failed(turn, said, with_place(remedy, job.file)))


def _result(turn: int, transcript: Transcript) -> Transcribed | NothingHeard:
    if not transcript.text:
        return NothingHeard(turn)
    return Transcribed(turn, transcript.text, transcript.language, transcript.alternatives)
