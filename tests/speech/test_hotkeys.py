"""The talk key of this desktop, as events."""

import threading
from collections.abc import Mapping

import pytest

from etoile.domain.events import PartMissing, TalkPressed, TalkReleased
from etoile.errors import HotkeyUnavailable
from etoile.speech.hotkeys import Keyboard, TalkKey, watch, way
from etoile.speech.keys import Chord, Move
from etoile.speech.windows_key import virtual_key
from etoile.speech.x11_key import X11Key
from etoile.text import message, render
from tests.speech.fakes import Clock, Events, FakeKeyboard
from tests.waiting import wait_until


class Keys:
    """A talk key on a fake keyboard."""

    def __init__(self) -> None:
        self.events = Events()
        self.clock = Clock()
        self.keyboard = FakeKeyboard(Chord("none yet"))
        self.key = TalkKey("Ctrl+F9", self.events.append, watch=self.watch, now_s=self.clock)

    def watch(self, chord: Chord) -> Keyboard:
        self.keyboard.chord = chord
        return self.keyboard

    def move(self, move: Move | Exception, at_s: float) -> None:
        """Make a move, and wait until it was looked at."""
        wait_until(lambda: self.keyboard.waits)
        self.clock.now_s = at_s
        asked = len(self.keyboard.waits)
        self.keyboard.move(move)
        wait_until(lambda: len(self.keyboard.waits) > asked or self.keyboard.closed)


def test_a_hold_is_a_press_and_a_release() -> None:
    keys = Keys()
    with keys.key:
        keys.move(Move.DOWN, 101.0)
        keys.move(Move.UP, 101.6)
        keys.move(Move.WAITED, 101.7)
    assert keys.events == [TalkPressed(101.0), TalkReleased(101.6)]
    assert keys.keyboard.chord == Chord("F9", frozenset({"ctrl"}))
    assert keys.keyboard.closed


def test_a_release_in_doubt_is_waited_for() -> None:
    keys = Keys()
    with keys.key:
        keys.move(Move.DOWN, 101.0)
        keys.move(Move.UP, 101.6)
    assert keys.keyboard.waits == [None, None, pytest.approx(0.05)]


def test_leaving_while_the_key_is_held_releases_it() -> None:
    keys = Keys()
    before = threading.active_count()
    with keys.key:
        keys.move(Move.DOWN, 101.0)
        keys.clock.now_s = 105.0
    wait_until(lambda: threading.active_count() == before)
    assert keys.events == [TalkPressed(101.0), TalkReleased(105.0)]


def test_a_keyboard_that_is_lost_is_told_and_releases_the_key() -> None:
    keys = Keys()
    with keys.key:
        keys.move(Move.DOWN, 101.0)
        keys.move(HotkeyUnavailable(message("The connection to the X server is lost.")), 102.0)
        wait_until(lambda: keys.events.of(PartMissing))
    assert keys.events == [
        TalkPressed(101.0),
        TalkReleased(102.0),
        PartMissing("talk_key", message("The connection to the X server is lost.")),
    ]


def test_a_surprise_is_logged_and_told_with_a_remedy(caplog: pytest.LogCaptureFixture) -> None:
    def surprise(chord: Chord) -> Keyboard:
        raise ImportError("No module named 'Xlib'")

    events = Events()
    with TalkKey("F9", events.append, watch=surprise):
        wait_until(lambda: events.of(PartMissing))
    (missing,) = events.of(PartMissing)
    assert missing.part == "talk_key"
    assert "No module named 'Xlib'" in render(missing.said, "en")
    assert "etoile talk --toggle" in missing.remedy.id
    assert "watching the talk key failed" in caplog.text


def test_a_surprise_while_the_key_is_held_releases_it(caplog: pytest.LogCaptureFixture) -> None:
    keys = Keys()
    with keys.key:
        keys.move(Move.DOWN, 101.0)
        keys.move(ZeroDivisionError(), 102.0)
        wait_until(lambda: keys.events.of(PartMissing))
    assert keys.events[:2] == [TalkPressed(101.0), TalkReleased(102.0)]
    assert keys.keyboard.closed
    assert "watching the talk key failed" in caplog.text


@pytest.mark.parametrize("key", ["Hyper+F9", ""])
def test_a_key_that_does_not_exist_is_told(key: str) -> None:
    events = Events()
    with TalkKey(key, events.append):
        wait_until(lambda: events.of(PartMissing))
    (missing,) = events
    assert (missing.part, missing.remedy is not None) == ("talk_key", True)


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("win32", {}, "windows"),
        ("darwin", {"DISPLAY": ":0"}, "macos"),
        ("linux", {"DISPLAY": ":0"}, "x11"),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, "wayland"),
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, "x11"),
        ("linux", {}, None),
    ],
)
def test_the_way_of_the_desktop(platform: str, environment: Mapping[str, str], expected: str | None) -> None:
    assert way(platform, environment) == expected


@pytest.mark.parametrize("environment", [{"WAYLAND_DISPLAY": "wayland-0"}, {}])
def test_a_desktop_that_does_not_let_us_is_told_with_a_remedy(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(HotkeyUnavailable) as caught:
        watch(Chord("F9"))
    assert caught.value.remedy is not None
    assert "etoile talk --toggle" in caught.value.remedy.id


@pytest.mark.parametrize(
    ("key", "number"), [("F9", 0x78), ("f24", 0x87), ("Pause", 0x13), ("j", 0x4A), ("Scroll_Lock", 0x91)]
)
def test_keys_of_windows(key: str, number: int) -> None:
    assert virtual_key(Chord(key)) == number


def test_an_x_server_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from Xlib import display, error

    def refuse() -> None:
        raise error.DisplayConnectionError(":7", b"connection refused")

    monkeypatch.setattr(display, "Display", refuse)
    with pytest.raises(HotkeyUnavailable, match="no X server"):
        X11Key(Chord("F9"))


def test_a_key_that_windows_has_not() -> None:
    with pytest.raises(HotkeyUnavailable):
        virtual_key(Chord("Hyper"))
