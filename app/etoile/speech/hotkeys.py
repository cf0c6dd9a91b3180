"""The talk key, heard wherever the user is: the way of this desktop, and its presses and releases as events."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Protocol, Self

from etoile.domain.events import Event, TalkPressed, TalkReleased
from etoile.errors import HotkeyUnavailable
from etoile.speech.keys import Chord, Hold, Move, Verdict, classify, parse_chord, wait_s
from etoile.speech.part import Part
from etoile.text import message, verbatim

log = logging.getLogger(__name__)

CLOSE_S = 0.2
"""How long leaving waits for the key to be let go; with every other room's share it stays below two seconds."""
_OTHER_WAYS = message("Use `etoile talk --toggle`, or type.")


class Keyboard(Protocol):
    """One chord being watched; made and asked by one thread."""

    def next_move(self, wait_s: float | None) -> Move | None:
        """Return what the key does next; WAITED after `wait_s` without a move, None once woken."""

    def wake(self) -> None:
        """Have `next_move` return None; any thread."""

    def close(self) -> None:
        """Let go of the key."""


def watch(chord: Chord) -> Keyboard:
    """Return the chord being watched in the way of this desktop.  Raises HotkeyUnavailable with the remedy."""
    match way(sys.platform, os.environ):
        case "windows":
            from etoile.speech.windows_key import WindowsKey

            return WindowsKey(chord)
        case "macos":
            from etoile.speech.pynput_key import PynputKey

            return PynputKey(chord)
        case "x11":
            from etoile.speech.x11_key import X11Key

            return X11Key(chord)
        case "wayland":
            raise HotkeyUnavailable(
                message("Under Wayland no program may watch a key of its own choice."),
                message("In the desktop's keyboard settings, bind a key to the command: etoile talk --toggle"),
            )
        case _:
            raise HotkeyUnavailable(
                message("There is no desktop on which the talk key could be watched."),
                _OTHER_WAYS,
            )


def way(platform: str, environment: Mapping[str, str]) -> str | None:
    """Return "windows", "macos", "wayland" or "x11", or None without a desktop.

    Under Wayland an X server often runs as well, but it hears the key only while one of its own windows has the focus.
    """
    if platform == "win32":
        return "windows"
    if platform == "darwin":
        return "macos"
    if environment.get("WAYLAND_DISPLAY") or environment.get("XDG_SESSION_TYPE") == "wayland":
        return "wayland"
    return "x11" if environment.get("DISPLAY") else None


class TalkKey:
    """Publishes TalkPressed and TalkReleased, on its thread `talk key`; PartMissing when the key cannot be watched."""

    def __init__(
        self,
        key: str,
        publish: Callable[[Event], None],
        *,
        watch: Callable[[Chord], Keyboard] = watch,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key = key
        self._publish = publish
        self._watch = watch
        self._now_s = now_s
        self._part = Part("talk_key", publish)
        self._keyboard: Keyboard | None = None
        self._closing = threading.Event()
        self._gate = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="talk key", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._gate:
            self._closing.set()
            if self._keyboard is not None:
                self._keyboard.wake()
        self._thread.join(CLOSE_S)
        if self._thread.is_alive():
            log.info("the talk key is still being watched; leaving it behind")

    def _run(self) -> None:
        try:
            self._watch_and_follow()
        except HotkeyUnavailable as error:
            self._part.missing(error)
        except Exception as error:  # a library is missing, or the desktop answers what nobody foresaw
            log.exception("watching the talk key failed")
            self._part.missing(HotkeyUnavailable(verbatim(repr(error)), _OTHER_WAYS))

    def _watch_and_follow(self) -> None:
        keyboard = self._watch(parse_chord(self._key))
        with self._gate:
            self._keyboard = keyboard
        try:
            self._follow(keyboard)
        finally:
            with self._gate:
                self._keyboard = None
            keyboard.close()

    def _follow(self, keyboard: Keyboard) -> None:
        """Publish what the key does until told to end; a key that is held then counts as released."""
        hold = Hold()
        try:
            while not self._closing.is_set():
                move = keyboard.next_move(wait_s(hold, self._now_s()))
                if move is None:
                    return
                hold, verdicts = classify(hold, move, self._now_s())
                for verdict, at_s in verdicts:
                    self._publish(TalkPressed(at_s) if verdict is Verdict.PRESSED else TalkReleased(at_s))
        finally:
            if hold.held:
                self._publish(TalkReleased(self._now_s()))
