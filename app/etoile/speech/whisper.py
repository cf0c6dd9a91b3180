"""The speech model: the home of faster-whisper.  Samples in, text out, and nothing when nobody spoke."""

import ctypes
import gc
import logging
import math
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from etoile.domain.cuda import orders_by_bus
from etoile.domain.placement import Device
from etoile.errors import CudaFailed, EtoileError, ModelUnavailable
from etoile.speech import decoding, models
from etoile.speech.audio_files import pieces, read_blocks
from etoile.speech.decoding import Decoded, Samples
from etoile.speech.dictation import joined
from etoile.speech.hallucinations import is_invented
from etoile.speech.placed import cpu_threads
from etoile.speech.spans import SAMPLE_RATE_HZ, SPEECH, STILL_SPEECH, WINDOW_SAMPLES, Speech, find_speech
from etoile.speech.transcript import Transcript
from etoile.text import SPOKEN_LANGUAGES, message, verbatim

log = logging.getLogger(__name__)

QUIETEST_DB = -60.0
"""A recording whose loudest 32 ms are below this, in decibels of full scale, holds no speech: a muted microphone."""
SHORTEST_SPEECH_S = 0.1
"""Less than this is a click or a breath."""
TEMPERATURES = (0.0, 0.4)
"""One try and one more: the usual six cost seconds on noise and rarely help."""


def load(
    model: str,
    device: Device = "cpu",
    cuda_index: int = 0,
    context_s: float = decoding.WINDOW_S,
    hotwords: str = "",
) -> "Whisper":
    """Return the model `model` (a known name or a folder), warmed up by a real inference.

    `cuda_index` is the number that CUDA gives the card.  The encoder is shown at least `context_s` of sound and
    silence, and expects `hotwords`.  Raises ModelUnavailable; CudaFailed when it may yet run on the CPU.
    """
    folder = models.folder(model)
    try:
        if device == "cuda":
            _open_cuda(cuda_index)
        engine = _open(folder, device, cuda_index)
        whisper = Whisper(engine, model=folder.name, device=device, context_s=context_s, hotwords=hotwords)
        whisper.warm_up()
    except (RuntimeError, ValueError, OSError, IndexError) as error:  # without language tokens: IndexError
        if device == "cuda":
            raise CudaFailed(verbatim(str(error))) from error
        raise _broken(folder, error) from error
    return whisper


class Whisper:
    """A loaded model.  Used by one thread at a time."""

    def __init__(
        self, engine: Any, *, model: str, device: str, context_s: float = decoding.WINDOW_S, hotwords: str = ""
    ) -> None:
        self._engine = engine
        self._model = model
        self._device = device
        self._context_s = context_s
        self._hotwords = hotwords

    def shown(self, context_s: float) -> "Whisper":
        """Return the same model, shown at least `context_s` of a clip."""
        return Whisper(
            self._engine, model=self._model, device=self._device, context_s=context_s, hotwords=self._hotwords
        )

    def close(self) -> None:
        """Give the memory back; what is left afterwards is libraries, and on a GPU what CUDA keeps for itself."""
        self._engine.model.unload_model()
        self._engine = None
        gc.collect()
        if sys.platform == "linux":
            # The C library keeps what was freed for later: with it, half of a small model would never go back.
            with suppress(OSError, AttributeError):  # musl has no such call, and keeps little
                ctypes.CDLL(None).malloc_trim(0)

    def warm_up(self) -> None:
        """Decode a second of faint noise, so that the first request finds everything allocated."""
        started_s = time.monotonic()
        noise = np.random.default_rng(0).normal(0.0, 0.01, SAMPLE_RATE_HZ).astype(np.float32)
        _voice_probabilities(noise)
        self._decode(noise, SPOKEN_LANGUAGES[0])
        log.info("speech model %s ready on %s after %.2f s", self._model, self._device, time.monotonic() - started_s)

    def transcribe_pcm(self, samples: bytes, language: str, cancelled: Callable[[], bool]) -> Transcript:
        """Return what was said in `samples`: int16 in native order, as the microphone delivers them."""
        return self.transcribe(as_float(samples), language, cancelled)

    def has_voice(self, samples: bytes, start_s: float) -> bool:
        """Tell whether somebody speaks in `samples` (as the microphone delivers them) later than `start_s`.

        Any thread.
        """
        return has_voice(samples, start_s, STILL_SPEECH)

    def first_words(self, samples: bytes, language: str, sure: float) -> str:
        """Return how `samples` (as the microphone delivers them) begin; empty when nobody speaks.

        It is empty as well where a token is less likely, on average, than `sure`: what the model does not know it
        writes as something that it does, and less surely.
        """
        sound = as_float(samples)
        if hear(sound).seconds < SHORTEST_SPEECH_S:
            return ""
        context_s = decoding.context_s(len(sound) / SAMPLE_RATE_HZ, self._context_s)
        encoded = decoding.encode(self._engine, sound, context_s)
        if language == "auto":
            language = decoding.likeliest_language(self._engine, encoded, SPOKEN_LANGUAGES)
        begins = decoding.first_words(self._engine, encoded, language)
        return begins.text if math.exp(begins.log_probability) >= sure else ""

    def transcribe_file(
        self, path: Path, language: str, progress: Callable[[float], None] = lambda heard_s: None
    ) -> Transcript:
        """Return what was said in an audio file of any common format, however long; `progress` is told the seconds.

        The language is found where somebody first speaks, and kept.  Raises UsageError for one that is not audio.
        """
        parts: list[Transcript] = []
        for piece in pieces(read_blocks(path)):
            part = self.transcribe(piece, language)
            language = part.language if part.text else language
            parts.append(part)
            progress(sum(part.audio_s for part in parts))
        if not parts:
            return self.transcribe(np.zeros(0, np.float32), language)
        return replace(joined(tuple(parts)), language=parts[-1].language, audio_s=sum(part.audio_s for part in parts))

    def transcribe(self, samples: Samples, language: str, cancelled: Callable[[], bool] = lambda: False) -> Transcript:
        """Return what was said in `samples`, in `language` ("fr", "en", or "auto": one of the two).

        Blocks; gives up between two windows of 30 s once `cancelled()`, with the text so far.
        """
        started_s = time.monotonic()
        speech = hear(samples)
        said = Said("", SPOKEN_LANGUAGES[0] if language == "auto" else language)
        if speech.seconds >= SHORTEST_SPEECH_S:
            spoken = np.concatenate([samples[start:end] for start, end in speech.spans])
            said = self._said(spoken, language, cancelled)
        if is_invented(said.text, speech.seconds, speech.probability):
            said = Said("", said.language)
        return Transcript(
            text=said.text,
            alternatives=said.alternatives,
            rivals=said.rivals,
            language=said.language,
            audio_s=len(samples) / SAMPLE_RATE_HZ,
            speech_s=speech.seconds,
            elapsed_ms=(time.monotonic() - started_s) * 1000,
            model=self._model,
            device=self._device,
        )

    def _said(self, samples: Samples, language: str, cancelled: Callable[[], bool]) -> "Said":
        """Return what `samples` say: in one short look where they fit and that is believable, else in full windows."""
        if not self._engine.model.is_multilingual:
            language = "en"
        if len(samples) > (decoding.WINDOW_S - decoding.MARGIN_S) * SAMPLE_RATE_HZ:
            return self._windows(samples, language, cancelled)
        decoded, chosen = self._decode(samples, language)
        if decoded.is_silence:
            return Said("", chosen)
        if decoded.is_doubtful:
            log.info("a short look was not believable; taking the whole window")
            return self._windows(samples, chosen, cancelled)
        texts = tuple(dict.fromkeys(hypothesis.text for hypothesis in decoded.plausible))
        rivals = len({hypothesis.text for hypothesis in decoded.within(decoding.AS_LIKELY)}) - 1
        return Said(texts[0], chosen, texts[1:], rivals)

    def _decode(self, samples: Samples, language: str) -> tuple[Decoded, str]:
        """Return what a clip says, and in which of our languages; one look at it tells both."""
        seconds = len(samples) / SAMPLE_RATE_HZ
        encoded = decoding.encode(self._engine, samples, decoding.context_s(seconds, self._context_s))
        if language == "auto":
            language = decoding.likeliest_language(self._engine, encoded, SPOKEN_LANGUAGES)
        return decoding.generate(self._engine, encoded, language, seconds, self._hotwords), language

    def _windows(self, samples: Samples, language: str, cancelled: Callable[[], bool]) -> "Said":
        """Return what `samples` of any length say, looked at 30 s at a time."""
        if language == "auto":
            first = decoding.encode(self._engine, samples, decoding.WINDOW_S)
            language = decoding.likeliest_language(self._engine, first, SPOKEN_LANGUAGES)
        segments, _ = self._engine.transcribe(
            samples,
            language=language,
            beam_size=decoding.BEAM,
            temperature=TEMPERATURES,
            condition_on_previous_text=False,
            hotwords=self._hotwords or None,
            # With time stamps a clip that does not fill the window is decoded again from its last one, and the
            # remainder is where sentences are invented.
            without_timestamps=len(samples) <= decoding.WINDOW_S * SAMPLE_RATE_HZ,
        )
        texts = []
        for segment in segments:
            texts.append(segment.text.strip())
            if cancelled():
                break
        return Said(" ".join(filter(None, texts)), language)


@dataclass(frozen=True, slots=True)
class Said:
    """A text, its language, and what it may have been instead, the likeliest first."""

    text: str
    language: str
    alternatives: tuple[str, ...] = ()
    rivals: int = 0
    """How many of these are about as likely."""


def as_float(samples: bytes) -> Samples:
    """Return int16 samples in native order as the model takes them."""
    return np.frombuffer(samples, np.int16).astype(np.float32) / 32_768.0


def has_voice(samples: bytes, start_s: float, least: float = SPEECH) -> bool:
    """Tell whether somebody speaks in `samples` (int16, 16 kHz) later than `start_s`, by a probability of `least`.

    Any thread; the detector alone is needed, not the model.  It looks at the half second before, too: it judges a sound
    by what came before it.
    """
    from_s = max(0.0, start_s - 0.5)
    end = as_float(samples[2 * round(from_s * SAMPLE_RATE_HZ) :])
    if loudest_db(end) < QUIETEST_DB:
        return False
    before = round((start_s - from_s) * SAMPLE_RATE_HZ / WINDOW_SAMPLES)
    return any(probability >= least for probability in _voice_probabilities(end)[before:])


def hear(samples: Samples) -> Speech:
    """Return where somebody speaks in `samples`; energy is looked at first, since it costs nothing."""
    if loudest_db(samples) < QUIETEST_DB:
        return Speech((), 0.0, 0.0)
    return find_speech(_voice_probabilities(samples), len(samples))


def loudest_db(samples: Samples) -> float:
    """Return the root mean square of the loudest 32 ms, in decibels of full scale; -inf when there are none."""
    windows = len(samples) // WINDOW_SAMPLES
    if windows == 0:
        return float("-inf")
    power = np.square(samples[: windows * WINDOW_SAMPLES]).reshape(windows, WINDOW_SAMPLES).mean(axis=1).max()
    return 10.0 * float(np.log10(max(float(power), 1e-12)))


def _voice_probabilities(samples: Samples) -> list[float]:
    """Return the probability of speech in each 32 ms, by the detector that comes with faster-whisper."""
    from faster_whisper.vad import get_vad_model

    padded = np.pad(samples, (0, -len(samples) % WINDOW_SAMPLES))
    return [float(probability) for probability in np.ravel(get_vad_model()(padded))]


def _open_cuda(cuda_index: int) -> None:
    """Have CUDA look at its cards, if it has not yet, counted as `orders_by_bus` says.  Raises RuntimeError.

    It reads its variables once; programs that Etoile starts are none of its business.
    """
    import ctranslate2  # type: ignore[import-untyped]

    ours = "CUDA_DEVICE_ORDER" not in os.environ and orders_by_bus(os.environ)
    if ours:
        os.environ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"
    try:
        count = ctranslate2.get_cuda_device_count()
    finally:
        if ours:
            del os.environ["CUDA_DEVICE_ORDER"]
    if count <= cuda_index:
        raise RuntimeError(f"CUDA sees {count} cards")


def _open(folder: Path, device: Device, cuda_index: int) -> Any:
    from faster_whisper import WhisperModel

    return WhisperModel(
        str(folder),
        device=device,
        device_index=cuda_index,
        # 8-bit integers where the device has them: the GPU's memory belongs to the language models.
        compute_type="auto",
        cpu_threads=cpu_threads(os.cpu_count() or 1),
    )


def _broken(folder: Path, error: Exception) -> EtoileError:
    return ModelUnavailable(
        message("The speech model in {path} does not load: {error}.", path=str(folder), error=str(error)),
        message("Download it again with: etoile models download {name}", name=folder.name)
        if folder.parent == models.home()
        else message("The folder must hold a Whisper model in CTranslate2 form."),
    )
