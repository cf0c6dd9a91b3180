"""Speak every phrase of phrases.json with many espeak-ng voices and keep the clips in one file.

Use: `python make_corpus.py OUT.npz`

The archive holds `samples` (int16, 16 kHz, all clips end to end), `ends` (where each clip ends), and for each clip
`phrase` (an index into the phrases of its language), `language`, `voice` and `split` ("train" or "held-out").
"""

import json
import random
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from subprocess import run

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import resample_poly

SAMPLE_RATE_HZ = 16_000
PHRASES = Path(__file__).with_name("phrases.json")

PLAIN_VOICES = {"en": ["en", "en-us"], "fr": ["fr"]}
"""What the end-to-end tests play: heard most often in training."""
ACCENTS = {
    "en": ["en", "en-us", "en-us", "en-gb-scotland", "en-gb-x-gbclan", "en-gb-x-rp", "en-gb-x-gbcwmd", "en-029"],
    "fr": ["fr", "fr", "fr-be", "fr-ch"],
}
LEFT_OUT_VARIANTS = """
    Demonic Mr RicishayMax3 UniRobot anikaRobot announcer fast whisper
    robosoft2 robosoft4 robosoft5 robosoft6 robosoft7 robosoft8
"""
"""Robots, monsters and whispers: no way to speak to a computer."""
HELD_OUT_VARIANTS = ["Alicia", "Andy", "david", "gustave", "linda", "Mario", "Mike", "m7", "f4", "klatt4"]
"""Never heard in training; the scores of the README are on these."""

PLAIN_CLIPS_PER_PHRASE = 20
VARIANT_CLIPS_PER_PHRASE = 44


def training_variants() -> list[str]:
    """Return the names of the other voice variants of espeak-ng."""
    listing = run(["espeak-ng", "--voices=variant"], check=True, capture_output=True, text=True).stdout
    return sorted(set(re.findall(r"!v/(\S+)", listing)) - {*HELD_OUT_VARIANTS, *LEFT_OUT_VARIANTS.split()})


@dataclass(frozen=True)
class Reading:
    """One phrase, and how espeak-ng is to say it."""

    language: str
    phrase: int
    text: str
    voice: str
    speed_wpm: int
    pitch: int
    split: str


def synthesise(text: str, voice: str, speed_wpm: int = 165, pitch: int = 50) -> NDArray[np.float32]:
    """Return `text` spoken by espeak-ng: mono, 16 kHz, shape (n,), within [-1, 1]."""
    command = ["espeak-ng", "-v", voice, "-s", str(speed_wpm), "-p", str(pitch), "--stdout", text]
    wav = run(command, check=True, capture_output=True, timeout=20).stdout
    samples, rate_hz = soundfile.read(BytesIO(wav), dtype="float32")
    return np.clip(resample_poly(samples, SAMPLE_RATE_HZ, rate_hz), -1, 1).astype(np.float32)


def loosely_written(text: str, choice: random.Random) -> str:
    """Return `text`, three times in ten as a person types it: no capital, no final sign (it changes the melody)."""
    return text.rstrip(" .?").lower() if choice.random() < 0.3 else text


def readings(choice: random.Random) -> Iterator[Reading]:
    """Yield what is to be spoken, for training and for the score."""
    variants = training_variants()
    for language, phrases in json.loads(PHRASES.read_text("utf-8")).items():
        for phrase, entry in enumerate(phrases):
            for voice, speed_wpm, pitch, split in ways_to_say(language, variants, choice):
                text = loosely_written(entry["text"], choice)
                yield Reading(language, phrase, text, voice, speed_wpm, pitch, split)


def ways_to_say(language: str, variants: list[str], choice: random.Random) -> Iterator[tuple[str, int, int, str]]:
    """Yield the voice, speed, pitch and split of each clip of one phrase."""
    plain, accents = PLAIN_VOICES[language], ACCENTS[language]
    for _ in range(PLAIN_CLIPS_PER_PHRASE):
        yield choice.choice(plain), choice.randint(130, 195), choice.choice([50, 50, 45, 55]), "train"
    for _ in range(VARIANT_CLIPS_PER_PHRASE):
        voice = f"{choice.choice(accents)}+{choice.choice(variants)}"
        yield voice, choice.randint(125, 205), choice.randint(15, 90), "train"
    for variant in HELD_OUT_VARIANTS:
        yield f"{choice.choice(plain)}+{variant}", choice.randint(140, 180), 50, "held-out"


def spoken(reading: Reading) -> NDArray[np.int16]:
    samples = synthesise(reading.text, reading.voice, reading.speed_wpm, reading.pitch)
    return np.round(samples * 32767).astype(np.int16)


def main(out: Path) -> None:
    planned = list(readings(random.Random(2026)))
    with ThreadPoolExecutor(2) as pool:
        clips = list(pool.map(spoken, planned))
    np.savez(
        out,
        samples=np.concatenate(clips),
        ends=np.cumsum([len(clip) for clip in clips]),
        phrase=np.array([r.phrase for r in planned]),
        language=np.array([r.language for r in planned]),
        voice=np.array([r.voice for r in planned]),
        split=np.array([r.split for r in planned]),
    )
    print(f"{len(clips)} clips, {sum(map(len, clips)) / SAMPLE_RATE_HZ / 60:.0f} minutes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
