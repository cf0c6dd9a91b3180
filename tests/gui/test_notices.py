"""The notices: a download that mends one is started, followed and given up from the window."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from etoile.domain.events import DownloadStopped, DownloadWanted, ModelDownloading, PartMissing, UnfinishedWanted
from etoile.domain.state import State
from etoile.gui.design import Look
from etoile.gui.notices import Notices
from etoile.gui.window import Window
from etoile.text import message
from tests.gui import states
from tests.gui.conftest import Visitor

Texts = Callable[[QWidget], str]
ABSENT = PartMissing(
    "speech_model",
    message("There is no speech model “{model}” here.", model="base"),
    message("etoile models download base (145 MB)"),
    downloadable="base",
)
MISSING = State(missing={"speech_model": ABSENT, "tray": PartMissing("tray", message("There is no tray."))})
COMING = replace(MISSING, downloading=ModelDownloading("base", 61_000_000, 145_000_000))


def _buttons(window: QWidget, name: str) -> list[QAbstractButton]:
    found = window.findChildren(QAbstractButton)
    return [button for button in found if button.accessibleName() == name and button.isVisibleTo(window)]


@pytest.fixture
def shown(window: Window) -> Window:
    window.present()
    window.show_state(MISSING)
    return window


def test_only_what_a_download_mends_offers_one(shown: Window, visitor: Visitor, qtbot: QtBot) -> None:
    (download,) = _buttons(shown, "Download")
    assert download.accessibleDescription() == "There is no speech model “base” here."
    qtbot.mouseClick(download, Qt.MouseButton.LeftButton)
    assert visitor.events == [DownloadWanted("base")]


def test_what_is_on_its_way_is_not_missing_and_can_be_stopped(
    shown: Window, visitor: Visitor, qtbot: QtBot, texts: Texts
) -> None:
    shown.show_state(COMING)
    assert "no speech model" not in texts(shown)
    assert "There is no tray." in texts(shown)
    assert "Speech model base: 58\u00a0MiB of 138\u00a0MiB" in texts(shown)
    (stop,) = _buttons(shown, "Stop")
    qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert visitor.events == [DownloadStopped()]


def test_a_download_that_was_given_up_is_offered_again(shown: Window) -> None:
    shown.show_state(COMING)
    assert _buttons(shown, "Download") == []
    shown.show_state(MISSING)
    assert len(_buttons(shown, "Download")) == 1
    assert _buttons(shown, "Stop") == []


def test_another_model_that_is_missing_stays_said(shown: Window, texts: Texts) -> None:
    shown.show_state(replace(MISSING, downloading=ModelDownloading("small", 0, None)))
    assert "no speech model “base”" in texts(shown)


def test_recordings_without_text_are_tried_again_at_a_click(shown: Window, visitor: Visitor, qtbot: QtBot) -> None:
    assert _buttons(shown, "Try again") == []
    waiting = PartMissing("recordings", message("{count} recordings have no text yet.", count=2))
    shown.show_state(State(missing={"recordings": waiting}))
    (again,) = _buttons(shown, "Try again")
    assert again.accessibleDescription() == "2 recordings have no text yet."
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    assert visitor.events == [UnfinishedWanted()]


def test_each_part_that_is_missing_leads_to_the_help_about_it(look: Look, qtbot: QtBot) -> None:
    asked: list[str] = []
    notices = Notices(look, asked.append, asked.append)  # type: ignore[arg-type]  # nothing is published here
    qtbot.addWidget(notices)
    notices.show_state(State(missing={"gpu": states.MISSING["gpu"]}))
    notices.show()
    (more,) = _buttons(notices, "More about this")
    more.setFocus()
    qtbot.keyClick(more, Qt.Key.Key_Return)
    assert asked == ["gpu"]
