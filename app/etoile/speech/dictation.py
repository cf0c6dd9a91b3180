"""Text while the key is still held: what one utterance has said so far, and what of that is kept at its end.

The utterance is decoded whenever a pause begins, and at steps.  At the end only what came after the last decode is
looked at: where nobody spoke in it, the text is there already.  A long utterance is settled at its long pauses, so
that its beginning is decoded once.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from etoile.speech.spans import SAMPLE_RATE_HZ
from etoile.speech.transcript import Transcript

BYTES_PER_S = 2 * SAMPLE_RATE_HZ
SETTLED_AFTER_S = 8.0
"""A text this long is settled at the next long pause; a shorter one is decoded whole, since context helps."""
LONG_PAUSE_S = 0.6
"""The end of a sentence rather than a breath."""


class Recogniser(Protocol):
    """What turns samples into text; used by one thread."""

    def transcribe_pcm(self, samples: bytes, language: str, cancelled: Callable[[], bool]) -> Transcript:
        """Return what was said in `samples` (int16, 16 kHz), in `language` ("fr", "en" or "auto")."""

    def has_voice(self, samples: bytes, start_s: float) -> bool:
        """Tell whether somebody speaks in `samples` later than `start_s`."""

    def first_words(self, samples: bytes, language: str, sure: float) -> str:
        """Return how `samples` begin: a few words, as cheaply as can be; empty when nobody speaks, or less `sure`.

        `sure` is the mean probability of a token, 0 to 1.
        """


@dataclass(frozen=True, slots=True)
class Partial:
    """What was heard so far."""

    stable: str
    """The beginning that two decodes agree on."""
    tentative: str
    """The rest, which may still change."""


class Dictation:
    """One utterance as it grows.  Used by the thread of the recogniser."""

    def __init__(self, recogniser: Recogniser, language: str) -> None:
        self._recogniser = recogniser
        self._language = language
        self._settled: tuple[Transcript, ...] = ()
        self._settled_to = 0
        """Where the settled part ends, in bytes; so do all positions here."""
        self._latest: Transcript | None = None
        self._latest_to = 0
        self._words: list[str] = []
        """What it had said so far when last asked."""

    def advance(self, samples: bytes, cancelled: Callable[[], bool]) -> Partial:
        """Return what `samples`, everything recorded so far, say."""
        if not self._is_complete(samples):
            self._latest = self._decode(samples, cancelled)
            self._latest_to = len(samples)
        elif self._is_long_pause(samples):
            self._settle()
        before, self._words = self._words, self._text().split()
        agreed = _agreed(before, self._words)
        return Partial(" ".join(self._words[:agreed]), " ".join(self._words[agreed:]))

    def finish(self, samples: bytes, cancelled: Callable[[], bool]) -> Transcript:
        """Return what was said in the whole utterance; decodes only what is not known yet."""
        if not self._is_complete(samples):
            self._latest = self._decode(samples, cancelled)
        return replace(joined(self._parts), audio_s=len(samples) / BYTES_PER_S)

    def _decode(self, samples: bytes, cancelled: Callable[[], bool]) -> Transcript:
        language = self._settled[0].language if self._settled else self._language
        return self._recogniser.transcribe_pcm(samples[self._settled_to :], language, cancelled)

    def _is_complete(self, samples: bytes) -> bool:
        """Whether nobody has spoken since the latest decode."""
        if self._latest is None:
            return False
        since_s = (self._latest_to - self._settled_to) / BYTES_PER_S
        return not self._recogniser.has_voice(samples[self._settled_to :], since_s)

    def _is_long_pause(self, samples: bytes) -> bool:
        settled_s = (self._latest_to - self._settled_to) / BYTES_PER_S
        return settled_s >= SETTLED_AFTER_S and (len(samples) - self._latest_to) / BYTES_PER_S >= LONG_PAUSE_S

    def _settle(self) -> None:
        if self._latest is not None:
            self._settled += (self._latest,)
            self._settled_to, self._latest = self._latest_to, None

    def _text(self) -> str:
        return " ".join(part.text for part in self._parts if part.text)

    @property
    def _parts(self) -> tuple[Transcript, ...]:
        """What was decoded so far, in order."""
        return (*self._settled, self._latest) if self._latest else self._settled


def joined(parts: tuple[Transcript, ...]) -> Transcript:
    """Return consecutive transcripts as one."""
    if len(parts) == 1:
        return parts[0]
    return replace(
        parts[0],
        text=" ".join(part.text for part in parts if part.text),
        alternatives=(),
        rivals=0,
        speech_s=sum(part.speech_s for part in parts),
        elapsed_ms=sum(part.elapsed_ms for part in parts),
    )


def _agreed(before: list[str], now: list[str]) -> int:
    """Return how many words two texts begin with alike, capitals and punctuation aside."""
    count = 0
    for one, other in zip(before, now, strict=False):
        if re.sub(r"\W", "", one.casefold()) != re.sub(r"\W", "", other.casefold()):
            break
        count += 1
    return count
