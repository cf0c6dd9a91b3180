"""From the release of the key to its text, beside faster-whisper called plainly: same clips, same weights, one thread.

Time is measured on the shapes of `base` with random weights, a fixed number of tokens and no guards on either side;
words on the tiny model of tests/speech_model, which knows its phrases.  Where decoding alone counts, time is the
processor's.
"""

import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from etoile.config import Speech
from etoile.domain.events import TalkPressed, Transcribed
from etoile.domain.placement import Failure, Machine, Placement, Wish, place
from etoile.domain.spoken import sentences
from etoile.speech import decoding
from etoile.speech.audio_files import read_audio
from etoile.speech.capture import BLOCK_S, BLOCK_SAMPLES
from etoile.speech.decoding import Decoded, Samples
from etoile.speech.ears import Ears
from etoile.speech.hotkeys import TalkKey
from etoile.speech.microphone import Microphone
from etoile.speech.playback import Sound
from etoile.speech.sound import SoundCard
from etoile.speech.spans import SAMPLE_RATE_HZ
from etoile.speech.spoken import speakable
from etoile.speech.synthesiser import Synthesiser
from etoile.speech.voice import Voice
from etoile.speech.whisper import Whisper
from tests.benchmarks import random_whisper
from tests.benchmarks.opening import PAUSE_S
from tests.desktop.rig import Desktop
from tests.desktop.sound import Recording
from tests.speech.fakes import Events, FakeSound
from tests.speech.test_on_the_desktop import LONG, ROOT, Live
from tests.waiting import wait_until

PEER = "faster-whisper"
TOKENS = 12
PHRASES = json.loads((random_whisper.TEST_MODEL.parent / "phrases.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return _opened(random_whisper.make(tmp_path_factory.mktemp("base")))


@pytest.fixture(scope="module")
def tiny() -> Any:
    return _opened(random_whisper.TEST_MODEL)


def _opened(folder: Path) -> Any:
    from faster_whisper import WhisperModel

    engine = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)
    engine.model_folder = str(folder)
    return engine


@contextmanager
def without_guards() -> Iterator[None]:
    """Random weights say nothing believable: every clip gets its tokens, and no second look."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "TOKENS_AT_LEAST", TOKENS)
        patch.setattr(decoding, "TOKENS_PER_S", 0)
        patch.setattr(Decoded, "is_doubtful", False)
        patch.setattr(Decoded, "is_silence", False)
        yield


@pytest.fixture
def unguarded() -> Iterator[None]:
    with without_guards():
        yield


def spoken(text: str, voice: str, folder: Path) -> Samples:
    """Return `text` as espeak-ng says it, with a quarter of a second of silence around it."""
    assert shutil.which("espeak-ng"), "needs espeak-ng"
    file = folder / "said.wav"
    subprocess.run(["espeak-ng", "-v", voice, "-s", "160", "-w", str(file), text], check=True, timeout=20)
    return np.pad(read_audio(file), SAMPLE_RATE_HZ // 4)


def clip(seconds: float, folder: Path) -> Samples:
    """Return speech of this length."""
    said = spoken("Quelle heure est-il ? Mets le volume à quarante pour cent, et ouvre la fenêtre. " * 2, "fr", folder)
    return said[: round(seconds * SAMPLE_RATE_HZ)]


def plainly(engine: Any, samples: Samples, language: str, **settings: Any) -> str:
    segments, _ = engine.transcribe(samples, language=language, without_timestamps=True, **settings)
    return " ".join(segment.text.strip() for segment in segments)


UNGUARDED = {"temperature": 0.0, "log_prob_threshold": None, "compression_ratio_threshold": None}


CLIPS_S = (1, 2, 3, 5)
ROUNDS = 9


@dataclass(frozen=True)
class Times:
    """What decoding took, in ms of CPU: on one thread that is its time on an idle core, however busy the machine is."""

    ours: list[float]
    peers: list[float]


@pytest.fixture(scope="module")
def times(base: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Times]:
    """The times for each length of a clip; both sides in turn, so that they share what the machine is like."""
    whisper = Whisper(base, model="base", device="cpu", context_s=10.0)
    found = {}
    with without_guards():
        for seconds in CLIPS_S:
            samples = clip(seconds, tmp_path_factory.mktemp("clip"))
            found[seconds] = measured = Times([], [])
            for _ in range(ROUNDS + 1):
                measured.ours.append(cpu_ms(lambda said=samples: whisper.transcribe(said, "fr")))
                measured.peers.append(
                    cpu_ms(lambda said=samples: plainly(base, said, "fr", **UNGUARDED, max_new_tokens=TOKENS))
                )
    return {seconds: Times(both.ours[1:], both.peers[1:]) for seconds, both in found.items()}


def cpu_ms(call: Callable[[], object]) -> float:
    """Return what `call` takes of the processor."""
    started_s = time.process_time()
    call()
    return (time.process_time() - started_s) * 1000


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[round(percent / 100 * (len(values) - 1))]


@pytest.mark.parametrize("percent", [50, 95])
@pytest.mark.parametrize("seconds", CLIPS_S)
def test_release_to_text(benchmark: Any, times: dict[int, Times], seconds: int, percent: int) -> None:
    value = percentile(times[seconds].ours, percent)
    _report(benchmark, f"release to text, {seconds} s, p{percent}", [value])


@pytest.mark.parametrize("percent", [50, 95])
@pytest.mark.parametrize("seconds", CLIPS_S)
def test_release_to_text_plainly(benchmark: Any, times: dict[int, Times], seconds: int, percent: int) -> None:
    value = percentile(times[seconds].peers, percent)
    _report(benchmark, f"release to text, {seconds} s, p{percent}", [value], peer=PEER)


class Held:
    """The ears with a real model, and a microphone that delivers at the pace of speech."""

    def __init__(self, engine: Any) -> None:
        self._events = Events()
        self._library = FakeSound("mic")
        microphone = Microphone(None, SoundCard(lambda: self._library))
        self.ears = Ears(
            Speech(language="fr"), self._events.append, recordings=None, microphone=microphone, model=Loaded(engine)
        )
        self._turn = 0

    def release_to_text_ms(self, samples: bytes) -> float:
        """Hold the key for as long as `samples` last; return how long after its release the text is there."""
        self._turn += 1
        streams = len(self._library.streams)
        self.ears.record(self._turn)
        wait_until(lambda: len(self._library.streams) > streams and self._library.stream.running)
        self._feed(samples)
        released_s = time.monotonic()
        self.ears.transcribe(self._turn)
        while not self._told():
            if not self._library.stream.closed:
                self._library.stream.feed(bytes(2 * BLOCK_SAMPLES))
            self._wait_for_text(BLOCK_S)
        return (time.monotonic() - released_s) * 1000

    def _feed(self, samples: bytes) -> None:
        due_s = time.monotonic()
        for start in range(0, len(samples), 2 * BLOCK_SAMPLES):
            due_s += BLOCK_S
            time.sleep(max(0.0, due_s - time.monotonic()))
            self._library.stream.feed(samples[start : start + 2 * BLOCK_SAMPLES])

    def _wait_for_text(self, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s and not self._told():
            time.sleep(0.001)

    def _told(self) -> bool:
        return any(event.turn == self._turn for event in self._events.of(Transcribed))


@dataclass(frozen=True)
class Loaded:
    """A model that is loaded already."""

    engine: Any

    def check(self) -> None:
        pass

    def has_onset(self, samples: bytes, start_s: float) -> bool:
        return True

    def place(self, now: Placement | None, failure: Failure | None) -> Placement:
        return place(Wish(model="base"), Machine(), 0.0, now, failure)

    def load(self, placement: Placement) -> Whisper:
        return Whisper(self.engine, model="base", device="cpu", context_s=10.0)


@pytest.mark.parametrize("silence_s", [0.0, 0.3])
def test_release_of_the_key(benchmark: Any, base: Any, unguarded: None, silence_s: float, tmp_path: Path) -> None:
    """Everything counts here: the tail, the look ahead that may still run, and what is left to do.

    By the clock, since it is mostly waiting; without silence the median, since a look ahead may be under way or not.
    Behind silence the same happens each time, so the least of both sides counts: more is what else the machine did.
    """
    said = np.concatenate([clip(3, tmp_path), np.zeros(round(silence_s * SAMPLE_RATE_HZ), np.float32)])
    held = Held(base)
    with held.ears:
        held.release_to_text_ms(pcm(said))
        ms = [held.release_to_text_ms(pcm(said)) for _ in range(7)]
    _report_release(benchmark, silence_s, ms)


@pytest.mark.parametrize("silence_s", [0.0, 0.3])
def test_release_of_the_key_plainly(benchmark: Any, base: Any, silence_s: float, tmp_path: Path) -> None:
    said = np.concatenate([clip(3, tmp_path), np.zeros(round(silence_s * SAMPLE_RATE_HZ), np.float32)])
    plainly(base, said, "fr", **UNGUARDED, max_new_tokens=TOKENS)
    ms = []
    for _ in range(5):
        started_s = time.monotonic()
        plainly(base, said, "fr", **UNGUARDED, max_new_tokens=TOKENS)
        ms.append((time.monotonic() - started_s) * 1000)
    _report_release(benchmark, silence_s, ms, peer=PEER)


def _report_release(benchmark: Any, silence_s: float, ms: list[float], peer: str | None = None) -> None:
    _report(benchmark, f"release of the key, {silence_s:g} s after the last word", ms, peer)
    if silence_s:
        benchmark.extra_info["value"] = min(ms)


def test_first_call_after_ready(benchmark: Any, base: Any, unguarded: None, tmp_path: Path) -> None:
    """What is said to be ready has inferred already; the peer here is the same model, later."""
    samples = clip(3, tmp_path)
    whisper = Whisper(_again(base), model="base", device="cpu", context_s=10.0)
    whisper.warm_up()
    _report(benchmark, "first call after ready", [_timed_ms(whisper, samples)])


def test_later_calls(benchmark: Any, base: Any, unguarded: None, tmp_path: Path) -> None:
    samples = clip(3, tmp_path)
    whisper = Whisper(base, model="base", device="cpu", context_s=10.0)
    _report(benchmark, "first call after ready", [_timed_ms(whisper, samples) for _ in range(7)], peer="later calls")


def _again(engine: Any) -> Any:
    """Return the model of `engine`, loaded anew."""
    return _opened(Path(engine.model_folder))


def _timed_ms(whisper: Whisper, samples: Samples) -> float:
    return cpu_ms(lambda: whisper.transcribe(samples, "fr"))


def pcm(samples: Samples) -> bytes:
    return (samples * 32_767).astype(np.int16).tobytes()


def _report(benchmark: Any, group: str, ms: list[float], peer: str | None = None) -> None:
    """Report the median of what was timed here; the benchmark itself runs nothing."""
    benchmark.group = group
    benchmark.extra_info.update(value=statistics.median(ms), unit="ms", all_ms=[round(each) for each in ms])
    if peer:
        benchmark.extra_info["peer"] = peer
    benchmark.pedantic(lambda: None, rounds=1)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def wrong_words_percent(transcribe: Callable[[Samples, str], str], folder: Path) -> float:
    """Return how many words of the phrases, in a voice that was not trained with, come out wrong: 0 to 100."""
    from rapidfuzz.distance import Levenshtein

    wrong = total = 0
    for language, phrases in PHRASES.items():
        for phrase in phrases:
            said = words(phrase["text"])
            wrong += Levenshtein.distance(
                said, words(transcribe(spoken(phrase["text"], f"{language}+f4", folder), language))
            )
            total += len(said)
    return 100 * wrong / total


def test_words_wrong(benchmark: Any, tiny: Any, tmp_path: Path) -> None:
    whisper = Whisper(tiny, model="tiny", device="cpu", context_s=10.0)
    _measure_words(benchmark, lambda samples, language: whisper.transcribe(samples, language).text, tmp_path)


def test_words_wrong_plainly(benchmark: Any, tiny: Any, tmp_path: Path) -> None:
    benchmark.extra_info["peer"] = PEER
    _measure_words(benchmark, lambda samples, language: plainly(tiny, samples, language), tmp_path)


def _measure_words(benchmark: Any, transcribe: Callable[[Samples, str], str], folder: Path) -> None:
    benchmark.group = "words wrong"
    benchmark.extra_info["unit"] = "%"
    benchmark.extra_info["value"] = benchmark.pedantic(wrong_words_percent, (transcribe, folder), rounds=1)


# Microphone and key, on the virtual desktop with its own sound server

OPENINGS = 15


@pytest.fixture(scope="module")
def live(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with Live(desktop, tmp_path_factory.mktemp("recordings")) as running:
        yield running


def test_key_down_to_first_sample(benchmark: Any, live: Live) -> None:
    """The microphone was used shortly before, and is still open; the very first use opens it as the peer does."""
    ms = []
    for turn in range(1, OPENINGS + 2):
        pressed_s = time.monotonic()
        live.order("record", turn)
        ms.append((live.wait("RecordingStarted", turn)["at_s"] - pressed_s) * 1000)
        live.order("discard", turn)
        time.sleep(PAUSE_S)
    _report(benchmark, "key down to first sample", ms[1:])


def test_key_down_to_first_sample_plainly(benchmark: Any, desktop: Desktop) -> None:
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'app'}"}
    printed = desktop.run(sys.executable, "-m", "tests.benchmarks.opening", str(OPENINGS), env=environment)
    _report(benchmark, "key down to first sample", [float(line) for line in printed.split()], peer="sounddevice")


@pytest.mark.parametrize("by", ["stop talking", "key down"])
def test_silence(benchmark: Any, desktop: Desktop, live: Live, by: str) -> None:
    """What the loudspeaker plays, as it is recorded there; the recorder's own lag of up to 40 ms is within."""
    ms = []
    with desktop.record_speaker() as recording, watching_key(desktop, lambda: live.order("hush")):
        for _ in range(12):
            heard_s = recording.loud_s()
            live.order("say", "fr", LONG)
            wait_until(lambda heard_s=heard_s: recording.loud_s() > heard_s + 0.5)
            length = len(recording.samples())
            if by == "key down":
                desktop.xdotool("key", "F9")
            else:
                live.order("hush")
            wait_until(lambda length=length: len(recording.samples()) > length + Recording.RATE_HZ // 2)
            ms.append(last_sound_ms(recording.samples()[length:]))
    _report(benchmark, f"silence after {by}, 95th percentile", [sorted(ms)[round(0.95 * (len(ms) - 1))]])
    benchmark.extra_info["all_ms"] = [round(each) for each in ms]


@contextmanager
def watching_key(desktop: Desktop, pressed: Callable[[], None]) -> Iterator[None]:
    """Call `pressed` when F9 goes down on the desktop."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISPLAY", desktop.env["DISPLAY"])
        patch.setenv("XDG_SESSION_TYPE", "x11")
        patch.delenv("WAYLAND_DISPLAY", raising=False)
        with TalkKey("F9", lambda event: pressed() if isinstance(event, TalkPressed) else None) as key:
            wait_until(lambda: key._keyboard)
            yield


def last_sound_ms(samples: Any) -> float:
    """Return when the last of `samples` is loud, in ms from their beginning."""
    loud = np.flatnonzero(np.abs(np.asarray(samples, np.int32)) > 100)
    return float(loud[-1] + 1) / Recording.RATE_HZ * 1000 if len(loud) else 0.0


# The voice

ANSWER = """\
To free the memory of that card, unload the models that nobody has used for a while. The first one, qwen3 30b, takes \
18.4 GB of the 24 GB, and it has been idle for two hours; the second one is much smaller. You can do both in one go:

- open the list of nodes and choose the one that is called M1,
- select its models, and press “unload” beside each of them,
- wait until the bar is green again, which takes about ten seconds.

If that does not help, something else holds the memory. Look at the processes of the card, and close those that you do \
not need. A browser with many tabs takes more than people think, sometimes 2 GB. After that, load the model again with \
a shorter context, for example 8,192 tokens: it needs 1.5 GB less, and you will hardly notice the difference.
"""
TOKEN_LETTERS = 4


class FirstSound:
    """A loudspeaker that notes when the first sound reaches it, and is done with each at once."""

    is_open = False

    def __init__(self) -> None:
        self.at_s: float | None = None

    def play(self, sound: Sound, wanted: Callable[[], bool]) -> bool:
        self.at_s = self.at_s or time.monotonic()
        return wanted()

    def drain(self) -> None:
        pass

    def stop(self) -> None:
        pass


@pytest.fixture(scope="module")
def synthesiser() -> Iterator[Synthesiser]:
    engine = Synthesiser()
    engine.start()
    engine.synthesise("Ready.", "en", None, 180)
    yield engine
    engine.kill()


def test_first_clause(benchmark: Any, synthesiser: Synthesiser) -> None:
    """From the token that ends the first clause, through the turn's own cut and the voice, to the loudspeaker."""
    ms = []
    for _ in range(15):
        loudspeaker = FirstSound()
        voice = Voice(Speech(), lambda event: None, engine=Kept(synthesiser), loudspeaker=loudspeaker)
        with voice:
            spoken, told_s = 0, None
            for end in range(TOKEN_LETTERS, len(ANSWER), TOKEN_LETTERS):
                arrived_s = time.monotonic()
                parts, spoken = sentences(ANSWER[:end], spoken)
                for part in parts:
                    told_s = told_s or arrived_s
                    voice.say(1, part, "en", last=False)
                if told_s:
                    break
            wait_until(lambda heard=loudspeaker: heard.at_s)
        assert told_s
        assert loudspeaker.at_s
        ms.append((loudspeaker.at_s - told_s) * 1000)
    _report(benchmark, "first clause to its sound", ms)


def test_whole_answer(benchmark: Any, synthesiser: Synthesiser) -> None:
    ms = []
    for _ in range(15):
        started_s = time.monotonic()
        synthesiser.synthesise(speakable(ANSWER, "en"), "en", None, 180)
        ms.append((time.monotonic() - started_s) * 1000)
    _report(benchmark, "first clause to its sound", ms, peer="the whole answer")


class Kept:
    """An engine that outlives the voices that use it."""

    def __init__(self, engine: Synthesiser) -> None:
        self.start, self.voices, self.synthesise = engine.start, engine.voices, engine.synthesise

    def kill(self) -> None:
        pass
