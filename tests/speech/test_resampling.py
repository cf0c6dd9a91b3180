"""Devices at other rates: speech comes through, and nothing folds back into it."""

import numpy as np
import pytest

from etoile.speech.resampling import PASS_HZ, STOP_DB, Resampler

AMPLITUDE = 10_000
RATES = [8_000, 22_050, 32_000, 44_100, 48_000, 96_000]


def tone(frequency_hz: float, rate_hz: int, seconds: float = 1.0) -> np.ndarray:
    return AMPLITUDE * np.sin(2 * np.pi * frequency_hz * np.arange(round(seconds * rate_hz)) / rate_hz)


def resampled(samples: np.ndarray, rate_hz: int, channels: int = 1) -> np.ndarray:
    """As a device delivers it: in blocks of 40 ms."""
    resampler = Resampler(rate_hz, channels)
    pcm = samples.astype(np.int16).tobytes()
    size = 2 * channels * round(0.04 * rate_hz)
    blocks = [resampler.resample(pcm[start : start + size]) for start in range(0, len(pcm), size)]
    return np.frombuffer(b"".join(blocks), np.int16).astype(float)


def loudness_db(samples: np.ndarray) -> float:
    """Against the tone; without the edges, where it begins and ends."""
    return float(20 * np.log10(max(np.sqrt(np.mean(samples[1600:-1600] ** 2)) / (AMPLITUDE / np.sqrt(2)), 1e-9)))


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("frequency_hz", [100, 1000, 3300])
def test_speech_comes_through_as_it_was(rate_hz: int, frequency_hz: float) -> None:
    heard = resampled(tone(frequency_hz, rate_hz), rate_hz)
    assert len(heard) == 16_000
    assert loudness_db(heard) == pytest.approx(0, abs=0.05)
    spectrum = np.abs(np.fft.rfft(heard[1600:-1600] * np.hanning(len(heard) - 3200)))
    assert np.argmax(spectrum) * 16_000 / (len(heard) - 3200) == pytest.approx(frequency_hz, abs=1.5)


@pytest.mark.parametrize("rate_hz", [rate for rate in RATES if rate > 16_000])
def test_up_to_its_edge_the_band_is_even(rate_hz: int) -> None:
    assert loudness_db(resampled(tone(PASS_HZ, rate_hz), rate_hz)) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(
    ("rate_hz", "frequency_hz"),
    [
        (rate_hz, frequency_hz)
        for rate_hz in RATES
        for frequency_hz in (8_050, 9_000, 10_500, 12_000, 15_000, 20_000, 23_000)
        if frequency_hz < rate_hz / 2
    ],
)
def test_what_lies_above_does_not_fold_back(rate_hz: int, frequency_hz: float) -> None:
    # Rounding to 16 bits alone leaves some -81 dB of this tone.
    assert loudness_db(resampled(tone(frequency_hz, rate_hz), rate_hz)) < -(STOP_DB - 4)


def test_the_seams_of_blocks_cannot_be_heard() -> None:
    samples = tone(440, 44_100)
    whole = np.frombuffer(Resampler(44_100, 1).resample(samples.astype(np.int16).tobytes()), np.int16)
    assert np.array_equal(whole, resampled(samples, 44_100))


def test_channels_are_one() -> None:
    left = tone(440, 48_000)
    both = np.stack([left, np.zeros_like(left)], axis=1).ravel()
    assert loudness_db(resampled(both, 48_000, channels=2)) == pytest.approx(-6.02, abs=0.05)


def test_what_is_too_loud_is_cut_not_wrapped() -> None:
    clipped = np.where(tone(440, 48_000) > 0, 32_767.0, -32_768.0)
    heard = resampled(clipped, 48_000)
    assert heard.max() == 32_767
    assert heard.min() == -32_768


def test_a_rate_of_no_device_is_refused() -> None:
    with pytest.raises(ValueError, match="44101 Hz"):
        Resampler(44_101, 1)
