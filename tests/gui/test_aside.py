"""The windows beside the floating one: welcomed once, opened again from the menu, closed with the app."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from etoile.config import Config
from etoile.gui.aside import Aside
from etoile.gui.design import Look
from etoile.gui.first_run.window import FirstRun
from etoile.gui.help_page import HelpWindow
from etoile.gui.settings.file import SettingsFile
from etoile.parts.help_pages import HelpPages
from tests.gui.conftest import Visitor
from tests.gui.first_steps import World


def shown(kind: type[QWidget]) -> list[QWidget]:
    """Return the windows of this kind that are in view."""
    return [window for window in QApplication.topLevelWidgets() if isinstance(window, kind) and window.isVisible()]


def made(folder: Path, look: Look, visitor: Visitor) -> Aside:
    return Aside(
        look,
        SettingsFile(folder / "config.toml", Config()),
        World(),  # type: ignore[arg-type]  # nothing more is asked
        World(),
        HelpPages,
        visitor.events.append,
        visitor.confirmed.append,
        folder / "state" / "first_steps",
    )


@pytest.fixture
def aside(tmp_path: Path, look: Look, visitor: Visitor, qtbot: QtBot) -> Iterator[Aside]:
    opened = made(tmp_path, look, visitor)
    yield opened
    opened.close()


def test_a_new_user_is_welcomed_once_and_then_the_window_comes(
    aside: Aside, tmp_path: Path, look: Look, visitor: Visitor, qtbot: QtBot
) -> None:
    came: list[str] = []
    aside.welcome(lambda: came.append("window"))
    (steps,) = shown(FirstRun)
    assert came == []
    qtbot.keyClick(steps, Qt.Key.Key_Escape)
    assert (came, shown(FirstRun)) == (["window"], [])
    made(tmp_path, look, visitor).welcome(lambda: came.append("second start"))
    assert (came, shown(FirstRun)) == (["window", "second start"], [])


def test_whoever_has_settings_is_not_asked(aside: Aside, tmp_path: Path) -> None:
    (tmp_path / "config.toml").touch()
    came: list[str] = []
    aside.welcome(lambda: came.append("window"))
    assert (came, shown(FirstRun)) == (["window"], [])


def test_the_first_steps_are_opened_again_from_the_beginning(aside: Aside, qtbot: QtBot) -> None:
    for _ in range(2):
        aside.open_first_steps()
        aside.open_first_steps()
        (steps,) = shown(FirstRun)
        assert steps.windowTitle() == "First steps: Language and voice"
        assert isinstance(steps, FirstRun)
        qtbot.keyClick(steps.face.next, Qt.Key.Key_Return)
        assert steps.windowTitle() == "First steps: Microphone"
        qtbot.keyClick(steps, Qt.Key.Key_Escape)
        assert shown(FirstRun) == []


def test_leaving_the_app_takes_both_away(aside: Aside) -> None:
    came: list[str] = []
    aside.welcome(lambda: came.append("window"))
    aside.open_help("voice")
    assert len(shown(HelpWindow)) == 1
    aside.close()
    assert (shown(HelpWindow), shown(FirstRun), came) == ([], [], [])


def test_both_turn_to_another_language_while_they_are_open(aside: Aside, look: Look) -> None:
    aside.open_help("nodes")
    aside.open_first_steps()
    look.write_in("pt")
    QApplication.processEvents()
    (guide,), (steps,) = shown(HelpWindow), shown(FirstRun)
    assert isinstance(guide, HelpWindow)
    assert (guide.windowTitle(), guide.topic) == ("Ajuda", "nodes")
    assert steps.windowTitle() == "Primeiros passos: Idioma e voz"
