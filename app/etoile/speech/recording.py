"""One utterance being recorded: from the first sample to the tail after the key was released."""

import time
from collections.abc import Callable, Sequence

from etoile.domain.events import Event, LevelMeasured, MicrophoneNoted, RecordingStarted, TalkEnded
from etoile.speech.capture import BLOCK_S, Capture, level, loudness_db
from etoile.speech.pauses import Pauses
from etoile.speech.silence import Silence
from etoile.speech.utterances import Utterance
from etoile.text import Message, message

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

DIGITAL_SILENCE_DB = -80.0
"""No microphone is this quiet: it is muted, or not there yet."""
STARTING_S = 0.8
"""A device that was just opened may deliver zeros for so long before its first sound: Bluetooth does."""
AWAITED_S = 0.5
"""From here on it is said that the microphone is waited for."""
MUTED_S = 1.2
"""From here on it is asked whether it is muted."""

WAITING = message("Waiting for the microphone…")
MUTED = message("Only silence: is the microphone muted?")
ANOTHER = message("Listening on the default microphone")
"""Not on the one that was chosen: it is not there."""


class Recording:
    """Collects the blocks of an utterance.  Belongs to the microphone's thread."""

    def __init__(
        self,
        utterance: Utterance,
        capture: Capture,
        longest_s: float,
        silence_s: float,
        publish: Callable[[Event], None],
        hears_voice: Callable[[bytes, float], bool],
        past: Sequence[bytes] = (),
        *,
        spoken: bool = False,
    ) -> None:
        """`past` are blocks from before the first that `capture` delivers; `spoken` tells that a request is in them."""
        self.utterance = utterance
        self.done = False
        """No more is recorded: the tail is in, it became too long, or nobody speaks any more."""
        self.sound = False
        """Whether anything came but digital silence."""
        self._capture = capture
        self._longest_s = longest_s
        self._publish = publish
        self._hears_voice = hears_voice
        self._pauses = Pauses()
        self._silence = Silence(silence_s, spoken=spoken) if utterance.hands_free and silence_s else None
        self._starting = capture.fresh
        self._started = False
        self._held_s = 0.0
        self._note: Message | None = None
        self._usual_note: Message | None = None
        self._blocks: list[bytes] = list(past)
        self._released_after: int | None = None

    @property
    def samples(self) -> bytes:
        """What was recorded: int16, native order, 16 kHz."""
        return b"".join(self._blocks)

    def samples_after(self, seconds: float) -> bytes:
        """Return what was recorded after so many seconds of it."""
        return b"".join(self._blocks[round(seconds / BLOCK_S) :])

    @property
    def seconds(self) -> float:
        """How long it lasts so far."""
        return len(self._blocks) * BLOCK_S

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
        self._held_s += READ_S if block is None else BLOCK_S
        worth_it = block is not None and self._take(block)
        self._tell_of_the_microphone()
        return worth_it and not self.released

    def close(self) -> None:
        """Listen no more."""
        self._capture.pause()

    def tell_another_listens(self) -> None:
        """Tell for as long as it lasts that it is not the chosen microphone that listens."""
        self._usual_note = ANOTHER

    def _take(self, block: bytes) -> bool:
        loudness = loudness_db(block)
        self.sound = self.sound or loudness > DIGITAL_SILENCE_DB
        self._blocks.append(block)
        self._give_the_cue()
        self._publish(LevelMeasured(self.utterance.turn, level(block)))
        self._pauses, worth_it = self._pauses.fed(loudness, BLOCK_S)
        if self._has_tail() or self.seconds >= self._longest_s or self._is_over():
            self.done = True
            self._capture.pause()
        return worth_it and self.sound

    def _give_the_cue(self) -> None:
        """Tell that from here on no word is lost."""
        waited_for = self._starting and not self.sound and self.seconds < STARTING_S
        if not self._started and not waited_for:
            self._started = True
            self._publish(RecordingStarted(self.utterance.turn))

    def _tell_of_the_microphone(self) -> None:
        """Say what is wrong with it, for as long as no sound comes."""
        note = self._usual_note if self.sound or self.released else self._what_is_wrong() or self._usual_note
        if note != self._note:
            self._note = note
            self._publish(MicrophoneNoted(self.utterance.turn, note))

    def _what_is_wrong(self) -> Message | None:
        if self._blocks and self._held_s >= MUTED_S:
            return MUTED
        return WAITING if not self._started and self._held_s >= AWAITED_S else None

    def _is_over(self) -> bool:
        """Tell, and report, that nobody speaks any more into a microphone that no key holds open."""
        if self._silence is None or self.released:
            return False
        if not self._silence.is_over(
            BLOCK_S, self._pauses.quiet_s, lambda last_s: self._hears_voice(*self._end(last_s))
        ):
            return False
        self._publish(TalkEnded(self.utterance.turn, time.monotonic()))
        return True

    def _has_tail(self) -> bool:
        """Tell whether enough was recorded after the release."""
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
