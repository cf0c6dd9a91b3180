"""Spoken to Etoile, as its users do: with the talk key, a microphone and a loudspeaker."""

import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.app import MODEL, START_S, App, running
from tests.desktop.rig import Desktop
from tests.waiting import wait_until

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def app(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Give an app that hears French, and answers aloud."""
    settings = f'[speech]\nmodel = "{MODEL}"\nlanguage = "fr"\n[window]\nlanguage = "fr"\n[routing]\ndiscover = false\n'
    with running(desktop, tmp_path_factory.mktemp("voice"), settings, "--simulate", "calm") as running_app:
        yield running_app


def test_a_spoken_command_is_carried_out_and_answered_aloud(desktop: Desktop, app: App) -> None:
    desktop.run("pactl", "set-sink-volume", "@DEFAULT_SINK@", "90%")
    desktop.run("pactl", "set-sink-mute", "@DEFAULT_SINK@", "0")
    missing = (app.status() or {})["missing"]
    assert not {"microphone", "speech_model", "talk_key", "voice"} & set(missing)
    before = app.count_kept()
    with desktop.record_speaker() as heard:
        app.speak(desktop.speech("mets le volume à quarante pour cent", voice="fr"))
        exchange = app.wait_for_answer(before + 1)
        assert exchange["text"].lower().startswith("mets le volume à quarante pour cent")
        assert (exchange["command"], exchange["ok"]) == ("audio.volume.set", True)
        assert desktop.sink_volume_percent() == 40
        # At a volume of 40 % speech is quiet: the sound server's scale is cubic.
        wait_until(lambda: heard.loud_s(threshold=0.001) > 0.4, START_S, what="the reply is heard")
        app.wait_for_phase("idle")


def test_silence_runs_nothing(desktop: Desktop, app: App, tmp_path: Path) -> None:
    before = app.count_kept()
    assert app.command("talk", "--press").returncode == 0
    app.wait_for_phase("listening")
    desktop.play_into_microphone(silence(tmp_path / "silence.wav"))
    assert app.command("talk", "--release").returncode == 0
    app.wait_for_phase("idle")
    assert app.count_kept() == before


def silence(file: Path, duration_s: int = 1) -> Path:
    """Write a WAV file in which nothing is to be heard."""
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 16_000 * duration_s))
    return file
