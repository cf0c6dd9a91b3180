"""The thread of the speech model: turns recordings into text, and looks after the model while nobody speaks."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from etoile.config import Speech
from etoile.domain.events import Event, Failed, NothingHeard, PartlyHeard, Transcribed
from etoile.errors import EtoileError, ModelUnavailable
from etoile.speech.dictation import Dictation, Recogniser
from etoile.speech.part import Part
from etoile.speech.recorder import with_place
from etoile.speech.resident import Resident, SpeechModel
from etoile.speech.transcript import Transcript
from etoile.speech.unfinished import samples_of
from etoile.speech.utterances import Utterance, Utterances
from etoile.text import Message, message

log = logging.getLogger(__name__)


LOOK_S = 5.0
"""How often it is asked whether the model is still needed, and where."""


class _Prepare:
    """Somebody begins to speak: the model is wanted."""


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


@dataclass(frozen=True, slots=True)
class _Call:
    """What somebody said after a pause: it may begin with the wake word."""

    samples: bytes
    tell: Callable[[str], None]
    """Takes how it begins."""


@dataclass(frozen=True, slots=True)
class _Again:
    """A recording that has no text yet."""

    file: Path
    done: Callable[[], None]


NO_TURN = -1
"""What was recorded once and is understood now belongs to no turn: it goes into the history, and runs nothing."""

_Job = _Growing | _Recorded | _Prepare | _Call | _Again


class Transcriber:
    """Transcribes utterances one after the other on the thread `speech`.  No method waits but `join`."""

    def __init__(
        self,
        model: SpeechModel,
        speech: Speech,
        publish: Callable[[Event], None],
        utterances: Utterances,
        *,
        look_s: float = LOOK_S,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._speech = speech
        self.language: str = speech.language
        """In which utterances are: the next one goes by it."""
        self._look_s = look_s
        self._publish = publish
        self._utterances = utterances
        self._part = Part("speech_model", publish)
        self._resident = Resident(model, publish, unload_after_s=speech.unload_after_s, now_s=now_s)
        self._dictation: tuple[Utterance, Dictation] | None = None
        self._closing = False
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="speech", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def prepare(self) -> None:
        """Have the model loaded: somebody begins to speak."""
        self._jobs.put(_Prepare())

    def listen(self, utterance: Utterance, samples: bytes) -> None:
        """Make text of what was recorded so far, unless there is something newer to do."""
        self._jobs.put(_Growing(utterance, samples))

    def hears_voice(self, samples: bytes, start_s: float) -> bool:
        """Tell whether somebody speaks in `samples` later than `start_s`; any thread, a few ms.

        Without a loaded model nobody can tell, and it may well be.
        """
        recogniser = self._resident.recogniser
        return recogniser is None or recogniser.has_voice(samples, start_s)

    def hears_onset(self, samples: bytes, start_s: float) -> bool:
        """Tell whether somebody begins to speak in `samples` later than `start_s`; any thread, without a model."""
        return self._model.has_onset(samples, start_s)

    def transcribe(self, utterance: Utterance, samples: bytes, file: Path | None) -> None:
        """Turn `samples` into text, and delete `file`, which holds the same, once the text is there."""
        self._jobs.put(_Recorded(utterance, samples, file))

    def look_at(self, samples: bytes, tell: Callable[[str], None]) -> None:
        """Find out how `samples` begin, and `tell` it, on another thread; what somebody asks for by hand goes first."""
        self._jobs.put(_Call(samples, tell))

    def try_again(self, file: Path, done: Callable[[], None]) -> None:
        """Make text of the recording `file` and delete it; `done` is called at the end, however it went."""
        self._jobs.put(_Again(file, done))

    def close(self) -> None:
        """End the thread after what it is doing; what was not transcribed stays in its file."""
        self._closing = True
        self._jobs.put(None)

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; tell whether it has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        if self._look_for_it() and self._speech.preload:
            self.prepare()
        while not self._closing:
            try:
                job = self._jobs.get(timeout=self._look_s if self._resident.recogniser else None)
            except queue.Empty:
                job = None
            if not self._closing:
                self._do(job)

    def _do(self, job: _Job | None) -> None:
        try:
            if job is not None:
                self._work(job)
            elif self._utterances.none_wanted:
                self._dictation = None
                self._resident.look()
        except ModelUnavailable as error:
            self._part.missing(error)
            self._give_up(job, error.said, error.remedy)
        except Exception as error:
            log.exception("the speech model failed")
            said = message("The speech could not be turned into text: {error}.", error=str(error))
            self._give_up(job, said, None)

    def _work(self, job: _Job) -> None:
        """Do one job; what fails on a GPU is done again on the CPU, with the same sound."""
        try:
            self._work_once(job)
        except Exception as error:
            self._dictation = None
            if not self._resident.blames_card(error):
                raise
            self._work_once(job)

    def _work_once(self, job: _Job) -> None:
        recogniser = self._resident.loaded()
        self._part.ready()
        match job:
            case _Recorded():
                self._transcribe(recogniser, job)
            case _Growing() if self._jobs.empty():
                self._listen(recogniser, job)
            case _Again():
                self._transcribe_again(recogniser, job)
            case _Call():
                job.tell(self._begins(recogniser, job.samples))

    def _begins(self, recogniser: Recogniser, samples: bytes) -> str:
        """Return how `samples` begin; while somebody is listened to by hand, nobody else is."""
        if not self._utterances.none_wanted:
            return ""
        return recogniser.first_words(samples, self.language, self._speech.wake_threshold)

    def _transcribe_again(self, recogniser: Recogniser, job: _Again) -> None:
        transcript = recogniser.transcribe_pcm(samples_of(job.file), self.language, lambda: self._closing)
        if self._closing:
            return
        if transcript.text:
            self._publish(Transcribed(NO_TURN, transcript.text, transcript.language))
        job.file.unlink(missing_ok=True)
        job.done()

    def _look_for_it(self) -> bool:
        """Tell at the start that there is no speech model, before anybody speaks in vain; return whether there is."""
        try:
            self._model.check()
        except EtoileError as error:
            self._part.missing(error)
        except Exception:
            log.exception("looking for the speech model failed")
        else:
            return True
        return False

    def _transcribe(self, recogniser: Recogniser, job: _Recorded) -> None:
        utterance = job.utterance
        dictation = self._dictation_of(utterance, recogniser)
        if self._utterances.wants(utterance):
            transcript = dictation.finish(job.samples, lambda: not self._utterances.wants(utterance))
            log.info("%.1f s of speech in %.0f ms", transcript.speech_s, transcript.elapsed_ms)
            self._utterances.end(utterance, _result(utterance.turn, transcript))
        self._dictation = None
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
            self._dictation = (utterance, Dictation(recogniser, self.language))
        return self._dictation[1]

    def _give_up(self, job: _Job | None, said: Message, remedy: Message | None) -> None:
        """Report that a recording has no text; what failed ahead of its end is tried again with it."""
        self._dictation = None
        if isinstance(job, _Call):
            job.tell("")
        if isinstance(job, _Again):
            job.done()
        if isinstance(job, _Recorded):
            turn = job.utterance.turn
            self._utterances.end(job.utterance, Failed(turn, said, with_place(remedy, job.file)))


def _result(turn: int, transcript: Transcript) -> Transcribed | NothingHeard:
    if not transcript.text:
        return NothingHeard(turn)
    return Transcribed(turn, transcript.text, transcript.language, transcript.alternatives, transcript.rivals)
