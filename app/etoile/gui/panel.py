"""Whether the desktop's panel, on which the icon stands, is dark."""

import sys

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QImage

_THEME = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
_LIGHT = 0.5


def panel_is_dark(icon: QRect) -> bool:
    """Return whether the panel around the place `icon` on the screen is dark, as far as can be told.

    Windows says it of its taskbar; under X11 it is seen.  Other panels are taken to be as the desktop is.
    """
    for light in (_light_taskbar(), _light_around(icon)):
        if light is not None:
            return not light
    return QGuiApplication.styleHints().colorScheme() is not Qt.ColorScheme.Light


def _light_taskbar() -> bool | None:
    """Return what Windows says of its taskbar; None where it says nothing."""
    if sys.platform != "win32":
        return None
    import winreg  # not there elsewhere

    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _THEME) as key:
            return bool(winreg.QueryValueEx(key, "SystemUsesLightTheme")[0])
    except OSError:
        return None


def _light_around(icon: QRect) -> bool | None:
    """Return how the corners of the icon look, which it leaves empty; None where they cannot be seen."""
    screen = QGuiApplication.screenAt(icon.center())
    if QGuiApplication.platformName() != "xcb" or icon.isEmpty() or screen is None:
        return None
    place = icon.translated(-screen.geometry().topLeft())
    return mostly_light(screen.grabWindow(0, place.x(), place.y(), place.width(), place.height()).toImage())


def mostly_light(seen: QImage) -> bool | None:
    """Return whether most corners of a picture are light; None for none."""
    if seen.isNull():
        return None
    right, bottom = seen.width() - 1, seen.height() - 1
    corners = ((0, 0), (right, 0), (0, bottom), (right, bottom))
    return sum(seen.pixelColor(x, y).lightnessF() > _LIGHT for x, y in corners) > 2
