"""Sleep, restart, shutdown, logout: what holds them off is told, and nothing is done by another way then."""

import ctypes
from types import SimpleNamespace
from typing import Any

import pytest

from etoile.actions import win32
from etoile.actions.power import logout_arguments
from etoile.errors import ActionFailed
from tests.actions.fake_bus import FakeBus, Service
from tests.actions.fakes import FakePrograms, Scene

MANAGER = "/org/freedesktop/login1"


def logind(bus: FakeBus, can: str = "yes", *inhibitors: tuple[str, str, str, str, int, int]) -> Service:
    """Put logind on the bus."""
    methods: dict[str, Any] = dict.fromkeys(("CanSuspend", "CanReboot", "CanPowerOff"), ("s", (can,)))
    methods["ListInhibitors"] = ("a(ssssuu)", (list(inhibitors),))
    return bus.add(Service("org.freedesktop.login1", methods=methods))


@pytest.mark.parametrize(
    ("command", "method"), [("power.sleep", "Suspend"), ("power.restart", "Reboot"), ("power.shutdown", "PowerOff")]
)
def test_logind_is_asked(scene: Scene, bus: FakeBus, programs: FakePrograms, command: str, method: str) -> None:
    service = logind(bus, "challenge", ("sleep", "ModemManager", "needs to reset", "delay", 0, 1))
    scene.do(command)
    assert service.calls()[-1] == (method, (True,))
    assert programs.calls() == []


@pytest.mark.parametrize(("can", "said"), [("na", "This computer cannot do that"), ("no", "You are not allowed")])
def test_what_cannot_be_is_said_and_not_tried_otherwise(
    scene: Scene, bus: FakeBus, programs: FakePrograms, can: str, said: str
) -> None:
    service = logind(bus, can)
    programs.add("systemctl")
    with pytest.raises(ActionFailed, match=said):
        scene.do("power.sleep")
    assert "Suspend" not in dict(service.calls())
    assert programs.calls() == []


def test_programs_that_hold_it_off_are_named_with_their_reason(scene: Scene, bus: FakeBus) -> None:
    service = logind(bus, "yes", ("shutdown:sleep", "PackageKit", "installs updates", "block", 0, 1))
    with pytest.raises(ActionFailed, match=r"held off by PackageKit \(installs updates\)"):
        scene.do("power.shutdown")
    assert "PowerOff" not in dict(service.calls())


def test_what_holds_off_sleep_does_not_hold_off_a_restart(scene: Scene, bus: FakeBus) -> None:
    service = logind(bus, "yes", ("sleep:idle", "mpv", "plays a film", "block", 1000, 1))
    scene.do("power.restart")
    assert service.calls()[-1] == ("Reboot", (True,))


def test_a_refusal_of_polkit_is_clear(scene: Scene, bus: FakeBus) -> None:
    service = logind(bus)
    service.methods = {**service.methods, "Suspend": "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"}
    with pytest.raises(ActionFailed, match="You are not allowed") as error:
        scene.do("power.sleep")
    assert "polkit" in (error.value.remedy.id if error.value.remedy else "")


@pytest.mark.parametrize(
    ("command", "system", "call"),
    [
        ("power.sleep", "linux", ("systemctl", "suspend")),
        ("power.restart", "linux", ("systemctl", "reboot")),
        ("power.shutdown", "linux", ("systemctl", "poweroff")),
        ("power.restart", "win32", ("shutdown.exe", "/r", "/t", "0")),
        ("power.shutdown", "win32", ("shutdown.exe", "/s", "/t", "0")),
        ("power.logout", "win32", ("shutdown.exe", "/l")),
        ("power.sleep", "darwin", ("pmset", "sleepnow")),
        ("power.logout", "darwin", ("osascript", "-e", 'tell application "System Events" to log out')),
    ],
)
def test_without_logind_and_elsewhere(programs: FakePrograms, command: str, system: str, call: tuple[str, ...]) -> None:
    programs.add(call[0])
    done = Scene(system=system).done(command, {})
    assert programs.calls() == [call]
    assert done.undo is None


@pytest.mark.parametrize(("allowed", "said"), [(1, "The computer goes to sleep."), (0, "cannot do that")])
def test_windows_sleeps_and_does_not_hibernate(monkeypatch: pytest.MonkeyPatch, allowed: int, said: str) -> None:
    asked: list[tuple[int, ...]] = []

    def suspend(*arguments: int) -> int:
        asked.append(arguments)
        return allowed

    windll = SimpleNamespace(powrprof=SimpleNamespace(SetSuspendState=suspend))
    monkeypatch.setattr(win32, "_windows", SimpleNamespace(windll=windll, Structure=ctypes.Structure))
    if allowed:
        assert Scene(system="win32").do("power.sleep") == said
    else:
        with pytest.raises(ActionFailed, match=said):
            Scene(system="win32").do("power.sleep")
    assert asked == [(0, 0, 0)]


@pytest.mark.parametrize(
    ("environment", "call"),
    [
        ({"XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}, ("gnome-session-quit", "--logout", "--no-prompt")),
        ({"XDG_CURRENT_DESKTOP": "XFCE"}, ("xfce4-session-logout", "--logout")),
        ({"XDG_CURRENT_DESKTOP": "KDE"}, ("qdbus6", "org.kde.Shutdown", "/Shutdown", "org.kde.Shutdown.logout")),
        ({"XDG_CURRENT_DESKTOP": "sway"}, ("swaymsg", "exit")),
        ({"XDG_CURRENT_DESKTOP": "Openbox"}, ("openbox", "--exit")),
        ({"XDG_CURRENT_DESKTOP": "dwm", "XDG_SESSION_ID": "c2"}, ("loginctl", "terminate-session", "c2")),
    ],
)
def test_each_desktop_logs_out_its_own_way(environment: dict[str, str], call: tuple[str, ...]) -> None:
    assert logout_arguments(environment) == call


def test_an_unknown_session_is_not_logged_out() -> None:
    with pytest.raises(ActionFailed):
        logout_arguments({"XDG_SESSION_ID": "-x"})
