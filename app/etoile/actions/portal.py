"""The desktop portal: what GNOME, KDE and others let a program do under Wayland, each time with the user's leave.

Specification: https://flatpak.github.io/xdg-desktop-portal/docs/ (Request, Screenshot).
"""

import itertools
import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from etoile.actions.bus import Bus
from etoile.errors import ActionFailed
from etoile.text import message

SERVICE = "org.freedesktop.portal.Desktop"
OBJECT = "/org/freedesktop/portal/desktop"
_GRANTED, _DECLINED = 0, 1
_tokens = itertools.count(1)

Options = dict[str, tuple[str, Any]]


def token() -> str:
    """Return a name that this process has not used yet."""
    return f"etoile{os.getpid()}_{next(_tokens)}"


def request(bus: Bus, interface: str, method: str, signature: str, *arguments: Any, options: Options) -> dict[str, Any]:
    """Call a method that asks the user, and return its results.  Raises NobodyAnswers, and ActionFailed when refused.

    `signature` is that of all arguments, the options (a{sv}) at the end.
    """
    own = token()
    sender = bus.name.lstrip(":").replace(".", "_")
    handle = f"{OBJECT}/request/{sender}/{own}"
    bus.listen(handle, "org.freedesktop.portal.Request")
    portal = bus.at(SERVICE, OBJECT, f"org.freedesktop.portal.{interface}")
    portal.call(method, signature, *arguments, {**options, "handle_token": ("s", own)})
    response, results = bus.signal(handle)
    if response != _GRANTED:
        raise ActionFailed(
            message("You did not allow it.") if response == _DECLINED else message("The desktop refused it.")
        )
    return {name: value for name, (_, value) in results.items()}


def screenshot(bus: Bus) -> Path:
    """Return the file in which the desktop put a picture of the screen.  Raises NobodyAnswers and ActionFailed."""
    results = request(bus, "Screenshot", "Screenshot", "sa{sv}", "", options={"interactive": ("b", False)})
    address = urlsplit(str(results.get("uri", "")))
    if address.scheme != "file":
        raise ActionFailed(message("The desktop gave no picture of the screen."))
    return Path(unquote(address.path))
