"""Brightness, night light, screenshots, locking: exact calls, and what is said where there is no way."""

import struct
import zlib
from pathlib import Path

import pytest

from etoile.actions import display
from etoile.actions.display import read_brightnessctl, read_ddcutil
from etoile.actions.x11 import png_of
from etoile.errors import ActionFailed
from tests.actions.fakes import FakePrograms, Scene

SCHEMA = "org.gnome.settings-daemon.plugins.color"


@pytest.fixture
def backlight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a laptop's panel, at 40 %."""
    panel = tmp_path / "backlight/intel_backlight"
    panel.mkdir(parents=True)
    (panel / "brightness").write_text("600\n")
    (panel / "max_brightness").write_text("1500\n")
    monkeypatch.setattr(display, "BACKLIGHTS", panel.parent)
    return panel


@pytest.fixture
def no_backlight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a desktop computer."""
    monkeypatch.setattr(display, "BACKLIGHTS", tmp_path / "none")


def test_what_the_tools_write() -> None:
    assert read_brightnessctl("intel_backlight,backlight,400,42%,937\n") == 42
    assert read_ddcutil("VCP 10 C 35 70\n") == 50
    with pytest.raises(ActionFailed):
        read_brightnessctl("Failed")
    with pytest.raises(ActionFailed):
        read_ddcutil("VCP 10 ERR")
    with pytest.raises(ActionFailed):
        read_ddcutil("VCP 10 C 0 0")


def test_brightnessctl(scene: Scene, programs: FakePrograms, backlight: Path) -> None:
    programs.add("brightnessctl", "intel_backlight,backlight,600,40%,1500")
    assert scene.do("display.brightness.up") == "The brightness is at 50 %."
    scene.do("assistant.undo")
    sets = [call for call in programs.calls() if "set" in call]
    assert sets == [("brightnessctl", "--class=backlight", "set", level) for level in ("50%", "40%")]


def test_a_panel_without_brightnessctl_is_asked_for_through_systemd(
    scene: Scene, programs: FakePrograms, backlight: Path
) -> None:
    programs.add("busctl")
    scene.do("display.brightness.set", level=80)
    assert programs.calls() == [
        (
            *("busctl", "call", "org.freedesktop.login1", "/org/freedesktop/login1/session/auto"),
            *("org.freedesktop.login1.Session", "SetBrightness", "ssu", "backlight", "intel_backlight", "1200"),
        )
    ]


def test_a_monitor_is_asked_on_its_cable_and_never_goes_dark(
    scene: Scene, programs: FakePrograms, no_backlight: None
) -> None:
    programs.add("ddcutil", {"getvcp 10 --brief": "VCP 10 C 5 100"})
    assert scene.do("display.brightness.down") == "The brightness is at 1 %."
    assert programs.calls()[-1] == ("ddcutil", "setvcp", "10", "1")


def test_no_way_to_the_brightness_says_what_helps(scene: Scene, programs: FakePrograms, no_backlight: None) -> None:
    with pytest.raises(ActionFailed, match="no backlight") as error:
        scene.do("display.brightness.up")
    assert error.value.remedy


def test_night_light_and_back(scene: Scene, programs: FakePrograms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")
    programs.add("gsettings", {f"get {SCHEMA} night-light-enabled": "false"})
    assert scene.do("display.nightlight.on") == "The night light is on."
    assert scene.do("assistant.undo") == "Undone: Switch the night light on. The night light is off."
    assert programs.calls()[1:] == [
        ("gsettings", "set", SCHEMA, "night-light-enabled", value) for value in ("true", "false")
    ]


def test_a_desktop_without_such_a_setting_is_named(
    scene: Scene, programs: FakePrograms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "Openbox")
    programs.add("gsettings", "false")
    with pytest.raises(ActionFailed, match="Openbox"):
        scene.do("display.nightlight.on")
    assert programs.calls() == []


def test_a_screenshot_is_named_after_the_time_and_replaces_none(
    scene: Scene, programs: FakePrograms, own_home: Path
) -> None:
    (own_home / "Pictures").mkdir()
    scene.do("screen.screenshot")
    scene.do("screen.screenshot")
    names = sorted(path.name for path in (own_home / "Pictures").iterdir())
    assert names == ["Etoile 2026-11-21 14.05.00 2.png", "Etoile 2026-11-21 14.05.00.png"]


def test_a_screenshot_under_wayland_asks_the_desktops_tool(
    scene: Scene, programs: FakePrograms, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    programs.add("grim")
    with pytest.raises(ActionFailed, match="no picture"):
        scene.do("screen.screenshot")
    assert programs.calls() == [("grim", str(own_home / "Etoile 2026-11-21 14.05.00.png"))]


def test_without_a_tool_wayland_says_what_to_install(
    scene: Scene, programs: FakePrograms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    with pytest.raises(ActionFailed, match="gnome-screenshot, spectacle, grim") as error:
        scene.do("screen.screenshot")
    assert error.value.remedy


def test_the_words_on_the_screen_are_read(scene: Scene, programs: FakePrograms) -> None:
    programs.add("tesseract", "Hello\n\n  world")
    assert scene.do("screen.read") == "On the screen: Hello world"


def test_locking_asks_the_session_then_the_screen_saver(scene: Scene, programs: FakePrograms) -> None:
    programs.add("loginctl", "Failed to connect to bus", code=1)
    programs.add("xdg-screensaver")
    scene.do("screen.lock")
    assert programs.calls() == [("loginctl", "lock-session"), ("xdg-screensaver", "lock")]


def test_a_screen_that_nothing_locks_is_never_called_locked(scene: Scene, programs: FakePrograms) -> None:
    programs.add("loginctl", code=1)
    with pytest.raises(ActionFailed, match="Nothing on this desktop locks"):
        scene.do("screen.lock")


def test_switching_the_screen_off(scene: Scene, programs: FakePrograms) -> None:
    programs.add("xset")
    scene.do("screen.off")
    assert programs.calls() == [("xset", "dpms", "force", "off")]


def test_the_picture_is_a_png_of_the_right_colours() -> None:
    red_then_blue = bytes((0, 0, 255, 0, 255, 0, 0, 0))
    png = png_of(red_then_blue, width=2, height=1)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", png[16:24]) == (2, 1)
    length = struct.unpack(">I", png[33:37])[0]
    assert zlib.decompress(png[41 : 41 + length]) == bytes((0, 255, 0, 0, 0, 0, 255))
