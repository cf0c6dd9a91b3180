"""A press that was meant for something else: the second one of a double click, or one at what has just appeared."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QAbstractButton


class Unhurried(QObject):
    """Keeps presses from `button` until it has been in sight as long as a double click may take.

    Nobody reads in that time what the button does.  Keys are not concerned: they go to what has the focus.
    """

    def __init__(self, button: QAbstractButton, now_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__(button)
        self._now_s = now_s
        self._seen_s: float | None = None
        """When it was painted for the first time."""
        self._pressed = False
        """Whether the last press was for the button."""
        button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.Paint if self._seen_s is None:
                self._seen_s = self._now_s()
            case QEvent.Type.Hide:
                self._seen_s, self._pressed = None, False
            case QEvent.Type.MouseButtonPress:
                self._pressed = self._seen_s is not None and self._now_s() - self._seen_s >= double_click_s()
                return not self._pressed
            case QEvent.Type.MouseButtonDblClick:  # its first press may have been for what stood here before
                return not self._pressed
        return False


class SecondPress(QObject):
    """Keeps the second press of a double click from `window`, which the first one has brought into view."""

    def __init__(self, window: QWindow) -> None:
        super().__init__(window)
        self._double = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.MouseButtonDblClick:
                return True
            case QEvent.Type.MouseButtonRelease | QEvent.Type.Hide:  # what is pressed from now on is meant
                watched.removeEventFilter(self)
                self.deleteLater()
        return False


def double_click_s() -> float:
    """Return how long after a press a second one makes it a double click."""
    return QGuiApplication.styleHints().mouseDoubleClickInterval() / 1000
