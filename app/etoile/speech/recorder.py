"""The thread of the microphone: opens it when the key goes down, and hands over what was said."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from etoile import config
from etoile.domain.events import Event, Failed
from etoile.errors import EtoileError, MicrophoneUnavailable, ModelUnavailable
from etoile.speech.microphone import Microphone
from etoile.speech.part import Part
from etoile.speech.recording import Recording, write_wav
from etoile.speech.utterances import Utterance, Utterances
from etoile.text import Message, message

log = logging.getLogger(__name__)


class Listener(Protocol):
    """What makes text of a recording, during it and at its end; its methods wait for nothing."""

    def listen(self, utterance: Utterance, samples: bytes) -> None:
        """Take what was recorded so far (int16, 16 kHz)."""

    def hears_voice(self, samples: bytes, start_s: float) -> bool:
        """Tell whether somebody speaks in `samples` later than `start_s`, as far as is known."""

    def transcribe(self, utterance: Utterance, samples: bytes, file: Path | None) -> None:
        """Take the whole recording, and the file where it is kept."""


class Recorder:
    """Records one utterance at a time on the thread `microphone`.  No method waits but `join`."""

    def __init__(
        self,
        speech: config.Speech,
        publish: Callable[[Event], None],
        utterances: Utterances,
        microphone: Microphone,
        listener: Listener,
        *,
        check_model: Callable[[], None],
        folder: Path | None,
    ) -> None:
        self._longest_s = speech.longest_s
        self._publish = publish
        self._utterances = utterances
        self._microphone = microphone
        self._listener = listener
        self._check_model = check_model
        self._folder = folder
        self._part = Part("microphone", publish)
        self._recording: Recording | None = None
        self._orders: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="microphone", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def record(self, utterance: Utterance) -> None:
        """Record `utterance`, in the place of one that is being recorded."""
        self._orders.put(lambda: self._begin(utterance))

    def release(self, utterance: Utterance) -> None:
        """End the recording of `utterance` after its tail."""
        self._orders.put(lambda: self._release(utterance))

    def close(self) -> None:
        """Let go of the microphone and end the thread."""
        self._closing = True
        self._orders.put(lambda: None)

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; tell whether it has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        self._look_for_it()
        while not self._closing:
            try:
                self._obey()
                if self._recording is not None:
                    self._advance(self._recording)
            except MicrophoneUnavailable as error:
                self._part.missing(error)
                self._break_off(error.said, error.remedy)
            except Exception as error:
                log.exception("recording failed")
                self._break_off(message("Recording failed: {error}.", error=str(error)), None)
        self._stop()

    def _look_for_it(self) -> None:
        """Tell at the start that there is no microphone, before anybody speaks in vain."""
        try:
            self._microphone.check()
        except EtoileError as error:
            self._part.missing(error)
        except Exception:
            log.exception("looking for the microphone failed")

    def _obey(self) -> None:
        """Carry out the next order; while nothing is being recorded, wait for it."""
        idle = self._recording is None or self._recording.done
        try:
            order = self._orders.get(block=idle)
        except queue.Empty:
            return
        order()

    def _begin(self, utterance: Utterance) -> None:
        self._make_way()
        if not self._utterances.wants(utterance):
            return
        try:
            self._check_model()
            capture = self._microphone.open()
        except (MicrophoneUnavailable, ModelUnavailable) as error:
            if isinstance(error, MicrophoneUnavailable):
                self._part.missing(error)
            self._utterances.end(utterance, Failed(utterance.turn, error.said, error.remedy))
        else:
            self._recording = Recording(utterance, capture, self._longest_s, self._publish, self._listener.hears_voice)

    def _make_way(self) -> None:
        """End the recording that a newer one replaces; one that only lacked its tail is transcribed without it."""
        recording = self._recording
        if recording is not None and recording.released:
            self._finish(recording)
        elif recording is not None:
            self._stop()
            self._utterances.drop(recording.utterance)

    def _release(self, utterance: Utterance) -> None:
        if self._recording is not None and self._recording.utterance is utterance:
            self._recording.release()

    def _advance(self, recording: Recording) -> None:
        if not self._utterances.wants(recording.utterance):
            self._stop()
            return
        if not recording.done and recording.advance():
            self._listener.listen(recording.utterance, recording.samples)
        if recording.done and recording.released:
            self._finish(recording)

    def _finish(self, recording: Recording) -> None:
        self._stop()
        self._part.ready()
        self._listener.transcribe(recording.utterance, recording.samples, self._keep(recording))

    def _break_off(self, said: Message, remedy: Message | None) -> None:
        """Report that the recording cannot go on; what was said until then is kept."""
        recording = self._recording
        self._stop()
        if recording is not None and self._utterances.wants(recording.utterance):
            file = self._keep(recording) if recording.samples else None
            self._utterances.end(recording.utterance, Failed(recording.utterance.turn, said, with_place(remedy, file)))

    def _stop(self) -> None:
        recording, self._recording = self._recording, None
        if recording is not None:
            recording.close()

    def _keep(self, recording: Recording) -> Path | None:
        """Write the recording to a file, so that no failure can lose it."""
        if self._folder is None:
            return None
        file = self._folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{recording.utterance.turn}.wav"
        try:
            write_wav(file, recording.samples)
        except OSError as error:
            log.warning("the recording could not be kept in %s: %s", file, error)
            return None
        return file


def with_place(remedy: Message | None, file: Path | None) -> Message | None:
    """Return `remedy` with the place where the recording is kept: to be read, not to be spoken."""
    if file is None:
        return remedy
    kept = message("The recording is kept in {path}.", path=str(file))
    return message("{first} {second}", first=remedy, second=kept) if remedy else kept
