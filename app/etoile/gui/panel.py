"""Whether the desktop's panel, on which the icon stands, is dark."""

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

_THEME = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"


def panel_is_dark() -> bool:
    """Return whether the panel is dark, as far as can be told: Windows says it of its own, apart from programs.

    Other panels do not say, and are taken to be as the desktop is.
    """
    light = _light_taskbar()
    return QGuiApplication.styleHints().colorScheme() is not Qt.ColorScheme.Light if light is None else not light


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
