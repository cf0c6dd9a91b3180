"""The floating window, made when it is first wanted: as long as only the tray shows, there is none."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from etoile.domain.state import State
from etoile.gui.page import Ground, Page, begins_to_listen

if TYPE_CHECKING:
    from etoile.gui.window import Window


class LaterWindow:
    """Stands for the window, follows the state on its `ground` until there is one, and hands everything on to it then.

    Its methods are the window's own.  Main thread.
    """

    def __init__(self, ground: Ground, make: "Callable[[], Window]") -> None:
        self._ground, self._make = ground, make
        self._window: Window | None = None
        self._state = State()
        self._menu: QMenu | None = None

    def show_state(self, state: State) -> None:
        """Take in `state`; when the user begins to speak, the window comes."""
        before, self._state = self._state, state
        if self._window is None:
            self._ground.follow(state)
            if not begins_to_listen(before, state):
                return
            self._made(before)
        self._shown.show_state(state)

    def offer_menu(self, menu: QMenu) -> None:
        """Let `menu` be opened from the window as well."""
        self._menu = menu
        if self._window:
            self._window.offer_menu(menu)

    def isVisible(self) -> bool:
        """Whether it is in view."""
        return self._window is not None and self._window.isVisible()

    def isMinimized(self) -> bool:
        """Whether it lies in the list of windows."""
        return self._window is not None and self._window.isMinimized()

    def present(self) -> None:
        """Show it and give it the keyboard."""
        self._shown.present()

    def appear(self) -> None:
        """Show it without taking the keyboard."""
        self._shown.appear()

    def compose(self) -> None:
        """Show it, ready to type."""
        self._shown.compose()

    def toggle(self) -> None:
        """Show it, or hide it."""
        self._shown.toggle()

    def show_page(self, key: str) -> Page:
        """Show the page `key` of it and return that."""
        return self._shown.show_page(key)

    def vanish(self) -> None:
        """Hide it."""
        if self._window:
            self._window.vanish()

    @property
    def _shown(self) -> "Window":
        return self._window or self._made(self._state)

    def _made(self, state: State) -> "Window":
        """Make the window, as it would be had it been there until `state`."""
        self._window = window = self._make()
        if self._menu:
            window.offer_menu(self._menu)
        window.show_state(state)
        return window
