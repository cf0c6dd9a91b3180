"""The speech model around its engine: gates before it, one language of two, files of every kind."""

import os
import shutil
import struct
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from etoile.errors import CudaFailed, ModelUnavailable
from etoile.speech import whisper
from etoile.speech.audio_files import read_audio
from etoile.speech.placed import cpu_threads
from etoile.speech.spans import Speech
from etoile.speech.whisper import Whisper, hear, load, loudest_db
from tests.needs import need

RATE_HZ = 16_000


class Tokens:
    """The words of texts as numbers; Whisper's own tokens come after them, the end of the text first of all."""

    special = ("endoftext", "startoftranscript", "en", "fr", "transcribe", "translate", "startofprev", "startoflm")
    special += ("nospeech", "notimestamps")

    def __init__(self) -> None:
        self.words: list[str] = []

    def token_to_id(self, token: str) -> int:
        return 1000 + self.special.index(token.strip("<|>"))

    def encode(self, text: str, add_special_tokens: bool) -> SimpleNamespace:
        self.words += [word for word in text.split() if word not in self.words]
        return SimpleNamespace(ids=[self.words.index(word) for word in text.split()])

    def decode(self, tokens: list[int]) -> str:
        return " " + " ".join(self.words[token] for token in tokens)


@dataclass
class FakeEngine:
    """faster-whisper's model, as far as it is used: a short look finds `heard`, full windows find `texts`."""

    heard: tuple[tuple[str, float], ...] = (
        ("Quelle heure est-il ?", -0.1),
        ("Quelle heure est il", -0.3),
        ("Quel heurtoir", -0.9),
    )
    texts: tuple[str, ...] = (" Quelle heure est-il ?",)
    no_speech: float = 0.01
    multilingual: bool = True
    probabilities: tuple[tuple[str, float], ...] = (("<|cy|>", 0.6), ("<|fr|>", 0.3), ("<|en|>", 0.05))
    shown_s: list[float] = field(default_factory=list)
    """How much the encoder was shown, each time."""
    prompts: list[list[str]] = field(default_factory=list)
    windows: list[dict[str, Any]] = field(default_factory=list)
    detections: int = 0
    max_length: int = 448
    hf_tokenizer: Tokens = field(default_factory=Tokens)
    feature_extractor: FeatureExtractor = field(default_factory=FeatureExtractor)

    @property
    def model(self) -> SimpleNamespace:
        return SimpleNamespace(
            is_multilingual=self.multilingual, detect_language=self._detect_language, generate=self._generate
        )

    def encode(self, features: np.ndarray) -> np.ndarray:
        self.shown_s.append(features.shape[1] / 100)
        return features

    def _detect_language(self, encoded: Any) -> list[list[tuple[str, float]]]:
        self.detections += 1
        return [list(self.probabilities)]

    def _generate(self, encoded: Any, prompts: list[list[int]], **settings: Any) -> list[SimpleNamespace]:
        named = self.hf_tokenizer.words
        self.prompts.append([Tokens.special[token - 1000] if token >= 1000 else named[token] for token in prompts[0]])
        most = settings["max_length"] - len(prompts[0])
        return [
            SimpleNamespace(
                sequences_ids=[self.hf_tokenizer.encode(text, False).ids[:most] for text, _ in self.heard],
                scores=[score for _, score in self.heard],
                no_speech_prob=self.no_speech,
            )
        ]

    def transcribe(self, samples: Any, **settings: Any) -> tuple[Iterator[SimpleNamespace], None]:
        self.windows.append({"seconds": len(samples) / RATE_HZ, **settings})
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


def made(engine: FakeEngine, context_s: float = 10.0) -> Whisper:
    return Whisper(engine, model="tiny", device="cpu", context_s=context_s)


def test_names_that_are_expected_stand_before_what_is_heard(heard: Callable[..., None]) -> None:
    heard(1.0, 3.0)
    engine = FakeEngine()
    Whisper(engine, model="tiny", device="cpu", context_s=10.0, hotwords="athena qwen3").transcribe(noise(4.0), "fr")
    assert engine.prompts == [
        ["startofprev", "athena", "qwen3", "startoftranscript", "fr", "transcribe", "notimestamps"]
    ]


def test_what_was_said(heard: Callable[..., None]) -> None:
    heard(1.0, 3.0)
    engine = FakeEngine()
    transcript = made(engine).transcribe(noise(4.0), "fr")
    assert transcript.text == "Quelle heure est-il ?"
    assert transcript.alternatives == ("Quelle heure est il",)
    assert (transcript.language, transcript.audio_s, transcript.speech_s) == ("fr", 4.0, 2.0)
    assert (transcript.model, transcript.device) == ("tiny", "cpu")
    assert engine.prompts == [["startoftranscript", "fr", "transcribe", "notimestamps"]]
    assert (engine.detections, engine.windows) == (0, [])


@pytest.mark.parametrize(
    ("spoken_s", "context_s", "shown_s"),
    [
        pytest.param(2.0, 10.0, 10.0, id="a short clip is shown with silence up to the floor"),
        pytest.param(12.0, 10.0, 14.0, id="a longer one with a margin"),
        pytest.param(2.0, 3.0, 4.0, id="the margin stays when the floor is low"),
        pytest.param(2.0, 30.0, 30.0, id="the whole window, where that is wanted"),
    ],
)
def test_the_encoder_is_shown_the_clip_and_a_margin(
    spoken_s: float, context_s: float, shown_s: float, heard: Callable[..., None]
) -> None:
    heard(0.0, spoken_s)
    engine = FakeEngine()
    made(engine, context_s).transcribe(noise(spoken_s), "fr")
    assert engine.shown_s == [shown_s]


def test_the_language_is_one_of_two_and_costs_no_second_look(heard: Callable[..., None]) -> None:
    heard(0.0, 2.0)
    engine = FakeEngine()
    assert made(engine).transcribe(noise(2.0), "auto").language == "fr"
    assert engine.prompts[0][1] == "fr"
    assert (engine.detections, len(engine.shown_s)) == (1, 1)


def test_a_model_of_english_alone_is_not_asked_for_french(heard: Callable[..., None]) -> None:
    heard(0.0, 2.0)
    engine = FakeEngine(multilingual=False)
    assert made(engine).transcribe(noise(2.0), "fr").language == "en"
    assert engine.detections == 0


@pytest.mark.parametrize(
    "said",
    [
        pytest.param((("merci " * 40, -0.1),), id="it goes on for ever"),
        pytest.param((("tourne en rond " * 8, -0.1),), id="it repeats itself"),
        pytest.param((("Amara point org", -1.4),), id="it is not sure of a word"),
    ],
)
def test_a_short_look_that_is_not_believable_is_taken_again_in_full(
    said: tuple[tuple[str, float], ...], heard: Callable[..., None]
) -> None:
    heard(0.0, 2.0)
    engine = FakeEngine(said)
    transcript = made(engine).transcribe(noise(2.0), "auto")
    assert (transcript.text, transcript.language) == ("Quelle heure est-il ?", "fr")
    (window,) = engine.windows
    assert (window["language"], window["condition_on_previous_text"]) == ("fr", False)
    assert len(window["temperature"]) == 2


def test_what_the_model_itself_takes_for_silence_is_no_text(heard: Callable[..., None]) -> None:
    heard(0.0, 2.0)
    engine = FakeEngine((("Sous-titres réalisés par", -1.6),), no_speech=0.9)
    assert made(engine).transcribe(noise(2.0), "fr").text == ""
    assert engine.windows == []


def test_a_long_recording_is_looked_at_in_windows(heard: Callable[..., None]) -> None:
    heard(0.0, 40.0)
    engine = FakeEngine(texts=(" One.", "  ", " Two. "), probabilities=(("<|en|>", 0.5), ("<|fr|>", 0.1)))
    transcript = made(engine).transcribe(noise(40.0), "auto")
    assert (transcript.text, transcript.language) == ("One. Two.", "en")
    (window,) = engine.windows
    assert (window["seconds"], window["without_timestamps"]) == (40.0, False)


@pytest.mark.parametrize("samples", [np.zeros(RATE_HZ * 2, np.float32), noise(2.0, 0.0003), np.zeros(0, np.float32)])
def test_silence_never_reaches_the_engine(samples: np.ndarray) -> None:
    engine = FakeEngine()
    transcript = made(engine).transcribe(samples, "auto")
    assert (transcript.text, transcript.speech_s) == ("", 0.0)
    assert engine.shown_s == []


def test_a_click_never_reaches_the_engine(heard: Callable[..., None]) -> None:
    heard(1.0, 1.6, seconds=0.06)
    engine = FakeEngine()
    assert made(engine).transcribe(noise(2.0), "en").text == ""
    assert engine.shown_s == []


def test_an_invention_on_a_doubtful_sound_is_dropped(heard: Callable[..., None]) -> None:
    engine = FakeEngine((("Thank you.", -0.3),))
    heard(0.0, 1.0, seconds=0.2, probability=0.55)
    assert made(engine).transcribe(noise(1.0), "en").text == ""
    heard(0.0, 1.0, seconds=0.6, probability=0.95)
    assert made(engine).transcribe(noise(1.0), "en").text == "Thank you."


def test_cancelling_ends_between_two_windows(heard: Callable[..., None]) -> None:
    heard(0.0, 90.0)
    engine = FakeEngine(texts=(" one", " two", " three"))
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
    assert 1.4 * RATE_HZ < start < 2.3 * RATE_HZ
    assert end - start < len(said) + 1.2 * RATE_HZ


def test_loudness() -> None:
    assert loudest_db(np.zeros(1000, np.float32)) == pytest.approx(-120)
    assert loudest_db(np.full(1000, 0.1, np.float32)) == pytest.approx(-20, abs=0.01)
    assert loudest_db(np.zeros(0, np.float32)) == float("-inf")


@pytest.mark.parametrize(("processors", "threads"), [(1, 1), (2, 1), (4, 2), (8, 4), (64, 4)])
def test_threads(processors: int, threads: int) -> None:
    assert cpu_threads(processors) == threads


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
    """A conversion may lack them: what is looked for is then not in the list."""
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.json"):
        (tmp_path / name).write_text("{}")
    engine = FakeEngine()
    monkeypatch.setattr(engine, "encode", lambda _: list[str]()[0])
    monkeypatch.setattr(whisper, "_open", lambda folder, device, cuda_index: engine)
    with pytest.raises(ModelUnavailable, match="does not load"):
        load(str(tmp_path), "cpu")


def put_model(folder: Path) -> Path:
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.json"):
        (folder / name).write_text("{}")
    return folder


@pytest.mark.parametrize("error", ["Library libcublas.so.12 is not found or cannot be loaded", "out of memory"])
def test_a_gpu_that_fails_leaves_the_cpu_to_be_tried(
    error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_model(folder: Path, device: str, cuda_index: int) -> FakeEngine:
        assert (device, cuda_index) == ("cuda", 2)
        raise RuntimeError(error)

    monkeypatch.setattr(whisper, "_open_cuda", lambda cuda_index: None)
    monkeypatch.setattr(whisper, "_open", open_model)
    with pytest.raises(CudaFailed, match=error):
        load(str(put_model(tmp_path)), "cuda", 2)


def test_a_card_that_cuda_does_not_see_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ctranslate2

    seen = []

    def count() -> int:
        seen.append(os.environ.get("CUDA_DEVICE_ORDER"))
        return 1

    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", count)
    monkeypatch.delenv("CUDA_DEVICE_ORDER", raising=False)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    with pytest.raises(CudaFailed, match="CUDA sees 1 cards"):
        load(str(put_model(tmp_path)), "cuda", 1)
    assert "CUDA_DEVICE_ORDER" not in os.environ
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    with pytest.raises(CudaFailed):
        load(str(tmp_path), "cuda", 1)
    assert seen == ["PCI_BUS_ID", None]


def test_it_is_warmed_up_by_a_real_inference() -> None:
    engine = FakeEngine()
    made(engine).warm_up()
    assert len(engine.prompts) == 1


def test_how_an_utterance_begins_is_told_where_the_model_is_sure(heard: Callable[..., None]) -> None:
    heard(0.2, 1.0)
    said = (noise(1.2) * 32_767).astype(np.int16).tobytes()
    engine = FakeEngine(heard=(("Jarvis quelle heure", -0.3),))
    assert made(engine).first_words(said, "fr", 0.7) == "Jarvis quelle heure"
    assert made(engine).first_words(said, "fr", 0.8) == "", "exp(-0.3) is 0.74"
    assert engine.shown_s == [10.0, 10.0]


def test_an_utterance_without_a_voice_is_not_even_looked_at(heard: Callable[..., None]) -> None:
    heard(0.2, 0.2)
    engine = FakeEngine()
    assert made(engine).first_words(bytes(32_000), "auto", 0.0) == ""
    assert engine.shown_s == []
