"""Make a clean clip sound as a microphone in some room would have heard it."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve, resample_poly

SAMPLE_RATE_HZ = 16_000
Samples = NDArray[np.float32]
Random = np.random.Generator


def colored_noise(n: int, random: Random) -> Samples:
    """Return `n` samples of noise with unit power: white, pink, brown or between, at times with mains hum."""
    spectrum = np.fft.rfft(random.standard_normal(n))
    spectrum /= np.maximum(np.arange(len(spectrum)), 1) ** random.uniform(0, 1)
    noise = np.fft.irfft(spectrum, n)
    noise /= np.sqrt(np.mean(noise**2)) + 1e-9
    if random.random() < 0.2:
        mains_hz = random.choice([50, 60, 100, 120])
        noise += random.uniform(0.5, 2) * np.sin(2 * np.pi * mains_hz * np.arange(n) / SAMPLE_RATE_HZ)
    return (noise / (np.sqrt(np.mean(noise**2)) + 1e-9)).astype(np.float32)


def spoken_part(clip: Samples) -> slice:
    """Return where `clip` is not silent."""
    loud = np.flatnonzero(np.abs(clip) > 0.02 * np.abs(clip).max())
    return slice(int(loud[0]), int(loud[-1]) + 1)


def worn(clip: Samples, random: Random) -> Samples:
    """Return the spoken part of `clip`, at times slower or faster, cut at its ends, played at 48 kHz, echoing."""
    clip = clip[spoken_part(clip)]
    if random.random() < 0.3:
        stretched = np.linspace(0, len(clip) - 1, int(len(clip) * random.uniform(0.93, 1.07)))
        clip = np.interp(stretched, np.arange(len(clip)), clip).astype(np.float32)
    if random.random() < 0.3:
        clip = clip[random.integers(0, SAMPLE_RATE_HZ // 20) :]
    if random.random() < 0.1:
        clip = clip[: len(clip) - random.integers(0, SAMPLE_RATE_HZ // 25)]
    if random.random() < 0.2:
        clip = resample_poly(resample_poly(clip, 3, 1), 1, 3).astype(np.float32)
    if random.random() < 0.15:
        fading = np.exp(-5 * np.linspace(0, 1, int(random.uniform(0.05, 0.3) * SAMPLE_RATE_HZ)))
        tail = random.standard_normal(len(fading)) * fading
        tail *= random.uniform(0.05, 0.4) / np.sqrt(np.sum(tail**2))
        tail[0] = 1
        clip = fftconvolve(clip, tail).astype(np.float32)
    return clip


def silence_s(random: Random) -> float:
    """Return how long nobody speaks before or after a phrase."""
    return random.uniform(0.5, 1.5) if random.random() < 0.06 else random.uniform(0, 0.5)


def recorded(samples: Samples, random: Random) -> Samples:
    """Return `samples` at some loudness, with some noise (none four times in ten), in steps of 16 bits."""
    level = 10 ** random.uniform(-1.6, 0.15)
    samples = samples / (np.abs(samples).max() + 1e-9) * level
    if random.random() < 0.6:
        speech_power = np.mean(samples**2) + 1e-9
        snr_db = random.uniform(3, 40)
        samples = samples + colored_noise(len(samples), random) * np.sqrt(speech_power / 10 ** (snr_db / 10))
    return (np.round(np.clip(samples, -1, 1) * 32767) / 32767).astype(np.float32)


def nobody_speaks(random: Random) -> Samples:
    """Return a recording without a voice: digital silence, noise, a tone or clicks."""
    n = int(random.uniform(0.4, 5) * SAMPLE_RATE_HZ)
    kind = random.integers(5)
    if kind == 0:
        return np.zeros(n, np.float32)
    samples = colored_noise(n, random) * 10 ** random.uniform(-5, -0.8)
    if kind == 1:
        tone_hz = random.uniform(60, 4000)
        samples += random.uniform(0.01, 0.3) * np.sin(2 * np.pi * tone_hz * np.arange(n) / SAMPLE_RATE_HZ)
    if kind == 2:
        clicks = random.integers(0, n, random.integers(1, 6))
        samples[clicks] += random.uniform(-1, 1, len(clicks))
    return (np.round(np.clip(samples, -1, 1) * 32767) / 32767).astype(np.float32)
