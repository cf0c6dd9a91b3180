"""Keys under Wayland: a real session bus, with a portal of our own at the other end."""

import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("portals of Linux desktops", allow_module_level=True)

from etoile.domain.events import PartMissing, TalkPressed, TalkReleased, TalkToggled
from etoile.errors import HotkeyUnavailable
from etoile.speech.hotkeys import TalkKey, watch
from etoile.speech.keys import Chord, Key, Move
from etoile.speech.portal_key import PortalKey, portal_version, trigger
from etoile.text import render
from tests.bus import PrivateBus
from tests.needs import need
from tests.speech.fakes import Events
from tests.speech.portal import Portal
from tests.waiting import wait_until

CHORDS = {Key.TALK: Chord("F9"), Key.HANDS_FREE: Chord("Space", frozenset({"ctrl", "alt"}))}


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    """A Wayland session, as far as anybody can tell."""
    need(shutil.which("dbus-daemon"), "no dbus-daemon")
    private = PrivateBus(tmp_path)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", private.address)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "GNOME")
    try:
        yield private
    finally:
        private.stop()


def test_both_keys_are_bound_in_one_call_by_a_named_application(bus: PrivateBus) -> None:
    with Portal(bus.address) as portal:
        PortalKey(CHORDS).close()
    assert portal.calls == ["Register", "CreateSession", "BindShortcuts"]
    assert portal.app_id == "etoile"
    wishes = {name: wish["preferred_trigger"][1] for name, wish in portal.shortcuts.items()}
    assert wishes == {"talk": "F9", "hands_free": "ALT+CTRL+space"}
    assert portal.shortcuts["talk"]["description"] == ("s", "Talk to Etoile while this key is held")


@pytest.mark.parametrize("early", [False, True])
def test_presses_and_releases_come_through(bus: PrivateBus, early: bool) -> None:
    with Portal(bus.address, early=early) as portal:
        key = PortalKey(CHORDS)
        portal.activate("talk")
        assert key.next_move(5.0) == (Key.TALK, Move.DOWN)
        portal.deactivate("talk")
        assert key.next_move(5.0) == (Key.TALK, Move.UP)
        portal.activate("hands_free")
        assert key.next_move(5.0) == (Key.HANDS_FREE, Move.DOWN)
        portal.activate("talk", session="/org/freedesktop/portal/desktop/session/1_1/other")
        assert key.next_move(0.05) == (Key.TALK, Move.WAITED)
        assert key.is_down(Key.TALK) is None
        key.close()


def test_a_screen_that_is_locked_lets_the_key_go(bus: PrivateBus) -> None:
    with Portal(bus.address) as portal:
        key = PortalKey(CHORDS)
        portal.lock()
        portal.activate("talk")
        assert key.next_move(5.0) == (Key.TALK, Move.DOWN)
        portal.lock(False)
        portal.lock()
        assert key.next_move(5.0) == (Key.TALK, Move.UP)
        key.close()


def test_holding_the_key_is_a_press_and_a_release_of_the_app(bus: PrivateBus) -> None:
    events = Events()
    with Portal(bus.address) as portal:
        with TalkKey("F9", events.append, hands_free="F10") as key:
            wait_until(lambda: key._keyboard)
            portal.activate("talk")
            wait_until(lambda: events.of(TalkPressed))
            portal.deactivate("talk")
            wait_until(lambda: events.of(TalkReleased))
            portal.activate("hands_free")
            wait_until(lambda: events.of(TalkToggled))
        assert "talk key" not in [thread.name for thread in threading.enumerate()]
    assert [type(event) for event in events] == [TalkPressed, TalkReleased, TalkToggled]


def test_a_desktop_without_a_portal_is_told_with_its_own_words(bus: PrivateBus) -> None:
    events = Events()
    with TalkKey("F9", events.append):
        wait_until(lambda: events)
    (missing,) = events.of(PartMissing)
    assert missing.part == "talk_key"
    assert "no portal" in render(missing.said, "en")
    assert render(missing.remedy, "en").startswith("Settings, Keyboard, View and Customise Shortcuts")
    with pytest.raises(HotkeyUnavailable, match="no portal"):
        portal_version()


def test_a_user_who_refuses_is_told_the_other_way(bus: PrivateBus) -> None:
    with Portal(bus.address, allows=False), pytest.raises(HotkeyUnavailable, match="did not allow") as caught:
        watch(CHORDS)
    assert "etoile talk --toggle" in render(caught.value.remedy, "en")


def test_the_dialog_may_take_long(bus: PrivateBus) -> None:
    asked, events = threading.Event(), Events()
    with Portal(bus.address, asks=asked) as portal, TalkKey("F9", events.append) as key:
        wait_until(lambda: portal.shortcuts)
        asked.set()
        wait_until(lambda: key._keyboard)
        portal.activate("talk")
        wait_until(lambda: events.of(TalkPressed))
    assert events.of(PartMissing) == []


def test_shortcuts_that_are_taken_back_are_told_and_let_the_key_go(bus: PrivateBus) -> None:
    events = Events()
    with Portal(bus.address) as portal, TalkKey("F9", events.append) as key:
        wait_until(lambda: key._keyboard)
        portal.activate("talk")
        wait_until(lambda: events.of(TalkPressed))
        portal.end_session()
        wait_until(lambda: events.of(PartMissing))
    assert [type(event) for event in events] == [TalkPressed, TalkReleased, PartMissing]


def test_a_bus_that_ends_is_told(bus: PrivateBus) -> None:
    events = Events()
    with Portal(bus.address), TalkKey("F9", events.append) as key:
        wait_until(lambda: key._keyboard)
        bus.stop()
        wait_until(lambda: events.of(PartMissing))
    assert "session bus" in render(events[-1].said, "en")


def test_the_version_is_asked_without_binding_anything(bus: PrivateBus) -> None:
    with Portal(bus.address) as portal:
        assert portal_version() == 2
    assert portal.calls == ["Get"]


@pytest.mark.parametrize(
    ("chord", "expected"),
    [
        (Chord("f9"), "F9"),
        (Chord("Scroll Lock"), "Scroll_Lock"),
        (Chord("A", frozenset({"super", "shift"})), "SHIFT+LOGO+a"),
        (Chord("RightCtrl"), "Control_R"),
    ],
)
def test_triggers(chord: Chord, expected: str) -> None:
    assert trigger(chord) == expected
