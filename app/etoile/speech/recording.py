"""One utterance being recorded: from the first sample to the tail after the key was released."""

import wave
from collections.abc import Callable
from pathlib import Path

from etoile.domain.events import Event, LevelMeasured, RecordingStarted
from etoile.speech.microphone import BLOCK_S, SAMPLE_RATE_HZ, Capture, level, loudness_db
from etoile.speech.pauses import Pauses
from etoile.speech.utterances import Utterance

TAIL_S = 0.2
"""Recorded after the release: people let go of the key on their last syllable."""
TAIL_QUIET_S = 0.08
"""The tail ends early when this much of it is quiet or without a voice..."""
QUIET_BEFORE_S = 0.2
"""...and is not needed where it had been for this long: within a word no sound is."""
CONTEXT_S = 0.6
"""How much the detector of voices is given: it judges a sound by what came before it."""
READ_S = 0.05
"""How long to wait for a block before looking for orders again."""


class Recording:
    """Collects the blocks of an utterance.  Belongs to the microphone's thread."""

    def __init__(
        self,
        utterance: Utterance,
        capture: Capture,
        longest_s: float,
        publish: Callable[[Event], None],
        hears_voice: Callable[[bytes, float], bool],
    ) -> None:
        self.utterance = utterance
        self.done = False
        """No more is recorded: the tail is in, or it became too long."""
        self._capture = capture
        self._longest_s = longest_s
        self._publish = publish
        self._hears_voice = hears_voice
        self._pauses = Pauses()
        self._blocks: list[bytes] = []
        self._released_after: int | None = None

    @property
    def samples(self) -> bytes:
        """What was recorded: int16, native order, 16 kHz."""
        return b"".join(self._blocks)

    @property
    def released(self) -> bool:
        """Whether the key was let go."""
        return self._released_after is not None

    def release(self) -> None:
        """End soon: only the tail is still recorded."""
        if self._released_after is None:
            self._released_after = len(self._blocks)

    def advance(self) -> bool:
        """Wait for the next block and take it; tell whether text is worth making now.  Raises MicrophoneUnavailable."""
        block = self._capture.read(READ_S)
        if block is None:
            return False
        if not self._blocks:
            self._publish(RecordingStarted(self.utterance.turn))
        self._blocks.append(block)
        self._publish(LevelMeasured(self.utterance.turn, level(block)))
        self._pauses, worth_it = self._pauses.fed(loudness_db(block), BLOCK_S)
        if self._has_tail() or len(self._blocks) * BLOCK_S >= self._longest_s:
            self.done = True
            self._capture.close()
        return worth_it and not self.released

    def close(self) -> None:
        """Let go of the microphone."""
        self._capture.close()

    def _has_tail(self) -> bool:
        if self._released_after is None:
            return False
        tail_s = (len(self._blocks) - self._released_after) * BLOCK_S
        quiet_s = self._pauses.quiet_s
        if tail_s >= TAIL_S or quiet_s >= QUIET_BEFORE_S or min(quiet_s, tail_s) >= TAIL_QUIET_S:
            return True
        return tail_s >= TAIL_QUIET_S and not self._hears_voice(*self._end(TAIL_QUIET_S))

    def _end(self, seconds: float) -> tuple[bytes, float]:
        """Return the end of the recording with what came before it, and where its last `seconds` begin."""
        blocks = self._blocks[-round(CONTEXT_S / BLOCK_S) :]
        return b"".join(blocks), len(blocks) * BLOCK_S - seconds


def write_wav(path: Path, samples: bytes) -> None:
    """Keep `samples` (int16, 16 kHz, one channel) in `path`, readable by its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(samples)
