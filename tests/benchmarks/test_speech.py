"""From the release of the key to its text, beside faster-whisper called plainly: same clips, same weights, one thread.

Time is measured on the shapes of `base` with random weights, a fixed number of tokens and no guards on either side;
words on the tiny model of tests/speech_model, which knows its phrases.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from etoile.speech import decoding
from etoile.speech.decoding import Decoded, Samples
from etoile.speech.spans import SAMPLE_RATE_HZ
from etoile.speech.whisper import Whisper, read_audio
from tests.benchmarks import random_whisper

PEER = "faster-whisper"
TOKENS = 12
PHRASES = json.loads((random_whisper.TEST_MODEL.parent / "phrases.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return _opened(random_whisper.make(tmp_path_factory.mktemp("base")))


@pytest.fixture(scope="module")
def tiny() -> Any:
    return _opened(random_whisper.TEST_MODEL)


def _opened(folder: Path) -> Any:
    from faster_whisper import WhisperModel

    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random weights say nothing believable: every clip gets its tokens, and no second look."""
    monkeypatch.setattr(decoding, "TOKENS_AT_LEAST", TOKENS)
    monkeypatch.setattr(decoding, "TOKENS_PER_S", 0)
    monkeypatch.setattr(Decoded, "is_doubtful", False)
    monkeypatch.setattr(Decoded, "is_silence", False)


def spoken(text: str, voice: str, folder: Path) -> Samples:
    """Return `text` as espeak-ng says it, with a quarter of a second of silence around it."""
    assert shutil.which("espeak-ng"), "needs espeak-ng"
    file = folder / "said.wav"
    subprocess.run(["espeak-ng", "-v", voice, "-s", "160", "-w", str(file), text], check=True, timeout=20)
    return np.pad(read_audio(file), SAMPLE_RATE_HZ // 4)


def clip(seconds: float, folder: Path) -> Samples:
    """Return speech of this length."""
    said = spoken("Quelle heure est-il ? Mets le volume à quarante pour cent, et ouvre la fenêtre. " * 2, "fr", folder)
    return said[: round(seconds * SAMPLE_RATE_HZ)]


def plainly(engine: Any, samples: Samples, language: str, **settings: Any) -> str:
    segments, _ = engine.transcribe(samples, language=language, without_timestamps=True, **settings)
    return " ".join(segment.text.strip() for segment in segments)


UNGUARDED = {"temperature": 0.0, "log_prob_threshold": None, "compression_ratio_threshold": None}


@pytest.mark.parametrize("seconds", [1, 2, 3, 5])
def test_release_to_text(benchmark: Any, base: Any, unguarded: None, seconds: int, tmp_path: Path) -> None:
    benchmark.group = f"release to text, {seconds} s"
    whisper = Whisper(base, model="base", device="cpu", context_s=10.0)
    samples = clip(seconds, tmp_path)
    benchmark.pedantic(whisper.transcribe, (samples, "fr"), rounds=7, warmup_rounds=1)


@pytest.mark.parametrize("seconds", [1, 2, 3, 5])
def test_release_to_text_plainly(benchmark: Any, base: Any, seconds: int, tmp_path: Path) -> None:
    benchmark.group = f"release to text, {seconds} s"
    benchmark.extra_info["peer"] = PEER
    samples = clip(seconds, tmp_path)
    settings = {**UNGUARDED, "max_new_tokens": TOKENS}
    benchmark.pedantic(plainly, (base, samples, "fr"), settings, rounds=5, warmup_rounds=1)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def wrong_words_percent(transcribe: Callable[[Samples, str], str], folder: Path) -> float:
    """Return how many words of the phrases, in a voice that was not trained with, come out wrong: 0 to 100."""
    from rapidfuzz.distance import Levenshtein

    wrong = total = 0
    for language, phrases in PHRASES.items():
        for phrase in phrases:
            said = words(phrase["text"])
            wrong += Levenshtein.distance(
                said, words(transcribe(spoken(phrase["text"], f"{language}+f4", folder), language))
            )
            total += len(said)
    return 100 * wrong / total


def test_words_wrong(benchmark: Any, tiny: Any, tmp_path: Path) -> None:
    whisper = Whisper(tiny, model="tiny", device="cpu", context_s=10.0)
    _measure_words(benchmark, lambda samples, language: whisper.transcribe(samples, language).text, tmp_path)


def test_words_wrong_plainly(benchmark: Any, tiny: Any, tmp_path: Path) -> None:
    benchmark.extra_info["peer"] = PEER
    _measure_words(benchmark, lambda samples, language: plainly(tiny, samples, language), tmp_path)


def _measure_words(benchmark: Any, transcribe: Callable[[Samples, str], str], folder: Path) -> None:
    benchmark.group = "words wrong"
    benchmark.extra_info["unit"] = "%"
    benchmark.extra_info["value"] = benchmark.pedantic(wrong_words_percent, (transcribe, folder), rounds=1)
