"""The icon in the tray: its shape tells the state, its menu reaches everything."""

import sys
import time
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from etoile.domain.state import State
from etoile.gui.design import Look
from etoile.gui.doors import Doors
from etoile.gui.icons import TrayState, tray_icon
from etoile.gui.tray_menu import TrayMenu
from etoile.gui.tray_state import tray_state
from etoile.gui.tray_words import tool_tip
from etoile.gui.window import Window, local_time

Reason = QSystemTrayIcon.ActivationReason


class Tray(QObject):
    """Owns the icon and its menu.  Without a tray host the icon waits until there is one."""

    def __init__(
        self,
        look: Look,
        doors: Doors,
        window: Window,
        icon: QSystemTrayIcon | None = None,
        now_s: Callable[[], float] = time.monotonic,
        clock: Callable[[], datetime] = local_time,
        platform: str = sys.platform,
    ) -> None:
        """`icon` is the one that shows already."""
        super().__init__()
        self._look, self._window, self._platform = look, window, platform
        self._state = State()
        self._menu = TrayMenu(look, doors, window, now_s, clock, platform)
        self.icon = icon or QSystemTrayIcon()
        self.icon.setContextMenu(self._menu)
        self.icon.activated.connect(self._activated)
        window.offer_menu(self._menu)
        look.changed.connect(self._restyle)
        look.language_changed.connect(self._speak)
        self._shown: tuple[TrayState, bool] | None = None
        self.show_state(self._state)

    def show(self) -> None:
        """Put the icon into the tray, now or as soon as there is one."""
        self.icon.show()

    def hide(self) -> None:
        """Take the icon away."""
        self.icon.hide()

    @property
    def menu(self) -> QMenu:
        """The menu of the icon."""
        return self._menu

    def show_state(self, state: State) -> None:
        """Show `state`; what has not changed is not sent to the desktop again."""
        self._state = state
        self._show_icon()
        self._show_tip()
        self._menu.show_state(state)

    def _restyle(self) -> None:
        self._menu.restyle()
        self._show_icon()

    def _speak(self) -> None:
        """Say everything in the language that is the interface's now."""
        self._menu.rewrite()
        self._show_tip()

    def _show_tip(self) -> None:
        tip = tool_tip(self._state, self._look.words)
        if tip != self.icon.toolTip():
            self.icon.setToolTip(tip)

    def _show_icon(self) -> None:
        wanted = (tray_state(self._state), self._look.dark_panel)
        if wanted != self._shown:
            self._shown = wanted
            self.icon.setIcon(tray_icon(wanted[0], on_dark=wanted[1]))

    def _activated(self, reason: Reason) -> None:
        """Show or hide the window at a click, where the desktop does not open the menu by it."""
        if reason is Reason.Trigger and self._platform != "darwin":
            self._window.toggle()
