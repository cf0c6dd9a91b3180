"""The wake word over an hour of a room: what it costs, how often nobody called, how many calls are heard.

The words are heard by weights that know them (tests/speech_model/wake); what a look costs is measured on the shapes of
`base`, with random weights.  Everything is espeak-ng's and arithmetic's: the rate with people is unproven.
"""

import lzma
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from etoile.config import Speech
from etoile.domain.waking import request_after
from etoile.speech.capture import BLOCK_S, BLOCK_SAMPLES, loudness_db
from etoile.speech.pauses import Pauses
from etoile.speech.recorder import WOKEN_SILENCE_S
from etoile.speech.silence import Silence
from etoile.speech.watching import WakeWatch
from etoile.speech.whisper import Whisper, has_voice
from tests.benchmarks import random_whisper
from tests.benchmarks.wake_hour import SAMPLE_RATE_HZ, Samples, Scene, hour

WORD = "jarvis"
SURE = Speech().wake_threshold
BYTES = 2 * BLOCK_SAMPLES
CALL_LASTS_S = 4.0
"""A look this long after a call began still belongs to it."""
WAKE_MODEL = random_whisper.TEST_MODEL.parent / "wake"


@dataclass
class Heard:
    """What a scene came to."""

    scene: Scene
    looks: list[bytes] = field(default_factory=list)
    called_s: list[float] = field(default_factory=list)
    """When the first look took something for the word."""
    recorded_s: list[float] = field(default_factory=list)
    """When the whole utterance began with it as well."""
    watch_cpu_s: float = 0.0

    def hits(self, when_s: list[float]) -> int:
        return sum(any(0 <= at - call < CALL_LASTS_S for at in when_s) for call in self.scene.calls_s)

    def false(self, when_s: list[float]) -> int:
        return sum(not any(0 <= at - call < CALL_LASTS_S for call in self.scene.calls_s) for at in when_s)


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Heard]:
    """The hour, faster than it would take."""
    folder = tmp_path_factory.mktemp("wake")
    shutil.copytree(random_whisper.TEST_MODEL, folder, dirs_exist_ok=True)
    (folder / "model.bin").write_bytes(lzma.decompress((WAKE_MODEL / "model.bin.xz").read_bytes()))
    whisper = _opened(folder)
    return {scene.name: _listen(scene, whisper) for scene in hour()}


@pytest.fixture(scope="module")
def look_cpu_s(tmp_path_factory: pytest.TempPathFactory, heard: dict[str, Heard]) -> float:
    """What a look takes with the shapes of `base`, on one thread."""
    base = _opened(random_whisper.make(tmp_path_factory.mktemp("base")))
    looks = [samples for each in heard.values() for samples in each.looks][:20]
    base.first_words(looks[0], "auto", 0.0)
    started_s = time.process_time()
    for samples in looks:
        base.first_words(samples, "auto", 0.0)
    return (time.process_time() - started_s) / len(looks)


def _opened(folder: Path) -> Whisper:
    from faster_whisper import WhisperModel

    engine = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
    return Whisper(engine, model=folder.name, device="cpu", context_s=10.0)


def _listen(scene: Scene, whisper: Whisper) -> Heard:
    """Watch over a scene, and record where somebody seems to call, as the microphone's thread does."""
    found, watch = Heard(scene), WakeWatch(has_voice)
    blocks = _blocks(scene.samples)
    for at, block in blocks:
        started_s = time.process_time()
        samples = watch.fed(block)
        found.watch_cpu_s += time.process_time() - started_s
        if samples is None:
            continue
        found.looks.append(samples)
        request = request_after(whisper.first_words(samples, "auto", SURE), WORD)
        watch.answered(called=request is not None)
        if request is None:
            continue
        began_s = at * BLOCK_S
        found.called_s.append(began_s)
        whole = _recorded(b"".join(watch.kept), blocks, spoken=bool(request))
        if request_after(whisper.transcribe_pcm(whole, "auto", lambda: False).text, WORD) is not None:
            found.recorded_s.append(began_s)
        watch.reset()
    return found


def _blocks(samples: Samples) -> Iterator[tuple[int, bytes]]:
    pcm = (samples * 32_767).astype(np.int16).tobytes()
    yield from enumerate(pcm[start : start + BYTES] for start in range(0, len(pcm) - BYTES + 1, BYTES))


def _recorded(past: bytes, blocks: Iterator[tuple[int, bytes]], *, spoken: bool) -> bytes:
    """Return the utterance to its end: it goes on until nobody speaks any more."""
    silence, pauses, whole = Silence(WOKEN_SILENCE_S, spoken=spoken), Pauses(), bytearray(past)
    for _, block in blocks:
        whole += block
        pauses, _ = pauses.fed(loudness_db(block), BLOCK_S)
        end = bytes(whole[-round(0.6 * SAMPLE_RATE_HZ) * 2 :])
        if silence.is_over(BLOCK_S, pauses.quiet_s, lambda last_s, end=end: has_voice(end, 0.6 - last_s)):
            break
    return bytes(whole)


def _report(benchmark: Any, group: str, value: float, unit: str, **more: Any) -> None:
    benchmark.group = f"wake word: {group}"
    benchmark.extra_info.update(value=value, unit=unit, **more)
    benchmark.pedantic(lambda: None, rounds=1)


@pytest.mark.parametrize("scene", ["silence", "fans", "music", "talk"])
def test_cost(benchmark: Any, heard: dict[str, Heard], look_cpu_s: float, scene: str) -> None:
    """Of one core, with the model `base` on the CPU; without PortAudio's own thread."""
    found = heard[scene]
    looking_s = len(found.looks) * look_cpu_s
    percent = 100 * (found.watch_cpu_s + looking_s) / found.scene.seconds
    watching = 100 * found.watch_cpu_s / found.scene.seconds
    _report(
        benchmark, f"CPU, {scene}", percent, "%", looks=len(found.looks), watching=watching, look_ms=1000 * look_cpu_s
    )


@pytest.mark.parametrize("look", ["first look", "whole utterance"])
def test_false_starts(benchmark: Any, heard: dict[str, Heard], look: str) -> None:
    """Of the whole hour: half of it is speech, with many words like the wake word, and all of it begins anew."""
    times = {name: each.called_s if look == "first look" else each.recorded_s for name, each in heard.items()}
    false = {name: each.false(times[name]) for name, each in heard.items()}
    _report(benchmark, f"false starts, {look}", sum(false.values()), "an hour", by_scene=false)


@pytest.mark.parametrize("look", ["first look", "whole utterance"])
def test_hits(benchmark: Any, heard: dict[str, Heard], look: str) -> None:
    found = heard["talk with calls"]
    hits = found.hits(found.called_s if look == "first look" else found.recorded_s)
    calls = len(found.scene.calls_s)
    _report(benchmark, f"calls heard, {look}", 100 * hits / calls, "%", hits=hits, calls=calls)
