"""Brightness of the screen."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from etoile.actions import logind
from etoile.actions.action import Action, ActionTable, Context, Done, level_of, not_on
from etoile.actions.bus import NobodyAnswers
from etoile.actions.programs import Programs
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message

STEP_PERCENT = 10
DARKEST_PERCENT = 1
"""At 0 some panels switch off, and nobody finds the way back."""
BACKLIGHTS = Path("/sys/class/backlight")
_DRIVERS = {"firmware": 0, "platform": 1, "raw": 2}
"""Types of backlights, the preferred first (Documentation/ABI/stable/sysfs-class-backlight)."""
_WMI = "Get-CimInstance -Namespace root/WMI -ClassName"


class Panel(Protocol):
    """A way to the screen's brightness, in percent.  Every method blocks, and raises ActionFailed."""

    def read(self) -> int:
        """Return how bright the screen is."""

    def write(self, percent: int) -> None:
        """Make the screen this bright."""


@dataclass(frozen=True, slots=True)
class Backlight:
    """The panel of a laptop, through systemd, which lets the person at the screen change it."""

    context: Context
    device: Path

    def read(self) -> int:
        """Return how bright the screen is."""
        return round(100 * self._number("brightness") / self._number("max_brightness"))

    def write(self, percent: int) -> None:
        """Make the screen this bright."""
        value = round(self._number("max_brightness") * percent / 100)
        try:
            logind.set_brightness(self.context, self.device.name, value)
        except NobodyAnswers:
            self.context.programs.run("brightnessctl", f"--device={self.device.name}", "set", f"{percent}%")

    def _number(self, name: str) -> int:
        try:
            return max(1, int((self.device / name).read_text()))
        except (OSError, ValueError):
            raise _unread() from None


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
        written = self.programs.powershell(f"({_WMI} WmiMonitorBrightness).CurrentBrightness")
        found = re.search(r"\d+", written)
        if found is None:
            raise _unread()
        return int(found[0])

    def write(self, percent: int) -> None:
        """Make the screen this bright."""
        arguments = f"@{{Timeout=1;Brightness={percent:d}}}"
        self.programs.powershell(
            f"{_WMI} WmiMonitorBrightnessMethods | Invoke-CimMethod -MethodName WmiSetBrightness -Arguments {arguments}"
        )


def _unread() -> ActionFailed:
    return ActionFailed(message("The screen did not tell its brightness."))


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
    if (device := _backlight()) is not None:
        return Backlight(context, device)
    if context.programs.first_of("ddcutil"):
        return Ddcutil(context.programs)
    raise ActionFailed(
        message("This screen has no backlight that a program can change."),
        message("For a monitor that listens on its cable (DDC/CI), install ddcutil and load the module i2c-dev."),
    )


def _backlight() -> Path | None:
    """Return the panel's backlight; where several drivers offer one, the one that the kernel's documents prefer."""
    found = sorted(BACKLIGHTS.glob("*"), key=lambda path: (_DRIVERS.get(_kind(path), 3), path.name))
    return found[0] if found else None


def _kind(device: Path) -> str:
    try:
        return (device / "type").read_text().strip()
    except OSError:
        return ""


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


ACTIONS: ActionTable = {
    "display.brightness.set": _set,
    "display.brightness.up": _by(STEP_PERCENT),
    "display.brightness.down": _by(-STEP_PERCENT),
}
