"""Fakes at the edges of the speech room: the sound library, the speech model, the speech engine."""

import os
import threading
from array import array
from collections.abc import Callable, Sequence
from typing import Any

from etoile.domain.events import Event
from etoile.domain.gpus import GpuReading
from etoile.domain.placement import Failure, Machine, Placement, Wish, place
from etoile.speech.keys import Chords, Key, Move
from etoile.speech.transcript import Transcript


class Clock:
    """A monotonic clock that goes only when told."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.looks = 0
        """How often it was read."""

    def __call__(self) -> float:
        self.looks += 1
        return self.now_s


class Events(list[Event]):
    """What was published, in order."""

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self if isinstance(event, kind)]


def tone(seconds: float, amplitude: int = 8000, rate_hz: int = 16_000) -> bytes:
    """Return a square wave of 200 Hz: loud, and no speech."""
    half = rate_hz // 400
    return array("h", [amplitude if (i // half) % 2 else -amplitude for i in range(round(seconds * rate_hz))]).tobytes()


class FakeStream:
    """A raw stream of sounddevice; the test plays the part of PortAudio's thread."""

    def __init__(self, library: "FakeSound", **settings: Any) -> None:
        self.library = library
        self.settings = settings
        self.latency = 0.01
        self.source = os.environ.get("PULSE_SOURCE")
        """Where the sound server leads it."""
        self.running = False
        self.aborted = False
        self.closed = False

    def start(self) -> None:
        if refusal := self.library.refuses(self.settings):
            raise self.library.PortAudioError(*refusal)
        if self.library.fails_to_start:
            raise self.library.PortAudioError("Device unavailable [PaErrorCode -9985]")
        self.running = True

    def abort(self, ignore_errors: bool = True) -> None:
        self.running = False
        self.aborted = True

    def close(self, ignore_errors: bool = True) -> None:
        self.closed = True

    def stop(self, ignore_errors: bool = True) -> None:
        raise AssertionError("stop() hangs on a suspended device")

    def feed(self, samples: bytes, overflow: bool = False) -> None:
        """Deliver blocks as a microphone does."""
        size = 2 * self.settings["blocksize"] * self.settings["channels"]
        for start in range(0, len(samples) - size + 1, size):
            block = samples[start : start + size]
            self.settings["callback"](memoryview(block), size // 2, None, overflow)

    def pull(self, frames: int) -> bytes:
        """Take sound as a loudspeaker does."""
        room = bytearray(2 * frames * self.settings["channels"])
        self.settings["callback"](memoryview(room), frames, None, False)
        return bytes(room)

    def vanish(self) -> None:
        """End as a device does that is unplugged."""
        self.running = False
        self.settings["finished_callback"]()


class FakeSound:
    """The part of sounddevice that is used."""

    class PortAudioError(Exception):
        """What sounddevice raises."""

    def __init__(self, *names: str, after_refresh: Sequence[str] | None = None) -> None:
        self.names = list(names)
        self.after_refresh = after_refresh
        self.fails_to_start = False
        self.only: tuple[int, int] | None = None
        """The rate and the channels that the device takes; None: all of them."""
        self.streams: list[FakeStream] = []
        self.refreshed = 0

    def refuses(self, settings: dict[str, Any]) -> tuple[str, int] | None:
        """Return PortAudio's error for a format that the device does not take."""
        rate_hz, channels = self.only or (settings["samplerate"], settings["channels"])
        if settings["samplerate"] != rate_hz:
            return "Invalid sample rate", -9997
        return ("Invalid number of channels", -9998) if settings["channels"] != channels else None

    def query_devices(self, device: int | None = None, kind: str | None = None) -> Any:
        rate_hz, channels = self.only or (48_000, 1)
        known = [
            {"name": name, "max_input_channels": channels, "max_output_channels": 2, "default_samplerate": rate_hz}
            for name in self.names
        ]
        if kind is not None and not known:
            raise self.PortAudioError("Error querying device -1")
        return known[device or 0] if kind is not None or device is not None else known

    def RawInputStream(self, **settings: Any) -> FakeStream:  # noqa: N802 (sounddevice's name)
        self.streams.append(FakeStream(self, **settings))
        return self.streams[-1]

    RawOutputStream = RawInputStream

    def _terminate(self) -> None:
        assert not any(stream.running for stream in self.streams), "a refresh ends every stream"
        self.refreshed += 1
        if self.after_refresh is not None:
            self.names = list(self.after_refresh)

    def _initialize(self) -> None:
        pass

    @property
    def stream(self) -> FakeStream:
        """The latest stream."""
        return self.streams[-1]


class FakeModel:
    """A speech model that is loaded at once and says what the test tells it."""

    def __init__(self, text: str = "quelle heure est-il") -> None:
        self.text = text
        self.language = "fr"
        self.missing: Exception | None = None
        self.fails: Exception | None = None
        self.fails_to_load: Exception | None = None
        self.heard: list[bytes] = []
        self.asked: list[str] = []
        self.begins = ""
        """What it makes of the beginning of an utterance."""
        self.looked_at: list[bytes] = []
        self.loads = 0
        self.cards: tuple[GpuReading, ...] = ()
        self.go = threading.Event()
        """Cleared, a transcription waits."""
        self.go.set()

    def check(self) -> None:
        if self.missing:
            raise self.missing

    def place(self, now: Placement | None, failure: Failure | None) -> Placement:
        return place(Wish(model="fake"), Machine(readings=self.cards), 0.0, now, failure)

    def load(self, placement: Placement) -> "FakeModel":
        if self.fails_to_load:
            raise self.fails_to_load
        self.loads += 1
        return self

    def close(self) -> None:
        pass

    def has_voice(self, samples: bytes, start_s: float) -> bool:
        """Whatever is not quiet is a voice."""
        return max(map(abs, memoryview(samples[2 * round(start_s * 16_000) :]).cast("h")), default=0) > 300

    has_onset = has_voice

    def first_words(self, samples: bytes, language: str, sure: float) -> str:
        self.looked_at.append(samples)
        assert self.go.wait(60), "the test forgot to let the look go"
        if self.fails:
            raise self.fails
        return self.begins

    def transcribe_pcm(self, samples: bytes, language: str, cancelled: Callable[[], bool]) -> Transcript:
        self.heard.append(samples)
        self.asked.append(language)
        assert self.go.wait(60), "the test forgot to let the transcription go"
        if self.fails:
            raise self.fails
        return Transcript(
            text=self.text,
            language=self.language,
            audio_s=len(samples) / 32_000,
            speech_s=1.0,
            elapsed_ms=1.0,
            model="fake",
            device="cpu",
        )


class FakeKeyboard:
    """Keys whose moves the test makes; a bare move is the talk key's."""

    def __init__(self) -> None:
        self.chords: Chords = {}
        self.moves: list[tuple[Key, Move] | Move | Exception | None] = []
        self.waits: list[float | None] = []
        self.down: bool | None = True
        """What it tells of a key that is asked for."""
        self.changed = threading.Condition()
        self.closed = False

    def move(self, *moves: tuple[Key, Move] | Move | Exception | None) -> None:
        with self.changed:
            self.moves.extend(moves)
            self.changed.notify()

    def next_move(self, wait_s: float | None) -> tuple[Key, Move] | None:
        with self.changed:
            self.waits.append(wait_s)
            self.changed.wait_for(lambda: self.moves, 5)
            move = self.moves.pop(0)
        if isinstance(move, Exception):
            raise move
        return (Key.TALK, move) if isinstance(move, Move) else move

    def is_down(self, key: Key) -> bool | None:
        return self.down

    def wake(self) -> None:
        self.move(None)

    def close(self) -> None:
        self.closed = True
