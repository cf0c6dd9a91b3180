"""The thread of the microphone: opens it when the key goes down, and hands over what was said."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from etoile import config
from etoile.domain.events import Event, Failed, MicrophoneOpened
from etoile.errors import EtoileError, MicrophoneUnavailable, ModelUnavailable, Unavailable
from etoile.speech.calls import Calls
from etoile.speech.keeper import Keeper
from etoile.speech.microphone import Microphone
from etoile.speech.part import Part
from etoile.speech.recording import Recording
from etoile.speech.sound import NoSuchMicrophone
from etoile.speech.unfinished import prune, unfinished
from etoile.speech.utterances import Utterance, Utterances
from etoile.text import Message, message, plural

log = logging.getLogger(__name__)

JUDGED_S = 0.5
"""A recording this long that holds nothing but digital silence was made with a muted microphone."""
WOKEN_SILENCE_S = 2.0
"""What a wake word began must end by itself, whatever the settings say of keys."""
_MUTED = message("Only silence came from the microphone.")
_UNMUTE = message(
    "It is probably muted: look at the sound settings, and at the switch of the device.  “etoile doctor” tells more."
)
_TOO_EARLY = message("The microphone was not ready before you let go of the key: nothing was recorded.")
_WAIT = message("Begin to speak when the level moves; a Bluetooth headset takes a second or two.")


class Listener(Protocol):
    """What makes text of a recording, during it and at its end; its methods wait for nothing."""

    def prepare(self) -> None:
        """Get ready: somebody begins to speak."""

    def listen(self, utterance: Utterance, samples: bytes) -> None:
        """Take what was recorded so far (int16, 16 kHz)."""

    def hears_voice(self, samples: bytes, start_s: float) -> bool:
        """Tell whether somebody speaks in `samples` later than `start_s`, as far as is known."""

    def hears_onset(self, samples: bytes, start_s: float) -> bool:
        """Tell whether somebody begins to speak; needs the detector, and no model."""

    def transcribe(self, utterance: Utterance, samples: bytes, file: Path | None) -> None:
        """Take the whole recording, and the file where it is kept."""

    def look_at(self, samples: bytes, tell: Callable[[str], None]) -> None:
        """Tell the first words of `samples`."""

    def try_again(self, file: Path, done: Callable[[], None]) -> None:
        """Make text of the recording `file` and delete it; call `done` at the end, however it went."""


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
        private: bool = False,
        deaf: Callable[[], bool] = lambda: False,
    ) -> None:
        """While `deaf()` no wake word is listened for: Etoile speaks, or nobody is there.

        What is `private` is not in `folder` before it has ended: a recording that is cut leaves nothing.
        """
        self._speech = speech
        self._publish = publish
        self._utterances = utterances
        self._microphone = microphone
        self._listener = listener
        self._check_model = check_model
        self._folder = folder
        self._private = private
        self._part = Part("microphone", publish)
        self._chosen = Part("chosen_microphone", publish)
        self._unfinished = Part("recordings", publish)
        self._told_open = False
        self._was_open = False
        """Whether it ever was."""
        self._recording: Recording | None = None
        self._keeper = Keeper(None, 0, follows=False)
        self._orders: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._calls = Calls(
            microphone,
            listener,
            publish,
            self._orders.put,
            hears_voice=listener.hears_onset,
            deaf=deaf,
            preroll_s=speech.preroll_s,
        )
        self._calls.switch(speech.wake_word)
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="microphone", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def record(self, utterance: Utterance) -> None:
        """Record `utterance`, in the place of one that is being recorded.

        The model is loaded after the microphone is open: it would hold up the first word.
        """
        self._orders.put(lambda: self._begin(utterance))
        if not utterance.level_only:
            self._orders.put(self._listener.prepare)

    def release(self, utterance: Utterance) -> None:
        """End the recording of `utterance` after its tail."""
        self._orders.put(lambda: self._release(utterance))

    def expect(self) -> None:
        """Get ready: somebody may soon speak."""
        self._orders.put(self._microphone.prepare)

    def watch(self, word: str) -> None:
        """Listen for the wake word `word` while nothing is recorded; for none where it is empty."""
        self._orders.put(lambda: self._calls.switch(word))

    def retry_unfinished(self) -> None:
        """Have recordings without text tried again."""
        self._orders.put(self._retry)

    def close(self) -> None:
        """Let go of the microphone and end the thread."""
        self._closing = True
        self._orders.put(lambda: None)

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; tell whether it has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        threading.Thread(target=self._look_for_it, name="microphone check", daemon=True).start()
        if self._speech.preroll_s:
            self._orders.put(self._microphone.look_after)
        self._tidy()
        while not self._closing:
            try:
                self._tell_whether_open()
                self._obey()
                if self._recording is not None:
                    self._advance(self._recording)
                elif self._calls.wanted:
                    self._calls.attend()
                    self._part.ready()
            except MicrophoneUnavailable as error:
                self._part.missing(error)
                self._break_off(error.said, error.remedy)
            except Exception as error:
                log.exception("recording failed")
                self._break_off(_failed(error), None)
        self._leave()
        self._calls.leave()
        self._microphone.close()

    def _look_for_it(self) -> None:
        """Tell at the start that there is no microphone, before anybody speaks in vain; nobody who speaks waits."""
        try:
            self._microphone.check()
        except NoSuchMicrophone as error:
            self._orders.put(partial(self._tell_missing, self._chosen, error))
        except EtoileError as error:
            self._orders.put(partial(self._tell_missing, self._part, error))
        except Exception:
            log.exception("looking for the microphone failed")

    def _tell_missing(self, part: Part, error: EtoileError) -> None:
        """Tell what the look found, unless one was plugged in and opened meanwhile."""
        if not self._was_open:
            part.missing(error)

    def _tidy(self) -> None:
        """Delete recordings that were kept for long enough, and tell of those that still have no text."""
        if self._folder is None:
            return
        try:
            gone = prune(
                self._folder, time.time(), days=self._speech.recordings_days, most=self._speech.recordings_most
            )
            left = len(unfinished(self._folder))
        except OSError as error:
            log.info("%s cannot be looked through: %s", self._folder, error)
            return
        self._unfinished.ready()
        if gone or left:
            self._unfinished.missing(_kept(gone, left))

    def _retry(self) -> None:
        """Have every recording tried again, oldest first, unless the text of one is on its way."""
        found = unfinished(self._folder) if self._folder and self._utterances.none_wanted else ()
        for one in reversed(found):
            self._listener.try_again(one.path, lambda: self._orders.put(self._tidy))

    def _obey(self) -> None:
        """Carry out the next order; while nothing is being recorded, wait for it."""
        idle = self._recording.done if self._recording else not self._calls.wanted
        waits_s = [wait_s for wait_s in (self._microphone.next_look_s, self._calls.next_try_s) if wait_s is not None]
        try:
            order = self._orders.get(block=idle, timeout=min(waits_s, default=None) if idle else None)
        except queue.Empty:
            if idle:
                self._microphone.look_after()
            return
        order()

    def _tell_whether_open(self) -> None:
        if self._microphone.is_open != self._told_open:
            self._told_open = self._microphone.is_open
            self._was_open = True
            self._publish(MicrophoneOpened(self._told_open, self._microphone.name if self._told_open else ""))

    def _begin(self, utterance: Utterance) -> None:
        self._make_way()
        if not self._utterances.wants(utterance):
            return
        past, spoken = self._calls.taken(woken=utterance.woken)
        try:
            if not utterance.level_only:
                self._check_model()
            capture = self._microphone.open(with_past=not utterance.broke_in)
        except (MicrophoneUnavailable, ModelUnavailable) as error:
            if isinstance(error, MicrophoneUnavailable):
                self._part.missing(error)
            self._utterances.end(utterance, Failed(utterance.turn, error.said, error.remedy))
        except Exception as error:  # whoever holds the key must not speak in vain
            log.exception("the microphone could not be opened")
            self._utterances.end(utterance, Failed(utterance.turn, _failed(error)))
        else:
            speech = self._speech
            silence_s = speech.silence_s or (WOKEN_SILENCE_S if utterance.woken else 0.0)
            follows = not (self._private or utterance.level_only)
            self._keeper = Keeper(self._folder, utterance.turn, follows=follows)
            self._recording = Recording(
                utterance,
                capture,
                speech.longest_s,
                silence_s,
                self._publish,
                self._listener.hears_voice,
                past if utterance.woken or not utterance.broke_in else (),
                spoken=spoken,
            )
            self._tell_which(self._recording)

    def _tell_which(self, recording: Recording) -> None:
        """Tell when it is not the chosen microphone that listens; blocks wait meanwhile, and none is lost."""
        if (astray := self._microphone.astray()) is not None:
            self._chosen.missing(astray)
            recording.tell_another_listens()
        else:
            self._chosen.ready()

    def _make_way(self) -> None:
        """End the recording that a newer one replaces; one that only lacked its tail is transcribed without it."""
        recording = self._recording
        if recording is not None and recording.released:
            self._finish(recording)
        elif recording is not None:
            self._drop()
            self._utterances.drop(recording.utterance)

    def _release(self, utterance: Utterance) -> None:
        recording = self._recording
        if recording is None or recording.utterance is not utterance:
            return
        recording.release()
        if not recording.samples:
            self._drop()
            self._utterances.end(utterance, Failed(utterance.turn, _TOO_EARLY, _WAIT))

    def _advance(self, recording: Recording) -> None:
        if not self._utterances.was_wanted(recording.utterance):
            self._drop()
            return
        if not recording.done and recording.advance():
            self._listener.listen(recording.utterance, recording.samples)
        self._keeper.follow(recording)
        if recording.done:
            self._microphone.rest()
        if recording.done and recording.released:
            self._finish(recording)

    def _finish(self, recording: Recording) -> None:
        self._stop()
        self._part.ready()
        if recording.seconds >= JUDGED_S and not recording.sound:
            self._keeper.discard()
            self._utterances.end(recording.utterance, Failed(recording.utterance.turn, _MUTED, _UNMUTE))
        else:
            self._listener.transcribe(recording.utterance, recording.samples, self._keeper.finish(recording))

    def _break_off(self, said: Message, remedy: Message | None) -> None:
        """Report that the recording cannot go on; what was said until then is kept."""
        recording = self._recording
        self._stop()
        if recording is not None and self._utterances.wants(recording.utterance):
            file = self._keeper.finish(recording) if recording.samples else None
            self._utterances.end(recording.utterance, Failed(recording.utterance.turn, said, with_place(remedy, file)))
        else:
            self._keeper.discard()

    def _stop(self) -> None:
        recording, self._recording = self._recording, None
        if recording is not None:
            recording.close()
            self._microphone.rest()

    def _leave(self) -> None:
        """Stop for good.  Who speaks when Etoile ends finds it among the recordings without text."""
        if self._recording is not None and self._utterances.was_wanted(self._recording.utterance):
            self._keeper.leave(self._recording)
        self._drop()

    def _drop(self) -> None:
        """Stop, and leave nothing of what was recorded."""
        self._stop()
        self._keeper.discard()


def _failed(error: Exception) -> Message:
    return message("Recording failed: {error}.", error=str(error))


def _kept(gone: int, left: int) -> Unavailable:
    """Return what is to be told of the recordings without text: how many were deleted, how many are left."""
    deleted = plural(
        "{count} old recording without text was deleted.", "{count} old recordings without text were deleted.", gone
    )
    if not left:
        return Unavailable(deleted)
    waiting = plural("{count} recording has no text yet.", "{count} recordings have no text yet.", left)
    said = message("{first} {second}", first=deleted, second=waiting) if gone else waiting
    return Unavailable(said, message("“etoile transcribe --unfinished” tries again, and runs nothing."))


def with_place(remedy: Message | None, file: Path | None) -> Message | None:
    """Return `remedy` with the place where the recording is kept: to be read, not to be spoken."""
    if file is None:
        return remedy
    kept = message("The recording is kept in {path}; “etoile transcribe --unfinished” tries again.", path=str(file))
    return message("{first} {second}", first=remedy, second=kept) if remedy else kept
