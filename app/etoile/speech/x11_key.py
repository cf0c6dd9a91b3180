"""A global key under X11: XGrabKey through python-xlib, so that the key reaches nobody else."""

import itertools
import logging
import select
import socket
from typing import Any

from etoile.errors import HotkeyUnavailable
from etoile.speech.keys import Chord, Move, unknown_key
from etoile.text import message

log = logging.getLogger(__name__)

NAMES = {"space": "space", "pause": "Pause", "scrolllock": "Scroll_Lock", "insert": "Insert", "menu": "Menu"}
NAMES |= {"enter": "Return", "return": "Return", "tab": "Tab", "esc": "Escape", "escape": "Escape"}
NAMES |= {"rightctrl": "Control_R", "rightalt": "Alt_R", "rightshift": "Shift_R", "printscreen": "Print"}
"""Names that people write, where X11 has another."""


class X11Key:
    """Watches one chord on its own connection.  `next_move` belongs to one thread; `wake` may come from any."""

    def __init__(self, chord: Chord) -> None:
        """Grab the chord.  Raises HotkeyUnavailable: no X server, no such key, or another program has it."""
        self._display = _connect()
        self._waking, self._woken = socket.socketpair()
        try:
            self._root = self._display.screen().root
            self._keycode = _keycode(self._display, chord)
            self._grab(chord)
        except BaseException:
            self.close()
            raise

    def next_move(self, wait_s: float | None) -> Move | None:
        """Return what the key does next; WAITED after `wait_s` without a move, None once woken.

        Raises HotkeyUnavailable when the X server is gone.
        """
        from Xlib import X, error

        try:
            while True:
                while self._display.pending_events():
                    event = self._display.next_event()
                    if event.type in (X.KeyPress, X.KeyRelease) and event.detail == self._keycode:
                        return Move.DOWN if event.type == X.KeyPress else Move.UP
                ready, _, _ = select.select([self._display, self._woken], [], [], wait_s)
                if self._woken in ready:
                    return None
                if not ready:
                    return Move.WAITED
        except (error.ConnectionClosedError, OSError, ValueError) as failure:
            raise HotkeyUnavailable(message("The connection to the X server is lost.")) from failure

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

    def _grab(self, chord: Chord) -> None:
        """Grab the key with every state of the locks: to X11, F9 with NumLock on is another combination."""
        from Xlib import X, error

        refused = error.CatchError(error.BadAccess)
        wanted = _mask(chord)
        for locks in _lock_masks(self._display):
            self._root.grab_key(self._keycode, wanted | locks, False, X.GrabModeAsync, X.GrabModeAsync, onerror=refused)
        self._display.sync()
        if refused.get_error():
            raise HotkeyUnavailable(
                message("Another program has the key {key}.", key=_name(chord)),
                message("Choose another one in the settings (speech.talk_key), or free it in the other program."),
            )


def _connect() -> Any:
    from Xlib import display, error

    try:
        return display.Display()
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


def _name(chord: Chord) -> str:
    return "+".join([*(modifier.capitalize() for modifier in sorted(chord.modifiers)), chord.key])
