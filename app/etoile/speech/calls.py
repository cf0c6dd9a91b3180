"""The wake word on the microphone's thread: heard while nothing is recorded, and deaf to Etoile's own voice."""

import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from etoile.domain.events import Event, WakeWordHeard, WakeWordWatched
from etoile.domain.waking import request_after
from etoile.errors import MicrophoneUnavailable
from etoile.speech.capture import BLOCK_S, Capture
from etoile.speech.microphone import AGAIN_S, Microphone
from etoile.speech.watching import WakeWatch

READ_S = 0.05
"""How long to wait for a block before looking for orders again."""


class Looker(Protocol):
    """What finds out how an utterance begins; `tell` is called on a thread of its own."""

    def look_at(self, samples: bytes, tell: Callable[[str], None]) -> None:
        """Tell the first words of `samples` (int16, 16 kHz)."""


class Calls:
    """Listens for the wake word; `order` has something done on the microphone's thread, to which the rest belongs.

    While `deaf()` nothing is listened to, and nothing is kept.
    """

    def __init__(
        self,
        microphone: Microphone,
        looker: Looker,
        publish: Callable[[Event], None],
        order: Callable[[Callable[[], None]], None],
        *,
        hears_voice: Callable[[bytes, float], bool],
        deaf: Callable[[], bool],
        preroll_s: float = 0.0,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._microphone = microphone
        self._looker = looker
        self._publish = publish
        self._order = order
        self._deaf = deaf
        self._now_s = now_s
        self._watch = WakeWatch(hears_voice)
        self._past: deque[bytes] = deque(maxlen=round(preroll_s / BLOCK_S))
        self._word = ""
        self._told = ""
        self._capture: Capture | None = None
        self._again_s = 0.0
        self._question = 0
        """Counts what was asked: an answer that comes too late means nothing."""
        self._goes_on = False

    @property
    def wanted(self) -> bool:
        """Whether the word is to be listened for, and the microphone has not just failed."""
        return bool(self._word) and self._now_s() >= self._again_s

    @property
    def next_try_s(self) -> float | None:
        """How long until the microphone is tried again; None where no word is wanted."""
        return max(0.0, self._again_s - self._now_s()) if self._word else None

    def switch(self, word: str) -> None:
        """Listen for `word` from now on; for none where it is empty."""
        self._word = word
        self._again_s = 0.0
        self._forget()
        if not word:
            self.leave()

    def attend(self) -> None:
        """Wait for the next block, and take it.  Raises MicrophoneUnavailable, and is not wanted for a while then."""
        try:
            if self._capture is None:
                self._capture = self._microphone.open(with_past=False)
                self._forget()
            block = self._capture.read(READ_S)
        except MicrophoneUnavailable:
            self._again_s = self._now_s() + AGAIN_S
            self.leave()
            raise
        self._tell(self._word)
        if block is None:
            return
        self._past.append(block)
        if self._deaf():
            self._forget()
        elif samples := self._watch.fed(block):
            self._ask(samples)

    def taken(self, *, woken: bool) -> tuple[tuple[bytes, ...], bool]:
        """Make way for a recording: return the blocks before it, and whether a request has begun in them.

        Where it was `woken`, those with the wake word; else the pre-roll.
        """
        blocks = self._watch.kept if woken else tuple(self._past)
        self._capture = None
        self._forget()
        return blocks, woken and self._goes_on

    def leave(self) -> None:
        """Let go of the microphone."""
        capture, self._capture = self._capture, None
        self._forget()
        self._tell("")
        if capture is not None:
            self._microphone.rest()

    def _ask(self, samples: bytes) -> None:
        self._question += 1
        question = self._question
        self._looker.look_at(samples, lambda text: self._order(lambda: self._answered(question, text)))

    def _answered(self, question: int, text: str) -> None:
        if question != self._question:
            return
        request = request_after(text, self._word)
        self._watch.answered(called=request is not None)
        if request is not None:
            self._goes_on = bool(request)
            self._publish(WakeWordHeard(self._now_s()))

    def _forget(self) -> None:
        self._question += 1
        self._past.clear()
        self._watch.reset()

    def _tell(self, word: str) -> None:
        if word != self._told:
            self._told = word
            self._publish(WakeWordWatched(word))
