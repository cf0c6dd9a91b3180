"""Another language of the interface counts at once: everything is said anew, and nothing of the user's is lost."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QPlainTextEdit, QScrollBar, QWidget
from pytestqt.qtbot import QtBot

from etoile.domain.state import State
from etoile.gui.button import Button
from etoile.gui.composer import Composer
from etoile.gui.conversation import Conversation
from etoile.gui.design import Look
from etoile.gui.page import GPU, HISTORY, NODES
from etoile.gui.qt_words import QtWords
from etoile.gui.tabs import Tab
from etoile.gui.tray import Tray
from etoile.gui.window import Window
from tests.gui import states
from tests.gui.conftest import Desk, Visitor

Texts = Callable[[QWidget], str]
SAID = "KV cache"
"""In the answer."""
ANSWERED = replace(states.CALM, turn=states.ANSWERED)


@pytest.fixture
def opened(window: Window) -> Window:
    """Return the window in view, with an answer in it."""
    window.compose()
    window.show_state(ANSWERED)
    QApplication.processEvents()
    return window


def tabs(window: Window) -> list[str]:
    return [tab.text() for tab in window.findChildren(Tab)]


def settle(window: Window) -> None:
    """Let go of what was replaced, as the loop does."""
    QApplication.sendPostedEvents(None, 52)  # deferred deletions
    QApplication.processEvents()


def test_the_window_says_everything_in_the_other_language(opened: Window, look: Look, texts: Texts) -> None:
    assert tabs(opened) == ["Conversation", "GPU", "Nodes", "History"]
    look.write_in("pt")
    settle(opened)
    assert tabs(opened) == ["Conversa", "GPU", "Nós", "Histórico"]
    assert "3 nós · 2 GPUs" in texts(opened)
    assert SAID in texts(opened)
    look.write_in("fr")
    settle(opened)
    assert tabs(opened) == ["Conversation", "GPU", "Nœuds", "Historique"]


def test_a_sentence_that_was_being_typed_stays_with_its_cursor_and_the_focus(opened: Window, look: Look) -> None:
    QTest.keyClicks(opened.focusWidget(), "is the cache warm")
    for _ in range(4):
        QTest.keyClick(opened.focusWidget(), Qt.Key.Key_Left)
    look.write_in("pt")
    settle(opened)
    QTest.keyClicks(opened.focusWidget(), "still ")
    (composer,) = opened.findChildren(Composer)
    assert composer.text == "is the cache still warm"


@pytest.mark.parametrize("page", [GPU, NODES, HISTORY])
def test_the_page_stays_and_so_does_what_was_typed_on_another(opened: Window, look: Look, page: str) -> None:
    QTest.keyClicks(opened.focusWidget(), "half a thou")
    opened.show_page(page).begin()
    before = type(opened.focusWidget())
    look.write_in("fr")
    settle(opened)
    assert opened.page == page
    assert type(opened.focusWidget()) is before
    opened.compose()
    assert opened.findChildren(Composer)[0].text == "half a thou"


@pytest.mark.parametrize("away_from_end", [0, 300, 100_000])
def test_how_far_the_conversation_was_scrolled_stays(
    window: Window, look: Look, qtbot: QtBot, away_from_end: int
) -> None:
    def bar() -> QScrollBar:
        return window.findChildren(Conversation)[-1].verticalScrollBar()

    window.compose()
    window.show_state(replace(ANSWERED, turn=replace(states.ANSWERED, answer="a line\n\n" * 200)))
    qtbot.waitUntil(lambda: bar().maximum() > 1000 and bar().value() == bar().maximum())
    bar().setValue(bar().maximum() - away_from_end)
    before = bar().value()
    look.write_in("pt")
    settle(window)
    assert bar().value() == (before if away_from_end else bar().maximum())


def test_while_the_screen_is_locked_nothing_comes_into_view(opened: Window, look: Look, texts: Texts) -> None:
    opened.show_state(replace(ANSWERED, locked=True))
    look.write_in("fr")
    settle(opened)
    assert SAID not in texts(opened)
    opened.show_state(ANSWERED)
    assert SAID in texts(opened)


def test_a_window_that_was_never_shown_begins_in_the_other_language(window: Window, look: Look) -> None:
    look.write_in("pt")
    window.compose()
    settle(window)
    assert tabs(window) == ["Conversa", "GPU", "Nós", "Histórico"]
    assert isinstance(window.focusWidget(), QPlainTextEdit)


def test_the_former_parts_are_let_go(opened: Window, look: Look) -> None:
    def parts() -> int:
        settle(opened)
        return len(opened.findChildren(QObject))

    look.write_in("pt")
    before = parts()
    for language in ("fr", "en", "pt"):
        look.write_in(language)
    assert parts() == before


def test_the_pill_says_it_too(opened: Window, look: Look) -> None:
    opened.show_state(states.CALM)
    opened.fold()
    named = opened.pill.accessibleName()
    look.write_in("pt")
    assert "Mostrar" in [button.text() for button in opened.pill.findChildren(Button)]
    assert opened.pill.accessibleName() != named


@pytest.fixture
def tray(look: Look, visitor: Visitor, window: Window, desk: Desk) -> Iterator[Tray]:
    made = Tray(look, visitor.doors(), window, now_s=lambda: desk.now_s)
    yield made
    made.hide()
    made.menu.deleteLater()


def test_the_menu_of_the_tray_is_the_same_and_says_it_in_the_other_language(
    tray: Tray, window: Window, look: Look
) -> None:
    tray.show_state(states.CALM)
    menu, count = tray.menu, len(tray.menu.actions())
    look.write_in("pt")
    said = [action.text() for action in menu.actions()]
    assert tray.menu is menu
    assert len(said) == count
    assert {"Configurações…", "Sair", "Ajuda"} <= set(said)
    assert "Settings…" not in said


def test_qt_speaks_it_too(qapp: QApplication, look: Look) -> None:
    def cancel() -> str:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        return box.button(QDialogButtonBox.StandardButton.Cancel).text().replace("&", "")

    words = QtWords(qapp, look)
    said = []
    for language in ("en", "fr", "pt", "en"):
        look.write_in(language)
        said.append(cancel())
    words.deleteLater()
    assert said == ["Cancel", "Annuler", "Cancelar", "Cancel"]


def test_another_state_is_shown_in_the_language_of_now(opened: Window, look: Look, texts: Texts) -> None:
    look.write_in("pt")
    opened.show_state(State())
    settle(opened)
    assert "Conversa" in texts(opened)
