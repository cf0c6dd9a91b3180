"""Where the desktop has no notification service, the tray icon says it."""

import pytest
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from etoile.domain.effects import Urgency
from etoile.gui.balloons import Balloons


class Icon(QSystemTrayIcon):
    """A tray icon that keeps what it was asked to show."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[str, str, QSystemTrayIcon.MessageIcon]] = []

    def showMessage(self, title: str, body: str, icon: QSystemTrayIcon.MessageIcon) -> None:  # type: ignore[override]
        self.shown.append((title, body, icon))


@pytest.mark.parametrize(
    ("urgency", "icon"),
    [
        (Urgency.LOW, QSystemTrayIcon.MessageIcon.Information),
        (Urgency.NORMAL, QSystemTrayIcon.MessageIcon.Warning),
        (Urgency.CRITICAL, QSystemTrayIcon.MessageIcon.Critical),
    ],
)
def test_the_icon_shows_it_with_its_urgency(qtbot: QtBot, urgency: Urgency, icon: QSystemTrayIcon.MessageIcon) -> None:
    balloons, tray = Balloons(), Icon()
    balloons.notify("gpu:1", "too early", "", urgency, {})
    balloons.belong_to(tray)
    balloons.notify("gpu:1", "GPU 1 is hot", "86 °C", urgency, {"acknowledge": "Acknowledge"})
    balloons.withdraw("gpu:1")
    assert tray.shown == [("GPU 1 is hot", "86 °C", icon)]
