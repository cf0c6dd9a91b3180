"""The short sounds: made by the script beside them, short, equally loud, and no speech to any microphone."""

from __future__ import annotations

import importlib.util
import math
import shutil
import subprocess
from array import array
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from etoile.domain.effects import Earcon
from etoile.resources import resource
from etoile.speech.audio_files import read_audio
from etoile.speech.decoding import Samples
from etoile.speech.earcons import clip_of
from etoile.speech.whisper import hear, load
from tests.needs import need

MODEL = Path(__file__).parents[1] / "speech_model" / "model"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_sounds", resource("sounds/make.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def samples(earcon: Earcon) -> array[int]:
    return array("h", clip_of(earcon).samples)


def at_16_khz(earcon: Earcon) -> Samples:
    clip = clip_of(earcon)
    sound = np.array(samples(earcon), np.float32) / 32_768
    at = np.arange(0, clip.seconds, 1 / 16_000)
    return np.interp(at, np.arange(len(sound)) / clip.rate_hz, sound).astype(np.float32)


def level_db(sound: array[int]) -> float:
    return 10 * math.log10(sum(sample**2 for sample in sound) / len(sound) / 32_768**2)


@pytest.mark.parametrize("earcon", Earcon)
def test_the_script_makes_the_file(earcon: Earcon, script: ModuleType) -> None:
    assert samples(earcon) == script.sound(script.SOUNDS[earcon])


@pytest.mark.parametrize("earcon", Earcon)
def test_it_is_short_does_not_clip_and_has_no_click(earcon: Earcon) -> None:
    sound = samples(earcon)
    assert clip_of(earcon).seconds < 0.2
    assert max(map(abs, sound)) < 32_768 / 4
    assert max(abs(sample) for sample in (*sound[:2], *sound[-2:])) < 200


def test_all_are_about_equally_loud() -> None:
    levels = [level_db(samples(earcon)) for earcon in Earcon]
    assert max(levels) - min(levels) < 3


def test_each_is_another() -> None:
    assert len({clip_of(earcon).samples for earcon in Earcon}) == len(Earcon)


@pytest.mark.parametrize("gain", [0.1, 0.3, 1.0, 3.0])
@pytest.mark.parametrize("earcon", Earcon)
def test_the_microphone_takes_none_for_speech(earcon: Earcon, gain: float) -> None:
    quiet = np.zeros(8_000, np.float32)
    assert hear(np.concatenate([quiet, gain * at_16_khz(earcon), quiet])).seconds == 0


@pytest.mark.model
@pytest.mark.parametrize("text", ["Monte le son.", "Quelle heure est-il ?", "Mets le volume à quarante pour cent."])
def test_words_are_understood_beside_the_cues_that_the_microphone_hears(text: str, tmp_path: Path) -> None:
    """The loudspeaker is 10 dB below the speaker, who begins on the first cue and is cut off by the last one."""
    need(shutil.which("espeak-ng"), "needs espeak-ng")
    file = tmp_path / "said.wav"
    subprocess.run(["espeak-ng", "-v", "fr+f4", "-s", "160", "-w", file, text], check=True)
    heard = np.pad(read_audio(file), 1_600)
    for earcon, at in ((Earcon.START, 0), (Earcon.END, len(heard) - 3_200)):
        cue = 0.3 * at_16_khz(earcon)
        heard[at : at + len(cue)] += cue[: len(heard) - at]
    assert load(str(MODEL), "cpu").transcribe(heard, "fr").text == text
