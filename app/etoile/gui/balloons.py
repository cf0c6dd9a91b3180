"""Notifications by the tray icon itself, where the desktop has no service for them: Windows and macOS."""

from collections.abc import Mapping

from PySide6.QtWidgets import QSystemTrayIcon

from etoile.domain.effects import Urgency

_ICONS = {
    Urgency.LOW: QSystemTrayIcon.MessageIcon.Information,
    Urgency.NORMAL: QSystemTrayIcon.MessageIcon.Warning,
    Urgency.CRITICAL: QSystemTrayIcon.MessageIcon.Critical,
}


class Balloons:
    """Shows one balloon after the other: without buttons, not to be replaced, gone by themselves.  Main thread."""

    def __init__(self) -> None:
        self._icon: QSystemTrayIcon | None = None

    def belong_to(self, icon: QSystemTrayIcon) -> None:
        """Let the balloons come from `icon`."""
        self._icon = icon

    def notify(self, key: str, title: str, body: str, urgency: Urgency, actions: Mapping[str, str]) -> None:
        """Show a balloon."""
        if self._icon:
            self._icon.showMessage(title, body, _ICONS[urgency])

    def withdraw(self, key: str) -> None:
        """Do nothing: a balloon goes by itself."""
