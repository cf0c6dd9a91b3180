"""What shows before anything else is read: the icon in the tray, of the one app that runs.

Etoile takes five times as long to import as Qt does; whoever starts it sees at once that it comes.  Only Qt and the
standard library are needed here.
"""

import builtins
import linecache
import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from PySide6.QtCore import QEventLoop, QLoggingCategory, QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from etoile.gui.icons import TrayState, tray_icon
from etoile.ipc import endpoint

SWITCH_S = 0.001
"""How soon a busy worker thread makes room for the window's; Python's own 5 ms show while an answer floods in."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What is there from the first moment on."""

    app: QApplication
    icon: QSystemTrayIcon
    folder: Path
    """Where callers find the running app."""
    held: IO[bytes]
    """The lock of the one app that runs."""


def begin() -> Begun | None:
    """Show the icon; None where another app runs already.  Main thread."""
    folder = endpoint.runtime_folder()
    held = endpoint.lock(folder)
    if held is None:
        return None
    _import_as_python_does()
    qInstallMessageHandler(_log_qt)
    # Desktops without a portal are told of as a warning each time, and nothing depends on it.
    QLoggingCategory.setFilterRules("qt.qpa.services=false")
    app = QApplication(["etoile"])
    app.setApplicationName("etoile")
    app.setApplicationDisplayName("Etoile")
    app.setDesktopFileName("etoile")
    app.setQuitOnLastWindowClosed(False)
    sys.setswitchinterval(SWITCH_S)
    light = app.styleHints().colorScheme() is Qt.ColorScheme.Light
    icon = QSystemTrayIcon(tray_icon(TrayState.IDLE, on_dark=not light))
    icon.show()
    # What the user does meanwhile waits until everything is there.
    app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    return Begun(app, icon, folder, held)


def _import_as_python_does() -> None:
    """Take back the import of PySide, which reads the source of every module to see whether it mentions PySide.

    It serves `from __feature__ import ...`, which nothing here uses, and keeps 13 MiB of lines: those that it has read
    already are given back as well.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
    linecache.clearcache()


_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def _log_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Send what Qt says to the log."""
    logging.getLogger("qt").log(_QT_LEVELS[kind], "%s", text)
