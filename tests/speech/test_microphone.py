"""The microphone is never silently dead, and loses nothing silently."""

import logging

import pytest

from etoile.errors import MicrophoneUnavailable
from etoile.speech import microphone
from etoile.speech.microphone import BLOCK_SAMPLES, Capture, Microphone, level, loudness_db
from etoile.speech.sound import SoundCard
from tests.speech.fakes import Clock, FakeSound, tone

BLOCK = tone(BLOCK_SAMPLES / 16_000)


def opened(library: FakeSound, clock: Clock | None = None) -> Capture:
    return Microphone(None, SoundCard(lambda: library), clock or Clock()).open()


def test_it_records_16_khz_mono_16_bits() -> None:
    library = FakeSound("mic")
    with opened(library):
        asked = library.stream.settings
    assert (asked["samplerate"], asked["channels"], asked["dtype"]) == (16_000, 1, "int16")


def test_blocks_come_in_order() -> None:
    library = FakeSound("mic")
    with opened(library) as capture:
        library.stream.feed(BLOCK + bytes(len(BLOCK)))
        assert [capture.read(0), capture.read(0), capture.read(0)] == [BLOCK, bytes(len(BLOCK)), None]


def test_a_device_that_goes_away_is_told() -> None:
    library = FakeSound("mic")
    with opened(library) as capture:
        library.stream.feed(BLOCK)
        library.stream.vanish()
        assert capture.read(0) == BLOCK
        with pytest.raises(MicrophoneUnavailable, match="went away"):
            capture.read(0)


@pytest.mark.parametrize(("heard", "allowed_s"), [(False, 3.0), (True, 1.0)])
def test_a_suspended_device_is_told(heard: bool, allowed_s: float) -> None:
    """It gives no other sign than that no block comes; at first, Bluetooth is given time."""
    library, clock = FakeSound("mic"), Clock()
    with opened(library, clock) as capture:
        if heard:
            library.stream.feed(BLOCK)
            capture.read(0)
        clock.now_s += allowed_s - 0.1
        assert capture.read(0) is None
        clock.now_s += 0.2
        with pytest.raises(MicrophoneUnavailable, match="delivered nothing"):
            capture.read(0)


def test_what_is_lost_is_counted_and_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(microphone, "BLOCKS_WAITING", 2)
    library = FakeSound("mic")
    with caplog.at_level(logging.WARNING), opened(library):
        library.stream.feed(BLOCK * 27)
        library.stream.feed(BLOCK, overflow=True)
    assert "1.0 s lost, 1 overflows" in caplog.text


def test_nothing_lost_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    library = FakeSound("mic")
    capture = opened(library)
    library.stream.feed(BLOCK)
    capture.close()
    capture.close()
    assert caplog.records == []


@pytest.mark.parametrize(
    ("block", "expected"),
    [(bytes(1280), 0.0), (tone(0.04, 32_767), 1.0), (tone(0.04, 1036), 0.5), (tone(0.04, 16), 0.0), (b"", 0.0)],
)
def test_level(block: bytes, expected: float) -> None:
    assert level(block) == pytest.approx(expected, abs=0.01)


def test_loudness() -> None:
    assert loudness_db(tone(0.04, 3277)) == pytest.approx(-20, abs=0.1)
    assert loudness_db(bytes(1280)) == pytest.approx(-96)
