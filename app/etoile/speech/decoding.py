"""One utterance through Whisper, without paying for the silence after it.

faster-whisper pads every clip to 30 s before the encoder, whatever its `chunk_length` says, and encodes once more to
find the language.  CTranslate2 takes shorter features: here the encoder gets the clip and a margin, once, for the
language and for the words.  OpenAI's weights were trained on 30 s windows and may loop when they see much less
(openai/whisper knows no shorter one; SYSTRAN/faster-whisper#1006), so what comes out is guarded, and whoever asks
takes the full window where a guard speaks up.
"""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etoile.speech.features import features

FRAMES_PER_S = 100
WINDOW_S = 30.0
"""Whisper looks at this much at once, and at no more."""
MARGIN_S = 2.0
"""Silence that the encoder sees after the clip."""

BEAM = 5
REPETITIVE = 2.4
"""Text that zlib packs tighter than this repeats itself (openai/whisper's own threshold)."""
LEAST_LOG_PROBABILITY = -1.0
"""Words surer than this, on average, are believed (openai/whisper's own threshold)."""
PLAUSIBLE = 0.3
"""What is less likely than the best by more than this, a token, was hardly said (see domain/matching/readings.py)."""
AS_LIKELY = 0.05
"""What is less likely than the best by no more than this, a token, was said as likely (domain/matching/readings.py)."""
NO_SPEECH = 0.6
"""Above this, words that are not sure were invented over silence (openai/whisper's own threshold)."""
TOKENS_PER_S = 10
"""Fast French takes about six tokens a second; a loop takes all it gets."""
TOKENS_AT_LEAST = 24
HOTWORD_TOKENS = 100
"""More names cost more than they help: each is read at every clip."""
FIRST_TOKENS = 8
"""Enough for a word that calls, one before it, and to see that more follows."""

Samples = NDArray[np.float32]
"""One channel, 16 kHz, shape (n,), within [-1, 1]."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What may have been said."""

    text: str
    log_probability: float
    """Mean over its tokens; 0 is certain."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What came out of the decoder, the likeliest first."""

    hypotheses: tuple[Hypothesis, ...]
    no_speech_probability: float
    cut_off: bool
    """Whether it still had something to say when it ran out of tokens."""

    @property
    def best(self) -> Hypothesis:
        """The likeliest."""
        return self.hypotheses[0]

    @property
    def plausible(self) -> tuple[Hypothesis, ...]:
        """The likeliest and those that may as well have been said."""
        return self.within(PLAUSIBLE)

    def within(self, less: float) -> "tuple[Hypothesis, ...]":
        """Return the likeliest and those that are less likely, a token, by no more than `less`."""
        least = self.best.log_probability - less
        return tuple(hypothesis for hypothesis in self.hypotheses if hypothesis.log_probability >= least)

    @property
    def is_silence(self) -> bool:
        """Whether nobody spoke, as far as the model can tell."""
        return self.no_speech_probability > NO_SPEECH and self.best.log_probability < LEAST_LOG_PROBABILITY

    @property
    def is_doubtful(self) -> bool:
        """Whether a guard speaks up: it loops, goes on for ever, or is not sure."""
        if self.is_silence:
            return False
        unsure = self.best.log_probability < LEAST_LOG_PROBABILITY
        return self.cut_off or unsure or compression(self.best.text) > REPETITIVE


def context_s(seconds: float, floor_s: float) -> float:
    """Return how much the encoder is shown of a clip of `seconds`: with its margin, at least `floor_s`."""
    return min(WINDOW_S, max(floor_s, seconds + MARGIN_S))


def encode(engine: Any, samples: Samples, shown_s: float) -> Any:
    """Return the encoder's output for `samples` followed by silence up to `shown_s` (at most 30 s).

    `engine` is faster-whisper's model.  The silence is sound, as in Whisper's training; faster-whisper itself puts
    zeros after the spectrogram, which is a sound of its own: with little context it cost half as many words again.
    The frames are even in number, since the encoder halves them.
    """
    frames = round(min(shown_s, WINDOW_S) * FRAMES_PER_S / 2) * 2
    return engine.encode(features(engine.feature_extractor, samples, frames))


def likeliest_language(engine: Any, encoded: Any, languages: Sequence[str]) -> str:
    """Return the likeliest of `languages`: open detection would take short French for Welsh."""
    probabilities = dict(engine.model.detect_language(encoded)[0])
    return max(languages, key=lambda language: probabilities.get(f"<|{language}|>", 0.0))


def generate(engine: Any, encoded: Any, language: str, seconds: float, hotwords: str = "") -> Decoded:
    """Return what `encoded`, a clip of `seconds`, says in `language`; `hotwords` are names that are to be expected."""
    from faster_whisper.tokenizer import Tokenizer
    from faster_whisper.transcribe import get_suppressed_tokens

    tokenizer = Tokenizer(engine.hf_tokenizer, engine.model.is_multilingual, task="transcribe", language=language)
    expected = [tokenizer.sot_prev, *tokenizer.encode(f" {hotwords}")[:HOTWORD_TOKENS]] if hotwords else []
    prompt = [*expected, *tokenizer.sot_sequence, tokenizer.no_timestamps]
    most = TOKENS_AT_LEAST + math.ceil(TOKENS_PER_S * seconds)
    found = engine.model.generate(
        encoded,
        [prompt],
        beam_size=BEAM,
        num_hypotheses=BEAM,
        max_length=min(engine.max_length, len(prompt) + most),
        return_scores=True,
        return_no_speech_prob=True,
        suppress_tokens=list(get_suppressed_tokens(tokenizer, [-1])),
    )[0]
    hypotheses = tuple(
        # The score is the mean over the tokens without the one that ends the text.
        Hypothesis(tokenizer.decode(tokens).strip(), score * len(tokens) / (len(tokens) + 1))
        for tokens, score in zip(found.sequences_ids, found.scores, strict=True)
    )
    return Decoded(hypotheses, found.no_speech_prob, cut_off=len(found.sequences_ids[0]) >= most)


def first_words(engine: Any, encoded: Any, language: str) -> Hypothesis:
    """Return how `encoded` begins: a few words at the cost of as many steps, each the likeliest by itself."""
    from faster_whisper.tokenizer import Tokenizer
    from faster_whisper.transcribe import get_suppressed_tokens

    tokenizer = Tokenizer(engine.hf_tokenizer, engine.model.is_multilingual, task="transcribe", language=language)
    prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
    found = engine.model.generate(
        encoded,
        [prompt],
        beam_size=1,
        max_length=len(prompt) + FIRST_TOKENS,
        return_scores=True,
        suppress_tokens=list(get_suppressed_tokens(tokenizer, [-1])),
    )[0]
    return Hypothesis(tokenizer.decode(found.sequences_ids[0]).strip(), found.scores[0])


def compression(text: str) -> float:
    """Return how many times shorter zlib makes `text`."""
    content = text.encode()
    return len(content) / len(zlib.compress(content))
