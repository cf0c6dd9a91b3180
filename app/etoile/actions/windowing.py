"""The windows of this desktop, whichever system draws them: what the commands about windows and keys need."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from etoile.errors import ActionFailed
from etoile.text import message


@dataclass(frozen=True, slots=True)
class Window:
    """A window of some program."""

    id: int
    title: str
    names: tuple[str, ...]
    """What its program is called: window class, instance, process."""
    pid: int | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of the desktop, in pixels."""

    x: int
    y: int
    width: int
    height: int

    def left_half(self) -> "Area":
        """Return its left half."""
        return Area(self.x, self.y, self.width // 2, self.height)

    def right_half(self) -> "Area":
        """Return its right half, which takes the odd pixel."""
        half = self.width // 2
        return Area(self.x + half, self.y, self.width - half, self.height)


class State(StrEnum):
    """A state that a window is in or not."""

    MAXIMIZED = "maximized"
    FULLSCREEN = "fullscreen"
    MINIMIZED = "minimized"


class WindowSystem(Protocol):
    """One connection to the desktop, used by one thread.  Every method may raise ActionFailed."""

    def __enter__(self) -> Self:
        """Connect."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the desktop."""

    def windows(self) -> list[Window]:
        """Return the windows of programs, the one in front last; Etoile's own are left out."""

    def activate(self, window: Window) -> None:
        """Bring `window` to the front and give it the keyboard; return when it has it."""

    def close(self, window: Window) -> None:
        """Ask `window` to close; its program may ask its user first."""

    def in_view(self, window: Window) -> bool:
        """Return whether `window` is on the desktop shown, and not minimised."""

    def is_in(self, window: Window, state: State) -> bool:
        """Return whether `window` is in `state`."""

    def put(self, window: Window, state: State, on: bool) -> None:
        """Put `window` into `state`, or take it out."""

    def area(self, window: Window) -> Area:
        """Return where `window` is, with its frame."""

    def work_area(self, window: Window) -> Area:
        """Return the part of the screen of `window` that no panel covers."""

    def place(self, window: Window, area: Area) -> None:
        """Move and resize `window`, with its frame, to `area`; it is no longer maximised."""

    def show_desktop(self, shown: bool) -> None:
        """Put every window away, or back."""

    def desktop(self) -> tuple[int, int]:
        """Return the number of the virtual desktop shown, from 0, and how many there are."""

    def go_to_desktop(self, number: int) -> None:
        """Show the virtual desktop `number`, from 0."""

    def press(self, keys: str) -> None:
        """Press and release `keys`, such as "ctrl+shift+t" or "Page_Down", in the window that has the keyboard."""

    def asks_password(self, window: Window) -> bool:
        """Return whether what is typed into `window` is known to be a password."""

    def type(self, text: str) -> None:
        """Type `text`, of any letters, into the window that has the keyboard; a line break is the key Return."""

    def clipboard(self) -> str:
        """Return the text of the clipboard; empty when it holds none."""

    def hold_clipboard(self, text: str) -> None:
        """Put `text` into the clipboard, where it stays until another program copies something."""

    def screenshot(self, path: Path) -> None:
        """Save what the screens show to `path` as PNG."""


def open_window_system(system: str = sys.platform, environment: Mapping[str, str] | None = None) -> WindowSystem:
    """Return the window system of this desktop.

    Raises ActionFailed where there is none, or where it does not let one program steer another's windows (Wayland).
    """
    environment = os.environ if environment is None else environment
    if system == "win32":
        from etoile.actions.win32 import Win32

        return Win32()
    if system == "darwin":
        raise ActionFailed(message("Etoile cannot steer windows on macOS yet."))
    if is_wayland(environment):
        return _wayland(environment)
    if not environment.get("DISPLAY"):
        raise ActionFailed(message("There is no graphical desktop here."))
    from etoile.actions.x11 import X11

    return X11()


def _wayland(environment: Mapping[str, str]) -> WindowSystem:
    """Return the window system of a compositor that can be steered, known by a variable of its own."""
    if environment.get("SWAYSOCK"):
        from etoile.actions.sway import Sway

        return Sway()
    if environment.get("HYPRLAND_INSTANCE_SIGNATURE"):
        from etoile.actions.hyprland import Hyprland

        return Hyprland()
    raise ActionFailed(
        message("This desktop (Wayland) does not let a program steer the windows of others."),
        message("Log in to an X11 session, or to Sway or Hyprland, to steer windows by voice."),
    )


def is_wayland(environment: Mapping[str, str]) -> bool:
    """Return whether the desktop is drawn by a Wayland compositor."""
    return bool(environment.get("WAYLAND_DISPLAY")) or environment.get("XDG_SESSION_TYPE") == "wayland"
