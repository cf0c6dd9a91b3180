"""The speech model around its engine: gates before it, one language of two, files of every kind."""

import shutil
import struct
import subprocess
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from etoile.errors import ModelUnavailable, UsageError
from etoile.speech import whisper
from etoile.speech.spans import Speech
from etoile.speech.whisper import Whisper, cpu_threads, hear, load, loudest_db, read_audio
from tests.needs import need

RATE_HZ = 16_000


@dataclass
class FakeEngine:
    """faster-whisper's model, as far as it is used."""

    texts: tuple[str, ...] = (" Quelle heure est-il ?",)
    multilingual: bool = True
    probabilities: dict[str, float] = field(default_factory=lambda: {"cy": 0.6, "fr": 0.3, "en": 0.05})
    asked: list[dict[str, Any]] = field(default_factory=list)
    detections: int = 0

    @property
    def model(self) -> SimpleNamespace:
        return SimpleNamespace(is_multilingual=self.multilingual)

    def detect_language(self, samples: Any) -> tuple[str, float, list[tuple[str, float]]]:
        self.detections += 1
        return "cy", 0.6, list(self.probabilities.items())

    def transcribe(self, samples: Any, **settings: Any) -> tuple[Iterator[SimpleNamespace], None]:
        self.asked.append({"seconds": len(samples) / RATE_HZ, **settings})
        return (SimpleNamespace(text=text) for text in self.texts), None


def noise(seconds: float, amplitude: float = 0.1) -> np.ndarray:
    return np.random.default_rng(1).normal(0, amplitude, round(seconds * RATE_HZ)).astype(np.float32)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set what the detector finds, whatever the samples are."""

    def find(start_s: float, end_s: float, seconds: float | None = None, probability: float = 0.95) -> None:
        spans = ((round(start_s * RATE_HZ), round(end_s * RATE_HZ)),)
        speech = Speech(spans, end_s - start_s if seconds is None else seconds, probability)
        monkeypatch.setattr(whisper, "hear", lambda _: speech)

    return find


def made(engine: FakeEngine) -> Whisper:
    return Whisper(engine, model="tiny", device="cpu")


def test_what_was_said(heard: Callable[..., None]) -> None:
    heard(1.0, 3.0)
    engine = FakeEngine()
    transcript = made(engine).transcribe(noise(4.0), "fr")
    assert transcript.text == "Quelle heure est-il ?"
    assert (transcript.language, transcript.audio_s, transcript.speech_s) == ("fr", 4.0, 2.0)
    assert (transcript.model, transcript.device) == ("tiny", "cpu")
    (asked,) = engine.asked
    assert asked["seconds"] == 2.0
    assert asked["language"] == "fr"
    assert asked["condition_on_previous_text"] is False
    assert len(asked["temperature"]) == 2
    assert engine.detections == 0


def test_the_language_is_one_of_two(heard: Callable[..., None]) -> None:
    heard(0.0, 2.0)
    engine = FakeEngine()
    assert made(engine).transcribe(noise(2.0), "auto").language == "fr"
    assert engine.asked[0]["language"] == "fr"


def test_a_model_of_english_alone_is_not_asked_for_french(heard: Callable[..., None]) -> None:
    heard(0.0, 2.0)
    engine = FakeEngine(multilingual=False)
    assert made(engine).transcribe(noise(2.0), "fr").language == "en"
    assert engine.detections == 0


def test_segments_are_joined(heard: Callable[..., None]) -> None:
    heard(0.0, 2.0)
    assert made(FakeEngine((" One.", "  ", " Two. "))).transcribe(noise(2.0), "en").text == "One. Two."


@pytest.mark.parametrize("samples", [np.zeros(RATE_HZ * 2, np.float32), noise(2.0, 0.0003), np.zeros(0, np.float32)])
def test_silence_never_reaches_the_engine(samples: np.ndarray) -> None:
    engine = FakeEngine(("Thanks for watching!",))
    transcript = made(engine).transcribe(samples, "auto")
    assert (transcript.text, transcript.speech_s) == ("", 0.0)
    assert engine.asked == []
    assert engine.detections == 0


def test_a_click_never_reaches_the_engine(heard: Callable[..., None]) -> None:
    heard(1.0, 1.6, seconds=0.06)
    engine = FakeEngine()
    assert made(engine).transcribe(noise(2.0), "en").text == ""
    assert engine.asked == []


def test_an_invention_on_a_doubtful_sound_is_dropped(heard: Callable[..., None]) -> None:
    engine = FakeEngine((" Thank you.",))
    heard(0.0, 1.0, seconds=0.2, probability=0.55)
    assert made(engine).transcribe(noise(1.0), "en").text == ""
    heard(0.0, 1.0, seconds=0.6, probability=0.95)
    assert made(engine).transcribe(noise(1.0), "en").text == "Thank you."


def test_a_long_recording_uses_time_stamps(heard: Callable[..., None]) -> None:
    engine = FakeEngine()
    for seconds in (5.0, 40.0):
        heard(0.0, seconds)
        made(engine).transcribe(noise(seconds), "en")
    assert [asked["without_timestamps"] for asked in engine.asked] == [True, False]


def test_cancelling_ends_between_two_windows(heard: Callable[..., None]) -> None:
    heard(0.0, 90.0)
    engine = FakeEngine((" one", " two", " three"))
    assert made(engine).transcribe(noise(90.0), "en", lambda: True).text == "one"


def test_the_microphones_samples_are_scaled(heard: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(whisper, "hear", lambda samples: seen.append(samples) or Speech((), 0.0, 0.0))
    made(FakeEngine()).transcribe_pcm(struct.pack("=4h", 0, 16384, -32768, 32767), "fr", lambda: False)
    assert seen[0].dtype == np.float32
    assert seen[0].tolist() == pytest.approx([0, 0.5, -1, 1], abs=1e-4)


def test_the_real_detector_hears_no_speech_in_noise_and_tones() -> None:
    seconds = np.arange(2 * RATE_HZ) / RATE_HZ
    for samples in (noise(2.0), (0.3 * np.sin(2 * np.pi * 440 * seconds)).astype(np.float32)):
        assert hear(samples).spans == ()


@pytest.mark.parametrize(("voice", "words"), [("fr", "Quelle heure est-il ?"), ("en-us", "Turn up the volume.")])
def test_the_real_detector_hears_speech(voice: str, words: str, tmp_path: Path) -> None:
    need(shutil.which("espeak-ng"), "needs espeak-ng")
    file = tmp_path / "said.wav"
    subprocess.run(["espeak-ng", "-v", voice, "-w", str(file), words], check=True)
    said = read_audio(file)
    speech = hear(np.concatenate([np.zeros(2 * RATE_HZ, np.float32), said, np.zeros(2 * RATE_HZ, np.float32)]))
    assert speech.seconds > 0.5
    ((start, end),) = speech.spans
    assert 1.6 * RATE_HZ < start < 2.5 * RATE_HZ
    assert end - start < len(said) + RATE_HZ


def test_loudness() -> None:
    assert loudest_db(np.zeros(1000, np.float32)) == pytest.approx(-120)
    assert loudest_db(np.full(1000, 0.1, np.float32)) == pytest.approx(-20, abs=0.01)
    assert loudest_db(np.zeros(0, np.float32)) == float("-inf")


@pytest.mark.parametrize(("processors", "threads"), [(1, 1), (2, 1), (4, 2), (8, 4), (64, 4)])
def test_threads(processors: int, threads: int) -> None:
    assert cpu_threads(processors) == threads


# Files


def put_wav(path: Path, rate_hz: int, channels: int = 1, seconds: float = 1.0) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(struct.pack("<h", 8000) * channels * round(seconds * rate_hz))
    return path


@pytest.mark.parametrize(("rate_hz", "channels"), [(16_000, 1), (8_000, 1), (96_000, 1), (44_100, 2)])
def test_files_of_any_rate_are_read(rate_hz: int, channels: int, tmp_path: Path) -> None:
    samples = read_audio(put_wav(tmp_path / "a.wav", rate_hz, channels))
    assert samples.dtype == np.float32
    assert len(samples) == pytest.approx(RATE_HZ, rel=0.01)


def test_a_truncated_file_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = put_wav(tmp_path / "a.wav", RATE_HZ)
    path.write_bytes(path.read_bytes()[:16_044])
    assert len(read_audio(path)) == pytest.approx(8_000, rel=0.05)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"This is a letter.\n" * 100, b"\x89PNG\r\n\x1a\n"], ids=repr)
def test_what_is_not_audio_is_told(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "letter.wav"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"letter\.wav is not audio that can be read"):
        read_audio(path)


def test_a_wav_without_samples_holds_no_speech(tmp_path: Path) -> None:
    path = put_wav(tmp_path / "empty.wav", RATE_HZ, seconds=0)
    assert hear(read_audio(path)).spans == ()


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.wav", tmp_path):
        with pytest.raises(UsageError, match="There is no file"):
            read_audio(path)


# Loading


@pytest.mark.parametrize("model", ["base", "/nowhere"])
def test_a_model_that_is_not_here_is_not_looked_for(model: str) -> None:
    with pytest.raises(ModelUnavailable):
        load(model, "cpu")


def test_a_damaged_model_is_told(tmp_path: Path) -> None:
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(ModelUnavailable, match="does not load"):
        load(str(tmp_path), "cpu")


def test_a_model_without_language_tokens_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversion may lack them; faster-whisper then looks for the first of none."""
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.json"):
        (tmp_path / name).write_text("{}")
    engine = FakeEngine()
    monkeypatch.setattr(engine, "detect_language", lambda _: list[str]()[0])
    monkeypatch.setattr(whisper, "_open", lambda folder, device: engine)
    with pytest.raises(ModelUnavailable, match="does not load"):
        load(str(tmp_path), "cpu")


def test_a_gpu_that_fails_gives_way_to_the_cpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.json"):
        (tmp_path / name).write_text("{}")
    opened = []

    def open_model(folder: Path, device: str) -> FakeEngine:
        opened.append(device)
        if device == "cuda":
            raise RuntimeError("Library libcublas.so.12 is not found or cannot be loaded")
        return FakeEngine()

    monkeypatch.setattr(whisper, "_devices", lambda _: ("cuda", "cpu"))
    monkeypatch.setattr(whisper, "_open", open_model)
    loaded = load(str(tmp_path))
    assert opened == ["cuda", "cpu"]
    assert loaded.transcribe(np.zeros(0, np.float32), "fr").device == "cpu"
    assert "libcublas" in caplog.text


def test_it_is_warmed_up_by_a_real_inference() -> None:
    engine = FakeEngine()
    made(engine).warm_up()
    assert [asked["seconds"] for asked in engine.asked] == [1.0]
