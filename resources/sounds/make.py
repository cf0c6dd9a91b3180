"""Makes the short sounds beside this file: `python resources/sounds/make.py`.

Each is one or two notes of a struck string: pure enough that no detector of voices takes them for speech, equally loud
to the ear (A-weighting of IEC 61672), and never above a quarter of full scale.
"""

import math
import wave
from array import array
from collections.abc import Sequence
from pathlib import Path

RATE_HZ = 22_050
ATTACK_S = 0.006
RELEASE_S = 0.02
LOUDNESS = 0.09
"""Of each note, as amplitude at 1 kHz, where 1 is full scale: some 6 dB below the voice."""
PARTIALS = ((1, 1.0), (2, 0.22), (3, 0.06))
"""Multiples of the note's frequency, with their amplitudes."""

Note = tuple[float, float, float]
"""When it begins and how long it sounds, in seconds, and its frequency in Hz."""

SOUNDS: dict[str, Sequence[Note]] = {
    "start": ((0.0, 0.09, 587.3), (0.05, 0.11, 880.0)),
    "end": ((0.0, 0.09, 880.0), (0.05, 0.11, 587.3)),
    "done": ((0.0, 0.16, 784.0), (0.03, 0.13, 987.8)),
    "error": ((0.0, 0.07, 587.3), (0.1, 0.09, 415.3)),
}


def sound(notes: Sequence[Note]) -> array:
    """Return the samples of `notes`: int16, one channel."""
    length_s = max(begin + seconds for begin, seconds, _ in notes)
    samples = [0.0] * round(length_s * RATE_HZ)
    for begin_s, seconds, frequency_hz in notes:
        first = round(begin_s * RATE_HZ)
        for index in range(min(round(seconds * RATE_HZ), len(samples) - first)):
            samples[first + index] += _note(index / RATE_HZ, seconds, frequency_hz)
    return array("h", (round(32_767 * sample) for sample in samples))


def _note(at_s: float, seconds: float, frequency_hz: float) -> float:
    envelope = min(1.0, at_s / ATTACK_S) * min(1.0, (seconds - at_s) / RELEASE_S) * math.exp(-8 * at_s)
    tone = sum(amplitude * math.sin(2 * math.pi * frequency_hz * multiple * at_s) for multiple, amplitude in PARTIALS)
    return LOUDNESS / hearing(frequency_hz) * envelope * tone


def hearing(frequency_hz: float) -> float:
    """Return how loud the ear takes this frequency, beside one of 1 kHz: the A-weighting of IEC 61672-1."""
    return _a_weighting(frequency_hz) / _a_weighting(1000.0)


def _a_weighting(frequency_hz: float) -> float:
    square = frequency_hz**2
    low = math.sqrt((square + 107.7**2) * (square + 737.9**2))
    return 12_194**2 * square**2 / ((square + 20.6**2) * low * (square + 12_194**2))


def main() -> None:
    """Write every sound beside this file."""
    for name, notes in SOUNDS.items():
        with wave.open(str(Path(__file__).parent / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(sound(notes).tobytes())


if __name__ == "__main__":
    main()
