"""Global keys under Windows: RegisterHotKey tells the press, polling tells the release, and Esc meanwhile.

Written after Microsoft's documentation and not yet run on Windows.
"""

import sys
import threading
import time

from etoile.errors import HotkeyUnavailable
from etoile.speech.keys import Chord, Chords, Key, Move, taken_key, unknown_key
from etoile.text import message

POLL_S = 0.01
NO_REPEAT = 0x4000
WM_HOTKEY = 0x0312
PM_REMOVE = 1
VK_ESCAPE = 0x1B
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
    """Watches chords.  The system ties them to the thread that makes this; the same one must ask for moves."""

    def __init__(self, chords: Chords) -> None:
        """Register the chords.  Raises HotkeyUnavailable: no such key, or another program has it."""
        self._numbers = {key: virtual_key(chord) for key, chord in chords.items()}
        self._ids = {key: number for number, key in enumerate(chords, start=1)}
        self._down: Key | None = None
        self._cancelled = False
        self._woken = threading.Event()
        for key, chord in chords.items():
            modifiers = sum(MODIFIERS[modifier] for modifier in chord.modifiers)
            if not self._register(self._ids[key], modifiers | NO_REPEAT, self._numbers[key]):
                self.close()
                raise taken_key(chord)

    def next_move(self, wait_s: float | None) -> tuple[Key, Move] | None:
        """Return what a key does next; WAITED after `wait_s` without a move, None once woken."""
        deadline_s = float("inf") if wait_s is None else time.monotonic() + wait_s
        while not self._woken.wait(POLL_S):
            if moved := self._moved():
                return moved
            if time.monotonic() >= deadline_s:
                return Key.TALK, Move.WAITED
        return None

    def is_down(self, key: Key) -> bool | None:
        """Tell whether `key` is down: polled anyway."""
        return self._holds(self._numbers[key])

    def _moved(self) -> tuple[Key, Move] | None:
        down = self._down
        if down is None:
            number = self._pressed_id()
            self._down = next((key for key, own in self._ids.items() if own == number), None)
            self._cancelled = False
            return (self._down, Move.DOWN) if self._down else None
        if not self._holds(self._numbers[down]):
            self._down = None
            return down, Move.UP
        if not self._cancelled and self._holds(VK_ESCAPE):
            self._cancelled = True
            return down, Move.CANCEL
        return None

    def wake(self) -> None:
        """Have `next_move` return None."""
        self._woken.set()

    if sys.platform == "win32":

        def close(self) -> None:
            """Give the key back."""
            import ctypes

            for number in self._ids.values():
                ctypes.windll.user32.UnregisterHotKey(None, number)

        def _register(self, number: int, modifiers: int, key: int) -> bool:
            import ctypes

            return bool(ctypes.windll.user32.RegisterHotKey(None, number, modifiers, key))

        def _pressed_id(self) -> int | None:
            """Return the number under which the key that was pressed is registered."""
            import ctypes
            from ctypes import wintypes

            event = wintypes.MSG()
            came = ctypes.windll.user32.PeekMessageW(ctypes.byref(event), None, WM_HOTKEY, WM_HOTKEY, PM_REMOVE)
            return int(event.wParam) if came else None

        def _holds(self, key: int) -> bool:
            import ctypes

            return bool(ctypes.windll.user32.GetAsyncKeyState(key) & 0x8000)

    else:

        def close(self) -> None:
            """Give the key back."""

        def _register(self, number: int, modifiers: int, key: int) -> bool:
            raise HotkeyUnavailable(message("This is not Windows."))

        def _pressed_id(self) -> int | None:
            return None

        def _holds(self, key: int) -> bool:
            return False
