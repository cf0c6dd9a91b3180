"""What Qt does not say about an X11 desktop: whether it blends windows, and which part of a window takes clicks.

Through libX11 and libXext by a connection of its own; where they are missing, nothing is blended and nothing shaped.
"""

import ctypes
import logging
from ctypes.util import find_library
from functools import cache

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication

log = logging.getLogger(__name__)

_SHAPE_INPUT, _SHAPE_SET, _UNSORTED = 2, 0, 0


class _Rectangle(ctypes.Structure):
    _fields_ = (
        ("x", ctypes.c_short),
        ("y", ctypes.c_short),
        ("width", ctypes.c_ushort),
        ("height", ctypes.c_ushort),
    )


def on_x11() -> bool:
    """Return whether the windows are X11's."""
    return QGuiApplication.platformName() == "xcb"


def has_compositor() -> bool:
    """Return whether a compositing manager runs now: it owns the selection `_NET_WM_CM_S0`.  Only on X11."""
    opened = _opened()
    if opened is None:
        return False
    xlib, display = opened
    atom = xlib.XInternAtom(display, b"_NET_WM_CM_S0", 0)
    return bool(xlib.XGetSelectionOwner(display, atom))


def shape_input(window: int, box: QRect | None) -> None:
    """Let only `box` (device pixels) of the X window `window` take clicks; None gives it all back.  Only on X11."""
    opened, xext = _opened(), _library("Xext")
    if opened is None or xext is None:
        return
    xlib, display = opened
    if box is None:
        xext.XShapeCombineMask(display, ctypes.c_ulong(window), _SHAPE_INPUT, 0, 0, ctypes.c_ulong(0), _SHAPE_SET)
    else:
        shape = _Rectangle(box.x(), box.y(), box.width(), box.height())
        xext.XShapeCombineRectangles(
            display, ctypes.c_ulong(window), _SHAPE_INPUT, 0, 0, ctypes.byref(shape), 1, _SHAPE_SET, _UNSORTED
        )
    xlib.XFlush(display)


@cache
def _opened() -> tuple[ctypes.CDLL, ctypes.c_void_p] | None:
    """Return libX11 and a connection to the display, which stays open."""
    xlib = _library("X11")
    if xlib is None:
        return None
    xlib.XOpenDisplay.restype = ctypes.c_void_p
    xlib.XInternAtom.restype = ctypes.c_ulong
    xlib.XInternAtom.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
    xlib.XGetSelectionOwner.restype = ctypes.c_ulong
    xlib.XGetSelectionOwner.argtypes = (ctypes.c_void_p, ctypes.c_ulong)
    address = xlib.XOpenDisplay(None)
    return (xlib, ctypes.c_void_p(address)) if address else None


@cache
def _library(name: str) -> ctypes.CDLL | None:
    path = find_library(name)
    if path is None:
        log.info("no lib%s here", name)
        return None
    return ctypes.CDLL(path)
