"""The ears and the voice in a process of their own, on whatever sound server there is: `python -m tests.speech.live`.

Orders come in, one a line ("record 1", "transcribe 1", "discard 1", "say fr Bonjour.", "hush"); what happens goes out,
one JSON object a line, with the time by the monotonic clock.  The speech model is the gate alone: it answers "speech"
where the detector hears some; `--model FOLDER` takes a real one.
"""

import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from etoile.config import Speech
from etoile.domain.effects import Earcon
from etoile.domain.events import Event
from etoile.domain.placement import Failure, Machine, Placement, Wish, place
from etoile.speech.ears import Ears
from etoile.speech.transcript import Transcript
from etoile.speech.voice import Voice
from etoile.speech.whisper import hear


class Gate:
    """Says whether there is speech, not which."""

    def check(self) -> None:
        pass

    def place(self, now: Placement | None, failure: Failure | None) -> Placement:
        return place(Wish(model="gate"), Machine(), 0.0, now, failure)

    def load(self, placement: Placement) -> "Gate":
        hear(np.ones(16_000, np.float32))
        return self

    def close(self) -> None:
        pass

    def has_voice(self, samples: bytes, start_s: float) -> bool:
        return any(samples[2 * round(start_s * 16_000) :])

    has_onset = has_voice

    def first_words(self, samples: bytes, language: str, sure: float) -> str:
        return ""

    def transcribe_pcm(self, samples: bytes, language: str, cancelled: Callable[[], bool]) -> Transcript:
        speech = hear(np.frombuffer(samples, np.int16).astype(np.float32) / 32_768)
        return Transcript(
            text="speech" if speech.seconds > 0.1 else "",
            language="fr",
            audio_s=len(samples) / 32_000,
            speech_s=speech.seconds,
            elapsed_ms=1.0,
            model="gate",
            device="cpu",
        )


def publish(event: Event) -> None:
    told = {"event": type(event).__name__, "at_s": time.monotonic(), **dataclasses.asdict(event)}
    print(json.dumps(told, default=str), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--model")
    parser.add_argument("--microphone")
    options = parser.parse_args()
    speech = Speech(model=options.model or "base", language="auto", microphone=options.microphone)
    model = None if options.model else Gate()
    with Ears(speech, publish, recordings=options.recordings, model=model) as ears, Voice(speech, publish) as voice:
        print(json.dumps({"event": "Ready", "at_s": time.monotonic()}), flush=True)
        for line in sys.stdin:
            match line.split(maxsplit=2):
                case ["handsfree", turn]:
                    ears.record(int(turn), hands_free=True)
                case ["record" | "transcribe" | "discard" as order, turn]:
                    getattr(ears, order)(int(turn))
                case ["say", language, text]:
                    voice.say(1, text, language, last=True)
                case ["cue", earcon]:
                    voice.cue(Earcon(earcon))
                case ["hush"]:
                    voice.hush()
                    print(json.dumps({"event": "Hushed", "at_s": time.monotonic()}), flush=True)


if __name__ == "__main__":
    main()
