"""What doctor says of microphone and keys: what works, in which way, or why it is dead."""

import threading

import pytest

from etoile.errors import HotkeyUnavailable, MicrophoneUnavailable
from etoile.speech import trial
from etoile.speech.hotkeys import Keyboard
from etoile.speech.keys import Chord, Chords, Key
from etoile.speech.microphone import Microphone
from etoile.speech.sound import SoundCard
from etoile.speech.sources import Source
from etoile.speech.trial import Trial, how, try_keys, try_microphone
from etoile.speech.ways import Way
from etoile.text import render
from tests.speech.fakes import FakeKeyboard, FakeSound, tone
from tests.waiting import wait_until

YETI = Source("alsa_input.yeti", "Blue Yeti")


def tried(library: FakeSound, source: Source | None, sound: bytes, device: str | None = None) -> Trial:
    """Try a microphone that delivers `sound`."""

    def deliver() -> None:
        wait_until(lambda: library.streams and library.stream.running)
        library.stream.feed(sound)

    known = (source,) if source else ()
    feeder = threading.Thread(target=deliver)
    feeder.start()
    try:
        return try_microphone(
            device,
            make=lambda device: Microphone(device, SoundCard(lambda: library), sources=lambda: known),
            known=lambda: known,
            default=lambda: source.name if source else None,
        )
    finally:
        feeder.join()
        assert library.stream.closed


@pytest.mark.parametrize(
    ("source", "sound", "ok", "said"),
    [
        (YETI, tone(0.2, 3277), True, "Blue Yeti hears: -20 dB."),
        (None, tone(0.2, 3277), True, "The default microphone hears: -20 dB."),
        (None, bytes(6400), None, "The default microphone delivers nothing but digital silence."),
        (Source("y", "Yeti", muted=True), bytes(6400), False, "Yeti is muted in the sound settings."),
        (Source("y", "Yeti", volume_percent=0), tone(0.2), False, "Yeti is muted in the sound settings."),
        (Source("y", "Yeti", volume_percent=9), tone(0.2, 328), None, "Yeti hears: -40 dB."),
    ],
)
def test_what_the_microphone_hears(source: Source | None, sound: bytes, ok: bool | None, said: str) -> None:
    found = tried(FakeSound("mic"), source, sound)
    assert (found.ok, render(found.said, "en")) == (ok, said)
    assert (found.remedy is None) == (ok is True)


def test_another_one_than_the_chosen_is_told() -> None:
    found = tried(FakeSound("pulse"), YETI, tone(0.2), device="Headset")
    assert found.ok is False
    assert render(found.said, "en") == "The microphone “Headset” is not there: the default is used until it is back."
    assert render(found.remedy, "en") == "Known devices: Blue Yeti."


def test_no_microphone_is_told() -> None:
    with pytest.raises(MicrophoneUnavailable, match="no microphone"):
        try_microphone(None, make=lambda device: Microphone(device, SoundCard(FakeSound)), default=lambda: None)


def test_the_keys_are_taken_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard, asked = FakeKeyboard(), []

    def watch(chords: Chords) -> Keyboard:
        asked.append(chords)
        return keyboard

    monkeypatch.setattr(trial, "watch", watch)
    found = try_keys({Key.TALK: "F9", Key.HANDS_FREE: "Ctrl+F10"}, {"DISPLAY": ":0"}, "linux")
    assert keyboard.closed
    assert asked == [{Key.TALK: Chord("F9"), Key.HANDS_FREE: Chord("F10", frozenset({"ctrl"}))}]
    assert render(found.said, "en").startswith("F9, Ctrl+F10: taken from the X server")


@pytest.mark.parametrize("name", ["a", "Hyper+F9"])
def test_a_key_that_cannot_be_one_is_told(name: str) -> None:
    with pytest.raises(HotkeyUnavailable):
        try_keys({Key.TALK: name}, {"DISPLAY": ":0"}, "linux")


def test_wayland_without_a_portal_is_told_with_the_words_of_the_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    desktop = {"WAYLAND_DISPLAY": "wayland-0", "XDG_CURRENT_DESKTOP": "sway"}
    with pytest.raises(HotkeyUnavailable, match="no portal") as caught:
        try_keys({Key.TALK: "F9"}, desktop, "linux")
    assert "bindsym --no-repeat F9 exec etoile talk --press" in render(caught.value.remedy, "en")


@pytest.mark.parametrize("here", list(Way))
def test_every_way_has_its_words(here: Way) -> None:
    assert "F9" in render(how(here, {Key.TALK: Chord("F9")}), "en")
