"""Print how often the model is exactly right, through the unmodified faster-whisper, as a table for the README.

Use: `python score.py CORPUS.npz [FOLDER [CLIPS]]`

The speech is the held-out part of the corpus (voice variants that were never trained with) and, apart, the plain
voices: they were trained with, but these recordings of them are new.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faster_whisper.transcribe
import numpy as np
from convert import MODEL_FOLDER
from faster_whisper import WhisperModel
from make_corpus import PHRASES, PLAIN_VOICES, SAMPLE_RATE_HZ, synthesise
from rooms import Random, Samples, colored_noise, nobody_speaks

Clip = tuple[str, str, str, Samples]
"""Language, voice, text, samples."""
NOISE_DB = 15
HOTWORDS = "Firefox GPU cluster Etoile qwen docker nginx volume musique Python"
TEXTS = {
    language: [entry["text"] for entry in entries]
    for language, entries in json.loads(PHRASES.read_text("utf-8")).items()
}


def normalised(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.lower()))


def in_a_recording(samples: Samples, random: Random, noisy: bool = False) -> Samples:
    """Return `samples` at a random loudness, with up to half a second of silence before and after."""
    before, after = (int(random.uniform(0, 0.5) * SAMPLE_RATE_HZ) for _ in range(2))
    samples = np.pad(samples * random.uniform(0.1, 1), (before, after)).astype(np.float32)
    if noisy:
        loudness = np.sqrt(np.mean(samples**2))
        samples = samples + colored_noise(len(samples), random) * loudness * 10 ** (-NOISE_DB / 20)
    return samples.astype(np.float32)


def held_out(corpus: Path, clips: int, random: Random) -> list[Clip]:
    data = np.load(corpus)
    ends = data["ends"]
    starts = np.concatenate([[0], ends[:-1]])
    samples = data["samples"]
    chosen = random.permutation(np.flatnonzero(data["split"] == "held-out"))[:clips]
    return [
        (
            str(data["language"][index]),
            str(data["voice"][index]).partition("+")[2],
            TEXTS[str(data["language"][index])][data["phrase"][index]],
            samples[starts[index] : ends[index]].astype(np.float32) / 32768,
        )
        for index in chosen
    ]


def plain() -> list[Clip]:
    return [
        (language, voice, text, synthesise(text, voice, speed_wpm))
        for language, texts in TEXTS.items()
        for voice in PLAIN_VOICES[language]
        for text in texts
        for speed_wpm in [150, 175]
    ]


def share(right: list[bool]) -> str:
    return f"{100 * np.mean(right):.1f} %"


def main(corpus: Path, folder: Path, clips: int) -> None:
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
    random = np.random.default_rng(7)
    wrong: dict[str, int] = defaultdict(int)

    def heard(samples: Samples, language: str | None, **options: Any) -> tuple[str, str]:
        segments, info = model.transcribe(
            samples, language=language, condition_on_previous_text=False, **{"without_timestamps": True, **options}
        )
        return " ".join(segment.text for segment in segments), info.language

    def row(name: str, spoken: list[Clip], noisy: bool = False, told: bool = True, **options: Any) -> None:
        exact, recognised, voices = [], [], defaultdict(list)
        for language, voice, text, samples in spoken:
            recording = in_a_recording(samples, random, noisy)
            transcript, guessed = heard(recording, language if told else None, **options)
            exact.append(normalised(transcript) == normalised(text))
            recognised.append(guessed == language)
            voices[voice].append(exact[-1])
            if not exact[-1]:
                wrong[f"{text} -> {transcript.strip()}"] += 1
        found = "given" if told else share(recognised)
        print(f"| {name} | {len(spoken)} | {share(exact)} | {found} |", flush=True)
        if name.endswith("by voice"):
            for voice, right in sorted(voices.items()):
                print(f"| - {voice} | {len(right)} | {share(right)} | {found} |")

    print("| recordings | clips | exactly right | language |\n|---|---|---|---|")
    usual, unknown = plain(), held_out(corpus, clips, random)
    row("plain voices", usual)
    row("plain voices, language to be found", usual, told=False)
    row(f"plain voices, noise {NOISE_DB} dB below", usual, noisy=True)
    row("plain voices, VAD, timestamps", usual, vad_filter=True, without_timestamps=False)
    row("held-out voices, by voice", unknown)
    row("held-out voices, language to be found", unknown, told=False)
    row(f"held-out voices, noise {NOISE_DB} dB below", unknown, noisy=True)
    row("held-out voices, VAD, timestamps", unknown, vad_filter=True, without_timestamps=False)
    row("held-out voices, ten hotwords", unknown, hotwords=HOTWORDS)
    whole: Callable[..., Any] = faster_whisper.transcribe.pad_or_trim
    faster_whisper.transcribe.pad_or_trim = lambda features, **_: whole(features, features.shape[-1] // 2 * 2 + 100)
    row("held-out voices, short encoder context", unknown)
    faster_whisper.transcribe.pad_or_trim = whole
    empty = [heard(nobody_speaks(random), language)[0] == "" for language in ["en", "fr", None] for _ in range(30)]
    print(f"| silence, noise, tones: nothing heard | {len(empty)} | {share(empty)} | |")
    worst = sorted(wrong.items(), key=lambda item: -item[1])[:40]
    print("\n".join(f"{count} x {what}" for what, count in worst), file=sys.stderr)


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        Path(sys.argv[2]) if len(sys.argv) > 2 else MODEL_FOLDER,
        int(sys.argv[3]) if len(sys.argv) > 3 else 600,
    )
