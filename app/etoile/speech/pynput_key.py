"""Global keys under macOS: the home of pynput.

It hears the keys without keeping them from others, and macOS asks the user to allow it ("Input Monitoring").  It also
works under X11, which is how it is tested.
"""

import logging
import queue
from typing import Any

from etoile.errors import HotkeyUnavailable
from etoile.speech.keys import Chord, Chords, Key, Move, unknown_key
from etoile.text import message

log = logging.getLogger(__name__)

MODIFIERS = {"ctrl": "ctrl", "alt": "alt", "shift": "shift", "super": "cmd"}


class PynputKey:
    """Watches chords through pynput's own thread."""

    def __init__(self, chords: Chords) -> None:
        """Start to listen.  Raises HotkeyUnavailable: no such key, or the system does not let us listen."""
        self._moves: queue.SimpleQueue[tuple[Key, Move] | None] = queue.SimpleQueue()
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
        self._watched = {key: self._canonical(keyboard, chord) for key, chord in chords.items()}
        self._escape = self._listener.canonical(keyboard.Key.esc)
        self._down: set[Key] = set()
        self._listener.start()
        self._listener.wait()

    def next_move(self, wait_s: float | None) -> tuple[Key, Move] | None:
        """Return what a key does next; WAITED after `wait_s` without a move, None once woken."""
        try:
            return self._moves.get(timeout=wait_s)
        except queue.Empty:
            return Key.TALK, Move.WAITED

    def is_down(self, key: Key) -> bool | None:
        """Nobody can tell: pynput hears keys go down and up, and asks for none."""
        return None

    def wake(self) -> None:
        """Have `next_move` return None."""
        self._moves.put(None)

    def close(self) -> None:
        """Stop listening.  pynput's thread, a daemon, may live until the next key."""
        self._listener.stop()

    def _canonical(self, keyboard: Any, chord: Chord) -> tuple[Any, set[Any]]:
        """Return the key of `chord` and its modifiers as the listener tells them."""
        modifiers = {self._listener.canonical(_modifier_of(keyboard, name)) for name in chord.modifiers}
        return self._listener.canonical(_key_of(keyboard, chord)), modifiers

    def _on_press(self, pressed: Any) -> None:
        pressed = self._listener.canonical(pressed)
        self._held.add(pressed)
        for key, (own, modifiers) in self._watched.items():
            if pressed == own and modifiers <= self._held:
                self._down.add(key)
                self._moves.put((key, Move.DOWN))
            elif pressed == self._escape and key in self._down:
                self._moves.put((key, Move.CANCEL))

    def _on_release(self, released: Any) -> None:
        released = self._listener.canonical(released)
        self._held.discard(released)
        for key, (own, _) in self._watched.items():
            if released == own:
                self._down.discard(key)
                self._moves.put((key, Move.UP))


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
