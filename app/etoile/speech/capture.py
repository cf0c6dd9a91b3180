"""An open microphone, heard only while somebody listens: the blocks of its stream, and whether it still lives."""

import logging
import math
import queue
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from etoile.errors import MicrophoneUnavailable
from etoile.speech.sound import Stream
from etoile.text import message

if TYPE_CHECKING:
    from etoile.speech.resampling import Resampler

log = logging.getLogger(__name__)

SAMPLE_RATE_HZ = 16_000
BLOCK_SAMPLES = 640
BLOCK_S = BLOCK_SAMPLES / SAMPLE_RATE_HZ
"""40 ms: short enough for a level meter at 25 a second, long enough that PortAudio delivers evenly."""

FIRST_BLOCK_S = 5.0
"""A device may take this long to deliver: Bluetooth changes its profile first."""
NEXT_BLOCK_S = 1.0
"""A device that delivered and then says nothing for this long is dead: a suspended one gives no other sign."""
ALIVE_S = 0.3
"""An open device whose latest block is older is opened anew for the next recording."""
LEAP_S = 0.5
"""More than this cannot have passed between two looks: the machine slept, or its clock was set."""
BLOCKS_WAITING = 2_000
"""80 s of sound may wait for its reader, longer than any recording; what does not fit is counted and told."""

REMEDY = message("Check that it is plugged in and neither muted nor suspended in the sound settings, then try again.")


class Capture:
    """What one stream delivers.  Blocks come on PortAudio's thread; everything else belongs to the microphone's.

    While nobody listens only the latest `ring` blocks are kept: they are what was heard just before.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic, *, ring: int = 1) -> None:
        self._now_s = now_s
        self._ring = ring
        self._blocks: queue.Queue[bytes | None] = queue.Queue(BLOCKS_WAITING)
        self._listening = False
        self._stream: Stream | None = None
        self._resampler: Resampler | None = None
        self._ended = False
        self._lost_blocks = 0
        self._overflows = 0
        self._delivered_s = math.inf
        """When the latest block came."""
        self._looked_s = 0.0
        self._waited_s = 0.0
        self._heard = False
        self.fresh = True
        """Whether it has not been listened to before: what comes first may be no sound yet."""

    def attach(self, stream: Stream, resampler: "Resampler | None" = None) -> None:
        """Take over `stream`, whose callbacks are this capture's; `resampler` where it runs at another rate."""
        self._stream = stream
        self._resampler = resampler

    @property
    def alive(self) -> bool:
        """Whether the device has just delivered."""
        return not self._ended and abs(self._now_s() - self._delivered_s) < ALIVE_S

    def begin(self, *, with_past: bool = True) -> None:
        """Listen from now on, and to what was kept of the time before."""
        if not with_past:
            self._forget()
        self._listening = True
        self._looked_s = self._now_s()
        self._waited_s = 0.0

    def pause(self) -> None:
        """Listen no more; the device stays open.  Tells what was lost."""
        self._listening = False
        self.fresh = self.fresh and not self._heard
        self._forget()
        if self._lost_blocks or self._overflows:
            lost_s = self._lost_blocks * BLOCK_S
            log.warning("the microphone outran us: %.1f s lost, %d overflows", lost_s, self._overflows)
            self._lost_blocks = self._overflows = 0

    def close(self) -> None:
        """Let go of the device; a second time does nothing."""
        self.pause()
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def on_block(self, samples: Any, frames: int, times: Any, status: Any) -> None:
        """Copy a block; called on PortAudio's thread, which must not wait."""
        del frames, times
        self._delivered_s = self._now_s()
        if not self._listening:
            while self._blocks.qsize() >= self._ring:
                self._drop_oldest()
        else:
            self._overflows += bool(status)
        try:
            self._blocks.put_nowait(bytes(samples))
        except queue.Full:
            self._lost_blocks += 1

    def on_finished(self) -> None:
        """Notice that the stream ended by itself: the device is gone."""
        self._ended = True
        try:
            self._blocks.put_nowait(None)
        except queue.Full:
            self._lost_blocks += 1

    def read(self, wait_s: float) -> bytes | None:
        """Return the next block (int16, native order, 16 kHz), or None when there is none within `wait_s`.

        Raises MicrophoneUnavailable when the device went away, or has delivered nothing for too long.
        """
        try:
            block = self._blocks.get(timeout=wait_s)
        except queue.Empty:
            self._complain_when_stale()
            return None
        if block is None:
            raise MicrophoneUnavailable(message("The microphone went away."), REMEDY)
        self._heard = True
        self._waited_s = 0.0
        self._looked_s = self._now_s()
        return self._resampler.resample(block) if self._resampler else block

    def _complain_when_stale(self) -> None:
        """Raise when nothing has come for too long, in time that was waited: a clock that leaps proves nothing."""
        now_s = self._now_s()
        self._waited_s += min(max(0.0, now_s - self._looked_s), LEAP_S)
        self._looked_s = now_s
        allowed_s = NEXT_BLOCK_S if self._heard else FIRST_BLOCK_S
        if self._waited_s > allowed_s:
            self._ended = True
            said = message("The microphone has delivered nothing for {seconds:.0f} s.", seconds=allowed_s)
            raise MicrophoneUnavailable(said, REMEDY)

    def _forget(self) -> None:
        while not self._blocks.empty():
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        """Forget the oldest block; PortAudio's thread and ours may both do so at once."""
        with suppress(queue.Empty):
            self._blocks.get_nowait()


def level(block: bytes) -> float:
    """Return how loud a block is, from 0 (-60 dB of full scale or less) to 1 (full scale)."""
    return min(1.0, max(0.0, 1.0 + loudness_db(block) / 60.0))


def loudness_db(block: bytes) -> float:
    """Return the root mean square of a block of int16 samples, in decibels of full scale; -96 for silence."""
    samples = memoryview(block).cast("h")
    power = sum(sample * sample for sample in samples) / max(1, len(samples))
    return 20.0 * math.log10(max(math.sqrt(power) / 32_768.0, 10.0**-4.8))
