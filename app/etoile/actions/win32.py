"""Windows and keys of a Windows desktop, through user32.  Built to Microsoft's documentation; not tried there yet."""

import ctypes
import os
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from etoile.actions.windowing import Area, State, Window
from etoile.errors import ActionFailed
from etoile.text import message

WM_CLOSE, WM_SYSCOMMAND = 0x0010, 0x0112
SC_MONITORPOWER, MONITOR_OFF = 0xF170, 2
HWND_BROADCAST = 0xFFFF
SW_MAXIMIZE, SW_MINIMIZE, SW_RESTORE = 3, 6, 9
KEYEVENTF_KEYUP = 0x0002
MONITOR_DEFAULTTONEAREST = 2
SWP_NOZORDER = 0x0004
_KEYS = {
    "ctrl": 0x11, "shift": 0x10, "alt": 0x12, "super": 0x5B, "Page_Up": 0x21, "Page_Down": 0x22, "Left": 0x25,
    "F11": 0x7A, "media_next": 0xB0, "media_previous": 0xB1, "media_play_pause": 0xB3,
}  # fmt: skip
"""Virtual key codes; letters and digits are their own codes."""


class _Rect(ctypes.Structure):
    _fields_ = [(name, ctypes.c_long) for name in ("left", "top", "right", "bottom")]

    def area(self) -> Area:
        """Return the same rectangle with a width and a height."""
        left, top = int(self.left), int(self.top)
        return Area(left, top, int(self.right) - left, int(self.bottom) - top)


class _MonitorInfo(ctypes.Structure):
    _fields_ = [("size", ctypes.c_ulong), ("monitor", _Rect), ("work", _Rect), ("flags", ctypes.c_ulong)]


_windows: Any = ctypes
"""`ctypes` with what it has on Windows alone, so that this file can be imported and checked everywhere."""


def _user32() -> Any:
    return _windows.windll.user32


def switch_screen_off() -> None:
    """Switch every screen off."""
    _user32().PostMessageW(HWND_BROADCAST, WM_SYSCOMMAND, SC_MONITORPOWER, MONITOR_OFF)


class Win32:
    """The desktop; see WindowSystem."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def windows(self) -> list[Window]:
        """Return the windows of programs, the one in front last; Etoile's own are left out."""
        found: list[Window] = []

        def each(handle: int, _: int) -> bool:
            if (window := _window(handle)) is not None:
                found.append(window)
            return True

        callback = _windows.WINFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)
        _user32().EnumWindows(callback(each), 0)
        return found[::-1]  # EnumWindows begins with the one in front

    def activate(self, window: Window) -> None:
        """Bring `window` to the front and give it the keyboard."""
        if _user32().IsIconic(window.id):
            _user32().ShowWindow(window.id, SW_RESTORE)
        _user32().SetForegroundWindow(window.id)

    def close(self, window: Window) -> None:
        """Ask `window` to close."""
        _user32().PostMessageW(window.id, WM_CLOSE, 0, 0)

    def is_in(self, window: Window, state: State) -> bool:
        """Return whether `window` is in `state`."""
        match state:
            case State.MINIMIZED:
                return bool(_user32().IsIconic(window.id))
            case State.MAXIMIZED:
                return bool(_user32().IsZoomed(window.id))
            case State.FULLSCREEN:
                screen: _Rect = _monitor(window).monitor
                return self.area(window) == screen.area()

    def put(self, window: Window, state: State, on: bool) -> None:
        """Put `window` into `state`, or take it out."""
        if state is State.FULLSCREEN:
            # There is no such state: programs agree on a key.
            self.activate(window)
            self.press("F11")
            return
        shown = {State.MAXIMIZED: SW_MAXIMIZE, State.MINIMIZED: SW_MINIMIZE}[state]
        _user32().ShowWindow(window.id, shown if on else SW_RESTORE)

    def area(self, window: Window) -> Area:
        """Return where `window` is, with its frame."""
        rect = _Rect()
        _user32().GetWindowRect(window.id, ctypes.byref(rect))
        return rect.area()

    def work_area(self, window: Window) -> Area:
        """Return the part of the screen of `window` that the task bar leaves."""
        work: _Rect = _monitor(window).work
        return work.area()

    def place(self, window: Window, area: Area) -> None:
        """Move and resize `window`, with its frame, to `area`; it is no longer maximised."""
        _user32().ShowWindow(window.id, SW_RESTORE)
        _user32().SetWindowPos(window.id, 0, area.x, area.y, area.width, area.height, SWP_NOZORDER)

    def show_desktop(self, shown: bool) -> None:
        """Put every window away, or back: the same key does both."""
        self.press("super+d")

    def desktop(self) -> tuple[int, int]:
        """Windows tells nobody how many desktops there are."""
        raise ActionFailed(message("Windows does not let a program count its desktops."))

    def go_to_desktop(self, number: int) -> None:
        """Windows lets nobody choose a desktop by its number."""
        raise ActionFailed(message("Windows does not let a program choose a desktop."))

    def press(self, keys: str) -> None:
        """Press and release `keys`, such as "ctrl+shift+t", in the window that has the keyboard."""
        codes = [_KEYS.get(key, ord(key.upper()) if len(key) == 1 else 0) for key in keys.split("+")]
        for code in codes:
            _user32().keybd_event(code, 0, 0, 0)
        for code in reversed(codes):
            _user32().keybd_event(code, 0, KEYEVENTF_KEYUP, 0)

    def clipboard(self) -> str:
        """See clipboard.py, which asks PowerShell."""
        raise ActionFailed(message("The clipboard cannot be read here."))

    def hold_clipboard(self, text: str) -> None:
        """See clipboard.py, which asks PowerShell."""
        raise ActionFailed(message("The clipboard cannot be written here."))

    def screenshot(self, path: Path) -> None:
        """See screen.py, which asks PowerShell."""
        raise ActionFailed(message("The screen cannot be saved here."))


def _window(handle: int) -> Window | None:
    """Return the window `handle` when it is a visible one of a program other than Etoile."""
    length = _user32().GetWindowTextLengthW(handle)
    pid = ctypes.c_ulong()
    _user32().GetWindowThreadProcessId(handle, ctypes.byref(pid))
    if not _user32().IsWindowVisible(handle) or not length or pid.value == os.getpid():
        return None
    title = ctypes.create_unicode_buffer(length + 1)
    _user32().GetWindowTextW(handle, title, length + 1)
    try:
        program = psutil.Process(pid.value).name()
    except psutil.Error:
        program = ""
    names = (program, program.removesuffix(".exe"))
    return Window(handle, title.value, tuple(name for name in names if name), pid.value)


def _monitor(window: Window) -> _MonitorInfo:
    info = _MonitorInfo(size=ctypes.sizeof(_MonitorInfo))
    handle = _user32().MonitorFromWindow(window.id, MONITOR_DEFAULTTONEAREST)
    _user32().GetMonitorInfoW(handle, ctypes.byref(info))
    return info
