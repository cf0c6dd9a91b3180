"""The keys to talk with, heard wherever the user is: the way of this desktop, and presses and releases as events."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Protocol, Self

from etoile.domain.events import Cancelled, Event, TalkPressed, TalkReleased, TalkToggled
from etoile.errors import HotkeyUnavailable
from etoile.speech.keys import Chords, Hold, Key, Move, Verdict, classify, names_of, parse_chord, wait_s
from etoile.speech.part import Part
from etoile.speech.ways import Way, by_hand, way
from etoile.text import message, verbatim

log = logging.getLogger(__name__)

CLOSE_S = 0.2
"""How long leaving waits for the key to be let go; with every other room's share it stays below two seconds."""
_OTHER_WAYS = message("Use `etoile talk --toggle`, or type.")


class Keyboard(Protocol):
    """Chords being watched; made and asked by one thread."""

    def next_move(self, wait_s: float | None) -> tuple[Key, Move] | None:
        """Return what a key does next; WAITED after `wait_s` without a move, None once woken.

        Raises HotkeyUnavailable when the keys can be watched no more.
        """

    def is_down(self, key: Key) -> bool | None:
        """Tell whether `key` is down right now; None where nobody can tell."""

    def wake(self) -> None:
        """Have `next_move` return None; any thread."""

    def close(self) -> None:
        """Let go of the keys."""


def watch(chords: Chords) -> Keyboard:
    """Return `chords` being watched in the way of this desktop.  Raises HotkeyUnavailable with the remedy."""
    match way(sys.platform, os.environ):
        case Way.WINDOWS:
            from etoile.speech.windows_key import WindowsKey

            return WindowsKey(chords)
        case Way.MACOS:
            from etoile.speech.pynput_key import PynputKey

            return PynputKey(chords)
        case Way.X11:
            from etoile.speech.x11_key import X11Key

            return X11Key(chords)
        case Way.WAYLAND:
            from etoile.speech.portal_key import PortalKey

            try:
                return PortalKey(chords)
            except HotkeyUnavailable as error:
                raise HotkeyUnavailable(error.said, by_hand(os.environ, chords[Key.TALK])) from error
        case None:
            raise HotkeyUnavailable(
                message("There is no desktop on which the talk key could be watched."),
                _OTHER_WAYS,
            )


class TalkKey:
    """Publishes what the keys to talk with do, on its thread `talk key`; PartMissing when they cannot be watched.

    The talk key is TalkPressed and TalkReleased, and Cancelled when Esc is pressed while it is held.  `hands_free` is
    TalkToggled.
    """

    def __init__(
        self,
        key: str,
        publish: Callable[[Event], None],
        *,
        hands_free: str | None = None,
        watch: Callable[[Chords], Keyboard] = watch,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._names = names_of(key, hands_free)
        self._publish = publish
        self._watch = watch
        self._now_s = now_s
        self._part = Part("talk_key", publish)
        self._second = Part("hands_free_key", publish)
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
        keyboard = self._watched()
        with self._gate:
            self._keyboard = keyboard
        try:
            self._follow(keyboard)
        finally:
            with self._gate:
                self._keyboard = None
            keyboard.close()

    def _watched(self) -> Keyboard:
        """Watch both keys; a second one that cannot be had does not cost the first."""
        try:
            return self._watch(chords_of(self._names))
        except HotkeyUnavailable as error:
            if Key.HANDS_FREE not in self._names:
                raise
            keyboard = self._watch(chords_of({Key.TALK: self._names[Key.TALK]}))
            self._second.missing(error)
            return keyboard

    def _follow(self, keyboard: Keyboard) -> None:
        """Publish what the keys do until told to end; a key that is held then counts as released."""
        holds = dict.fromkeys(self._names, Hold())
        try:
            while not self._closing.is_set():
                moved = keyboard.next_move(self._patience(holds))
                if moved is None:
                    return
                for key, hold in holds.items():
                    holds[key], verdicts = classify(hold, _move_of(key, hold, moved, keyboard), self._now_s())
                    for verdict, at_s in verdicts:
                        self._tell(key, verdict, at_s)
        finally:
            if holds[Key.TALK].held and not holds[Key.TALK].cancelled:
                self._publish(TalkReleased(self._now_s()))

    def _patience(self, holds: Mapping[Key, Hold]) -> float | None:
        """Return how long to wait for the next move."""
        now_s = self._now_s()
        waits_s = (wait_s(hold, now_s) for hold in holds.values())
        return min((each_s for each_s in waits_s if each_s is not None), default=None)

    def _tell(self, key: Key, verdict: Verdict, at_s: float) -> None:
        match key, verdict:
            case Key.TALK, Verdict.PRESSED:
                self._publish(TalkPressed(at_s))
            case Key.TALK, Verdict.RELEASED:
                self._publish(TalkReleased(at_s))
            case Key.HANDS_FREE, Verdict.PRESSED:
                self._publish(TalkToggled(at_s))
            case _, Verdict.CANCELLED:
                self._publish(Cancelled())


def chords_of(names: Mapping[Key, str]) -> Chords:
    """Return the chords of these names.  Raises HotkeyUnavailable."""
    chords = {key: parse_chord(name) for key, name in names.items()}
    if len({(chord.key.casefold(), chord.modifiers) for chord in chords.values()}) < len(chords):
        raise HotkeyUnavailable(
            message("The talk key and the hands-free key are the same: {key}.", key=names[Key.TALK]),
            message("Choose another speech.hands_free_key in the settings."),
        )
    return chords


def _move_of(key: Key, hold: Hold, moved: tuple[Key, Move], keyboard: Keyboard) -> Move:
    """Return what `moved` is to `key`; one that is no longer down was released without anybody being told."""
    mover, move = moved
    if move is Move.WAITED:
        lost = hold.held and hold.up_at_s is None and keyboard.is_down(key) is False
        return Move.UP if lost else Move.WAITED
    return move if mover is key else Move.WAITED
