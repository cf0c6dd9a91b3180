"""Windows, keys, clipboard and pictures of an X11 desktop: EWMH and XTEST through python-xlib, which lives here."""

import os
import select
import struct
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from etoile.actions.passwords import asks_password
from etoile.actions.windowing import Area, State, Window
from etoile.errors import ActionFailed
from etoile.text import message
from etoile.x_server import connect

CLIPBOARD_WAIT_S = 1.0
ACTIVE_WAIT_S = 0.5
LET_GO_S = 2.0
"""How long keys that the user still holds are waited for: with them, ours would mean something else."""
_EVERY_DESKTOP = 0xFFFFFFFF
_BY_USER = 2
"""Source of an EWMH request: a pager, acting for the user; window managers let it take the focus."""
_ADD, _REMOVE = 1, 0
_STATES = {
    State.MAXIMIZED: ("_NET_WM_STATE_MAXIMIZED_HORZ", "_NET_WM_STATE_MAXIMIZED_VERT"),
    State.FULLSCREEN: ("_NET_WM_STATE_FULLSCREEN",),
    State.MINIMIZED: ("_NET_WM_STATE_HIDDEN",),
}
_NO_PROGRAMS = ("_NET_WM_WINDOW_TYPE_DESKTOP", "_NET_WM_WINDOW_TYPE_DOCK", "_NET_WM_WINDOW_TYPE_NOTIFICATION")
_KEYSYMS = {"ctrl": "Control_L", "shift": "Shift_L", "alt": "Alt_L", "super": "Super_L"}


class X11:
    """One connection to the X server; see WindowSystem."""

    def __enter__(self) -> Self:
        from Xlib import error

        try:
            self._display: Any = connect("XTEST", "RANDR")
        except (error.DisplayError, error.ConnectionClosedError, OSError) as reason:
            raise ActionFailed(message("The X server cannot be reached: {reason}.", reason=str(reason))) from reason
        self._display.set_error_handler(lambda *_: None)  # a window that closes meanwhile is no news
        self._root = self._display.screen().root
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._display.close()

    # Windows

    def windows(self) -> list[Window]:
        """Return the windows of programs, the one in front last; Etoile's own are left out."""
        ids = self._property(self._root, "_NET_CLIENT_LIST_STACKING") or self._property(self._root, "_NET_CLIENT_LIST")
        found = [window for one in ids if (window := self._window(one))]
        active = self._property(self._root, "_NET_ACTIVE_WINDOW")
        return sorted(found, key=lambda window: window.id in active)

    def activate(self, window: Window) -> None:
        """Bring `window` to the front and give it the keyboard; return when it has it, and raise when it has not."""
        self._ask_manager(window.id, "_NET_ACTIVE_WINDOW", _BY_USER, 0, 0)
        until_s = time.monotonic() + ACTIVE_WAIT_S
        while time.monotonic() < until_s:
            if window.id in self._property(self._root, "_NET_ACTIVE_WINDOW"):
                return
            time.sleep(0.01)
        raise ActionFailed(message("The desktop does not bring {window} to the front.", window=window.title))

    def close(self, window: Window) -> None:
        """Ask `window` to close."""
        self._ask_manager(window.id, "_NET_CLOSE_WINDOW", 0, _BY_USER)

    def in_view(self, window: Window) -> bool:
        """Return whether `window` is on the desktop shown, and not minimised."""
        own = next(iter(self._property(self._resource(window), "_NET_WM_DESKTOP")), _EVERY_DESKTOP)
        return own in (_EVERY_DESKTOP, self.desktop()[0]) and not self.is_in(window, State.MINIMIZED)

    def is_in(self, window: Window, state: State) -> bool:
        """Return whether `window` is in `state`."""
        present = self._property(self._resource(window), "_NET_WM_STATE")
        return all(self._atom(name) in present for name in _STATES[state])

    def put(self, window: Window, state: State, on: bool) -> None:
        """Put `window` into `state`, or take it out."""
        if state is not State.MINIMIZED:
            atoms = [self._atom(name) for name in _STATES[state]]
            first, second = (*atoms, 0)[:2]
            self._ask_manager(window.id, "_NET_WM_STATE", _ADD if on else _REMOVE, first, second, _BY_USER)
        elif on:
            from Xlib import Xutil

            self._ask_manager(window.id, "WM_CHANGE_STATE", Xutil.IconicState)
        else:
            self.activate(window)

    def area(self, window: Window) -> Area:
        """Return where `window` is, with its frame."""
        resource = self._resource(window)
        size, place = resource.get_geometry(), resource.translate_coords(self._root, 0, 0)
        left, right, top, bottom = self._frame(resource)
        return Area(-place.x - left, -place.y - top, size.width + left + right, size.height + top + bottom)

    def work_area(self, window: Window) -> Area:
        """Return the part of the screen of `window` that no panel covers."""
        free = self._property(self._root, "_NET_WORKAREA")[:4] or (0, 0, *self._screen_size())
        return _within(self._monitor(self.area(window)), Area(*free))

    def place(self, window: Window, area: Area) -> None:
        """Move and resize `window`, with its frame, to `area`; it is no longer maximised."""
        from Xlib import X

        self.put(window, State.MAXIMIZED, on=False)
        left, right, top, bottom = self._frame(self._resource(window))
        size = (max(1, area.width - left - right), max(1, area.height - top - bottom))
        # The place is the frame's corner (north-west gravity), whatever gravity the program chose for itself.
        flags = X.NorthWestGravity | 0b1111 << 8 | _BY_USER << 12
        self._ask_manager(window.id, "_NET_MOVERESIZE_WINDOW", flags, area.x, area.y, *size)

    def show_desktop(self, shown: bool) -> None:
        """Put every window away, or back."""
        self._ask_manager(self._root.id, "_NET_SHOWING_DESKTOP", int(shown))

    def desktop(self) -> tuple[int, int]:
        """Return the number of the virtual desktop shown, from 0, and how many there are."""
        number, count = (
            self._property(self._root, name) for name in ("_NET_CURRENT_DESKTOP", "_NET_NUMBER_OF_DESKTOPS")
        )
        return (number[0] if number else 0), (count[0] if count else 1)

    def go_to_desktop(self, number: int) -> None:
        """Show the virtual desktop `number`, from 0."""
        self._ask_manager(self._root.id, "_NET_CURRENT_DESKTOP", number, 0)

    # Keys, clipboard, picture

    def press(self, keys: str) -> None:
        """Press and release `keys`, such as "ctrl+shift+t", in the window that has the keyboard."""
        from Xlib import XK, X
        from Xlib.ext import xtest

        self._wait_for_free_hands()
        symbols = [XK.string_to_keysym(_KEYSYMS.get(key, key)) for key in keys.split("+")]
        codes = [self._display.keysym_to_keycode(symbol) for symbol in symbols]
        if 0 in codes:
            raise ActionFailed(message("This keyboard has no key for {keys}.", keys=keys))
        for code in codes:
            xtest.fake_input(self._display, X.KeyPress, code)
        for code in reversed(codes):
            xtest.fake_input(self._display, X.KeyRelease, code)
        self._display.sync()

    def asks_password(self, window: Window) -> bool:
        """Return whether what is typed into `window` is known to be a password."""
        return asks_password(window)

    def type(self, text: str) -> None:
        """Type `text` into the window that has the keyboard."""
        from etoile.actions.x11_typing import type_text

        self._wait_for_free_hands()
        type_text(self._display, text)

    def _wait_for_free_hands(self) -> None:
        """Wait until the user holds no Ctrl, Shift, Alt or Super.  Raises ActionFailed."""
        from Xlib import X

        holding = X.ShiftMask | X.ControlMask | X.Mod1Mask | X.Mod4Mask
        until_s = time.monotonic() + LET_GO_S
        while self._root.query_pointer().mask & holding:
            if time.monotonic() > until_s:
                raise ActionFailed(
                    message("A key such as Ctrl or Shift is held down: nothing was pressed."),
                    message("Let go of the keyboard and say it again."),
                )
            time.sleep(0.02)

    def clipboard(self) -> str:
        """Return the text of the clipboard; empty when it holds none, or its owner does not answer."""
        from Xlib import X

        asker = self._root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        target, place = self._atom("UTF8_STRING"), self._atom("ETOILE_CLIPBOARD")
        asker.convert_selection(self._atom("CLIPBOARD"), target, place, X.CurrentTime)
        notice = self._next_event(X.SelectionNotify)
        if notice is None or not notice.property:
            return ""
        held = asker.get_full_property(place, target)
        asker.destroy()
        value = held.value if held else b""
        return value.decode(errors="replace") if isinstance(value, bytes) else str(value)

    def hold_clipboard(self, text: str) -> None:
        """Be the clipboard, with `text`, until another program copies something."""
        from etoile.actions.x11_clipboard import hold

        hold(text)

    def screenshot(self, path: Path) -> None:
        """Save what the screens show to `path` as PNG."""
        from Xlib import X

        width, height = self._screen_size()
        image = self._root.get_image(0, 0, width, height, X.ZPixmap, 0xFFFFFFFF)
        if image.depth not in (24, 32):
            raise ActionFailed(message("A screen with {depth} bits a pixel cannot be saved.", depth=image.depth))
        path.write_bytes(png_of(image.data, width, height))

    # The wire

    def _window(self, id: int) -> Window | None:
        """Return the window `id` when it is one of a program other than Etoile."""
        resource = self._display.create_resource_object("window", id)
        kind = self._property(resource, "_NET_WM_WINDOW_TYPE")
        pid = next(iter(self._property(resource, "_NET_WM_PID")), None)
        if pid == os.getpid() or any(self._atom(name) in kind for name in _NO_PROGRAMS):
            return None
        names = (*self._text(resource, "WM_CLASS").split("\0"), _process_name(pid))
        title = self._text(resource, "_NET_WM_NAME") or self._text(resource, "WM_NAME")
        return Window(id, title, tuple(name for name in names if name), pid)

    def _resource(self, window: Window) -> Any:
        return self._display.create_resource_object("window", window.id)

    def _atom(self, name: str) -> int:
        return int(self._display.get_atom(name))

    def _property(self, resource: Any, name: str) -> Sequence[int]:
        """Return the numbers of a property; empty when there is none, or its window is gone."""
        value = self._raw(resource, name)
        return () if value is None or isinstance(value, bytes | str) else tuple(value)

    def _text(self, resource: Any, name: str) -> str:
        value = self._raw(resource, name)
        return value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")

    def _raw(self, resource: Any, name: str) -> Any:
        from Xlib import X, error

        try:
            held = resource.get_full_property(self._atom(name), X.AnyPropertyType)
        except error.XError:
            return None
        return held.value if held else None

    def _frame(self, resource: Any) -> tuple[int, int, int, int]:
        """Return how wide the frame is: left, right, top, bottom."""
        left, right, top, bottom = self._property(resource, "_NET_FRAME_EXTENTS") or (0, 0, 0, 0)
        return left, right, top, bottom

    def _screen_size(self) -> tuple[int, int]:
        size = self._root.get_geometry()
        return int(size.width), int(size.height)

    def _monitor(self, area: Area) -> Area:
        """Return the monitor on which the middle of `area` is."""
        from Xlib.ext import randr

        monitors = randr.get_monitors(self._root).monitors if self._display.has_extension("RANDR") else ()
        areas = [Area(one.x, one.y, one.width_in_pixels, one.height_in_pixels) for one in monitors]
        x, y = area.x + area.width // 2, area.y + area.height // 2
        on = (one for one in areas if one.x <= x < one.x + one.width and one.y <= y < one.y + one.height)
        return next(on, Area(0, 0, *self._screen_size()))

    def _ask_manager(self, id: int, what: str, *values: int) -> None:
        """Send the window manager the request `what` about the window `id`."""
        from Xlib import X
        from Xlib.protocol import event

        data = (32, (*values, 0, 0, 0, 0, 0)[:5])
        request = event.ClientMessage(window=id, client_type=self._atom(what), data=data)
        self._root.send_event(request, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self._display.sync()

    def _next_event(self, kind: int) -> Any:
        """Return the next event of `kind`; None when there is none in time."""
        until_s = time.monotonic() + CLIPBOARD_WAIT_S
        while (left_s := until_s - time.monotonic()) > 0:
            while self._display.pending_events():
                if (came := self._display.next_event()).type == kind:
                    return came
            select.select([self._display.fileno()], [], [], left_s)
        return None


def _process_name(pid: int | None) -> str:
    try:
        return psutil.Process(pid).name() if pid else ""
    except psutil.Error:
        return ""


def _within(area: Area, limits: Area) -> Area:
    """Return the part of `area` that is inside `limits`."""
    x, y = max(area.x, limits.x), max(area.y, limits.y)
    right = min(area.x + area.width, limits.x + limits.width)
    bottom = min(area.y + area.height, limits.y + limits.height)
    return Area(x, y, max(0, right - x), max(0, bottom - y))


def png_of(bgrx: bytes, width: int, height: int) -> bytes:
    """Return a PNG (8 bits RGB) of `bgrx`: rows of blue, green, red and one unused byte a pixel, without padding."""
    rgb = bytearray(width * height * 3)
    rgb[0::3], rgb[1::3], rgb[2::3] = bgrx[2::4], bgrx[1::4], bgrx[0::4]
    stride = width * 3
    rows = b"".join(b"\0" + rgb[start : start + stride] for start in range(0, len(rgb), stride))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
