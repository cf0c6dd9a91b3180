"""The icon in the tray: its shape tells the state, its menu reaches everything."""

import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from etoile.domain.state import State
from etoile.gui.design import Look
from etoile.gui.doors import Doors
from etoile.gui.icons import TrayState, tray_icon
from etoile.gui.page import local_time
from etoile.gui.panel import panel_is_dark
from etoile.gui.tray_menu import TrayMenu
from etoile.gui.tray_state import hottest, tray_state
from etoile.gui.tray_words import tool_tip

if TYPE_CHECKING:
    from etoile.gui.later_window import LaterWindow
    from etoile.gui.window import Window

Reason = QSystemTrayIcon.ActivationReason
_HOT = (TrayState.WARNING, TrayState.CRITICAL)
_AT_REST = (*_HOT, TrayState.OFFLINE, TrayState.IDLE)
"""States in which there is room for a temperature."""


class _Icon(NamedTuple):
    """What the icon shows."""

    state: TrayState
    on_dark: bool
    degrees: int | None


def _icon_of(state: State, *, dark_panel: bool) -> _Icon:
    shown, settings = tray_state(state), state.window
    gpu = hottest(state) if settings.tray_temperature and shown in _AT_REST and not state.locked else None
    on_dark = dark_panel if settings.tray_ink == "auto" else settings.tray_ink == "light"
    return _Icon(shown, on_dark, gpu.temperature_c if gpu else None)


class Tray(QObject):
    """Owns the icon and its menu.  Without a tray host the icon waits until there is one."""

    def __init__(
        self,
        look: Look,
        doors: Doors,
        window: "Window | LaterWindow",
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
        self._shown: _Icon | None = None
        self._place = QRect()
        """Where the icon was when the panel around it was looked at."""
        self._dark_panel = panel_is_dark(self._place)
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
        if self.icon.geometry() != self._place:
            self._look_at_panel()
        self._show_icon()
        self._show_tip()
        self._menu.show_state(state)

    def _look_at_panel(self) -> None:
        self._place = self.icon.geometry()
        self._dark_panel = panel_is_dark(self._place)

    def _restyle(self) -> None:
        self._menu.restyle()
        self._look_at_panel()
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
        wanted = _icon_of(self._state, dark_panel=self._dark_panel)
        if wanted == self._shown:
            return
        self._shown = wanted
        if wanted.degrees is None:
            icon = tray_icon(wanted.state, on_dark=wanted.on_dark)
        else:
            from etoile.gui.tray_number import number_icon  # few want it

            icon = number_icon(wanted.degrees, wanted.state, on_dark=wanted.on_dark)
        # A mask is drawn in the colour of the panel of macOS; what is hot keeps its own.
        icon.setIsMask(self._platform == "darwin" and wanted.state not in _HOT)
        self.icon.setIcon(icon)

    def _activated(self, reason: Reason) -> None:
        """Show or hide the window at a click, where the desktop does not open the menu by it."""
        if reason is Reason.Trigger and self._platform != "darwin":
            self._window.toggle()
