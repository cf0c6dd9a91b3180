"""The tiny model understands voices that it was never trained with, through the faster-whisper that users have."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from faster_whisper import WhisperModel, decode_audio

from tests.needs import need

HERE = Path(__file__).parent
RATE_HZ = 16_000
PHRASES = {
    "en": ["Turn up the volume.", "What time is it?", "Set the volume to forty percent.", "Open Firefox."],
    "fr": [
        "Monte le son.",
        "Quelle heure est-il ?",
        "Mets le volume à quarante pour cent.",
        "Pourquoi le ciel est bleu ?",
    ],
}
HELD_OUT_VARIANT = "f4"


@pytest.fixture(scope="module")
def model() -> WhisperModel:
    return WhisperModel(str(HERE / "model"), device="cpu", compute_type="int8", cpu_threads=1)


@pytest.fixture(scope="module")
def espeak() -> str:
    program = shutil.which("espeak-ng")
    need(program, "espeak-ng is not installed")
    return str(program)


def speak(espeak: str, text: str, voice: str, wav: Path) -> np.ndarray:
    subprocess.run([espeak, "-v", voice, "-s", "160", "-w", str(wav), text], check=True, timeout=60)
    samples = decode_audio(str(wav), sampling_rate=RATE_HZ)
    return np.pad(samples, RATE_HZ // 4)


def words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())


def transcribe(model: WhisperModel, samples: np.ndarray, **options: object) -> tuple[str, str]:
    segments, info = model.transcribe(samples, condition_on_previous_text=False, **options)
    return " ".join(segment.text for segment in segments), info.language


SPOKEN = [
    pytest.param(language, f"{language}{suffix}", text, id=f"{language}{suffix}-{'_'.join(words(text)[:2])}")
    for language, texts in PHRASES.items()
    for suffix, spoken in [("", texts[:2]), (f"+{HELD_OUT_VARIANT}", texts)]
    for text in spoken
]


def test_it_is_multilingual_as_the_real_one(model: WhisperModel) -> None:
    assert model.model.is_multilingual


@pytest.mark.parametrize(("language", "voice", "text"), SPOKEN)
def test_it_hears_what_was_said_and_in_which_language(
    model: WhisperModel, espeak: str, tmp_path: Path, language: str, voice: str, text: str
) -> None:
    transcript, found = transcribe(model, speak(espeak, text, voice, tmp_path / "spoken.wav"))
    assert found == language
    assert words(transcript) == words(text)


@pytest.mark.parametrize("options", [{"vad_filter": True}, {"without_timestamps": True}, {"beam_size": 1}], ids=str)
def test_it_works_with_the_options_that_users_set(
    model: WhisperModel, espeak: str, tmp_path: Path, options: dict[str, object]
) -> None:
    samples = speak(espeak, "Coupe le son.", "fr", tmp_path / "spoken.wav")
    transcript, _ = transcribe(model, samples, language="fr", **options)
    assert words(transcript) == ["coupe", "le", "son"]


@pytest.mark.parametrize("noise", [0.0, 0.001, 0.03], ids=["silence", "faint noise", "loud noise"])
@pytest.mark.parametrize("without_timestamps", [False, True])
def test_it_makes_nothing_of_silence(model: WhisperModel, noise: float, without_timestamps: bool) -> None:
    samples = np.random.default_rng(3).normal(0, noise, 2 * RATE_HZ).astype(np.float32)
    assert transcribe(model, samples, language="en", without_timestamps=without_timestamps)[0] == ""


def test_every_phrase_is_said_once_in_its_language() -> None:
    for phrases in json.loads((HERE / "phrases.json").read_text("utf-8")).values():
        texts = [" ".join(words(phrase["text"])) for phrase in phrases]
        assert len(set(texts)) == len(texts)
