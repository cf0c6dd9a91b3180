"""Sound in memory: what is read of a WAV file, and how it begins and ends."""

import io
import wave
from array import array
from itertools import pairwise

import pytest

from etoile.errors import VoiceUnavailable
from etoile.speech.clip import Clip, faded_out, read_wav

RATE_HZ = 22_050


def wav(samples: bytes, bits: int = 16, channels: int = 1) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((channels, bits // 8, RATE_HZ, 0, "NONE", ""))
        file.writeframes(samples)
    return content.getvalue()


def test_a_wav_file_is_read() -> None:
    samples = array("h", range(100)).tobytes()
    assert read_wav(wav(samples, channels=2)) == Clip(RATE_HZ, 2, samples)


@pytest.mark.parametrize("length", [0, 0x7FFFF000, 0xFFFFFFFF], ids=hex)
def test_a_streamed_file_that_tells_a_wrong_length_counts_as_far_as_it_goes(length: int) -> None:
    content = wav(bytes(200))
    at = content.index(b"data") + 4
    content = content[:at] + length.to_bytes(4, "little") + content[at + 4 :]
    if length:
        assert read_wav(content).samples == bytes(200)
    else:
        with pytest.raises(VoiceUnavailable, match="no sound"):
            read_wav(content)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF....", b"not a sound", wav(b"")[:30], wav(b"")])
def test_what_is_no_sound_is_told(content: bytes) -> None:
    with pytest.raises(VoiceUnavailable, match="gave no sound"):
        read_wav(content)


def test_other_samples_than_16_bits_are_told() -> None:
    with pytest.raises(VoiceUnavailable, match="8 bits"):
        read_wav(wav(bytes(100), bits=8))


def test_sound_rises_from_silence_and_falls_to_it() -> None:
    loud = Clip(RATE_HZ, 1, array("h", [20_000] * 2_000).tobytes())
    soft = array("h", loud.with_soft_edges().samples)
    assert soft[0] == soft[-1] == 0
    assert max(abs(one - two) for one, two in pairwise(soft)) < 400
    assert list(soft[100:-100]) == [20_000] * 1_800


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_even_the_shortest_sound_has_soft_edges(count: int) -> None:
    assert len(Clip(RATE_HZ, 1, bytes(2 * count)).with_soft_edges().samples) == 2 * count


def test_sound_that_is_cut_off_falls_to_silence() -> None:
    falling = array("h", faded_out(array("h", [20_000] * 441).tobytes(), 1, RATE_HZ))
    assert falling[0] == 20_000
    assert 0 < falling[-1] < 500
    assert len(falling) / RATE_HZ < 0.005
