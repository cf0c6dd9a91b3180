"""The talk key of this desktop, as events."""

import threading
from collections.abc import Mapping

import pytest

from etoile.domain.events import Cancelled, PartMissing, TalkPressed, TalkReleased, TalkToggled
from etoile.errors import HotkeyUnavailable
from etoile.speech.hotkeys import Keyboard, TalkKey, watch
from etoile.speech.keys import LOOK_S, Chord, Chords, Key, Move
from etoile.speech.ways import by_hand, way
from etoile.speech.windows_key import VK_ESCAPE, WindowsKey, virtual_key
from etoile.speech.x11_key import X11Key
from etoile.text import message, render
from tests.desktop.rig import Desktop
from tests.speech.fakes import Clock, Events, FakeKeyboard
from tests.waiting import wait_until


class Keys:
    """Keys to talk with on a fake keyboard."""

    def __init__(self, hands_free: str | None = None, taken: str = "") -> None:
        self.events = Events()
        self.clock = Clock()
        self.keyboard = FakeKeyboard()
        self.taken = taken
        self.key = TalkKey("Ctrl+F9", self.events.append, hands_free=hands_free, watch=self.watch, now_s=self.clock)

    def watch(self, chords: Chords) -> Keyboard:
        if self.taken in [chord.key for chord in chords.values()]:
            raise HotkeyUnavailable(message("Another program has the key {key}.", key=self.taken))
        self.keyboard.chords = chords
        return self.keyboard

    def move(self, move: tuple[Key, Move] | Move | Exception, at_s: float) -> None:
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
    assert keys.keyboard.chords == {Key.TALK: Chord("F9", frozenset({"ctrl"}))}
    assert keys.keyboard.closed


def test_a_release_in_doubt_is_waited_for() -> None:
    keys = Keys()
    with keys.key:
        keys.move(Move.DOWN, 101.0)
        keys.move(Move.UP, 101.6)
    assert keys.keyboard.waits == [None, LOOK_S, pytest.approx(0.05)]


def test_a_release_that_was_lost_is_noticed() -> None:
    """The screen was locked while the key was held: nobody tells of its release, but the key is up."""
    keys = Keys()
    with keys.key:
        keys.move(Move.DOWN, 101.0)
        keys.move(Move.WAITED, 102.0)
        assert keys.events == [TalkPressed(101.0)]
        keys.keyboard.down = False
        keys.move(Move.WAITED, 103.0)
        keys.move(Move.WAITED, 103.1)
    assert keys.events == [TalkPressed(101.0), TalkReleased(103.0)]


def test_where_nobody_can_tell_whether_a_key_is_down_it_counts_as_held() -> None:
    keys = Keys()
    with keys.key:
        keys.move(Move.DOWN, 101.0)
        keys.keyboard.down = None
        keys.move(Move.WAITED, 140.0)
        assert keys.events == [TalkPressed(101.0)]


def test_escape_cancels_while_the_key_is_held_and_its_release_means_nothing() -> None:
    keys = Keys()
    with keys.key:
        keys.move(Move.CANCEL, 100.5)
        keys.move(Move.DOWN, 101.0)
        keys.move(Move.CANCEL, 102.0)
        keys.move(Move.CANCEL, 102.5)
        keys.move(Move.UP, 103.0)
        keys.move(Move.WAITED, 103.1)
        keys.move(Move.DOWN, 104.0)
    assert keys.events == [TalkPressed(101.0), Cancelled(), TalkPressed(104.0), TalkReleased(104.0)]


def test_another_key_toggles() -> None:
    keys = Keys(hands_free="F10")
    with keys.key:
        keys.move((Key.HANDS_FREE, Move.DOWN), 101.0)
        keys.move((Key.HANDS_FREE, Move.DOWN), 101.5)
        keys.move((Key.HANDS_FREE, Move.UP), 101.6)
        keys.move(Move.WAITED, 101.7)
        keys.move((Key.HANDS_FREE, Move.DOWN), 105.0)
        keys.move((Key.HANDS_FREE, Move.UP), 105.1)
        keys.move(Move.DOWN, 106.0)
    assert keys.events == [TalkToggled(101.0), TalkToggled(105.0), TalkPressed(106.0), TalkReleased(106.0)]
    assert keys.keyboard.chords[Key.HANDS_FREE] == Chord("F10")


def test_a_second_key_that_is_taken_does_not_cost_the_first() -> None:
    keys = Keys(hands_free="F10", taken="F10")
    with keys.key:
        keys.move(Move.DOWN, 101.0)
        keys.clock.now_s = 102.0
    assert keys.events == [
        PartMissing("hands_free_key", message("Another program has the key {key}.", key="F10")),
        TalkPressed(101.0),
        TalkReleased(102.0),
    ]


def test_a_talk_key_that_is_taken_is_told_for_what_it_is() -> None:
    keys = Keys(hands_free="F10", taken="F9")
    with keys.key:
        wait_until(lambda: keys.events)
    assert keys.events == [PartMissing("talk_key", message("Another program has the key {key}.", key="F9"))]


def test_the_same_key_twice_is_told_and_talks() -> None:
    keys = Keys(hands_free="ctrl+f9")
    with keys.key:
        keys.move(Move.DOWN, 101.0)
    (missing,) = keys.events.of(PartMissing)
    assert missing.part == "hands_free_key"
    assert "are the same" in missing.said.id
    assert keys.events.of(TalkPressed)


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
    def surprise(chords: Chords) -> Keyboard:
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


@pytest.mark.parametrize("key", ["Hyper+F9", "", "a", "Space"])
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
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "XDG_CURRENT_DESKTOP", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(HotkeyUnavailable) as caught:
        watch({Key.TALK: Chord("F9")})
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
        X11Key({Key.TALK: Chord("F9")})


def test_a_key_that_windows_has_not() -> None:
    with pytest.raises(HotkeyUnavailable):
        virtual_key(Chord("Hyper"))


@pytest.mark.parametrize(
    ("desktop", "words"),
    [
        ("ubuntu:GNOME", "shortcut Ctrl+Alt+Space"),
        ("KDE", "Command or Script: “etoile talk --toggle”"),
        ("sway", "bindsym --release Ctrl+Alt+Space exec etoile talk --release"),
        ("Hyprland", "bindr = ALT CTRL, Space, exec, etoile talk --release"),
        ("niri", 'Ctrl+Alt+Space repeat=false { spawn "etoile" "talk" "--toggle"; }'),
        ("", "“etoile talk --toggle”"),
    ],
)
def test_each_desktop_has_its_own_words(desktop: str, words: str) -> None:
    said = by_hand({"XDG_CURRENT_DESKTOP": desktop}, Chord("Space", frozenset({"ctrl", "alt"})))
    assert words.replace("Ctrl+Alt", "Alt+Ctrl") in render(said, "en")
    for language in ("en", "fr"):
        assert "input" not in render(said, language)


class Windows:
    """What Windows would tell of two registered keys."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, refuses: int = 0) -> None:
        self.registered: list[tuple[int, int, int]] = []
        self.pressed: list[int] = []
        self.held: set[int] = set()
        self.closed = 0

        def register(key: WindowsKey, number: int, modifiers: int, virtual: int) -> bool:
            self.registered.append((number, modifiers, virtual))
            return number != refuses

        def close(key: WindowsKey) -> None:
            self.closed += 1

        monkeypatch.setattr(WindowsKey, "_register", register)
        monkeypatch.setattr(WindowsKey, "_pressed_id", lambda key: self.pressed.pop(0) if self.pressed else None)
        monkeypatch.setattr(WindowsKey, "_holds", lambda key, number: number in self.held)
        monkeypatch.setattr(WindowsKey, "close", close)


CHORDS = {Key.TALK: Chord("F9", frozenset({"ctrl"})), Key.HANDS_FREE: Chord("F10")}


def test_windows_tells_presses_releases_and_escape(monkeypatch: pytest.MonkeyPatch) -> None:
    windows = Windows(monkeypatch)
    key = WindowsKey(CHORDS)
    assert windows.registered == [(1, 0x4002, 0x78), (2, 0x4000, 0x79)]
    windows.pressed, windows.held = [1], {0x78}
    assert key.next_move(None) == (Key.TALK, Move.DOWN)
    assert key.is_down(Key.TALK)
    windows.held.add(VK_ESCAPE)
    assert key.next_move(None) == (Key.TALK, Move.CANCEL)
    assert key.next_move(0.0) == (Key.TALK, Move.WAITED)
    windows.held.clear()
    assert key.next_move(None) == (Key.TALK, Move.UP)
    windows.pressed, windows.held = [2], {0x79}
    assert key.next_move(None) == (Key.HANDS_FREE, Move.DOWN)
    key.wake()
    assert key.next_move(None) is None


def test_a_key_that_windows_refuses_gives_the_others_back(monkeypatch: pytest.MonkeyPatch) -> None:
    windows = Windows(monkeypatch, refuses=2)
    with pytest.raises(HotkeyUnavailable, match="Another program has the key F10"):
        WindowsKey(CHORDS)
    assert windows.closed == 1


@pytest.mark.desktop
def test_a_key_that_repeats_is_not_let_go_however_late_its_events_are_read(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in desktop.env.items():
        monkeypatch.setenv(name, value)
    key = X11Key({Key.TALK: Chord("F8")})
    desktop.xdotool("keydown", "F8")
    moves = [key.next_move(60.0) for _ in range(5)]
    desktop.xdotool("keyup", "F8")
    while moves[-1] != (Key.TALK, Move.UP):
        moves.append(key.next_move(60.0))
    key.close()
    assert set(moves[:-1]) == {(Key.TALK, Move.DOWN)}
