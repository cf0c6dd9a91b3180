"""The virtual desktop is what it claims to be; where these fail, no other test of the desktop means anything."""

import math
import os
import struct
import wave
from pathlib import Path

import pytest

from tests.desktop.rig import Desktop
from tests.desktop.sound import Recording
from tests.waiting import wait_until

pytestmark = pytest.mark.desktop


def tone(file: Path, frequency_hz: int, duration_s: float = 0.5) -> Path:
    """Write a tone as a WAV file."""
    count = int(duration_s * 16_000)
    samples = [int(12_000 * math.sin(2 * math.pi * frequency_hz * i / 16_000)) for i in range(count)]
    with wave.open(str(file), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(16_000)
        wav.writeframes(struct.pack(f"<{count}h", *samples))
    return file


def test_the_microphone_hears_what_is_played_into_it(desktop: Desktop, tmp_path: Path) -> None:
    with desktop.record_microphone() as recording:
        desktop.play_into_microphone(tone(tmp_path / "tone.wav", 440))
        wait_until(lambda: recording.loud_s() >= 0.45, what="half a second of tone")
    assert recording.power_at(440) > 0.8
    assert recording.power_at(1000) < 0.05


def test_the_speaker_is_silent_until_something_plays(desktop: Desktop, tmp_path: Path) -> None:
    with desktop.record_speaker() as recording:
        wait_until(lambda: len(recording.samples()) > Recording.RATE_HZ / 4)
        assert recording.loud_s() == 0
        desktop.run("paplay", str(tone(tmp_path / "tone.wav", 1000)))
        wait_until(lambda: recording.loud_s() >= 0.45, what="half a second of tone")
    assert recording.power_at(1000) > 0.8


def test_speech_is_heard_whole(desktop: Desktop) -> None:
    with desktop.record_microphone() as recording:
        desktop.play_into_microphone(desktop.speech("mets le volume à quarante", voice="fr"))
        wait_until(lambda: recording.loud_s() > 0.7, what="spoken words")


def test_the_volume_is_the_sound_servers(desktop: Desktop) -> None:
    for percent in (40, 100):
        desktop.run("pactl", "set-sink-volume", "@DEFAULT_SINK@", f"{percent}%")
        assert desktop.sink_volume_percent() == percent
    assert not desktop.sink_is_muted()


def test_a_notification_arrives_with_its_urgency(desktop: Desktop) -> None:
    before = len(desktop.notifications())
    desktop.run("notify-send", "--app-name=rig", "--urgency=critical", "Hot", "The card is at 90 °C")
    wait_until(lambda: len(desktop.notifications()) > before, what="a notification")
    (sent,) = desktop.notifications()[before:]
    assert (sent.application, sent.summary, sent.urgency) == ("rig", "Hot", "critical")
    assert sent.body == "The card is at 90 °C"
    desktop.run("dunstctl", "close-all")


def test_a_window_is_seen_and_takes_keys(desktop: Desktop) -> None:
    viewer = desktop.start("xev", "-name", "A window of the rig", "-event", "keyboard")
    wait_until(lambda: desktop.windows("A window of the rig"), what="a window")
    (window,) = desktop.windows("A window of the rig")
    desktop.click(*window.centre)
    desktop.xdotool("key", "F9")
    wait_until(lambda: "F9" in desktop.log("xev").read_text(), what="the key in the window")
    viewer.terminate()
    wait_until(lambda: not desktop.windows("A window of the rig"), what="the window's end")


def test_the_screen_can_be_looked_at(desktop: Desktop, tmp_path: Path) -> None:
    picture = desktop.screenshot(tmp_path / "screen.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (1280, 800)


def test_the_tray_is_empty_until_someone_puts_an_icon(desktop: Desktop) -> None:
    assert desktop.tray_icons() == []


def test_two_desktops_stand_side_by_side_and_leave_nothing(desktop: Desktop) -> None:
    with Desktop() as other:
        assert other.env["DISPLAY"] != desktop.env["DISPLAY"]
        folder = other.folder
        started = other.start("sleep", "60")
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(started.pid, 0)
