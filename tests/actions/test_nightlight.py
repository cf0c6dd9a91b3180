"""The night light: each desktop's own setting, and what is said where there is none."""

import pytest

from etoile.errors import ActionFailed
from tests.actions.fake_bus import FakeBus, Service
from tests.actions.fakes import FakePrograms, Scene

GNOME = "org.gnome.settings-daemon.plugins.color"
KWIN = ("--file", "kwinrc", "--group", "NightColor", "--key", "Active")


def test_gnome_and_back(scene: Scene, programs: FakePrograms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")
    programs.add("gsettings", {f"get {GNOME} night-light-enabled": "false"})
    assert scene.do("display.nightlight.on") == "The night light is on; it follows its hours."
    assert scene.do("assistant.undo") == "Undone: Switch the night light on. The night light is off."
    assert programs.calls()[1:] == [
        ("gsettings", "set", GNOME, "night-light-enabled", value) for value in ("true", "false")
    ]


def test_kde_is_told_to_read_its_setting(
    scene: Scene, programs: FakePrograms, bus: FakeBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    programs.add("kreadconfig6", "true")
    programs.add("kwriteconfig6")
    kwin = bus.add(Service("org.kde.KWin"))
    assert scene.do("display.nightlight.off") == "The night light is off."
    scene.do("assistant.undo")
    writes = [call for call in programs.calls() if call[0] == "kwriteconfig6"]
    assert writes == [("kwriteconfig6", *KWIN, "--type", "bool", value) for value in ("false", "true")]
    assert kwin.calls() == [("reconfigure", ())] * 2


def test_elsewhere_on_x11_redshift_warms_the_screen(
    scene: Scene, programs: FakePrograms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "Openbox")
    programs.add("redshift")
    assert scene.do("display.nightlight.on") == "The screen is warmer."
    scene.do("assistant.undo")
    assert programs.calls() == [("redshift", "-P", "-O", "4000"), ("redshift", "-x")]


@pytest.mark.parametrize("wayland", [True, False])
def test_a_desktop_without_such_a_setting_is_named(
    scene: Scene, programs: FakePrograms, monkeypatch: pytest.MonkeyPatch, wayland: bool
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "Openbox")
    programs.add("gsettings", "false")
    if wayland:
        programs.add("redshift")
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    with pytest.raises(ActionFailed, match="Openbox"):
        scene.do("display.nightlight.on")
    assert programs.calls() == []
