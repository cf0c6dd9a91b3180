"""Windows and keys of a Windows desktop, through user32.  Built to Microsoft's documentation; not tried there yet."""

import ctypes
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from etoile.actions import win32_clipboard, win32_input
from etoile.actions.passwords import asks_password
from etoile.actions.windowing import Area, State, Window
from etoile.errors import ActionFailed
from etoile.text import message

WM_CLOSE, WM_SYSCOMMAND = 0x0010, 0x0112
SC_MONITORPOWER, MONITOR_OFF = 0xF170, 2
HWND_BROADCAST = 0xFFFF
SW_MAXIMIZE, SW_MINIMIZE, SW_RESTORE = 3, 6, 9
MONITOR_DEFAULTTONEAREST = 2
SWP_NOZORDER = 0x0004
DWMWA_CLOAKED = 14
GW_OWNER = 4
GWL_STYLE, GWL_EXSTYLE = -16, -20
WS_EX_TOOLWINDOW, ES_PASSWORD = 0x0080, 0x0020
ACTIVE_WAIT_S = 0.5
_SHELL = frozenset({"Progman", "WorkerW", "Shell_TrayWnd", "Shell_SecondaryTrayWnd", "NotifyIconOverflowWindow"})
"""Classes of the desktop and the task bar: to close one of them would be to shut the computer down."""


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


def lock() -> None:
    """Lock the session.  Raises ActionFailed."""
    if not _user32().LockWorkStation():
        raise ActionFailed(message("Windows did not lock the screen."))


def sleep() -> None:
    """Put the computer to sleep.  Raises ActionFailed.

    The call through rundll32 that is found everywhere hibernates instead: rundll32 passes other arguments.
    """
    hibernate, force, no_wake_events = 0, 0, 0
    if not _windows.windll.powrprof.SetSuspendState(hibernate, force, no_wake_events):
        raise ActionFailed(message("This computer cannot do that: its system or firmware does not offer it."))


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
        """Bring `window` to the front and give it the keyboard; return when it has it, and raise when it has not.

        Windows lets only some programs do that, and says yes to others without doing it.
        """
        if _user32().IsIconic(window.id):
            _user32().ShowWindow(window.id, SW_RESTORE)
        _user32().SetForegroundWindow(window.id)
        until_s = time.monotonic() + ACTIVE_WAIT_S
        # Handles have 32 bits that count; ctypes returns some of them with a sign.
        while (_user32().GetForegroundWindow() ^ window.id) & 0xFFFFFFFF:
            if time.monotonic() > until_s:
                raise ActionFailed(message("The desktop does not bring {window} to the front.", window=window.title))
            time.sleep(0.01)

    def close(self, window: Window) -> None:
        """Ask `window` to close."""
        _user32().PostMessageW(window.id, WM_CLOSE, 0, 0)

    def in_view(self, window: Window) -> bool:
        """Return whether `window` is on the desktop shown, and not minimised."""
        return not self.is_in(window, State.MINIMIZED)  # those on other desktops are cloaked, and never listed

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
        raise ActionFailed(
            message("Windows does not let a program count its desktops."),
            message("Ctrl, Windows and an arrow key go from one to the next."),
        )

    def go_to_desktop(self, number: int) -> None:
        """Windows lets nobody choose a desktop by its number."""
        raise ActionFailed(message("Windows does not let a program choose a desktop."))

    def press(self, keys: str) -> None:
        """Press and release `keys`, such as "ctrl+shift+t", in the window that has the keyboard."""
        win32_input.press(keys)

    def asks_password(self, window: Window) -> bool:
        """Return whether what is typed into `window` is known to be a password."""
        return asks_password(window) or _hides_typing(window)

    def type(self, text: str) -> None:
        """Type `text` into the window that has the keyboard."""
        win32_input.type_text(text)

    def clipboard(self) -> str:
        """Return the text of the clipboard; empty when it holds none."""
        return win32_clipboard.read()

    def hold_clipboard(self, text: str) -> None:
        """Put `text` into the clipboard."""
        win32_clipboard.hold(text)

    def screenshot(self, path: Path) -> None:
        """See screen.py, which asks PowerShell."""
        raise ActionFailed(message("The screen cannot be saved here."))


def _window(handle: int) -> Window | None:
    """Return the window `handle` when it is a visible one of a program other than Etoile."""
    length = _user32().GetWindowTextLengthW(handle)
    pid = ctypes.c_ulong()
    _user32().GetWindowThreadProcessId(handle, ctypes.byref(pid))
    if not length or pid.value == os.getpid() or not _is_for_the_user(handle):
        return None
    title = ctypes.create_unicode_buffer(length + 1)
    _user32().GetWindowTextW(handle, title, length + 1)
    try:
        program = psutil.Process(pid.value).name()
    except psutil.Error:
        program = ""
    names = (program, program.removesuffix(".exe"))
    return Window(handle, title.value, tuple(name for name in names if name), pid.value)


def _is_for_the_user(handle: int) -> bool:
    """Return whether the task bar would show the window `handle`: no tool, no dialog of another, nothing cloaked."""
    user32 = _user32()
    cloaked = ctypes.c_int(0)
    # Cloaked: drawn nowhere, as the windows of other desktops and of suspended programs are.
    _windows.windll.dwmapi.DwmGetWindowAttribute(handle, DWMWA_CLOAKED, ctypes.byref(cloaked), ctypes.sizeof(cloaked))
    kind = ctypes.create_unicode_buffer(64)
    user32.GetClassNameW(handle, kind, len(kind))
    is_tool = user32.GetWindowLongW(handle, GWL_EXSTYLE) & WS_EX_TOOLWINDOW
    is_shown = user32.IsWindowVisible(handle) and not cloaked.value
    return bool(is_shown and not is_tool and not user32.GetWindow(handle, GW_OWNER) and kind.value not in _SHELL)


class _GuiThread(ctypes.Structure):
    _fields_ = [
        ("size", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        *((name, ctypes.c_void_p) for name in ("active", "focus", "capture", "menu", "moving", "caret")),
        ("caret_area", _Rect),
    ]


def _hides_typing(window: Window) -> bool:
    """Return whether the field that has the keyboard is a classic one for passwords."""
    thread = _user32().GetWindowThreadProcessId(window.id, None)
    info = _GuiThread(size=ctypes.sizeof(_GuiThread))
    if not _user32().GetGUIThreadInfo(thread, ctypes.byref(info)) or not info.focus:
        return False
    kind = ctypes.create_unicode_buffer(64)
    _user32().GetClassNameW(info.focus, kind, len(kind))
    return "edit" in kind.value.casefold() and bool(_user32().GetWindowLongW(info.focus, GWL_STYLE) & ES_PASSWORD)


def _monitor(window: Window) -> _MonitorInfo:
    info = _MonitorInfo(size=ctypes.sizeof(_MonitorInfo))
    handle = _user32().MonitorFromWindow(window.id, MONITOR_DEFAULTTONEAREST)
    _user32().GetMonitorInfoW(handle, ctypes.byref(info))
    return info
