"""A global key under Windows: RegisterHotKey tells the press, polling tells the release.

Written after Microsoft's documentation and not yet run on Windows.
"""

import sys
import threading
import time

from etoile.errors import HotkeyUnavailable
from etoile.speech.keys import Chord, Move, unknown_key
from etoile.text import message

POLL_S = 0.01
NO_REPEAT = 0x4000
WM_HOTKEY = 0x0312
PM_REMOVE = 1
MODIFIERS = {"alt": 1, "ctrl": 2, "shift": 4, "super": 8}
VIRTUAL_KEYS = {f"f{number}": 0x6F + number for number in range(1, 25)}
VIRTUAL_KEYS |= {"space": 0x20, "pause": 0x13, "scrolllock": 0x91, "insert": 0x2D, "menu": 0x5D, "tab": 0x09}
VIRTUAL_KEYS |= {letter: ord(letter.upper()) for letter in "abcdefghijklmnopqrstuvwxyz0123456789"}


def virtual_key(chord: Chord) -> int:
    """Return Windows' number for the key.  Raises HotkeyUnavailable."""
    number = VIRTUAL_KEYS.get(chord.key.lower().replace("_", "").replace(" ", ""))
    if number is None:
        raise unknown_key(chord.key)
    return number


class WindowsKey:
    """Watches one chord.  The system ties it to the thread that makes it, which must be the one that asks for moves."""

    def __init__(self, chord: Chord) -> None:
        """Register the chord.  Raises HotkeyUnavailable: no such key, or another program has it."""
        self._key = virtual_key(chord)
        self._down = False
        self._woken = threading.Event()
        modifiers = sum(MODIFIERS[modifier] for modifier in chord.modifiers)
        if not self._register(modifiers | NO_REPEAT):
            raise HotkeyUnavailable(
                message("Another program has the key {key}.", key=chord.key),
                message("Choose another one in the settings (speech.talk_key), or free it in the other program."),
            )

    def next_move(self, wait_s: float | None) -> Move | None:
        """Return what the key does next; WAITED after `wait_s` without a move, None once woken."""
        deadline_s = float("inf") if wait_s is None else time.monotonic() + wait_s
        while not self._woken.wait(POLL_S):
            if not self._down and self._was_pressed():
                self._down = True
                return Move.DOWN
            if self._down and not self._is_down():
                self._down = False
                return Move.UP
            if time.monotonic() >= deadline_s:
                return Move.WAITED
        return None

    def wake(self) -> None:
        """Have `next_move` return None."""
        self._woken.set()

    if sys.platform == "win32":

        def close(self) -> None:
            """Give the key back."""
            import ctypes

            ctypes.windll.user32.UnregisterHotKey(None, 1)

        def _register(self, modifiers: int) -> bool:
            import ctypes

            return bool(ctypes.windll.user32.RegisterHotKey(None, 1, modifiers, self._key))

        def _was_pressed(self) -> bool:
            import ctypes
            from ctypes import wintypes

            event = wintypes.MSG()
            return bool(ctypes.windll.user32.PeekMessageW(ctypes.byref(event), None, WM_HOTKEY, WM_HOTKEY, PM_REMOVE))

        def _is_down(self) -> bool:
            import ctypes

            return bool(ctypes.windll.user32.GetAsyncKeyState(self._key) & 0x8000)

    else:

        def close(self) -> None:
            """Give the key back."""

        def _register(self, modifiers: int) -> bool:
            raise HotkeyUnavailable(message("This is not Windows."))

        def _was_pressed(self) -> bool:
            return False

        def _is_down(self) -> bool:
            return False
