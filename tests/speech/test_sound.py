"""The sound card: one PortAudio for all, refreshed when something is missing."""

from typing import Any

import pytest

from etoile.errors import MicrophoneUnavailable, VoiceUnavailable
from etoile.speech.sound import SoundCard
from etoile.text import render
from tests.speech.fakes import FakeSound


def settings() -> dict[str, Any]:
    return {"samplerate": 16_000, "channels": 1, "blocksize": 640, "callback": print, "finished_callback": print}


def test_a_device_is_found_by_a_part_of_its_name() -> None:
    library = FakeSound("Built-in Microphone", "USB Headset", "Headset")
    card = SoundCard(lambda: library)
    for name, index in (("usb", 1), ("headset", 2), ("BUILT-IN MICROPHONE", 0)):
        card.open("input", name, **settings()).close()
        assert library.stream.settings["device"] == index
    card.open("input", None, **settings()).close()
    assert library.stream.settings["device"] is None


def test_a_stream_is_aborted_never_stopped() -> None:
    library = FakeSound("mic")
    with SoundCard(lambda: library).open("input", None, **settings()) as stream:
        assert stream.latency_s == 0.01
    assert library.stream.aborted
    assert library.stream.closed
    stream.close()


def test_a_device_plugged_in_later_is_found() -> None:
    library = FakeSound(after_refresh=["USB Headset"])
    with SoundCard(lambda: library).open("input", "headset", **settings()):
        assert library.refreshed == 1
        assert library.stream.settings["device"] == 0


def test_no_refresh_while_something_plays() -> None:
    """A refresh ends every stream of the process."""
    library = FakeSound("speaker")
    card = SoundCard(lambda: library)
    with card.open("output", None, **settings()):
        with pytest.raises(MicrophoneUnavailable):
            card.open("input", "headset", **settings())
        assert library.refreshed == 0
    with pytest.raises(MicrophoneUnavailable):
        card.open("input", "headset", **settings())
    assert library.refreshed == 1


def test_a_stream_that_does_not_start_is_closed() -> None:
    library = FakeSound("mic")
    library.fails_to_start = True
    card = SoundCard(lambda: library)
    with pytest.raises(MicrophoneUnavailable, match="does not open: Device unavailable"):
        card.open("input", None, **settings())
    assert [stream.closed for stream in library.streams] == [True, True]
    library.fails_to_start = False
    card.open("input", None, **settings()).close()


@pytest.mark.parametrize(
    ("names", "wanted", "said", "remedy"),
    [
        ([], None, "There is no microphone.", "Plug one in"),
        ([], "usb", "There is no microphone.", "Plug one in"),
        (["A", "B"], "usb", 'There is no microphone called "usb".', "Known devices: A, B."),
    ],
)
def test_what_is_missing_is_told(names: list[str], wanted: str | None, said: str, remedy: str) -> None:
    library = FakeSound(*names)
    card = SoundCard(lambda: library)
    for attempt in (lambda: card.open("input", wanted, **settings()), lambda: card.check("input", wanted)):
        with pytest.raises(MicrophoneUnavailable) as caught:
            attempt()
        assert str(caught.value) == said
        assert caught.value.remedy
        assert render(caught.value.remedy, "en").startswith(remedy)


def test_without_the_library_the_remedy_is_to_install_it() -> None:
    def load() -> Any:
        raise OSError("PortAudio library not found")

    card = SoundCard(load)
    with pytest.raises(MicrophoneUnavailable) as caught:
        card.check("input", None)
    assert caught.value.remedy
    assert "libportaudio2" in render(caught.value.remedy, "en")
    with pytest.raises(VoiceUnavailable):
        card.open("output", None, **settings())


def test_whether_there_is_a_device_is_told_without_loading_the_library() -> None:
    def load() -> Any:
        raise AssertionError("20 MiB for a question")

    SoundCard(load, lambda: FakeSound("mic")).check("input", None)
    SoundCard(load, lambda: None).check("input", "usb")  # nobody can tell: opening it will
    with pytest.raises(MicrophoneUnavailable, match="no microphone"):
        SoundCard(load, FakeSound).check("input", None)


def test_it_may_be_loaded_before_it_is_wanted() -> None:
    loads: list[None] = []

    def load() -> Any:
        loads.append(None)
        raise OSError("PortAudio library not found")

    SoundCard(load).prepare()
    assert loads == [None]
