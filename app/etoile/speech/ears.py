"""The ears: from the talk key to text.  One thread records, one transcribes, so that neither waits for the other."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from etoile import config
from etoile.domain.events import Event, Failed, NothingHeard, PartMissing, PartReady, Transcribed
from etoile.errors import EtoileError, MicrophoneUnavailable, ModelUnavailable, Unavailable
from etoile.speech import models
from etoile.speech.microphone import Microphone
from etoile.speech.recording import Recording, write_wav
from etoile.speech.transcript import Transcript
from etoile.text import Message, message

log = logging.getLogger(__name__)

CLOSE_S = 2.0


class Recogniser(Protocol):
    """What turns samples into text; used by one thread."""

    def transcribe_pcm(self, samples: bytes, language: str, cancelled: Callable[[], bool]) -> Transcript:
        """Return what was said in `samples` (int16, 16 kHz), in `language` ("fr", "en" or "auto")."""


class SpeechModel(Protocol):
    """A recogniser that is not loaded yet."""

    def check(self) -> None:
        """Raise ModelUnavailable when it is plain that it cannot be loaded; quick."""

    def load(self) -> Recogniser:
        """Return the recogniser, warmed up; may take seconds.  Raises ModelUnavailable."""


@dataclass(frozen=True, slots=True)
class _Record:
    turn: int


@dataclass(frozen=True, slots=True)
class _Release:
    turn: int


@dataclass(frozen=True, slots=True)
class _Load:
    """Have the model ready: somebody begins to speak."""


@dataclass(frozen=True, slots=True)
class _Recognise:
    turn: int
    samples: bytes
    file: Path | None


class Ears:
    """Records and transcribes for the turns.  No method waits; what becomes of a turn comes as an event.

    A turn ends in one of Transcribed, NothingHeard and Failed, or in nothing when it was discarded.  `recordings` is
    the folder where an utterance is kept from the end of its recording until its text is there.
    """

    def __init__(
        self,
        speech: config.Speech,
        publish: Callable[[Event], None],
        *,
        recordings: Path | None,
        microphone: Microphone | None = None,
        model: "SpeechModel | None" = None,
    ) -> None:
        self._speech = speech
        self._publish = publish
        self._recordings = recordings
        self._microphone = microphone or Microphone(speech.microphone)
        self._model = model or _Whisper(speech)
        self._recogniser: Recogniser | None = None
        self._recording: Recording | None = None
        self._wanted: set[int] = set()
        self._told: set[str] = set()
        self._closing = False
        self._orders: queue.SimpleQueue[_Record | _Release | None] = queue.SimpleQueue()
        self._jobs: queue.SimpleQueue[_Load | _Recognise | None] = queue.SimpleQueue()
        self._threads = (
            threading.Thread(target=self._listen, name="microphone", daemon=True),
            threading.Thread(target=self._recognise_all, name="speech", daemon=True),
        )

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing = True
        self._wanted.clear()
        self._orders.put(None)
        self._jobs.put(None)
        deadline_s = time.monotonic() + CLOSE_S
        for thread in self._threads:
            thread.join(max(0.0, deadline_s - time.monotonic()))
            if thread.is_alive():
                log.warning("the thread %s is still busy; leaving it behind", thread.name)

    def record(self, turn: int) -> None:
        """Start to record for `turn`; what was being recorded before is dropped."""
        self._wanted.add(turn)
        self._orders.put(_Record(turn))
        self._jobs.put(_Load())

    def transcribe(self, turn: int) -> None:
        """End the recording of `turn`, after its tail, and turn it into text."""
        self._orders.put(_Release(turn))

    def discard(self, turn: int) -> None:
        """Forget `turn`, whether it is being recorded or transcribed."""
        self._wanted.discard(turn)

    # The thread of the microphone

    def _listen(self) -> None:
        self._check("microphone", self._microphone.check)
        while not self._closing:
            try:
                self._obey()
                self._advance()
            except Exception as error:
                log.exception("recording failed")
                self._drop_recording(message("Recording failed: {error}.", error=str(error)), None)
        self._stop_recording()

    def _obey(self) -> None:
        """Carry out the next order; while nothing is being recorded, wait for it."""
        try:
            order = self._orders.get(block=self._recording is None or self._recording.done)
        except queue.Empty:
            return
        match order:
            case _Record(turn):
                self._abandon_recording()
                self._start_recording(turn)
            case _Release(turn) if self._recording is not None and self._recording.turn == turn:
                self._recording.release()

    def _start_recording(self, turn: int) -> None:
        if turn not in self._wanted:
            return
        try:
            self._model.check()
            capture = self._microphone.open()
        except Unavailable as error:
            self._missing("speech_model" if isinstance(error, ModelUnavailable) else "microphone", error)
            self._finish(Failed(turn, error.said, error.remedy))
            return
        self._recording = Recording(turn, capture, self._speech.longest_s, self._publish)

    def _advance(self) -> None:
        recording = self._recording
        if recording is None:
            return
        if recording.turn not in self._wanted:
            self._stop_recording()
            return
        try:
            if not recording.done:
                recording.advance()
        except MicrophoneUnavailable as error:
            self._missing("microphone", error)
            self._drop_recording(error.said, error.remedy)
            return
        if recording.done and recording.released:
            self._ready("microphone")
            self._stop_recording()
            self._jobs.put(_Recognise(recording.turn, recording.samples, self._keep(recording)))

    def _stop_recording(self) -> None:
        if self._recording is not None:
            self._recording.close()
            self._recording = None

    def _abandon_recording(self) -> None:
        """Drop a recording that a newer one replaces."""
        if self._recording is not None:
            self._wanted.discard(self._recording.turn)
            self._stop_recording()

    def _drop_recording(self, said: Message, remedy: Message | None) -> None:
        """Report that the recording broke off; what was said until then is kept."""
        recording = self._recording
        self._stop_recording()
        if recording is not None and recording.turn in self._wanted:
            file = self._keep(recording) if recording.samples else None
            self._finish(Failed(recording.turn, _with_place(said, file), remedy))

    def _keep(self, recording: Recording) -> Path | None:
        """Write the recording to a file, so that no failure can lose it."""
        if self._recordings is None:
            return None
        file = self._recordings / f"{time.strftime('%Y%m%d-%H%M%S')}-{recording.turn}.wav"
        try:
            write_wav(file, recording.samples)
        except OSError as error:
            log.warning("the recording could not be kept in %s: %s", file, error)
            return None
        return file

    # The thread of the speech model

    def _recognise_all(self) -> None:
        self._check("speech_model", self._model.check)
        while (job := self._jobs.get()) is not None and not self._closing:
            try:
                if isinstance(job, _Recognise):
                    self._recognise(job)
                else:
                    self._loaded()
            except ModelUnavailable as error:
                self._missing("speech_model", error)
                self._give_up(job, error.said, error.remedy)
            except Exception as error:
                log.exception("the speech model failed")
                said = message("The speech could not be turned into text: {error}.", error=str(error))
                self._give_up(job, said, None)

    def _give_up(self, job: _Load | _Recognise, said: Message, remedy: Message | None) -> None:
        """Report that a recording could not be transcribed; loading alone is tried again with the recording."""
        if isinstance(job, _Recognise):
            self._finish(Failed(job.turn, _with_place(said, job.file), remedy))

    def _loaded(self) -> Recogniser:
        if self._recogniser is None:
            self._recogniser = self._model.load()
            self._ready("speech_model")
        return self._recogniser

    def _recognise(self, job: _Recognise) -> None:
        if job.turn in self._wanted:
            transcript = self._loaded().transcribe_pcm(
                job.samples, self._speech.language, lambda: job.turn not in self._wanted
            )
            log.info("%.1f s of speech in %.0f ms", transcript.speech_s, transcript.elapsed_ms)
            self._finish(
                Transcribed(job.turn, transcript.text, transcript.language)
                if transcript.text
                else NothingHeard(job.turn)
            )
        if job.file is not None and not self._closing:
            job.file.unlink(missing_ok=True)

    # Telling

    def _finish(self, event: Transcribed | NothingHeard | Failed) -> None:
        """Report how a turn ended, unless it was discarded or has ended already."""
        try:
            self._wanted.remove(event.turn)
        except KeyError:
            return
        self._publish(event)

    def _check(self, part: str, check: Callable[[], object]) -> None:
        """Look at the start whether a part is there, so that what is missing is told before it is needed."""
        try:
            check()
        except EtoileError as error:
            self._missing(part, error)
        except Exception:
            log.exception("checking the %s failed", part)

    def _missing(self, part: str, error: EtoileError) -> None:
        if part not in self._told:
            self._told.add(part)
            self._publish(PartMissing(part, error.said, error.remedy))

    def _ready(self, part: str) -> None:
        if part in self._told:
            self._told.remove(part)
            self._publish(PartReady(part))


def _with_place(said: Message, file: Path | None) -> Message:
    if file is None:
        return said
    return message("{said} The recording is kept in {path}.", said=said, path=str(file))


class _Whisper:
    """The model of the settings, in its folder."""

    def __init__(self, speech: config.Speech) -> None:
        self._speech = speech

    def check(self) -> None:
        models.folder(self._speech.model)

    def load(self) -> Recogniser:
        from etoile.speech import whisper

        return whisper.load(self._speech.model, self._speech.device)
