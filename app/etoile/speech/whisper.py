"""The speech model: the home of faster-whisper.  Samples in, text out, and nothing when nobody spoke."""

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etoile.errors import EtoileError, ModelUnavailable, UsageError
from etoile.speech import models
from etoile.speech.hallucinations import is_invented
from etoile.speech.spans import SAMPLE_RATE_HZ, WINDOW_SAMPLES, Speech, find_speech
from etoile.speech.transcript import Transcript
from etoile.text import LANGUAGES, message

log = logging.getLogger(__name__)

Samples = NDArray[np.float32]
"""One channel, 16 kHz, shape (n,), within [-1, 1]."""

QUIETEST_DB = -60.0
"""A recording whose loudest 32 ms are below this, in decibels of full scale, holds no speech: a muted microphone."""
SHORTEST_SPEECH_S = 0.1
"""Less than this is a click or a breath."""
WINDOW_S = 30.0
"""Whisper looks at this much at once."""
TEMPERATURES = (0.0, 0.4)
"""One try and one more: the usual six cost seconds on noise and rarely help."""
BEAM = 5


def load(model: str, device: str = "auto") -> "Whisper":
    """Return the model `model` (a known name or a folder), warmed up by a real inference.  Raises ModelUnavailable.

    "auto" and "cuda" take the GPU where there is one, and the CPU when it fails.
    """
    folder = models.folder(model)
    for candidate in _devices(device):
        try:
            whisper = Whisper(_open(folder, candidate), model=folder.name, device=candidate)
            whisper.warm_up()
        except (RuntimeError, ValueError, OSError, IndexError) as error:  # without language tokens: IndexError
            if candidate == "cpu":
                raise _broken(folder, error) from error
            log.warning("the speech model does not run on the GPU (%s); taking the CPU", error)
        else:
            return whisper
    raise AssertionError("the CPU comes last")


class Whisper:
    """A loaded model.  Used by one thread at a time."""

    def __init__(self, engine: Any, *, model: str, device: str) -> None:
        self._engine = engine
        self._model = model
        self._device = device

    def warm_up(self) -> None:
        """Decode a second of faint noise, so that the first request finds everything allocated."""
        started_s = time.monotonic()
        noise = np.random.default_rng(0).normal(0.0, 0.01, SAMPLE_RATE_HZ).astype(np.float32)
        _voice_probabilities(noise)
        self._decode(noise, self._language_of(noise, "auto"), lambda: False)
        log.info("speech model %s ready on %s after %.2f s", self._model, self._device, time.monotonic() - started_s)

    def transcribe_pcm(self, samples: bytes, language: str, cancelled: Callable[[], bool]) -> Transcript:
        """Return what was said in `samples`: int16 in native order, as the microphone delivers them."""
        return self.transcribe(np.frombuffer(samples, np.int16).astype(np.float32) / 32_768.0, language, cancelled)

    def transcribe_file(self, path: Path, language: str, cancelled: Callable[[], bool] = lambda: False) -> Transcript:
        """Return what was said in an audio file of any common format.  Raises UsageError for one that is not audio."""
        return self.transcribe(read_audio(path), language, cancelled)

    def transcribe(self, samples: Samples, language: str, cancelled: Callable[[], bool] = lambda: False) -> Transcript:
        """Return what was said in `samples`, in `language` ("fr", "en", or "auto": one of the two).

        Blocks; gives up between two windows of 30 s once `cancelled()`, with the text so far.
        """
        started_s = time.monotonic()
        speech = hear(samples)
        chosen = LANGUAGES[0] if language == "auto" else language
        text = ""
        if speech.seconds >= SHORTEST_SPEECH_S:
            spoken = np.concatenate([samples[start:end] for start, end in speech.spans])
            chosen = self._language_of(spoken, language)
            text = self._decode(spoken, chosen, cancelled)
        if is_invented(text, speech.seconds, speech.probability):
            text = ""
        return Transcript(
            text=text,
            language=chosen,
            audio_s=len(samples) / SAMPLE_RATE_HZ,
            speech_s=speech.seconds,
            elapsed_ms=(time.monotonic() - started_s) * 1000,
            model=self._model,
            device=self._device,
        )

    def _language_of(self, samples: Samples, language: str) -> str:
        """Return `language`, or the likelier of ours: open detection would take short French for Welsh."""
        if not self._engine.model.is_multilingual:
            return "en"
        if language != "auto":
            return language
        _, _, probabilities = self._engine.detect_language(samples)
        return max(LANGUAGES, key=dict(probabilities).__getitem__)

    def _decode(self, samples: Samples, language: str, cancelled: Callable[[], bool]) -> str:
        segments, _ = self._engine.transcribe(
            samples,
            language=language,
            beam_size=BEAM,
            temperature=TEMPERATURES,
            condition_on_previous_text=False,
            # With time stamps a clip that does not fill the window is decoded again from its last one, and the
            # remainder is where sentences are invented.
            without_timestamps=len(samples) <= WINDOW_S * SAMPLE_RATE_HZ,
        )
        texts = []
        for segment in segments:
            texts.append(segment.text.strip())
            if cancelled():
                break
        return " ".join(filter(None, texts))


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


def read_audio(path: Path) -> Samples:
    """Return the samples of an audio file.  Raises UsageError, which names the file."""
    from av.error import FFmpegError
    from faster_whisper import decode_audio

    if not path.is_file():
        raise UsageError(message("There is no file {path}.", path=str(path)))
    try:
        samples: Samples = decode_audio(str(path), sampling_rate=SAMPLE_RATE_HZ)
    except (FFmpegError, IndexError, ValueError, TypeError) as error:
        # Without an audio stream faster-whisper looks for the first of none; without a frame it has no sample type.
        log.debug("%s: %r", path, error)
        raise UsageError(
            message("{path} is not audio that can be read.", path=str(path)),
            message("Common formats can be: WAV, FLAC, MP3, Ogg, M4A, WebM."),
        ) from error
    return samples


def _voice_probabilities(samples: Samples) -> list[float]:
    """Return the probability of speech in each 32 ms, by the detector that comes with faster-whisper."""
    from faster_whisper.vad import get_vad_model

    padded = np.pad(samples, (0, -len(samples) % WINDOW_SAMPLES))
    return [float(probability) for probability in np.ravel(get_vad_model()(padded))]


def _open(folder: Path, device: str) -> Any:
    from faster_whisper import WhisperModel

    # "auto" takes 8-bit integers where the device has them: the GPU's memory belongs to the language models.
    return WhisperModel(str(folder), device=device, compute_type="auto", cpu_threads=cpu_threads(os.cpu_count() or 1))


def cpu_threads(processors: int) -> int:
    """Return how many threads to decode with: half of the logical processors, 1 to 4.

    Half is about the physical cores.  The threads wait for each other at every layer, so that one busy core stalls them
    all: two threads on two busy cores took ten times as long as one; beyond four the gain is small.
    """
    return max(1, min(4, processors // 2))


def _devices(device: str) -> tuple[str, ...]:
    """Return the devices to try, in order."""
    if device == "cpu":
        return ("cpu",)
    import ctranslate2  # type: ignore[import-untyped]

    if ctranslate2.get_cuda_device_count() == 0:
        if device == "cuda":
            log.warning("no CUDA device for the speech model; taking the CPU")
        return ("cpu",)
    return ("cuda", "cpu")


def _broken(folder: Path, error: Exception) -> EtoileError:
    return ModelUnavailable(
        message("The speech model in {path} does not load: {error}.", path=str(folder), error=str(error)),
        message("Download it again with: etoile models download {name}", name=folder.name)
        if folder.parent == models.home()
        else message("The folder must hold a Whisper model in CTranslate2 form."),
    )
