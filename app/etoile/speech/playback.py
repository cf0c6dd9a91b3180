"""The loudspeaker: plays one sound after the other without a gap, and falls silent at once when told."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from etoile.errors import VoiceUnavailable
from etoile.speech.clip import Clip, faded_out
from etoile.speech.sound import SOUND_CARD, SoundCard, Stream
from etoile.text import message

log = logging.getLogger(__name__)

BLOCK_S = 0.02
"""Sound is handed over in pieces of this length, so that silence follows a `stop` within two of them."""
SILENT_DEVICE_S = 2.0
"""A loudspeaker that takes no sound for this long is suspended or gone."""
WAIT_S = 0.25
AGAIN_S = 0.3
"""A sound that broke off with the device is taken up this much earlier."""


class Sound:
    """A clip on its way to the device, and how far it has come."""

    def __init__(self, clip: Clip) -> None:
        self.clip = clip.with_soft_edges()
        self.position = 0
        """Bytes that the device has taken."""
        self.over = threading.Event()
        """Set when the device took all of it, when it was stopped, and when the device went away."""
        self._stopped = False

    @property
    def finished(self) -> bool:
        """Whether the device took all of it."""
        return self.position >= len(self.clip.samples)

    def stop(self) -> None:
        """Fall to silence; any thread."""
        self._stopped = True
        self.over.set()

    def taken(self, size: int) -> bytes:
        """Return the next `size` bytes or what is left; called on PortAudio's thread."""
        if self.finished:
            return b""
        piece = self.clip.samples[self.position : self.position + size]
        if self._stopped:
            self.position = len(self.clip.samples)
            return faded_out(piece, self.clip.channels, self.clip.rate_hz)
        self.position += len(piece)
        if self.finished:
            self.over.set()
        return piece

    def step_back(self, latency_s: float) -> None:
        """Go back to what was surely heard: the device took the last of it with it."""
        lost = round((latency_s + AGAIN_S) * self.clip.rate_hz) * 2 * self.clip.channels
        self.position = max(0, self.position - lost)
        self.over.clear()


class Player:
    """Plays sounds on the system's default device, which stays open from one to the next.

    `play` and `drain` belong to one thread; `stop` may be called from any, and does not wait.
    """

    def __init__(self, card: SoundCard = SOUND_CARD, now_s: Callable[[], float] = time.monotonic) -> None:
        self._card = card
        self._now_s = now_s
        self._line: _Line | None = None
        self._sound: Sound | None = None
        self._gate = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether the device is open."""
        return self._line is not None

    def play(self, sound: Sound, wanted: Callable[[], bool]) -> bool:
        """Play `sound` from where it stands; return once the device took the last of it, with whether it did.

        `wanted` is asked once more after `stop` can reach the sound.  Raises VoiceUnavailable when there is no device
        or it goes away; the sound then stands where it was last heard.
        """
        with self._gate:
            self._sound = sound
        try:
            if not wanted():
                return False
            line = self._line_for(sound.clip)
            line.begin(sound)
            self._watch(line, sound.over)
        except VoiceUnavailable:
            if self._line is not None:
                sound.step_back(self._line.latency_s)
                self.close()
            raise
        finally:
            with self._gate:
                self._sound = None
        if not wanted():
            self.close()
            return False
        return True

    def drain(self) -> None:
        """Wait until all that was played has been heard, and let go of the device.  Raises VoiceUnavailable."""
        line = self._line
        if line is None:
            return
        try:
            line.end()
            self._watch(line, line.quiet)
        finally:
            self.close()

    def stop(self) -> None:
        """Fall silent."""
        with self._gate:
            if self._sound is not None:
                self._sound.stop()
            if self._line is not None:
                self._line.quiet.set()

    def close(self) -> None:
        """Let go of the device at once."""
        with self._gate:
            line, self._line = self._line, None
        if line is not None:
            line.close()

    def _line_for(self, clip: Clip) -> "_Line":
        """Return the open line if it is alive and of the right form, else a new one.  Raises VoiceUnavailable."""
        if self._line is not None and not self._line.fits(clip):
            self.drain()
        if self._line is None:
            line = _Line(self._card, clip)
            with self._gate:
                self._line = line
        return self._line

    def _watch(self, line: "_Line", over: threading.Event) -> None:
        """Wait for `over`.  Raises VoiceUnavailable when the device takes nothing any more, or is gone."""
        taken, since_s = line.taken, self._now_s()
        while not over.wait(WAIT_S):
            if line.taken != taken:
                taken, since_s = line.taken, self._now_s()
            elif self._now_s() - since_s > SILENT_DEVICE_S:
                raise VoiceUnavailable(
                    message("The loudspeaker takes no sound."),
                    message("Check that it is plugged in and not suspended in the sound settings."),
                )
        if line.gone:
            raise VoiceUnavailable(
                message("The loudspeaker is gone."), message("Plug one in, or choose one in the sound settings.")
            )


class _Line:
    """An open device; between sounds it is given silence."""

    def __init__(self, card: SoundCard, clip: Clip) -> None:
        self._rate_hz, self._channels = clip.rate_hz, clip.channels
        self._sound: Sound | None = None
        self._silence_left: int | None = None
        self.taken = 0
        """Bytes that the device has taken, silence included."""
        self.quiet = threading.Event()
        """Set once so much silence followed the last sound that it has been heard."""
        self.gone = False
        self._stream: Stream = card.open(
            "output",
            None,
            samplerate=clip.rate_hz,
            channels=clip.channels,
            blocksize=round(clip.rate_hz * BLOCK_S),
            latency="low",
            callback=self._on_wanted,
            finished_callback=self._on_finished,
        )
        self.latency_s = self._stream.latency_s

    def fits(self, clip: Clip) -> bool:
        """Whether it is alive and takes sound of this form."""
        return not self.gone and (clip.rate_hz, clip.channels) == (self._rate_hz, self._channels)

    def begin(self, sound: Sound) -> None:
        """Give `sound` from the next block on."""
        self._silence_left = None
        self.quiet.clear()
        self._sound = sound
        if self.gone:
            sound.over.set()

    def end(self) -> None:
        """Set `quiet` once all has been heard."""
        # What the device holds, and the block that it is playing.
        self._silence_left = round((self.latency_s + BLOCK_S) * self._rate_hz) * 2 * self._channels
        if self.gone:
            self.quiet.set()

    def close(self) -> None:
        """Let go of the device; what it still holds is dropped."""
        self._stream.close()

    def _on_wanted(self, room: Any, frames: int, times: Any, status: Any) -> None:
        """Fill `room` with the next samples; called on PortAudio's thread."""
        del frames, times, status
        piece = self._sound.taken(len(room)) if self._sound is not None else b""
        room[:] = piece.ljust(len(room), b"\0")
        self.taken += len(room)
        if self._silence_left is not None and not piece:
            self._silence_left -= len(room)
            if self._silence_left <= 0:
                self.quiet.set()

    def _on_finished(self) -> None:
        """Note that the device ended the stream; called on PortAudio's thread, after `close` too."""
        self.gone = True
        self.quiet.set()
        if self._sound is not None:
            self._sound.over.set()
