"""One utterance being recorded: from the first sample to the tail after the key was released."""

import wave
from collections.abc import Callable
from pathlib import Path

from etoile.domain.events import Event, LevelMeasured, RecordingStarted
from etoile.speech.microphone import BLOCK_S, SAMPLE_RATE_HZ, Capture, level, loudness_db
from etoile.speech.utterances import Utterance

TAIL_S = 0.2
"""Recorded after the release: people let go of the key on their last syllable."""
TAIL_QUIET_S = 0.08
"""The tail ends early when this much of it is quiet."""
QUIET_DB = -50.0
READ_S = 0.05
"""How long to wait for a block before looking for orders again."""


class Recording:
    """Collects the blocks of an utterance.  Belongs to the microphone's thread."""

    def __init__(
        self, utterance: Utterance, capture: Capture, longest_s: float, publish: Callable[[Event], None]
    ) -> None:
        self.utterance = utterance
        self.done = False
        """No more is recorded: the tail is in, or it became too long."""
        self._capture = capture
        self._longest_s = longest_s
        self._publish = publish
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

    def advance(self) -> None:
        """Wait for the next block and take it.  Raises MicrophoneUnavailable."""
        block = self._capture.read(READ_S)
        if block is None:
            return
        if not self._blocks:
            self._publish(RecordingStarted(self.utterance.turn))
        self._blocks.append(block)
        self._publish(LevelMeasured(self.utterance.turn, level(block)))
        if self._has_tail() or len(self._blocks) * BLOCK_S >= self._longest_s:
            self.done = True
            self._capture.close()

    def close(self) -> None:
        """Let go of the microphone."""
        self._capture.close()

    def _has_tail(self) -> bool:
        if self._released_after is None:
            return False
        tail = self._blocks[self._released_after :]
        return len(tail) * BLOCK_S >= TAIL_S or ends_quietly(tail)


def ends_quietly(tail: list[bytes]) -> bool:
    """Tell whether the last of these blocks hold nothing but quiet."""
    needed = round(TAIL_QUIET_S / BLOCK_S)
    return len(tail) >= needed and all(loudness_db(block) < QUIET_DB for block in tail[-needed:])


def write_wav(path: Path, samples: bytes) -> None:
    """Keep `samples` (int16, 16 kHz, one channel) in `path`, readable by its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(samples)
