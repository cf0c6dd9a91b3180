"""The loudspeaker: plays one WAV at a time, and falls silent at once when told."""

import logging
import threading
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

from etoile.errors import VoiceUnavailable
from etoile.speech.sound import SOUND_CARD, SoundCard
from etoile.text import message

log = logging.getLogger(__name__)

BLOCK_S = 0.02
"""Sound is handed over in pieces of this length, so that silence follows a `stop` within two of them."""
SILENT_DEVICE_S = 2.0
"""A loudspeaker that takes no sound for this long is suspended or gone."""
WAIT_S = 0.25


class Player:
    """Plays sound on the system's default device.

    `play` belongs to one thread; `stop` may be called from any, and does not wait.
    """

    def __init__(self, card: SoundCard = SOUND_CARD, now_s: Callable[[], float] = time.monotonic) -> None:
        self._card = card
        self._now_s = now_s
        self._playing: _Sound | None = None
        self._gate = threading.Lock()

    def play(self, path: Path, wanted: Callable[[], bool]) -> bool:
        """Play a WAV file (16 bits) to its end; tell whether it came to it.

        `wanted` is asked once more after `stop` can reach the sound.  Raises VoiceUnavailable.
        """
        sound = _Sound(path)
        with self._gate:
            self._playing = sound
        try:
            return wanted() and self._run(sound)
        finally:
            with self._gate:
                self._playing = None

    def stop(self) -> None:
        """Fall silent."""
        with self._gate:
            if self._playing is not None:
                self._playing.stop()

    def _run(self, sound: "_Sound") -> bool:
        with self._card.open(
            "output",
            None,
            samplerate=sound.rate_hz,
            channels=sound.channels,
            blocksize=round(sound.rate_hz * BLOCK_S),
            latency="low",
            callback=sound.on_wanted,
            finished_callback=sound.ended.set,
        ) as stream:
            # The device still holds what it was given: wait until that has been heard.
            sound.silence_after(stream.latency_s)
            taken, since_s = sound.taken, self._now_s()
            while not sound.ended.wait(WAIT_S):
                if sound.taken != taken:
                    taken, since_s = sound.taken, self._now_s()
                elif self._now_s() - since_s > SILENT_DEVICE_S:
                    raise VoiceUnavailable(
                        message("The loudspeaker takes no sound."),
                        message("Check that it is plugged in and not suspended in the sound settings."),
                    )
        return sound.finished


class _Sound:
    """A WAV file on its way to the device."""

    def __init__(self, path: Path) -> None:
        with wave.open(str(path), "rb") as file:
            self.rate_hz = file.getframerate()
            self.channels = file.getnchannels()
            self._frame_bytes = file.getsampwidth() * self.channels
            self._samples = file.readframes(file.getnframes())
            if file.getsampwidth() != 2:
                raise wave.Error(f"{8 * file.getsampwidth()} bits a sample")
        self._end = len(self._samples)
        self._stopped = False
        self.taken = 0
        """Bytes that the device has taken, silence included."""
        self.ended = threading.Event()
        self.finished = False

    def silence_after(self, seconds: float) -> None:
        """Call it ended only when `seconds` of silence followed the sound."""
        self._end = len(self._samples) + round(seconds * self.rate_hz) * self._frame_bytes

    def stop(self) -> None:
        """Give silence from now on."""
        self._stopped = True
        self.ended.set()

    def on_wanted(self, room: Any, frames: int, times: Any, status: Any) -> None:
        """Fill `room` with the next samples; called on PortAudio's thread."""
        del frames, times, status
        piece = b"" if self._stopped else self._samples[self.taken : self.taken + len(room)]
        room[:] = piece.ljust(len(room), b"\0")
        self.taken += len(room)
        if self.taken >= self._end and not self._stopped:
            self.finished = True
            self.ended.set()
