"""Audio files: of every kind, broken, and an hour long without filling the memory."""

import struct
import tracemalloc
import wave
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from etoile.errors import UsageError
from etoile.speech import whisper
from etoile.speech.audio_files import PIECE_S, Samples, duration_s, pieces, quietest, read_audio, read_blocks
from etoile.speech.spans import Speech
from etoile.speech.whisper import Whisper, hear
from tests.speech.test_whisper import FakeEngine

RATE_HZ = 16_000


def put_wav(path: Path, rate_hz: int, channels: int = 1, seconds: float = 1.0) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(struct.pack("<h", 8000) * channels * round(seconds * rate_hz))
    return path


def put_encoded(path: Path, codec: str, seconds: float = 2.0, rate_hz: int = 44_100) -> Path:
    """Write a tone by a codec of FFmpeg's."""
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    tone = (8000 * np.sin(2 * np.pi * 440 * times)).astype(np.int16)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate_hz, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = rate_hz
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate_hz, frame_size=stream.frame_size)
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(("rate_hz", "channels"), [(16_000, 1), (8_000, 1), (96_000, 1), (44_100, 2), (48_000, 6)])
def test_files_of_any_rate_are_read(rate_hz: int, channels: int, tmp_path: Path) -> None:
    path = put_wav(tmp_path / "a.wav", rate_hz, channels)
    samples = read_audio(path)
    assert samples.dtype == np.float32
    assert len(samples) == pytest.approx(RATE_HZ, rel=0.01)
    assert duration_s(path) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("name", "codec", "rate_hz"),
    [
        ("a.mp3", "mp3", 44_100),
        ("a.flac", "flac", 44_100),
        ("a.ogg", "libopus", 48_000),
        ("a.m4a", "aac", 44_100),
        ("a.webm", "libopus", 48_000),
    ],
)
def test_formats(name: str, codec: str, rate_hz: int, tmp_path: Path) -> None:
    samples = read_audio(put_encoded(tmp_path / name, codec, rate_hz=rate_hz))
    assert len(samples) == pytest.approx(2 * RATE_HZ, rel=0.05)
    assert 0.15 < np.abs(samples[RATE_HZ // 2 : RATE_HZ]).max() < 0.4


def test_a_truncated_file_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = put_wav(tmp_path / "a.wav", RATE_HZ)
    path.write_bytes(path.read_bytes()[:16_044])
    assert len(read_audio(path)) == pytest.approx(8_000, rel=0.05)


def test_a_damaged_middle_is_passed_over(tmp_path: Path) -> None:
    path = put_encoded(tmp_path / "a.mp3", "mp3", seconds=10.0)
    content = bytearray(path.read_bytes())
    third = len(content) // 3
    content[third : third + 1000] = b"\xaa" * 1000
    path.write_bytes(content)
    assert 9.5 * RATE_HZ < len(read_audio(path)) <= 10.2 * RATE_HZ


@pytest.mark.parametrize("content", [b"", b"RIFF", b"This is a letter.\n" * 100, b"\x89PNG\r\n\x1a\n"], ids=repr)
def test_what_is_not_audio_is_told(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "letter.wav"
    path.write_bytes(content)
    for read in (read_audio, duration_s):
        with pytest.raises(UsageError, match=r"letter\.wav is not audio that can be read"):
            read(path)


def test_a_wav_without_samples_holds_no_speech(tmp_path: Path) -> None:
    path = put_wav(tmp_path / "empty.wav", RATE_HZ, seconds=0)
    assert hear(read_audio(path)).spans == ()
    assert Whisper(FakeEngine(), model="m", device="cpu").transcribe_file(path, "auto").text == ""


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.wav", tmp_path):
        with pytest.raises(UsageError, match="There is no file"):
            read_audio(path)


# Long ones


def talk(seconds: int, pause_every_s: int = 7) -> Iterator[Samples]:
    """Yield a second of noise after the other, with half a second of quiet now and then."""
    random = np.random.default_rng(0)
    for second in range(seconds):
        block = random.normal(0, 0.1, RATE_HZ).astype(np.float32)
        if second % pause_every_s == 0:
            block[: RATE_HZ // 2] *= 0.001
        yield block


def test_pieces_lose_nothing_and_end_where_it_is_quiet() -> None:
    said = np.concatenate(list(talk(100)))
    cut = list(pieces(talk(100), piece_s=30.0))
    assert np.array_equal(np.concatenate(cut), said)
    assert all(len(piece) <= 30 * RATE_HZ for piece in cut)
    assert all(np.abs(piece[-RATE_HZ // 20 :]).max() < 0.01 for piece in cut[:-1])


@pytest.mark.parametrize("samples", [0, 1, RATE_HZ, 30 * RATE_HZ])
def test_what_is_short_is_one_piece(samples: int) -> None:
    cut = list(pieces([np.ones(samples, np.float32)], piece_s=30.0))
    assert [len(piece) for piece in cut] == [samples] * bool(samples)


def test_the_quietest_moment() -> None:
    samples = np.ones(10 * RATE_HZ, np.float32)
    samples[8 * RATE_HZ : round(8.5 * RATE_HZ)] = 0.0
    samples[2 * RATE_HZ : 3 * RATE_HZ] = 0.0
    assert 8.1 < quietest(samples, 5 * RATE_HZ) / RATE_HZ < 8.4


def test_an_hour_does_not_fill_the_memory() -> None:
    second = np.full(RATE_HZ, 0.1, np.float32)
    tracemalloc.start()
    try:
        longest_s = max(len(piece) for piece in pieces([second] * 3600)) / RATE_HZ
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert longest_s <= PIECE_S
    assert most_bytes < 60_000_000  # an hour is 230 MB


def test_a_long_file_is_heard_piece_by_piece_in_one_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put_wav(tmp_path / "long.wav", 8_000, seconds=300)
    monkeypatch.setattr(whisper, "hear", lambda samples: Speech(((0, len(samples)),), len(samples) / RATE_HZ, 0.9))
    engine = FakeEngine()
    told: list[float] = []
    heard = Whisper(engine, model="m", device="cpu").transcribe_file(path, "auto", told.append)
    assert heard.audio_s == pytest.approx(300, abs=0.1)
    assert (heard.text, heard.language) == (" ".join(["Quelle heure est-il ?"] * 3), "fr")
    assert engine.detections == 1
    assert [window["language"] for window in engine.windows] == ["fr"] * 3
    assert told == sorted(told)
    assert told[-1] == pytest.approx(300, abs=0.1)


def test_blocks_come_as_they_are_decoded(tmp_path: Path) -> None:
    blocks = read_blocks(put_wav(tmp_path / "a.wav", RATE_HZ, seconds=30))
    assert len(next(blocks)) <= RATE_HZ
    blocks.close()  # type: ignore[attr-defined]
