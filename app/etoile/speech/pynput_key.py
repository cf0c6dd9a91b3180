"""A global key under macOS: the home of pynput.

It hears the key without keeping it from others, and macOS asks the user to allow it ("Input Monitoring").  It also
works under X11, which is how it is tested.
"""

import logging
import queue
from typing import Any

from etoile.errors import HotkeyUnavailable
from etoile.speech.keys import Chord, Move, unknown_key
from etoile.text import message

log = logging.getLogger(__name__)

MODIFIERS = {"ctrl": "ctrl", "alt": "alt", "shift": "shift", "super": "cmd"}


class PynputKey:
    """Watches one chord through pynput's own thread."""

    def __init__(self, chord: Chord) -> None:
        """Start to listen.  Raises HotkeyUnavailable: no such key, or the system does not let us listen."""
        self._moves: queue.SimpleQueue[Move | None] = queue.SimpleQueue()
        try:
            from pynput import keyboard
        except Exception as error:  # importing it fails in the ways of each system: no display, no permission
            log.debug("pynput does not load: %s", error)
            raise HotkeyUnavailable(
                message("The system does not let Etoile watch the talk key: {error}.", error=str(error).strip(".")),
                message("Use `etoile talk --toggle`, or type."),
            ) from error
        self._held: set[Any] = set()
        self._listener = keyboard.Listener(on_press=self._on_press, on_release=self._on_release)
        self._key = self._listener.canonical(_key_of(keyboard, chord))
        self._modifiers = {self._listener.canonical(_modifier_of(keyboard, name)) for name in chord.modifiers}
        self._listener.start()
        self._listener.wait()

    def next_move(self, wait_s: float | None) -> Move | None:
        """Return what the key does next; WAITED after `wait_s` without a move, None once woken."""
        try:
            return self._moves.get(timeout=wait_s)
        except queue.Empty:
            return Move.WAITED

    def wake(self) -> None:
        """Have `next_move` return None."""
        self._moves.put(None)

    def close(self) -> None:
        """Stop listening.  pynput's thread, a daemon, may live until the next key."""
        self._listener.stop()

    def _on_press(self, key: Any) -> None:
        key = self._listener.canonical(key)
        self._held.add(key)
        if key == self._key and self._modifiers <= self._held:
            self._moves.put(Move.DOWN)

    def _on_release(self, key: Any) -> None:
        key = self._listener.canonical(key)
        self._held.discard(key)
        if key == self._key:
            self._moves.put(Move.UP)


def _key_of(keyboard: Any, chord: Chord) -> Any:
    name = chord.key.lower().replace(" ", "_")
    if len(name) == 1:
        return keyboard.KeyCode.from_char(name)
    key = getattr(keyboard.Key, name, None)
    if key is None:
        raise unknown_key(chord.key)
    return key


def _modifier_of(keyboard: Any, name: str) -> Any:
    return getattr(keyboard.Key, MODIFIERS[name])
