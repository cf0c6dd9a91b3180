"""The microphone: 16 kHz, one channel, 16 bits, block by block, and never silently dead."""

import logging
import math
import queue
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from etoile.errors import MicrophoneUnavailable
from etoile.speech.sound import SOUND_CARD, SoundCard, Stream
from etoile.text import message

log = logging.getLogger(__name__)

SAMPLE_RATE_HZ = 16_000
BLOCK_SAMPLES = 640
BLOCK_S = BLOCK_SAMPLES / SAMPLE_RATE_HZ
"""40 ms: short enough for a level meter at 25 a second, long enough that PortAudio delivers evenly."""

FIRST_BLOCK_S = 3.0
"""A device may take this long to deliver: Bluetooth changes its profile first."""
NEXT_BLOCK_S = 1.0
"""A device that delivered and then says nothing for this long is dead: a suspended one gives no other sign."""
BLOCKS_WAITING = 2_000
"""80 s of sound may wait for its reader, longer than any recording; what does not fit is counted and told."""

_REMEDY = message("Check that it is plugged in and neither muted nor suspended in the sound settings, then try again.")


class Microphone:
    """Where captures come from: a device by a part of its name, or the system's default."""

    def __init__(
        self, device: str | None, card: SoundCard = SOUND_CARD, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._device = device
        self._card = card
        self._now_s = now_s

    def check(self) -> None:
        """Raise MicrophoneUnavailable when there is none; opens nothing."""
        self._card.check("input", self._device)

    def open(self) -> "Capture":
        """Return a running capture.  May take seconds.  Raises MicrophoneUnavailable."""
        capture = Capture(self._now_s)
        capture.attach(
            self._card.open(
                "input",
                self._device,
                samplerate=SAMPLE_RATE_HZ,
                channels=1,
                blocksize=BLOCK_SAMPLES,
                latency="low",
                callback=capture.on_block,
                finished_callback=capture.on_finished,
            )
        )
        return capture


class Capture:
    """A running capture.  Read by one thread; leaving the context closes the device."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._blocks: queue.Queue[bytes | None] = queue.Queue(BLOCKS_WAITING)
        self._stream: Stream | None = None
        self._lost_blocks = 0
        self._overflows = 0
        self._heard = False
        self._last_block_s = now_s()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def attach(self, stream: Stream) -> None:
        """Take over `stream`, whose callbacks are this capture's."""
        self._stream = stream
        self._last_block_s = self._now_s()

    def on_block(self, samples: Any, frames: int, times: Any, status: Any) -> None:
        """Copy a block; called on PortAudio's thread, which must not wait."""
        del frames, times
        self._overflows += bool(status)
        try:
            self._blocks.put_nowait(bytes(samples))
        except queue.Full:
            self._lost_blocks += 1

    def on_finished(self) -> None:
        """Notice that the stream ended by itself: the device is gone."""
        try:
            self._blocks.put_nowait(None)
        except queue.Full:
            self._lost_blocks += 1

    def read(self, wait_s: float) -> bytes | None:
        """Return the next block (int16, native order), or None when there is none within `wait_s`.

        Raises MicrophoneUnavailable when the device went away, or has delivered nothing for too long.
        """
        try:
            block = self._blocks.get(timeout=wait_s)
        except queue.Empty:
            self._complain_when_stale()
            return None
        if block is None:
            raise MicrophoneUnavailable(message("The microphone went away."), _REMEDY)
        self._heard = True
        self._last_block_s = self._now_s()
        return block

    def close(self) -> None:
        """Let go of the device, and tell what was lost."""
        if self._stream is None:
            return
        self._stream.close()
        self._stream = None
        if self._lost_blocks or self._overflows:
            lost_s = self._lost_blocks * BLOCK_S
            log.warning("the microphone outran us: %.1f s lost, %d overflows", lost_s, self._overflows)

    def _complain_when_stale(self) -> None:
        allowed_s = NEXT_BLOCK_S if self._heard else FIRST_BLOCK_S
        if self._now_s() - self._last_block_s > allowed_s:
            said = message("The microphone has delivered nothing for {seconds:.0f} s.", seconds=allowed_s)
            raise MicrophoneUnavailable(said, _REMEDY)


def level(block: bytes) -> float:
    """Return how loud a block is, from 0 (-60 dB of full scale or less) to 1 (full scale)."""
    return min(1.0, max(0.0, 1.0 + loudness_db(block) / 60.0))


def loudness_db(block: bytes) -> float:
    """Return the root mean square of a block of int16 samples, in decibels of full scale; -96 for silence."""
    samples = memoryview(block).cast("h")
    power = sum(sample * sample for sample in samples) / max(1, len(samples))
    return 20.0 * math.log10(max(math.sqrt(power) / 32_768.0, 10.0**-4.8))
