"""Starting with the session, by each system's convention."""

import configparser
import plistlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from etoile.installed.autostart import DesktopEntry, LaunchAgent, WindowsRun, autostart, start_with_session
from etoile.installed.launch import launch_command

COMMANDS = [
    ["/usr/bin/etoile", "--hidden"],
    ["/home/zoé/mes outils/etoile", "--hidden"],
    ['/odd/50% "quoted" $HOME `x` back\\slash', "--hidden"],
]


def unescaped(value: str) -> list[str]:
    """Return what a session makes of Exec: a string of a desktop entry, then quoted arguments, then field codes."""
    string = value.replace("\\\\", "\\")
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', string)
    return [re.sub(r'\\(["`$\\])', r"\1", quoted or bare).replace("%%", "%") for quoted, bare in words]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_desktop_entry_starts_the_very_command(command: list[str], tmp_path: Path) -> None:
    entry = DesktopEntry(tmp_path / "autostart" / "etoile.desktop")
    assert entry.command() is None
    entry.enable(command)
    parser = configparser.RawConfigParser()
    parser.read(entry.place, "utf-8")
    assert parser["Desktop Entry"]["Type"] == "Application"
    assert unescaped(parser["Desktop Entry"]["Exec"]) == command
    assert parser["Desktop Entry"]["TryExec"].replace("\\\\", "\\") == command[0]
    assert entry.command() == parser["Desktop Entry"]["Exec"]
    entry.disable()
    entry.disable()
    assert entry.command() is None


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_an_entry_that_a_settings_tool_switched_off_is_off(line: str, tmp_path: Path) -> None:
    entry = DesktopEntry(tmp_path / "etoile.desktop")
    entry.enable(["etoile"])
    text = Path(entry.place).read_text().replace("X-GNOME-Autostart-enabled=true", line)
    Path(entry.place).write_text(text)
    assert entry.command() is None


@pytest.mark.skipif(sys.platform != "linux", reason="the place is Linux's")
def test_what_is_switched_on_is_this_very_program(own_home: Path) -> None:
    start_with_session(True)
    way = autostart()
    assert Path(way.place) == own_home / ".config/autostart/etoile.desktop"
    command = way.command()
    assert command is not None
    assert unescaped(command) == [*launch_command(), "--hidden"]
    assert Path(launch_command()[0]).is_absolute()
    start_with_session(False)
    assert autostart().command() is None


def test_a_launch_agent_holds_the_command(tmp_path: Path) -> None:
    agent = LaunchAgent(tmp_path / "agents" / "etoile.plist")
    agent.enable(["/Applications/Etoile", "--hidden"])
    held = plistlib.loads(Path(agent.place).read_bytes())
    assert (held["ProgramArguments"], held["RunAtLoad"]) == (["/Applications/Etoile", "--hidden"], True)
    assert agent.command() == "/Applications/Etoile --hidden"
    agent.disable()
    assert agent.command() is None


class FakeRegistry(SimpleNamespace):
    """What `winreg` does with one key, as its documentation tells."""

    HKEY_CURRENT_USER, KEY_SET_VALUE, REG_SZ = "HKCU", 2, 1

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, dict[str, str]] = {}

    @contextmanager
    def OpenKey(self, root: str, path: str, access: int = 0) -> Iterator[dict[str, str]]:  # noqa: N802
        if path not in self.keys:
            raise FileNotFoundError(path)
        yield self.keys[path]

    @contextmanager
    def CreateKey(self, root: str, path: str) -> Iterator[dict[str, str]]:  # noqa: N802
        yield self.keys.setdefault(path, {})

    def SetValueEx(self, key: dict[str, str], name: str, reserved: int, kind: int, value: str) -> None:  # noqa: N802
        key[name] = value

    def QueryValueEx(self, key: dict[str, str], name: str) -> tuple[str, int]:  # noqa: N802
        if name not in key:
            raise FileNotFoundError(name)
        return key[name], self.REG_SZ

    def DeleteValue(self, key: dict[str, str], name: str) -> None:  # noqa: N802
        if name not in key:
            raise FileNotFoundError(name)
        del key[name]


def test_windows_keeps_it_under_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "winreg", FakeRegistry())
    run = WindowsRun()
    assert run.command() is None
    run.disable()
    run.enable([r"C:\Program Files\Etoile\etoile.exe", "--hidden"])
    assert run.command() == r'"C:\Program Files\Etoile\etoile.exe" --hidden'
    run.disable()
    assert run.command() is None


@pytest.mark.skipif(sys.platform == "win32", reason="the bits are those of Unix")
def test_a_folder_that_cannot_be_written_is_told(own_home: Path, etoile: Any) -> None:
    (own_home / ".config/autostart").write_text("no folder")
    assert etoile("autostart", "on") == 2
    assert "autostart" in etoile.err


def test_the_command_line_switches_and_tells(etoile: Any) -> None:
    assert etoile("autostart", "--json") == 0
    assert etoile.lines[0]["autostart"] is False
    assert etoile("autostart", "on") == 0
    assert "starts with the session" in etoile.out
    assert etoile("autostart", "status", "--json") == 0
    assert etoile.lines[0]["autostart"] is True
    assert etoile("autostart", "off") == 0
    assert "does not start with the session" in etoile.out
