"""Connections to the X server through python-xlib: talk keys, windows, the clipboard, the tray."""

import threading
from importlib import import_module
from typing import Any

_gate = threading.Lock()


def connect(*extensions: str) -> Any:
    """Return a connection that knows these extensions of the server ("XTEST", "RANDR") and no others.

    python-xlib imports a module for each extension in its list that the server has: all of them take 0.6 MiB for good.
    Raises Xlib.error's DisplayError and ConnectionClosedError, and OSError.
    """
    from Xlib import display

    ext: Any = import_module("Xlib.ext")  # whose stubs lack the list
    with _gate:
        known = ext.__extensions__
        ext.__extensions__ = [(name, module) for name, module in known if name in extensions]
        try:
            return display.Display()
        finally:
            ext.__extensions__ = known
