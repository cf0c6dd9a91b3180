"""Keys and letters on Windows, through SendInput.  Built to Microsoft's documentation; not tried on Windows yet."""

import ctypes
from collections.abc import Sequence
from typing import Any

from etoile.errors import ActionFailed
from etoile.text import message

INPUT_KEYBOARD = 1
KEYEVENTF_EXTENDEDKEY, KEYEVENTF_KEYUP, KEYEVENTF_UNICODE = 0x0001, 0x0002, 0x0004
VK_RETURN = 0x0D
_HELD = (0x10, 0x11, 0x12, 0x5B, 0x5C)
"""Shift, Ctrl, Alt, both Windows keys."""
_KEYS = {
    "ctrl": 0x11, "shift": 0x10, "alt": 0x12, "super": 0x5B, "Page_Up": 0x21, "Page_Down": 0x22, "Left": 0x25,
    "Right": 0x27, "F11": 0x7A, "media_next": 0xB0, "media_previous": 0xB1, "media_play_pause": 0xB3,
}  # fmt: skip
"""Virtual key codes; letters and digits are their own codes."""
_EXTENDED = frozenset(_KEYS[name] for name in ("super", "Page_Up", "Page_Down", "Left", "Right"))
"""Keys of the middle block: without the flag they are those of the number pad, which Shift turns into others."""

_windows: Any = ctypes
"""`ctypes` with what it has on Windows alone, so that this file can be imported and checked everywhere."""


class _KeyboardInput(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_ushort),
        ("scan", ctypes.c_ushort),
        ("flags", ctypes.c_uint32),
        ("time", ctypes.c_uint32),
        ("extra", ctypes.c_void_p),
    ]


class _MouseInput(ctypes.Structure):
    """The largest of the three kinds: it makes the union as large as Windows wants it."""

    _fields_ = [
        ("x", ctypes.c_int32),
        ("y", ctypes.c_int32),
        ("data", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("time", ctypes.c_uint32),
        ("extra", ctypes.c_void_p),
    ]


class _Union(ctypes.Union):
    _fields_ = [("keyboard", _KeyboardInput), ("mouse", _MouseInput)]


class Input(ctypes.Structure):
    """INPUT of winuser.h."""

    _fields_ = [("kind", ctypes.c_uint32), ("of", _Union)]


def press(keys: str) -> None:
    """Press and release `keys`, such as "ctrl+shift+t".  Raises ActionFailed."""
    _refuse_held_keys()
    codes = [_KEYS.get(key, ord(key.upper()) if len(key) == 1 else 0) for key in keys.split("+")]
    if 0 in codes:
        raise ActionFailed(message("This keyboard has no key for {keys}.", keys=keys))
    _send([*(_key(code) for code in codes), *(_key(code, KEYEVENTF_KEYUP) for code in reversed(codes))])


def type_text(text: str) -> None:
    """Type `text`, of any letters; a line break is the key Return.  Raises ActionFailed."""
    _refuse_held_keys()
    inputs: list[Input] = []
    for letter in text:
        if letter == "\n":
            inputs += [_key(VK_RETURN), _key(VK_RETURN, KEYEVENTF_KEYUP)]
            continue
        units = memoryview(letter.encode("utf-16-le")).cast("H")  # two for letters beyond the first 65,536
        for unit in units:
            inputs += [_letter(unit), _letter(unit, KEYEVENTF_KEYUP)]
    _send(inputs)


def _key(code: int, flags: int = 0) -> Input:
    extended = KEYEVENTF_EXTENDEDKEY if code in _EXTENDED else 0
    return Input(INPUT_KEYBOARD, _Union(keyboard=_KeyboardInput(code=code, flags=flags | extended)))


def _letter(unit: int, flags: int = 0) -> Input:
    return Input(INPUT_KEYBOARD, _Union(keyboard=_KeyboardInput(scan=unit, flags=flags | KEYEVENTF_UNICODE)))


def _send(inputs: Sequence[Input]) -> None:
    sent = _windows.windll.user32.SendInput(len(inputs), (Input * len(inputs))(*inputs), ctypes.sizeof(Input))
    if sent != len(inputs):
        raise ActionFailed(
            message("Windows did not let the keys through."),
            message("The window in front may belong to a program that runs as administrator."),
        )


def _refuse_held_keys() -> None:
    if any(_windows.windll.user32.GetAsyncKeyState(code) & 0x8000 for code in _HELD):
        raise ActionFailed(
            message("A key such as Ctrl or Shift is held down: nothing was pressed."),
            message("Let go of the keyboard and say it again."),
        )
