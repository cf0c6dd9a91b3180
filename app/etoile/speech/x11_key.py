"""Global keys under X11: XGrabKey through python-xlib, so that a key reaches nobody else.

While a grabbed key is down, all of the keyboard comes to us: Esc then cancels, and is nobody's at any other time.
"""

import itertools
import logging
import select
import socket
from typing import Any

from etoile.errors import HotkeyUnavailable
from etoile.speech.keys import Chord, Chords, Key, Move, taken_key, unknown_key
from etoile.text import message
from etoile.x_server import connect

log = logging.getLogger(__name__)

NAMES = {"space": "space", "pause": "Pause", "scrolllock": "Scroll_Lock", "insert": "Insert", "menu": "Menu"}
NAMES |= {"enter": "Return", "return": "Return", "tab": "Tab", "esc": "Escape", "escape": "Escape"}
NAMES |= {"rightctrl": "Control_R", "rightalt": "Alt_R", "rightshift": "Shift_R", "printscreen": "Print"}
"""Names that people write, where X11 has another."""


class X11Key:
    """Watches chords on its own connection.  `wake` may come from any thread, everything else belongs to one."""

    def __init__(self, chords: Chords) -> None:
        """Grab the chords.  Raises HotkeyUnavailable: no X server, no such key, or another program has it."""
        self._display = _connect()
        self._waking, self._woken = socket.socketpair()
        try:
            self._root = self._display.screen().root
            self._keycodes = {key: _keycode(self._display, chord) for key, chord in chords.items()}
            self._escape = _keycode(self._display, Chord("Escape"))
            self._down: set[Key] = set()
            for key, chord in chords.items():
                self._grab(self._keycodes[key], chord)
        except BaseException:
            self.close()
            raise

    def next_move(self, wait_s: float | None) -> tuple[Key, Move] | None:
        """Return what a key does next; WAITED after `wait_s` without a move, None once woken.

        Raises HotkeyUnavailable when the X server is gone.
        """
        from Xlib import error

        try:
            while True:
                while self._display.pending_events():
                    if moved := self._moved(self._display.next_event()):
                        return moved
                ready, _, _ = select.select([self._display, self._woken], [], [], wait_s)
                if self._woken in ready:
                    return None
                if not ready:
                    return Key.TALK, Move.WAITED
        except (error.ConnectionClosedError, OSError, ValueError) as failure:
            raise HotkeyUnavailable(message("The connection to the X server is lost.")) from failure

    def is_down(self, key: Key) -> bool | None:
        """Tell whether `key` is down; the X server knows, even where another program has the keyboard."""
        from Xlib import error

        try:
            pressed = self._display.query_keymap()
        except (error.ConnectionClosedError, OSError) as failure:
            raise HotkeyUnavailable(message("The connection to the X server is lost.")) from failure
        keycode = self._keycodes[key]
        return bool(pressed[keycode // 8] & 1 << keycode % 8)

    def wake(self) -> None:
        """Have `next_move` return None."""
        self._waking.send(b"!")

    def close(self) -> None:
        """Let go of the key."""
        from Xlib import error

        try:
            self._display.close()
        except (error.ConnectionClosedError, OSError) as failure:
            log.debug("closing the connection to X: %s", failure)
        self._waking.close()
        self._woken.close()

    def _moved(self, event: Any) -> tuple[Key, Move] | None:
        """Return what `event` is to us."""
        from Xlib import X

        if event.type not in (X.KeyPress, X.KeyRelease):
            return None
        pressed = event.type == X.KeyPress
        for key, keycode in self._keycodes.items():
            if event.detail == keycode:
                if not pressed and self.is_down(key):
                    return None  # it only repeats: X tells a release and a press, which a busy moment of ours may part
                (self._down.add if pressed else self._down.discard)(key)
                return key, Move.DOWN if pressed else Move.UP
        if event.detail == self._escape and pressed and self._down:
            return next(iter(self._down)), Move.CANCEL
        return None

    def _grab(self, keycode: int, chord: Chord) -> None:
        """Grab the key with every state of the locks: to X11, F9 with NumLock on is another combination."""
        from Xlib import X, error

        refused = error.CatchError(error.BadAccess)
        wanted = _mask(chord)
        for locks in _lock_masks(self._display):
            self._root.grab_key(keycode, wanted | locks, False, X.GrabModeAsync, X.GrabModeAsync, onerror=refused)
        self._display.sync()
        if refused.get_error():
            raise taken_key(chord)


def _connect() -> Any:
    from Xlib import error

    try:
        return connect()
    except (error.DisplayError, error.ConnectionClosedError, OSError) as failure:
        log.debug("no X server: %s", failure)
        raise HotkeyUnavailable(
            message("There is no X server for the talk key."), message("Use `etoile talk --toggle`, or type.")
        ) from failure


def _keycode(display: Any, chord: Chord) -> int:
    from Xlib import XK

    name = NAMES.get(chord.key.lower().replace("_", "").replace(" ", ""), chord.key)
    for spelling in (name, name.capitalize(), name.lower()):
        if (symbol := XK.string_to_keysym(spelling)) and (keycode := display.keysym_to_keycode(symbol)):
            return int(keycode)
    raise unknown_key(chord.key)


def _mask(chord: Chord) -> int:
    from Xlib import X

    masks = {"shift": X.ShiftMask, "ctrl": X.ControlMask, "alt": X.Mod1Mask, "super": X.Mod4Mask}
    return sum(masks[modifier] for modifier in chord.modifiers)


def _lock_masks(display: Any) -> tuple[int, ...]:
    """Return every combination of Caps Lock, Num Lock and Scroll Lock, by the modifiers they are mapped to here."""
    from Xlib import XK, X

    codes = {display.keysym_to_keycode(XK.string_to_keysym(name)) for name in ("Num_Lock", "Scroll_Lock")} - {0}
    mapping = display.get_modifier_mapping()
    locks = {X.LockMask} | {1 << index for index, keys in enumerate(mapping) if codes & set(keys)}
    return tuple(
        sum(chosen) for size in range(len(locks) + 1) for chosen in itertools.combinations(sorted(locks), size)
    )
