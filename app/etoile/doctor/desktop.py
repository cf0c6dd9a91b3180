"""The desktop: which session it is, who shows notifications, where the icon goes."""

import os
import sys
from collections.abc import Iterator

from etoile.doctor.finding import Check, Finding, Patient
from etoile.speech.ways import Way, way
from etoile.text import message, verbatim

_NAMES = {Way.WINDOWS: "Windows", Way.MACOS: "macOS", Way.WAYLAND: "Wayland", Way.X11: "X11"}


def checks(patient: Patient) -> Iterator[Check]:
    """Yield the checks of the desktop; none of them is asked for by the settings."""
    yield Check(name="session", look=_session)
    yield Check(name="notifications", look=_notifications)
    yield Check(name="tray", look=_tray)


def _session() -> Finding:
    kind = way(sys.platform, os.environ)
    if kind is None:
        return _NO_SESSION
    desktop = os.environ.get("XDG_CURRENT_DESKTOP", "")
    name = f"{_NAMES[kind]}, {desktop}" if desktop else _NAMES[kind]
    if kind is Way.WAYLAND:
        remedy = message("Keys and windows of other programs are out of reach here; what needs them says so.")
        return Finding(ok=True, detail=message("{name}: {limits}", name=name, limits=remedy))
    return Finding(ok=True, detail=verbatim(name))


_NO_SESSION = Finding(
    ok=None,
    detail=message("There is no desktop session here."),
    remedy=message("The command line needs none: etoile ask, etoile gpu."),
)


def _has_session_bus() -> bool:
    return bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS") or os.environ.get("XDG_RUNTIME_DIR"))


def _notifications() -> Finding:
    if sys.platform != "linux":
        return Finding(ok=True, detail=message("The tray shows them."))
    if not _has_session_bus():
        return _NO_SESSION
    from etoile.notify.desktop import server_name

    return Finding(ok=True, detail=verbatim(server_name()))


def _tray() -> Finding:
    if sys.platform != "linux":
        return Finding(ok=True, detail=message("The system has one."))
    if way(sys.platform, os.environ) is None:
        return _NO_SESSION
    from etoile.notify.icons import tray_host

    host = tray_host()
    if host is None:
        return Finding(
            ok=None,
            detail=message("Nothing shows icons on this desktop."),
            remedy=message("On GNOME, install the extension AppIndicator; elsewhere start a panel. The window works."),
        )
    return Finding(ok=True, detail=message("{host} shows icons.", host=host))
