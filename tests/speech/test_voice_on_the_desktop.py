"""The voice on a real sound server: nothing is cut, nothing clicks, and a loudspeaker that sleeps is waited for."""

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from etoile.domain.effects import Earcon
from etoile.speech.spans import SAMPLE_RATE_HZ
from tests.desktop.rig import Desktop
from tests.desktop.sound import Recording, level
from tests.speech.test_on_the_desktop import ROOT, Live
from tests.waiting import wait_until

pytestmark = pytest.mark.desktop

TONES = """
import math
from array import array
from etoile.speech.clip import Clip
from etoile.speech.playback import Player, Sound
samples = array("h", (round(12_000 * math.sin(2 * math.pi * 440 * i / 22_050)) for i in range(11_025)))
player = Player()
for _ in range(2):
    player.play(Sound(Clip(22_050, 1, samples.tobytes())), lambda: True)
player.drain()
"""
"""Two tones of half a second, loud from their first to their last sample."""
SENTENCE = "Je raconte une longue histoire, qui ne finit pas encore."


@pytest.fixture(scope="module")
def live(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with Live(desktop, tmp_path_factory.mktemp("recordings")) as running:
        yield running


@pytest.fixture(scope="module")
def voice(desktop: Desktop, live: Live) -> float:
    """Return how loud the voice is."""
    with desktop.record_speaker() as recording:
        say(live, "fr", "Le volume est à quarante pour cent.")
        wait_until(lambda: recording.loud_s() > 1)
    return loudness(heard(recording))


def say(live: Live, language: str, text: str) -> None:
    """Have a sentence spoken to its end."""
    live.told.clear()
    live.order("say", language, text)
    live.wait("Spoken", timeout_s=60)


def heard(recording: Recording) -> np.ndarray:
    """Return what came from the speaker, without the silence around it: float, 1 is the loudest."""
    samples = np.asarray(recording.samples(), np.float32) / 32_768
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples[:0]


def loudness(sound: np.ndarray) -> float:
    """Return the root mean square of `sound` where it is loud: a busy machine may tear a hole into it."""
    return float(np.sqrt(np.mean(sound[np.abs(sound) > 0.01] ** 2)))


def test_sounds_are_heard_whole_without_a_gap_or_a_click(desktop: Desktop) -> None:
    """A machine that has no time for its sound server tears holes into everything; ours would be there each time."""
    assert any(_is_whole(_two_tones(desktop)) for _ in range(4))


def _two_tones(desktop: Desktop) -> np.ndarray:
    with desktop.record_speaker() as recording:
        environment = desktop.env | {"PYTHONPATH": str(ROOT / "app")}
        subprocess.run([sys.executable, "-c", TONES], env=environment, check=True, timeout=60, stderr=subprocess.PIPE)
        length = len(recording.samples())
        wait_until(lambda: len(recording.samples()) > length + SAMPLE_RATE_HZ // 4)
    return heard(recording)


def _is_whole(tones: np.ndarray) -> bool:
    """Whether these are two sounds of half a second, and between them at most the two blocks that a thread is late."""
    steepest = 2 * np.pi * 440 / SAMPLE_RATE_HZ * 12_000 / 32_768
    return 0.98 < len(tones) / SAMPLE_RATE_HZ < 1.08 and bool(np.abs(np.diff(tones)).max() < 1.5 * steepest)


@pytest.mark.parametrize("earcon", Earcon)
def test_cues_are_heard_and_are_quieter_than_the_voice(
    desktop: Desktop, live: Live, voice: float, earcon: Earcon
) -> None:
    with desktop.record_speaker() as recording:
        live.order("cue", earcon)
        wait_until(lambda: recording.loud_s() > 0.05)
        length = len(recording.samples())
        wait_until(lambda: len(recording.samples()) > length + SAMPLE_RATE_HZ)
        assert 0.08 <= recording.loud_s() <= 0.24
    assert 0.3 < loudness(heard(recording)) / voice < 1.1


def test_a_loudspeaker_that_is_suspended_is_told_and_the_sentence_goes_on(desktop: Desktop, live: Live) -> None:
    with desktop.record_speaker() as recording:
        say(live, "fr", SENTENCE)
        whole_s = recording.loud_s()
    with desktop.record_speaker() as recording:
        live.told.clear()
        live.order("say", "fr", SENTENCE)
        wait_until(lambda: recording.loud_s() > 1)
        desktop.run("pactl", "suspend-sink", "speaker", "1")
        try:
            missing = live.wait("PartMissing")
        finally:
            desktop.run("pactl", "suspend-sink", "speaker", "0")
        live.wait("PartReady")
        live.wait("Spoken", timeout_s=60)
        assert (missing["part"], missing["said"]["id"]) == ("loudspeaker", "The loudspeaker takes no sound.")
        # Nothing is lost, and little is heard twice.
        assert whole_s - 0.1 < recording.loud_s() < whole_s + 1.0


def test_level(desktop: Desktop, live: Live) -> None:
    """Loud enough beside other programs, and never clipping."""
    with desktop.record_speaker() as recording:
        say(live, "en", "The volume is at forty percent.")
        samples = recording.samples()
    assert max(map(abs, samples)) < 30_000
    assert level(samples) > 0.02
