"""Typing any text on an X11 desktop: XTEST presses keys, and keys that no layout uses are lent to letters without one.

A letter's own key is pressed where it means that letter whatever layout is chosen (the groups of XKB).  Other letters
borrow spare keys, all that a piece of text needs in one request: every change is told to every program, and some window
managers take long to hear of it.  (xdotool's way; Unicode keysyms: X Window System Protocol, appendix A.)
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from etoile.errors import ActionFailed
from etoile.text import message

SETTLE_S = 0.06
"""Programs hear of changed keys by an event of its own and must have read it before the key comes."""
_UNICODE = 0x01000000
_NAMED = {"\n": 0xFF0D, "\t": 0xFF09}
"""Return, Tab."""

Key = tuple[int, bool]
"""A key's code, and whether Shift goes with it."""


def keysym_of(letter: str) -> int:
    """Return the keysym of `letter`: Latin-1 is its own, everything else is Unicode's number and a flag."""
    code = ord(letter)
    is_latin = 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xFF
    return _NAMED.get(letter) or (code if is_latin else _UNICODE + code)


def type_text(display: Any, text: str) -> None:
    """Type `text` into the window that has the keyboard.  Raises ActionFailed."""
    mapping = _mapping(display)
    own, spare = own_keys(mapping), spare_keys(mapping)
    locked = _caps_lock(display)
    if locked:
        _press(display, (locked, False))
    try:
        for piece in pieces(text, set(own), len(spare)):
            _type_piece(display, piece, own, spare)
    finally:
        if locked:
            _press(display, (locked, False))
        display.sync()


def pieces(text: str, own: set[int], most: int) -> Iterator[str]:
    """Yield `text` in pieces in which at most `most` different letters have no key of their own.

    Raises ActionFailed when no key can be lent and one is needed.
    """
    piece, borrowing = "", set[str]()
    for letter in text:
        if keysym_of(letter) not in own and letter not in borrowing:
            if not most:
                raise ActionFailed(message("This keyboard has no spare key to type with."))
            if len(borrowing) == most:
                yield piece
                piece, borrowing = "", set()
            borrowing.add(letter)
        piece += letter
    if piece:
        yield piece


def own_keys(mapping: Mapping[int, Sequence[int]]) -> dict[int, Key]:
    """Return the key of each keysym that means the same in every group, without and with Shift."""
    own: dict[int, Key] = {}
    for code, symbols in mapping.items():
        first, second = tuple(symbols[:2]), tuple(symbols[2:4])
        if any(first) and (not any(second) or second == first):
            for shifted, keysym in enumerate(first):
                own.setdefault(keysym, (code, bool(shifted)))
    return own


def spare_keys(mapping: Mapping[int, Sequence[int]]) -> list[int]:
    """Return the longest row of key codes that mean nothing."""
    spare = [code for code, symbols in mapping.items() if not any(symbols)]
    rows = [[code for _, code in row] for _, row in groupby(enumerate(spare), lambda one: one[1] - one[0])]
    return max(rows, key=len, default=[])


def _type_piece(display: Any, piece: str, own: Mapping[int, Key], spare: Sequence[int]) -> None:
    """Lend spare keys to the letters that need one, press, and take the keys back."""
    symbols = dict.fromkeys(map(keysym_of, piece))
    borrowing = [symbol for symbol in symbols if symbol not in own]
    lent = {symbol: (code, False) for symbol, code in zip(borrowing, spare, strict=False)}
    _lend(display, spare, borrowing)
    for letter in piece:
        symbol = keysym_of(letter)
        _press(display, own.get(symbol) or lent[symbol])
    display.sync()
    if borrowing:
        time.sleep(SETTLE_S)
    _lend(display, spare, [0] * len(borrowing))


def _lend(display: Any, spare: Sequence[int], symbols: Sequence[int]) -> None:
    if symbols:
        display.change_keyboard_mapping(spare[0], [[symbol] * 2 for symbol in symbols])
        display.sync()
        time.sleep(SETTLE_S)


def _mapping(display: Any) -> dict[int, Sequence[int]]:
    first, last = display.display.info.min_keycode, display.display.info.max_keycode
    return dict(enumerate(display.get_keyboard_mapping(first, last - first + 1), start=first))


def _press(display: Any, key: Key) -> None:
    from Xlib import XK, X
    from Xlib.ext import xtest

    code, shifted = key
    shift = display.keysym_to_keycode(XK.XK_Shift_L)
    if shifted:
        xtest.fake_input(display, X.KeyPress, shift)
    xtest.fake_input(display, X.KeyPress, code)
    xtest.fake_input(display, X.KeyRelease, code)
    if shifted:
        xtest.fake_input(display, X.KeyRelease, shift)


def _caps_lock(display: Any) -> int | None:
    """Return the key that takes Caps Lock back, if it is on."""
    from Xlib import XK, X

    if not display.screen().root.query_pointer().mask & X.LockMask:
        return None
    return int(display.keysym_to_keycode(XK.XK_Caps_Lock)) or None
