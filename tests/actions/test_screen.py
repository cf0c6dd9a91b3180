"""Brightness, night light, screenshots, locking: exact calls, and what is said where there is no way."""

import struct
import zlib
from pathlib import Path

import pytest

from etoile.actions import display, locking
from etoile.actions.display import read_ddcutil
from etoile.actions.x11 import png_of
from etoile.errors import ActionFailed
from tests.actions.fake_bus import FakeBus, Service
from tests.actions.fakes import FakePrograms, Scene


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
    assert read_ddcutil("VCP 10 C 35 70\n") == 50
    with pytest.raises(ActionFailed):
        read_ddcutil("VCP 10 ERR")
    with pytest.raises(ActionFailed):
        read_ddcutil("VCP 10 C 0 0")


SESSION = "/org/freedesktop/login1/session/auto"


def test_a_panel_is_set_through_systemd(scene: Scene, bus: FakeBus, backlight: Path) -> None:
    service = bus.add(Service("org.freedesktop.login1"))
    assert scene.do("display.brightness.up") == "The brightness is at 50 %."
    scene.do("assistant.undo")
    assert service.told == [(SESSION, "SetBrightness", ("backlight", "intel_backlight", value)) for value in (750, 600)]


def test_without_systemd_brightnessctl_does_it(scene: Scene, programs: FakePrograms, backlight: Path) -> None:
    programs.add("brightnessctl")
    scene.do("display.brightness.set", level=80)
    assert programs.calls() == [("brightnessctl", "--device=intel_backlight", "set", "80%")]


def test_of_several_backlights_the_kernels_favourite_is_taken(scene: Scene, bus: FakeBus, backlight: Path) -> None:
    service = bus.add(Service("org.freedesktop.login1"))
    (backlight / "type").write_text("raw\n")
    firmware = backlight.parent / "z_acpi"
    firmware.mkdir()
    for name, content in (("type", "firmware"), ("brightness", "5"), ("max_brightness", "10")):
        (firmware / name).write_text(content)
    scene.do("display.brightness.set", level=80)
    assert service.calls() == [("SetBrightness", ("backlight", "z_acpi", 8))]


def test_an_unreadable_panel_is_said(scene: Scene, backlight: Path) -> None:
    (backlight / "brightness").write_text("?")
    with pytest.raises(ActionFailed, match="did not tell its brightness"):
        scene.do("display.brightness.up")


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
    with pytest.raises(ActionFailed, match="no way to a picture"):
        scene.do("screen.screenshot")
    assert programs.calls() == [("grim", str(own_home / "Etoile 2026-11-21 14.05.00.png"))]


def portal(bus: FakeBus, response: int, uri: str) -> Service:
    """Put a portal on the bus that answers a request for a picture so."""
    results = (response, {"uri": ("s", uri)} if uri else {})
    properties = {("response", "Screenshot"): ("", results)}
    return bus.add(Service("org.freedesktop.portal.Desktop", properties, methods={"Screenshot": ("o", ("/request",))}))


@pytest.fixture
def wayland(monkeypatch: pytest.MonkeyPatch, programs: FakePrograms) -> FakePrograms:
    """Give a Wayland desktop without programs."""
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    for name in ("SWAYSOCK", "HYPRLAND_INSTANCE_SIGNATURE", "KDE_FULL_SESSION"):
        monkeypatch.delenv(name, raising=False)
    return programs


def test_without_a_tool_wayland_takes_the_picture_of_the_portal(
    scene: Scene, wayland: FakePrograms, bus: FakeBus, own_home: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "Screenshot é.png"
    picture.write_bytes(b"picture")
    portal(bus, 0, picture.as_uri())
    scene.do("screen.screenshot")
    assert (own_home / "Etoile 2026-11-21 14.05.00.png").read_bytes() == b"picture"
    assert not picture.exists()


@pytest.mark.parametrize(
    ("response", "uri", "said"),
    [
        (1, "", "You did not allow it"),
        (2, "", "The desktop refused it"),
        (0, "", "gave no picture"),
        (0, "http://x/y.png", "gave no picture"),
        (0, "file:///does/not/exist.png", "No such file"),
    ],
)
def test_a_portal_without_a_picture_is_told(
    scene: Scene, wayland: FakePrograms, bus: FakeBus, own_home: Path, response: int, uri: str, said: str
) -> None:
    portal(bus, response, uri)
    with pytest.raises(ActionFailed, match=said):
        scene.do("screen.screenshot")
    assert list(own_home.glob("*.png")) == []


def test_without_tool_and_portal_wayland_says_what_to_install(scene: Scene, wayland: FakePrograms) -> None:
    with pytest.raises(ActionFailed, match="no way to a picture") as error:
        scene.do("screen.screenshot")
    assert error.value.remedy


def test_the_words_on_the_screen_are_read_in_the_languages_that_are_there(scene: Scene, programs: FakePrograms) -> None:
    programs.add("tesseract", {"--list-langs": "deu\neng\nosd", "*": "Hello\n\n  world"})
    assert scene.do("screen.read") == "On the screen: Hello world"
    assert programs.calls()[-1][-3:] == ("stdout", "-l", "eng")


@pytest.mark.parametrize("service", ["org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver"])
def test_a_screen_saver_that_says_that_it_locked_is_believed(scene: Scene, bus: FakeBus, service: str) -> None:
    saver = bus.add(Service(service, methods={"GetActive": ("b", (True,))}))
    assert scene.do("screen.lock") == "The screen is locked."
    assert saver.calls()[0] == ("Lock", ())


@pytest.mark.parametrize("locked", [True, False])
def test_the_session_is_asked_and_then_a_locker(
    scene: Scene, bus: FakeBus, programs: FakePrograms, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    monkeypatch.setattr(locking, "LOCKED_WAIT_S", 0.0)
    login = bus.add(Service("org.freedesktop.login1", {(SESSION, "LockedHint"): ("b", locked)}))
    for name in ("i3lock", "setsid"):
        programs.add(name)
    said = scene.do("screen.lock")
    assert login.calls() == [("Lock", ())]
    assert (said, bool(programs.calls())) == (
        ("The screen is locked.", False) if locked else ("I asked the desktop to lock the screen.", True)
    )


def test_a_screen_that_nothing_locks_is_never_called_locked(scene: Scene, programs: FakePrograms) -> None:
    with pytest.raises(ActionFailed, match="Nothing on this desktop locks"):
        scene.do("screen.lock")


def test_switching_the_screen_off(scene: Scene, programs: FakePrograms) -> None:
    programs.add("xset")
    scene.do("screen.off")
    assert programs.calls() == [("xset", "dpms", "force", "off")]


def test_under_wayland_each_compositor_has_its_way_and_undo_comes_back(
    scene: Scene, wayland: FakePrograms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWAYSOCK", "/run/sway.sock")
    wayland.add("swaymsg")
    scene.do("screen.off")
    assert scene.do("assistant.undo") == "Undone: Switch the screen off. The screen is on."
    assert wayland.calls() == [("swaymsg", "output", "*", "dpms", state) for state in ("off", "on")]


def test_gnome_switches_the_screen_off_by_its_bus(scene: Scene, wayland: FakePrograms, bus: FakeBus) -> None:
    mutter = bus.add(Service("org.gnome.Mutter.DisplayConfig"))
    scene.do("screen.off")
    scene.do("assistant.undo")
    assert mutter.values("PowerSaveMode") == [3, 0]


def test_a_compositor_that_does_not_let_us_is_said(scene: Scene, wayland: FakePrograms) -> None:
    with pytest.raises(ActionFailed, match="does not let a program switch the screen off"):
        scene.do("screen.off")


def test_the_picture_is_a_png_of_the_right_colours() -> None:
    red_then_blue = bytes((0, 0, 255, 0, 255, 0, 0, 0))
    png = png_of(red_then_blue, width=2, height=1)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", png[16:24]) == (2, 1)
    length = struct.unpack(">I", png[33:37])[0]
    assert zlib.decompress(png[41 : 41 + length]) == bytes((0, 255, 0, 0, 0, 0, 255))
