"""From a device's own rate to 16 kHz, block by block, without what lies above 8 kHz folding back into the speech."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

TARGET_HZ = 16_000
PASS_HZ = 6_800
"""Up to here nothing is lost: the Mel bands of Whisper that matter for speech end below."""
STOP_HZ = 8_000
"""From here on, what would fold back is gone, by `STOP_DB`."""
STOP_DB = 80.0
LARGEST_PHASES = 640
"""Rates that share no larger factor with 16 kHz are of no device."""


class Resampler:
    """Turns blocks of one stream into mono at 16 kHz; remembers what the next block needs of the former ones."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        common = math.gcd(rate_hz, TARGET_HZ)
        self._up, self._down = TARGET_HZ // common, rate_hz // common
        if self._up > LARGEST_PHASES:
            raise ValueError(f"{rate_hz} Hz is no rate of a sound card")
        self._channels = channels
        self._filters = _phases(self._up, self._down)
        self._past = np.zeros(self._filters.shape[1] - 1)
        self._next = 0
        """Where the next sample to make lies behind the first one of the next block, in steps of 1/up of a sample."""

    def resample(self, block: bytes) -> bytes:
        """Return `block` (int16, interleaved) as int16, mono, 16 kHz, about a millisecond late."""
        samples = np.frombuffer(block, np.int16).astype(np.float64)
        mono = samples.reshape(-1, self._channels).mean(axis=1)
        known = np.concatenate([self._past, mono])
        at = np.arange(self._next, len(mono) * self._up, self._down)
        self._next += len(at) * self._down - len(mono) * self._up
        self._past = known[len(mono) :]
        windows = np.lib.stride_tricks.sliding_window_view(known, self._filters.shape[1])
        made: NDArray[np.float64] = np.vecdot(windows[at // self._up], self._filters[at % self._up])
        return bytes(np.clip(np.rint(made), -32_768, 32_767).astype(np.int16))


@lru_cache(maxsize=4)
def _phases(up: int, down: int) -> NDArray[np.float64]:
    """Return the low-pass as `up` filters, each for one place between two samples, newest sample last.

    A windowed sinc (Kaiser): its length and shape follow from the transition band and the attenuation, by Kaiser's own
    formulas (Oppenheim and Schafer, Discrete-Time Signal Processing, 7.6).
    """
    rate_hz = TARGET_HZ * down  # the least common multiple of both rates
    nyquist_hz = rate_hz / up / 2
    passed_hz, stopped_hz = min(PASS_HZ, 0.85 * nyquist_hz), min(STOP_HZ, nyquist_hz)
    width = 2 * math.pi * (stopped_hz - passed_hz) / rate_hz
    taps = math.ceil((STOP_DB - 7.95) / (2.285 * width))
    taps += -taps % up
    cutoff = (passed_hz + stopped_hz) / rate_hz
    centre = (taps - 1) / 2
    sinc = cutoff * np.sinc(cutoff * (np.arange(taps) - centre))
    low_pass = up * sinc * np.kaiser(taps, 0.1102 * (STOP_DB - 8.7))
    return np.ascontiguousarray(low_pass.reshape(-1, up).T[:, ::-1])
