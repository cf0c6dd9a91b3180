"""Typing any text on an X11 desktop: XTEST presses keys, and keys that no layout uses are lent to the letters.

A letter's own key depends on layout, group and Caps Lock, and many letters have none.  A spare key that means the
letter at every level does not.  (xdotool's way; Unicode keysyms: X Window System Protocol, appendix A.)
"""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from etoile.errors import ActionFailed
from etoile.text import message

SETTLE_S = 0.06
"""Programs hear of changed keys by an event of its own and must have read it before the key comes."""
_UNICODE = 0x01000000
_NAMED = {"\n": 0xFF0D, "\t": 0xFF09}
"""Return, Tab."""


def keysym_of(letter: str) -> int:
    """Return the keysym of `letter`: Latin-1 is its own, everything else is Unicode's number and a flag."""
    code = ord(letter)
    is_latin = 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xFF
    return _NAMED.get(letter) or (code if is_latin else _UNICODE + code)


def type_text(display: Any, text: str) -> None:
    """Type `text` into the window that has the keyboard.  Raises ActionFailed."""
    spare = _spare_keys(display)
    if not spare:
        raise ActionFailed(message("This keyboard has no spare key to type with."))
    locked = _caps_lock(display)
    if locked:
        _press(display, locked)
    try:
        for piece in pieces(text, len(spare)):
            _type_piece(display, piece, spare)
    finally:
        if locked:
            _press(display, locked)
        display.sync()


def pieces(text: str, most: int) -> Iterator[str]:
    """Yield `text` in pieces with at most `most` different letters each."""
    piece, letters = "", set[str]()
    for letter in text:
        if letter not in letters and len(letters) == most:
            yield piece
            piece, letters = "", set()
        piece += letter
        letters.add(letter)
    if piece:
        yield piece


def _type_piece(display: Any, piece: str, spare: Sequence[int]) -> None:
    """Lend a spare key to each letter, press them, and take the keys back."""
    keys = dict(zip(dict.fromkeys(piece), spare, strict=False))
    for letter, key in keys.items():
        _lend(display, key, keysym_of(letter))
    display.sync()
    time.sleep(SETTLE_S)
    for letter in piece:
        _press(display, keys[letter])
    display.sync()
    time.sleep(SETTLE_S)
    for key in keys.values():
        _lend(display, key, 0)
    display.sync()


def _spare_keys(display: Any) -> list[int]:
    """Return the key codes that mean nothing in any group or level."""
    first, last = display.display.info.min_keycode, display.display.info.max_keycode
    keys = enumerate(display.get_keyboard_mapping(first, last - first + 1), start=first)
    return [code for code, symbols in keys if not any(symbols)]


def _lend(display: Any, key: int, keysym: int) -> None:
    display.change_keyboard_mapping(key, [[keysym] * 2])


def _press(display: Any, key: int) -> None:
    from Xlib import X
    from Xlib.ext import xtest

    xtest.fake_input(display, X.KeyPress, key)
    xtest.fake_input(display, X.KeyRelease, key)


def _caps_lock(display: Any) -> int | None:
    """Return the key that takes Caps Lock back, if it is on."""
    from Xlib import XK, X

    if not display.screen().root.query_pointer().mask & X.LockMask:
        return None
    return int(display.keysym_to_keycode(XK.XK_Caps_Lock)) or None
