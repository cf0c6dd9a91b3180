"""A window with doors that remember what went through them, and a clock that a test moves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from etoile.domain.events import Event
from etoile.gui.design import Look
from etoile.gui.doors import Doors
from etoile.gui.window import Window
from tests.gui import states

for _wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitActive, QtBot.waitExposed):
    # As in `tests/waiting.py`: the limit is that of the slowest machine.
    _wait.__kwdefaults__ = (_wait.__kwdefaults__ or {}) | {"timeout": 60_000}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Expect by name what the offscreen platform says when a window is raised or a menu opened; all else fails."""
    harmless = "This plugin does not support (raise|grabbing the (keyboard|mouse)|propagateSizeHints)"
    item.add_marker(pytest.mark.qt_log_ignore(harmless, extend=True))


@dataclass
class Visitor:
    """What the interface asked of the app."""

    events: list[Event] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)

    def doors(self) -> Doors:
        """Return doors that remember."""
        return Doors(
            publish=self.events.append,
            confirm_node=self.confirmed.append,
            open_settings=lambda: self.called.append("settings"),
            open_nodes=lambda: self.called.append("nodes"),
            open_microphone=lambda: self.called.append("microphone"),
            quit=lambda: self.called.append("quit"),
        )


@dataclass
class Desk:
    """The desktop around the window: its clock, and whether it has a tray."""

    now_s: float = states.NOW_S
    tray: bool = True


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def look(qapp: object) -> Look:
    made = Look("en", "dark")
    made.motion.pace = 0
    return made


@pytest.fixture
def window(qtbot: QtBot, look: Look, visitor: Visitor, desk: Desk) -> Iterator[Window]:
    made = Window(
        look,
        visitor.doors(),
        tray_available=lambda: desk.tray,
        now_s=lambda: desk.now_s,
        clock=lambda: datetime(2026, 11, 21, 14, 2, tzinfo=UTC),
    )
    yield made
    made.vanish()
    made.pill.deleteLater()
    made.deleteLater()


@pytest.fixture
def texts() -> Callable[[object], str]:
    """Return what is written on a widget and everything in it that is in view."""
    from PySide6.QtWidgets import QAbstractButton, QLabel, QPlainTextEdit, QTextEdit, QWidget

    from etoile.gui.label import DOT

    def shown(widget: QWidget) -> str:
        found = []
        for part in widget.findChildren(QWidget):
            if not part.isVisibleTo(widget):
                continue
            if isinstance(part, QLabel | QAbstractButton):
                found.append(part.text())
            elif isinstance(part, QTextEdit | QPlainTextEdit):
                found.append(part.toPlainText())
            found.append(part.accessibleDescription())
        return "\n".join(found).replace(DOT, " · ")

    return shown
