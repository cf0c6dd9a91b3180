"""The clipboard of Windows as text.  Built to Microsoft's documentation; not tried on Windows yet."""

import ctypes
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from etoile.errors import ActionFailed
from etoile.text import message

CF_UNICODETEXT = 13
GMEM_MOVEABLE = 0x0002
TRIES, BETWEEN_S = 10, 0.02
"""Another program may have the clipboard open for a moment."""

_windows: Any = ctypes
"""`ctypes` with what it has on Windows alone, so that this file can be imported and checked everywhere."""


def read() -> str:
    """Return the text that the clipboard holds; empty when it holds none.  Raises ActionFailed."""
    with _open() as (user32, kernel32):
        held = user32.GetClipboardData(CF_UNICODETEXT)
        if not held:
            return ""
        place = kernel32.GlobalLock(held)
        if not place:
            return ""
        try:
            return ctypes.string_at(place, kernel32.GlobalSize(held)).decode("utf-16-le", "replace").split("\0")[0]
        finally:
            kernel32.GlobalUnlock(held)


def hold(text: str) -> None:
    """Put `text` into the clipboard.  Raises ActionFailed."""
    data = f"{text}\0".encode("utf-16-le", "surrogatepass")
    with _open() as (user32, kernel32):
        memory = kernel32.GlobalAlloc(GMEM_MOVEABLE, len(data))
        place = kernel32.GlobalLock(memory) if memory else None
        if not place:
            raise _refused()
        ctypes.memmove(place, data, len(data))
        kernel32.GlobalUnlock(memory)
        user32.EmptyClipboard()
        if not user32.SetClipboardData(CF_UNICODETEXT, memory):  # from here on the memory is the clipboard's
            kernel32.GlobalFree(memory)
            raise _refused()


@contextmanager
def _open() -> Iterator[tuple[Any, Any]]:
    """Yield user32 and kernel32 with the clipboard open; handles are as wide as pointers, which must be told."""
    user32, kernel32 = _windows.windll.user32, _windows.windll.kernel32
    for function, arguments in (
        (user32.GetClipboardData, [ctypes.c_uint]),
        (user32.SetClipboardData, [ctypes.c_uint, ctypes.c_void_p]),
        (kernel32.GlobalAlloc, [ctypes.c_uint, ctypes.c_size_t]),
        (kernel32.GlobalLock, [ctypes.c_void_p]),
        (kernel32.GlobalFree, [ctypes.c_void_p]),
    ):
        function.argtypes, function.restype = arguments, ctypes.c_void_p
    kernel32.GlobalUnlock.argtypes = [ctypes.c_void_p]
    kernel32.GlobalSize.argtypes, kernel32.GlobalSize.restype = [ctypes.c_void_p], ctypes.c_size_t
    for _ in range(TRIES):
        if user32.OpenClipboard(None):
            break
        time.sleep(BETWEEN_S)
    else:
        raise _refused()
    try:
        yield user32, kernel32
    finally:
        user32.CloseClipboard()


def _refused() -> ActionFailed:
    return ActionFailed(message("Another program does not let go of the clipboard."))
