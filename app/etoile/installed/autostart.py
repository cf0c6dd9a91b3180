"""Whether Etoile starts with the session: by each desktop's own convention, for one user, never as root.

Linux: a desktop entry in `autostart` of the config folder (freedesktop.org, Desktop Application Autostart).  Windows:
a value under `Run` of the user's registry.  macOS: a launch agent.  Untested: Windows and macOS.
"""

import importlib
import os
import plistlib
import re
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from etoile.errors import UsageError
from etoile.installed.launch import launch_command
from etoile.text import message

HIDDEN = "--hidden"
_IDENTIFIER = "org.etoile.Etoile"


class Autostart(Protocol):
    """One system's way to start a program with the session."""

    @property
    def place(self) -> str:
        """Where it is written down."""
        ...

    def command(self) -> str | None:
        """Return what is started with the session; None when nothing is."""
        ...

    def enable(self, command: Sequence[str]) -> None:
        """Start `command` with the session."""
        ...

    def disable(self) -> None:
        """Start nothing with the session."""
        ...


def autostart() -> Autostart:
    """Return this system's way."""
    match sys.platform:
        case "win32":
            return WindowsRun()
        case "darwin":
            return LaunchAgent(Path.home() / "Library/LaunchAgents" / f"{_IDENTIFIER}.plist")
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return DesktopEntry(config / "autostart" / "etoile.desktop")


def start_with_session(wanted: bool) -> None:
    """Have this Etoile start with the session, as a tray icon only, or no longer.  Raises UsageError."""
    way = autostart()
    try:
        if wanted:
            way.enable([*launch_command(), HIDDEN])
        else:
            way.disable()
    except OSError as error:
        raise UsageError(
            message("{path} cannot be written: {error}.", path=way.place, error=error.strerror or str(error))
        ) from error


class DesktopEntry:
    """An entry in the folder `autostart`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def place(self) -> str:
        """The file of the entry."""
        return str(self._path)

    def command(self) -> str | None:
        """Return the command of the entry; None without one, or where a settings tool switched it off."""
        try:
            lines = self._path.read_text("utf-8", "replace").splitlines()
        except OSError:
            return None
        entry = dict(line.split("=", 1) for line in lines if "=" in line)
        off = entry.get("Hidden") == "true" or entry.get("X-GNOME-Autostart-enabled") == "false"
        return None if off else entry.get("Exec")

    def enable(self, command: Sequence[str]) -> None:
        """Write the entry anew."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lines = (
            "[Desktop Entry]",
            "Type=Application",
            "Name=Etoile",
            # Where Etoile is gone, the session passes over the entry.
            "TryExec=" + command[0].replace("\\", "\\\\"),
            f"Exec={' '.join(map(_quoted, command))}",
            "Icon=etoile",
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
        )
        self._path.write_text("\n".join(lines) + "\n", "utf-8")

    def disable(self) -> None:
        """Remove the entry."""
        self._path.unlink(missing_ok=True)


def _quoted(argument: str) -> str:
    """Return `argument` as the Exec key of a desktop entry takes it (Desktop Entry Specification, "The Exec key").

    Escaped twice: once for the quoted argument, once because the value is a string of the entry.
    """
    argument = argument.replace("%", "%%")
    if re.fullmatch(r"[\w@+./:=,%-]+", argument):
        return argument
    escaped = re.sub(r'(["`$\\])', r"\\\1", argument)
    return '"' + escaped.replace("\\", "\\\\") + '"'


class WindowsRun:
    """A value of the user's `Run` key."""

    _KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
    _NAME = "Etoile"

    @property
    def place(self) -> str:
        """The key and the value."""
        return rf"HKEY_CURRENT_USER\{self._KEY}\{self._NAME}"

    def command(self) -> str | None:
        """Return the value."""
        registry = _registry()
        try:
            with registry.OpenKey(registry.HKEY_CURRENT_USER, self._KEY) as key:
                return str(registry.QueryValueEx(key, self._NAME)[0])
        except FileNotFoundError:
            return None

    def enable(self, command: Sequence[str]) -> None:
        """Set the value."""
        registry = _registry()
        with registry.CreateKey(registry.HKEY_CURRENT_USER, self._KEY) as key:
            registry.SetValueEx(key, self._NAME, 0, registry.REG_SZ, subprocess.list2cmdline(command))

    def disable(self) -> None:
        """Remove the value."""
        registry = _registry()
        with (
            suppress(FileNotFoundError),
            registry.OpenKey(registry.HKEY_CURRENT_USER, self._KEY, access=registry.KEY_SET_VALUE) as key,
        ):
            registry.DeleteValue(key, self._NAME)


def _registry() -> Any:
    """Return Windows' own module, of which other systems know neither the names nor the types."""
    return importlib.import_module("winreg")


class LaunchAgent:
    """A property list for launchd."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def place(self) -> str:
        """The property list."""
        return str(self._path)

    def command(self) -> str | None:
        """Return the command of the agent."""
        try:
            agent = plistlib.loads(self._path.read_bytes())
        except (OSError, plistlib.InvalidFileException):
            return None
        return " ".join(agent.get("ProgramArguments", ())) or None

    def enable(self, command: Sequence[str]) -> None:
        """Write the agent anew; it counts from the next session on."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        agent = {
            "Label": _IDENTIFIER,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
        }
        self._path.write_bytes(plistlib.dumps(agent))

    def disable(self) -> None:
        """Remove the agent."""
        self._path.unlink(missing_ok=True)
