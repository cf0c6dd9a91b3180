"""The microphone is never silently dead, loses nothing silently, and is the one that was chosen."""

import logging

import pytest

from etoile.errors import MicrophoneUnavailable
from etoile.speech import capture as capture_module
from etoile.speech.capture import BLOCK_SAMPLES, Capture, level, loudness_db
from etoile.speech.microphone import Microphone
from etoile.speech.sound import SoundCard
from etoile.speech.sources import Source
from etoile.text import render
from tests.speech.fakes import Clock, FakeSound, tone

BLOCK = tone(BLOCK_SAMPLES / 16_000)
YETI = Source("alsa_input.usb-Blue_Yeti", "Blue Yeti")
BUILT_IN = Source("alsa_input.pci-0000", "Built-in Audio")


class Server:
    """The microphones of a sound server, plugged in and out by the test."""

    def __init__(self, *sources: Source) -> None:
        self.sources = sources

    def __call__(self) -> tuple[Source, ...]:
        return self.sources


def microphone(
    library: FakeSound,
    clock: Clock | None = None,
    device: str | None = None,
    server: Server | None = None,
    **opening: float,
) -> Microphone:
    card = SoundCard(lambda: library)
    return Microphone(device, card, clock or Clock(), sources=server or Server(), **opening)


def opened(library: FakeSound, clock: Clock | None = None) -> Capture:
    return microphone(library, clock).open()


def test_it_records_16_khz_mono_16_bits() -> None:
    library = FakeSound("mic")
    opened(library)
    asked = library.stream.settings
    assert (asked["samplerate"], asked["channels"], asked["dtype"]) == (16_000, 1, "int16")


@pytest.mark.parametrize("only", [(48_000, 1), (44_100, 2), (8_000, 1)])
def test_a_device_with_a_rate_and_channels_of_its_own_is_taken_as_it_is(only: tuple[int, int]) -> None:
    library = FakeSound("mic")
    library.only = only
    capture = opened(library)
    asked = library.stream.settings
    assert (asked["samplerate"], asked["channels"]) == only
    assert library.refreshed == 0
    library.stream.feed(bytes(2 * asked["blocksize"] * only[1]) * 3)
    assert [capture.read(0) for _ in range(3)] == [bytes(2 * BLOCK_SAMPLES)] * 3


def test_blocks_come_in_order() -> None:
    library = FakeSound("mic")
    capture = opened(library)
    library.stream.feed(BLOCK + bytes(len(BLOCK)))
    assert [capture.read(0), capture.read(0), capture.read(0)] == [BLOCK, bytes(len(BLOCK)), None]


def test_a_device_that_goes_away_is_told() -> None:
    library = FakeSound("mic")
    capture = opened(library)
    library.stream.feed(BLOCK)
    library.stream.vanish()
    assert capture.read(0) == BLOCK
    with pytest.raises(MicrophoneUnavailable, match="went away"):
        capture.read(0)


@pytest.mark.parametrize(("heard", "allowed_s"), [(False, 5.0), (True, 1.0)])
def test_a_suspended_device_is_told(heard: bool, allowed_s: float) -> None:
    """It gives no other sign than that no block comes; at first, Bluetooth is given time."""
    library, clock = FakeSound("mic"), Clock()
    capture = opened(library, clock)
    if heard:
        library.stream.feed(BLOCK)
        capture.read(0)
    for _ in range(round(allowed_s / 0.1) - 1):
        clock.now_s += 0.1
        assert capture.read(0) is None
    clock.now_s += 0.2
    with pytest.raises(MicrophoneUnavailable, match="delivered nothing"):
        capture.read(0)


@pytest.mark.parametrize("leap_s", [86_400.0, -86_400.0])
def test_a_clock_that_leaps_is_no_dead_device(leap_s: float) -> None:
    library, clock = FakeSound("mic"), Clock()
    capture = opened(library, clock)
    library.stream.feed(BLOCK)
    capture.read(0)
    clock.now_s += leap_s
    assert capture.read(0) is None
    library.stream.feed(BLOCK)
    assert capture.read(0) == BLOCK


def test_what_is_lost_is_counted_and_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(capture_module, "BLOCKS_WAITING", 2)
    library = FakeSound("mic")
    with caplog.at_level(logging.WARNING):
        capture = opened(library)
        library.stream.feed(BLOCK * 27)
        library.stream.feed(BLOCK, overflow=True)
        capture.close()
    assert "1.0 s lost, 1 overflows" in caplog.text


def test_nothing_lost_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    library = FakeSound("mic")
    capture = opened(library)
    library.stream.feed(BLOCK)
    capture.close()
    capture.close()
    assert caplog.records == []


# Kept open


def test_it_stays_open_for_a_while_and_hears_nothing_meanwhile() -> None:
    library, clock = FakeSound("mic"), Clock()
    it = microphone(library, clock, keep_open_s=20.0)
    it.open()
    library.stream.feed(BLOCK)
    it.rest()
    assert it.is_open
    assert it.next_look_s == 20.0
    clock.now_s += 10
    library.stream.feed(bytes(len(BLOCK)) * 9 + BLOCK)
    capture = it.open()
    assert [capture.read(0), capture.read(0)] == [
        BLOCK,
        None,
    ]  # the latest block alone: it was being heard as the key fell
    it.look_after()
    it.rest()
    clock.now_s += 20
    it.look_after()
    assert library.stream.closed
    assert not it.is_open
    assert it.next_look_s is None
    assert len(library.streams) == 1


def test_without_that_it_is_closed_at_once() -> None:
    library = FakeSound("mic")
    it = microphone(library, keep_open_s=0.0)
    it.open()
    library.stream.feed(BLOCK)
    it.rest()
    assert library.stream.closed


@pytest.mark.parametrize("death", ["suspended", "unplugged"])
def test_an_open_device_that_died_meanwhile_is_opened_anew(death: str) -> None:
    library, clock = FakeSound("mic"), Clock()
    it = microphone(library, clock, keep_open_s=20.0)
    it.open()
    library.stream.feed(BLOCK)
    it.rest()
    if death == "unplugged":
        library.stream.vanish()
    else:
        clock.now_s += 1.0
    capture = it.open()
    assert len(library.streams) == 2
    assert library.streams[0].aborted
    library.stream.feed(BLOCK)
    assert capture.read(0) == BLOCK


def test_one_that_is_always_open_keeps_the_last_moments_and_is_opened_again_when_it_died() -> None:
    library, clock = FakeSound("mic"), Clock()
    it = microphone(library, clock, preroll_s=0.2)
    it.look_after()
    library.stream.feed(bytes(len(BLOCK)) * 20 + BLOCK * 2)
    capture = it.open()
    assert [capture.read(0) for _ in range(6)] == [bytes(len(BLOCK))] * 3 + [BLOCK] * 2 + [None]
    it.rest()
    assert it.is_open
    assert it.next_look_s == 1.0
    library.stream.vanish()
    it.look_after()
    assert len(library.streams) == 2
    library.stream.feed(BLOCK)
    capture = it.open(with_past=False)
    assert capture.read(0) is None
    it.close()
    assert not it.is_open


# By name


def test_the_chosen_one_is_found_among_those_of_the_sound_server() -> None:
    """PortAudio shows none of their names: its default device is led there by the environment."""
    library = FakeSound("pulse", "default")
    it = microphone(library, device="yeti", server=Server(BUILT_IN, YETI))
    it.check()
    it.open()
    assert library.stream.source == YETI.name
    assert it.astray() is None
    assert it.name == "Blue Yeti"


def test_the_default_stands_in_for_one_that_is_unplugged_and_that_is_told_until_it_is_back() -> None:
    library, clock = FakeSound("pulse", "default"), Clock()
    server = Server(BUILT_IN)
    it = microphone(library, clock, device="Blue Yeti", server=server, keep_open_s=20.0)
    it.open()
    library.stream.feed(BLOCK)
    assert library.stream.source is None
    assert it.name == ""
    error = it.astray()
    assert error is not None
    assert render(error.said, "en") == "The microphone “Blue Yeti” is not there: the default is used until it is back."
    assert error.remedy is not None
    assert render(error.remedy, "en") == "Known devices: Built-in Audio."
    it.rest()
    assert not it.is_open  # the next recording looks for it again
    server.sources = (BUILT_IN, YETI)
    it.open()
    assert library.stream.source == YETI.name
    assert it.astray() is None


def test_one_that_is_unplugged_while_open_is_noticed() -> None:
    """The sound server leads the stream to another microphone without a word."""
    library, server = FakeSound("pulse", "default"), Server(BUILT_IN, YETI)
    it = microphone(library, device="Blue Yeti", server=server, keep_open_s=20.0)
    it.open()
    library.stream.feed(BLOCK)
    it.rest()
    server.sources = (BUILT_IN,)
    it.open()
    assert it.astray() is not None


def test_without_a_sound_server_portaudio_knows_the_names() -> None:
    library = FakeSound("Built-in", "USB Headset")
    it = microphone(library, device="headset")
    it.open()
    assert library.stream.settings["device"] == 1
    assert it.astray() is None
    assert it.name == "headset"
    it.rest()
    library.names.remove("USB Headset")
    it.open()
    assert library.stream.settings["device"] is None
    error = it.astray()
    assert error is not None
    assert error.remedy is not None
    assert render(error.remedy, "en") == "Known devices: Built-in."


def test_no_microphone_at_all_is_told_as_that() -> None:
    with pytest.raises(MicrophoneUnavailable, match="There is no microphone"):
        microphone(FakeSound(), device="Blue Yeti").open()


@pytest.mark.parametrize(
    ("block", "expected"),
    [(bytes(1280), 0.0), (tone(0.04, 32_767), 1.0), (tone(0.04, 1036), 0.5), (tone(0.04, 16), 0.0), (b"", 0.0)],
)
def test_level(block: bytes, expected: float) -> None:
    assert level(block) == pytest.approx(expected, abs=0.01)


def test_loudness() -> None:
    assert loudness_db(tone(0.04, 3277)) == pytest.approx(-20, abs=0.1)
    assert loudness_db(bytes(1280)) == pytest.approx(-96)
