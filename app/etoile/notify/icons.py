"""Who shows the icons of programs on a Linux desktop: asked by the doctor, since Qt takes a second to tell."""

import logging
import os

from jeepney import DBusAddress, DBusErrorResponse, new_method_call

from etoile.session_bus import Bus
from etoile.x_server import connect

log = logging.getLogger(__name__)

WATCHER = "org.kde.StatusNotifierWatcher"
_DBUS = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")


def tray_host() -> str | None:
    """Return what shows icons: "StatusNotifier" or "system tray"; None where nothing does.  Blocks."""
    if _has_watcher():
        return "StatusNotifier"
    return "system tray" if os.environ.get("DISPLAY") and _has_x_tray() else None


def _has_watcher() -> bool:
    try:
        with Bus.open() as bus:
            return bool(bus.call(new_method_call(_DBUS, "NameHasOwner", "s", (WATCHER,)))[0])
    except (OSError, ValueError, RuntimeError, DBusErrorResponse) as error:
        log.debug("no session bus: %s", error)
        return False


def _has_x_tray() -> bool:
    """Whether a program holds the selection by which X trays are found (freedesktop.org, System Tray Protocol)."""
    from Xlib.error import ConnectionClosedError, DisplayConnectionError, DisplayNameError, XauthError

    try:
        display = connect()
    except (ConnectionClosedError, DisplayConnectionError, DisplayNameError, XauthError, OSError):
        return False
    try:
        atom = display.intern_atom(f"_NET_SYSTEM_TRAY_S{display.get_default_screen()}")
        return bool(display.get_selection_owner(atom))
    finally:
        display.close()
