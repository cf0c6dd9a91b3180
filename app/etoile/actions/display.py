"""Brightness and warmth of the screen."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from etoile.actions.action import Action, ActionTable, Context, Done, level_of, not_on
from etoile.actions.programs import Programs
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message

STEP_PERCENT = 10
DARKEST_PERCENT = 1
"""At 0 some panels switch off, and nobody finds the way back."""
BACKLIGHTS = Path("/sys/class/backlight")
_NIGHT_LIGHT = {
    "gnome": "org.gnome.settings-daemon.plugins.color",
    "unity": "org.gnome.settings-daemon.plugins.color",
    "budgie": "org.gnome.settings-daemon.plugins.color",
    "x-cinnamon": "org.cinnamon.settings-daemon.plugins.color",
}
"""Where each desktop keeps the setting `night-light-enabled`."""
_WMI = "Get-CimInstance -Namespace root/WMI -ClassName"


class Panel(Protocol):
    """A way to the screen's brightness, in percent.  Every method blocks, and raises ActionFailed."""

    def read(self) -> int:
        """Return how bright the screen is."""

    def write(self, percent: int) -> None:
        """Make the screen this bright."""


@dataclass(frozen=True, slots=True)
class Brightnessctl:
    """The panel of a laptop."""

    programs: Programs

    def read(self) -> int:
        """Return how bright the screen is."""
        return read_brightnessctl(self.programs.run("brightnessctl", "--class=backlight", "--machine-readable"))

    def write(self, percent: int) -> None:
        """Make the screen this bright."""
        self.programs.run("brightnessctl", "--class=backlight", "set", f"{percent}%")


@dataclass(frozen=True, slots=True)
class Logind:
    """The panel of a laptop, through systemd, which lets the person at the screen change it."""

    programs: Programs
    device: Path

    def read(self) -> int:
        """Return how bright the screen is."""
        return round(100 * int((self.device / "brightness").read_text()) / self._most())

    def write(self, percent: int) -> None:
        """Make the screen this bright."""
        login = "org.freedesktop.login1"
        session = ("/org/freedesktop/login1/session/auto", f"{login}.Session")
        value = round(self._most() * percent / 100)
        self.programs.run(
            "busctl", "call", login, *session, "SetBrightness", "ssu", "backlight", self.device.name, str(value)
        )

    def _most(self) -> int:
        return int((self.device / "max_brightness").read_text())


@dataclass(frozen=True, slots=True)
class Ddcutil:
    """A monitor, over its video cable (VESA MCCS, feature 10)."""

    programs: Programs

    def read(self) -> int:
        """Return how bright the screen is."""
        return read_ddcutil(self.programs.run("ddcutil", "getvcp", "10", "--brief"))

    def write(self, percent: int) -> None:
        """Make the screen this bright."""
        self.programs.run("ddcutil", "setvcp", "10", str(percent))


@dataclass(frozen=True, slots=True)
class Wmi:
    """A Windows laptop's panel.  Built to Microsoft's documentation; not tried on Windows yet."""

    programs: Programs

    def read(self) -> int:
        """Return how bright the screen is."""
        written = self._powershell(f"({_WMI} WmiMonitorBrightness).CurrentBrightness")
        found = re.search(r"\d+", written)
        if found is None:
            raise _unread()
        return int(found[0])

    def write(self, percent: int) -> None:
        """Make the screen this bright."""
        arguments = f"@{{Timeout=1;Brightness={percent:d}}}"
        self._powershell(
            f"{_WMI} WmiMonitorBrightnessMethods | Invoke-CimMethod -MethodName WmiSetBrightness -Arguments {arguments}"
        )

    def _powershell(self, script: str) -> str:
        return self.programs.run("powershell", "-NoProfile", "-NonInteractive", "-Command", script)


def _unread() -> ActionFailed:
    return ActionFailed(message("The screen did not tell its brightness."))


def read_brightnessctl(written: str) -> int:
    """Return the percentage in "intel_backlight,backlight,400,42%,937"."""
    found = re.search(r",(\d+)%,", written)
    if found is None:
        raise _unread()
    return int(found[1])


def read_ddcutil(written: str) -> int:
    """Return the percentage in "VCP 10 C 50 100": the value and the most there is."""
    found = re.search(r"VCP 10 C (\d+) (\d+)", written)
    if found is None or not int(found[2]):
        raise _unread()
    return round(100 * int(found[1]) / int(found[2]))


def _panel(context: Context) -> Panel:
    """Return the way to the screen's brightness here.  Raises ActionFailed, which says what is missing."""
    if context.system == "win32":
        return Wmi(context.programs)
    if context.system != "linux":
        raise not_on(context)
    device = next(iter(sorted(BACKLIGHTS.glob("*"))), None) if BACKLIGHTS.is_dir() else None
    if device is not None:
        tool = context.programs.need("brightnessctl", "busctl")
        return Brightnessctl(context.programs) if tool == "brightnessctl" else Logind(context.programs, device)
    if context.programs.first_of("ddcutil"):
        return Ddcutil(context.programs)
    raise ActionFailed(
        message("This screen has no backlight that a program can change."),
        message("For a monitor that listens on its cable (DDC/CI), install ddcutil and load the module i2c-dev."),
    )


def _change(context: Context, wanted: Callable[[int], int]) -> Done:
    panel = _panel(context)
    before = panel.read()
    after = max(DARKEST_PERCENT, min(100, wanted(before)))
    panel.write(after)

    def put_back(later: Context) -> Message:
        _panel(later).write(before)
        return _said(before)

    return Done(_said(after), put_back)


def _said(percent: int) -> Message:
    return message("The brightness is at {level} %.", level=percent)


def _set(slots: Slots, context: Context) -> Done:
    level = level_of(slots)
    return _change(context, lambda before: level)


def _by(step: int) -> Action:
    return lambda slots, context: _change(context, lambda before: before + step)


def _night_light(on: bool) -> Action:
    def switch(slots: Slots, context: Context) -> Done:
        if context.system != "linux":
            raise not_on(context)
        schema = _night_light_schema(os.environ.get("XDG_CURRENT_DESKTOP", ""))
        before = context.programs.run("gsettings", "get", schema, "night-light-enabled").strip() == "true"
        _write_night_light(context, schema, on)

        def put_back(later: Context) -> Message:
            _write_night_light(later, schema, before)
            return _night_light_said(before)

        return Done(_night_light_said(on), put_back)

    return switch


def _night_light_schema(desktop: str) -> str:
    """Return where the desktop "ubuntu:GNOME" keeps its night light."""
    for name in desktop.casefold().split(":"):
        if name in _NIGHT_LIGHT:
            return _NIGHT_LIGHT[name]
    raise ActionFailed(
        message("I cannot switch the night light of this desktop ({desktop}).", desktop=desktop or "?"),
        message("It is in the display settings; GNOME, Budgie and Cinnamon let me switch it."),
    )


def _write_night_light(context: Context, schema: str, on: bool) -> None:
    context.programs.run("gsettings", "set", schema, "night-light-enabled", "true" if on else "false")


def _night_light_said(on: bool) -> Message:
    return message("The night light is on.") if on else message("The night light is off.")


ACTIONS: ActionTable = {
    "display.brightness.set": _set,
    "display.brightness.up": _by(STEP_PERCENT),
    "display.brightness.down": _by(-STEP_PERCENT),
    "display.nightlight.on": _night_light(on=True),
    "display.nightlight.off": _night_light(on=False),
}
