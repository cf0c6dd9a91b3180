"""A piece of sound in memory: 16 bits a sample."""

import io
import wave
from array import array
from dataclasses import dataclass, replace

from etoile.errors import VoiceUnavailable
from etoile.text import message

EDGE_S = 0.003
"""Sound rises from silence and falls back to it within this time: a step would be heard as a click."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Sound: int16, native order, channels interleaved."""

    rate_hz: int
    channels: int
    samples: bytes

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / (2 * self.channels * self.rate_hz)

    def with_soft_edges(self) -> "Clip":
        """Return the clip rising from silence and ending in it."""
        edge = round(EDGE_S * self.rate_hz) * self.channels
        samples = array("h", self.samples[: len(self.samples) // 2 * 2])
        edge = min(edge, len(samples) // 2)
        for index in range(edge):
            samples[index] = samples[index] * index // edge
            samples[-1 - index] = samples[-1 - index] * index // edge
        return replace(self, samples=samples.tobytes())


def faded_out(samples: bytes, channels: int, rate_hz: int) -> bytes:
    """Return the beginning of `samples` as it falls to silence, for sound that is cut off."""
    length = min(len(samples) // 2, round(EDGE_S * rate_hz) * channels)
    falling = array("h", samples[: 2 * length])
    for index in range(length):
        falling[index] = falling[index] * (length - index) // length
    return falling.tobytes()


def read_wav(content: bytes) -> Clip:
    """Return the sound in a WAV file; one that was streamed and tells a wrong length counts as far as it goes.

    Raises VoiceUnavailable when it holds no sound of 16 bits.
    """
    try:
        with wave.open(io.BytesIO(content), "rb") as file:
            bits, frame = 8 * file.getsampwidth(), file.getsampwidth() * file.getnchannels()
            samples = file.readframes(min(file.getnframes(), len(content) // frame))
            clip = Clip(file.getframerate(), file.getnchannels(), samples)
    except (wave.Error, EOFError, ZeroDivisionError) as error:
        raise VoiceUnavailable(message("The speech engine gave no sound: {error}.", error=str(error))) from error
    if bits != 16:
        raise VoiceUnavailable(
            message("The speech engine gave sound of {bits} bits a sample: 16 are played.", bits=bits)
        )
    if not clip.samples:
        raise VoiceUnavailable(message("The speech engine gave no sound: {error}.", error="0 samples"))
    return clip
