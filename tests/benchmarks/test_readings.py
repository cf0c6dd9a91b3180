"""What noisy clips are taken for: the likeliest reading alone, the best pair of speech and grammar score, and ours.

The test model knows its phrases; 0 and 4 dB of a fan's noise make it doubt them.  Commands are judged with their slots.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from etoile.catalogue import load_catalogues
from etoile.domain.match import Match
from etoile.domain.matching.matcher import Matcher
from etoile.domain.matching.readings import heard
from etoile.speech import decoding
from etoile.speech.decoding import Hypothesis, Samples
from tests.benchmarks import random_whisper
from tests.benchmarks.test_speech import words
from tests.benchmarks.wake_hour import SAMPLE_RATE_HZ, Said, fan, spoken

PHRASES = json.loads((random_whisper.TEST_MODEL.parent / "phrases.json").read_text("utf-8"))
VARIANTS = ("+Andy", "+linda", "+Mario", "+f4")
NOISES_DB = (0.0, 4.0)
GRAMMAR_WEIGHT = 0.1
"""How much a sure command counts beside the mean log-probability of a token; more won no more."""
HOTWORDS = {
    "en": "Firefox, calculator, terminal, graphics card, GPU, cluster",
    "fr": "Firefox, calculatrice, terminal, carte graphique, cluster",
}
VALUES = {
    "app": ("Firefox", "terminal", "calculator", "calculatrice"),
    "folder": ("downloads", "téléchargements"),
}

Judge = Callable[[tuple[Hypothesis, ...], str], Match]


@dataclass(frozen=True)
class Clip:
    """A phrase as it was said, in noise."""

    text: str
    language: str
    samples: Samples


@pytest.fixture(scope="module")
def clips() -> list[Clip]:
    random = np.random.default_rng(3)
    planned = [
        (entry["text"], language, noise_db, VARIANTS[(index + 2 * number) % 4])
        for language, entries in PHRASES.items()
        for index, entry in enumerate(entries)
        for number, noise_db in enumerate(NOISES_DB)
    ]
    with ThreadPoolExecutor(2) as pool:
        plain = list(pool.map(lambda one: spoken(Said(one[0], one[1] + one[3], 165, 50)), planned))
    return [
        Clip(text, language, _noisy(samples, noise_db, random))
        for (text, language, noise_db, _), samples in zip(planned, plain, strict=True)
    ]


def _noisy(samples: Samples, noise_db: float, random: np.random.Generator) -> Samples:
    padded = np.pad(0.3 * samples, SAMPLE_RATE_HZ // 4)
    noise = fan(len(padded) // SAMPLE_RATE_HZ + 1, random)[: len(padded)]
    power = float(np.mean(padded**2)) / 10 ** (noise_db / 10)
    return (padded + noise * np.sqrt(power)).astype(np.float32)


@pytest.fixture(scope="module")
def engine() -> Any:
    from faster_whisper import WhisperModel

    return WhisperModel(str(random_whisper.TEST_MODEL), device="cpu", compute_type="int8", cpu_threads=1)


@pytest.fixture(scope="module")
def readings(clips: list[Clip], engine: Any) -> list[tuple[Clip, tuple[Hypothesis, ...]]]:
    return [(clip, decoded(engine, clip).plausible) for clip in clips]


def decoded(engine: Any, clip: Clip, hotwords: str = "") -> decoding.Decoded:
    encoded = decoding.encode(engine, clip.samples, 10.0)
    return decoding.generate(engine, encoded, clip.language, len(clip.samples) / SAMPLE_RATE_HZ, hotwords)


@pytest.fixture(scope="module")
def match() -> Callable[[str, str], Match]:
    matcher = Matcher(load_catalogues(Path("nothing of the user's")), VALUES)
    return cache(matcher.match)


def meaning(found: Match) -> object:
    return (found.command, tuple(sorted(found.slots.items()))) if found.command else None


@pytest.fixture
def judges(match: Callable[[str, str], Match]) -> dict[str, Judge]:
    def ours(hypotheses: tuple[Hypothesis, ...], language: str) -> Match:
        texts = list(dict.fromkeys(one.text for one in hypotheses))
        least = hypotheses[0].log_probability - decoding.AS_LIKELY
        rivals = len({one.text for one in hypotheses if one.log_probability >= least}) - 1
        return heard(texts, lambda text: match(text, language), rivals=rivals)

    def likeliest(hypotheses: tuple[Hypothesis, ...], language: str) -> Match:
        return match(hypotheses[0].text, language)

    def best_pair(hypotheses: tuple[Hypothesis, ...], language: str) -> Match:
        def score(one: Hypothesis) -> float:
            return one.log_probability + GRAMMAR_WEIGHT * match(one.text, language).confidence

        return match(max(hypotheses, key=score).text, language)

    return {"ours": ours, "the likeliest alone": likeliest, "the best pair": best_pair}


@pytest.mark.parametrize("judge", ["ours", "the likeliest alone", "the best pair"])
@pytest.mark.parametrize("measure", ["commands run", "wrong commands run", "right commands run or offered"])
def test_noisy_commands(
    benchmark: Any,
    readings: list[tuple[Clip, tuple[Hypothesis, ...]]],
    match: Callable[[str, str], Match],
    judges: dict[str, Judge],
    judge: str,
    measure: str,
) -> None:
    """Of 268 clips; what is no command counts as wrong when one runs."""
    counts = {"commands run": 0, "wrong commands run": 0, "right commands run or offered": 0}
    for clip, hypotheses in readings:
        wanted, found = meaning(match(clip.text, clip.language)), judges[judge](hypotheses, clip.language)
        offered = [meaning(Match(text="", command=one.command, slots=one.slots)) for one in found.choices]
        counts["commands run"] += bool(found.command and meaning(found) == wanted)
        counts["wrong commands run"] += bool(found.command and meaning(found) != wanted)
        counts["right commands run or offered"] += bool(wanted and wanted in (meaning(found), *offered))
    benchmark.group = f"noisy clips: {measure}"
    benchmark.extra_info.update(value=counts[measure], unit="clips")
    if judge != "ours":
        benchmark.extra_info["peer"] = judge
    benchmark.pedantic(lambda: None, rounds=1)


@pytest.mark.parametrize("hotwords", [True, False])
def test_hotwords(benchmark: Any, clips: list[Clip], engine: Any, hotwords: bool) -> None:
    """Words wrong with the names of a machine given, beside none given."""
    from rapidfuzz.distance import Levenshtein

    wrong = total = 0
    for clip in clips[::2]:
        said = words(clip.text)
        expected = HOTWORDS[clip.language] if hotwords else ""
        wrong += Levenshtein.distance(said, words(decoded(engine, clip, expected).best.text))
        total += len(said)
    benchmark.group = "noisy clips: words wrong with hotwords"
    benchmark.extra_info.update(value=100 * wrong / total, unit="%")
    if not hotwords:
        benchmark.extra_info["peer"] = "none"
    benchmark.pedantic(lambda: None, rounds=1)
