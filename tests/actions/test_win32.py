# ruff: noqa: N802  # functions are called as the libraries call them
"""Windows, keys and clipboard of a Windows desktop, against libraries that note how they were called."""

import ctypes
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from etoile.actions import win32, win32_clipboard, win32_input
from etoile.actions.win32 import Win32
from etoile.actions.win32_input import Input
from etoile.actions.windowing import Window
from etoile.errors import ActionFailed


@dataclass
class FakeWindow:
    """A window as user32 knows it."""

    title: str
    kind: str = "Notepad"
    visible: bool = True
    owner: int = 0
    style: int = 0
    extended_style: int = 0
    cloaked: bool = False
    minimised: bool = False
    focus: int = 0


@dataclass
class FakeUser32:
    """user32, dwmapi and kernel32 in small; calls that are not written here fail the test."""

    shown: dict[int, FakeWindow] = field(default_factory=dict)
    """In front first, as EnumWindows goes."""
    front: int = 0
    obeys: bool = True
    held: set[int] = field(default_factory=set)
    lets_through: bool = True
    sent: list[tuple[int, int, int]] = field(default_factory=list)
    """Code, scan and flags of each key."""
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def EnumWindows(self, each: Callable[[int, int], bool], _: int) -> None:
        assert all(each(handle, 0) for handle in self.shown)

    def GetWindowTextLengthW(self, handle: int) -> int:
        return len(self.shown[handle].title)

    def GetWindowTextW(self, handle: int, buffer: Any, size: int) -> None:
        buffer.value = self.shown[handle].title

    def GetClassNameW(self, handle: int, buffer: Any, size: int) -> None:
        buffer.value = self.shown[handle].kind

    def GetWindowThreadProcessId(self, handle: int, pid: Any) -> int:
        if pid is not None:
            pid._obj.value = 999_999_999
        return handle

    def IsWindowVisible(self, handle: int) -> int:
        return int(self.shown[handle].visible)

    def IsIconic(self, handle: int) -> int:
        return int(self.shown[handle].minimised)

    def GetWindowLongW(self, handle: int, index: int) -> int:
        one = self.shown[handle]
        return {win32.GWL_STYLE: one.style, win32.GWL_EXSTYLE: one.extended_style}[index]

    def GetWindow(self, handle: int, which: int) -> int:
        return self.shown[handle].owner

    def GetGUIThreadInfo(self, thread: int, info: Any) -> int:
        info._obj.focus = self.shown[thread].focus
        return 1

    def DwmGetWindowAttribute(self, handle: int, attribute: int, value: Any, size: int) -> None:
        value._obj.value = int(self.shown[handle].cloaked)

    def GetForegroundWindow(self) -> int:
        return self.front

    def SetForegroundWindow(self, handle: int) -> int:
        self.front = handle if self.obeys else self.front
        return 1

    def ShowWindow(self, handle: int, how: int) -> None:
        self.asked.append(("show", (handle, how)))

    def PostMessageW(self, handle: int, what: int, *_: int) -> None:
        self.asked.append(("post", (handle, what)))

    def GetAsyncKeyState(self, code: int) -> int:
        return -0x8000 if code in self.held else 0

    def SendInput(self, count: int, inputs: Any, size: int) -> int:
        assert size == ctypes.sizeof(Input)
        if not self.lets_through:
            return 0
        self.sent += [(one.of.keyboard.code, one.of.keyboard.scan, one.of.keyboard.flags) for one in inputs]
        return count


@pytest.fixture
def user32(monkeypatch: pytest.MonkeyPatch) -> FakeUser32:
    fake = FakeUser32()
    windll = SimpleNamespace(user32=fake, dwmapi=fake)
    library = SimpleNamespace(windll=windll, WINFUNCTYPE=lambda *_: lambda function: function)
    for home in (win32, win32_input):
        monkeypatch.setattr(home, "_windows", library)
    monkeypatch.setattr(win32, "ACTIVE_WAIT_S", 0.02)
    return fake


def test_only_windows_that_the_user_sees_are_listed_the_one_in_front_last(user32: FakeUser32) -> None:
    user32.shown = {
        1: FakeWindow("front"),
        2: FakeWindow("behind"),
        3: FakeWindow("hidden", visible=False),
        4: FakeWindow("of another desktop", cloaked=True),
        5: FakeWindow("a palette", extended_style=win32.WS_EX_TOOLWINDOW),
        6: FakeWindow("a dialog", owner=1),
        7: FakeWindow("Program Manager", kind="Progman"),
        8: FakeWindow(""),
    }
    assert [window.title for window in Win32().windows()] == ["behind", "front"]


def test_closing_asks_the_window(user32: FakeUser32) -> None:
    Win32().close(Window(7, "x", ()))
    assert user32.asked == [("post", (7, win32.WM_CLOSE))]


def test_a_window_that_does_not_come_to_the_front_is_said(user32: FakeUser32) -> None:
    user32.shown = {1: FakeWindow("x"), 2: FakeWindow("y", minimised=True)}
    Win32().activate(Window(1, "x", ()))
    user32.obeys = False
    with pytest.raises(ActionFailed, match="does not bring y to the front"):
        Win32().activate(Window(2, "y", ()))
    assert user32.asked == [("show", (2, win32.SW_RESTORE))]


def test_keys_go_down_in_order_and_up_in_the_opposite_one(user32: FakeUser32) -> None:
    Win32().press("ctrl+shift+t")
    down = [(0x11, 0, 0), (0x10, 0, 0), (ord("T"), 0, 0)]
    up = [(code, 0, win32_input.KEYEVENTF_KEYUP) for code, _, _ in reversed(down)]
    assert user32.sent == down + up


def test_keys_of_the_middle_block_are_not_those_of_the_number_pad(user32: FakeUser32) -> None:
    Win32().press("shift+Page_Up")
    assert user32.sent[1] == (0x21, 0, win32_input.KEYEVENTF_EXTENDEDKEY)


def test_unknown_keys_held_keys_and_refused_keys_are_said(user32: FakeUser32) -> None:
    with pytest.raises(ActionFailed, match="no key for Hyper"):
        Win32().press("Hyper")
    user32.held = {0x11}
    with pytest.raises(ActionFailed, match="held down"):
        Win32().press("a")
    user32.held = set()
    user32.lets_through = False
    with pytest.raises(ActionFailed, match="did not let the keys through"):
        Win32().type("a")
    assert user32.sent == []


def test_letters_are_typed_as_utf_16(user32: FakeUser32) -> None:
    Win32().type("é😀\n")
    codes = [(code, scan) for code, scan, flags in user32.sent if not flags & win32_input.KEYEVENTF_KEYUP]
    assert codes == [(0, 0xE9), (0, 0xD83D), (0, 0xDE00), (win32_input.VK_RETURN, 0)]


def test_a_classic_field_for_passwords_is_known(user32: FakeUser32) -> None:
    user32.shown = {1: FakeWindow("Connect", focus=2), 2: FakeWindow("", kind="Edit", style=win32.ES_PASSWORD)}
    assert Win32().asks_password(Window(1, "Connect", ()))
    user32.shown[2].style = 0
    assert not Win32().asks_password(Window(1, "Connect", ()))
    user32.shown[1].focus = 0
    assert not Win32().asks_password(Window(1, "Connect", ()))


class FakeClipboard:
    """The clipboard with memory of its own, behind function objects that take types as those of ctypes do."""

    def __init__(self) -> None:
        self.blocks: dict[int, Any] = {}
        self.held: int | None = None
        self.busy = 0
        self._numbers = itertools.count(1)
        names = ("OpenClipboard", "CloseClipboard", "EmptyClipboard", "GetClipboardData", "SetClipboardData")
        self.user32 = SimpleNamespace(**{name: self._function(name) for name in names})
        names = ("GlobalAlloc", "GlobalLock", "GlobalUnlock", "GlobalSize", "GlobalFree")
        self.kernel32 = SimpleNamespace(**{name: self._function(name) for name in names})
        self.windll = SimpleNamespace(user32=self.user32, kernel32=self.kernel32)

    def _function(self, name: str) -> Any:
        def call(*arguments: Any) -> Any:
            return getattr(self, f"_{name}")(*arguments)

        return call

    def _OpenClipboard(self, _: Any) -> bool:
        self.busy -= 1
        return self.busy < 0

    def _CloseClipboard(self) -> None:
        self.busy = 0

    def _EmptyClipboard(self) -> None:
        self.held = None

    def _GetClipboardData(self, _: int) -> int | None:
        return self.held

    def _SetClipboardData(self, _: int, memory: int) -> int:
        self.held = memory
        return memory

    def _GlobalAlloc(self, _: int, size: int) -> int:
        number = next(self._numbers)
        self.blocks[number] = ctypes.create_string_buffer(size)
        return number

    def _GlobalLock(self, memory: int) -> int:
        return ctypes.addressof(self.blocks[memory])

    def _GlobalUnlock(self, _: int) -> None:
        return None

    def _GlobalSize(self, memory: int) -> int:
        return len(self.blocks[memory])

    def _GlobalFree(self, memory: int) -> None:
        del self.blocks[memory]


@pytest.fixture
def clipboard(monkeypatch: pytest.MonkeyPatch) -> FakeClipboard:
    fake = FakeClipboard()
    monkeypatch.setattr(win32_clipboard, "_windows", fake)
    monkeypatch.setattr(win32_clipboard, "BETWEEN_S", 0.0)
    return fake


@pytest.mark.parametrize("text", ["", "plain", "déjà vu €", "😀 日本"])
def test_the_clipboard_holds_any_text(clipboard: FakeClipboard, text: str) -> None:
    assert Win32().clipboard() == ""
    Win32().hold_clipboard(text)
    assert Win32().clipboard() == text


def test_a_clipboard_that_is_busy_is_waited_for_and_not_for_ever(clipboard: FakeClipboard) -> None:
    clipboard.busy = 3
    assert Win32().clipboard() == ""
    clipboard.busy = 1000
    with pytest.raises(ActionFailed, match="does not let go of the clipboard"):
        Win32().hold_clipboard("x")
