"""The help window, by the keyboard alone: pages, what is typed, links, and what helps with a part that is off."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from etoile.gui.button import Button
from etoile.gui.design import Look, Type
from etoile.gui.help_page import HelpWindow
from etoile.parts.help_pages import HelpPages
from tests.waiting import wait_until

Texts = Callable[[QWidget], str]
KEY = Qt.Key


@pytest.fixture
def guide(qtbot: QtBot, look: Look) -> Iterator[HelpWindow]:
    window = HelpWindow(look, HelpPages("en"))
    window.present()

    def ready() -> bool:
        QApplication.processEvents()
        return window.isActiveWindow()

    wait_until(ready, 20.0, what="the window has the keyboard")
    yield window
    window.close()
    window.deleteLater()


def pressed(qtbot: QtBot, *keys: Qt.Key) -> None:
    """Press `keys` where the focus is."""
    for key in keys:
        focus = QApplication.focusWidget()
        assert focus is not None
        qtbot.keyClick(focus, key)
        QApplication.processEvents()


def listed(window: HelpWindow) -> list[str]:
    """Return what the list offers, from the top."""
    return [entry.accessibleName() for entry in window._entries]


def test_the_introduction_comes_first_and_arrows_go_from_page_to_page(
    guide: HelpWindow, qtbot: QtBot, texts: Texts
) -> None:
    assert listed(guide)[0] == "What Etoile is"
    assert "Etoile is a desktop companion" in texts(guide)
    pressed(qtbot, KEY.Key_Down, KEY.Key_Down)
    assert guide.topic == "command-line"
    assert "Exit codes" in texts(guide)


def test_what_is_typed_narrows_the_list_and_enter_opens_the_best(guide: HelpWindow, qtbot: QtBot, texts: Texts) -> None:
    qtbot.keyClicks(QApplication.focusWidget(), "microphone not working")
    assert listed(guide)[0] == "The microphone does not work"
    pressed(qtbot, KEY.Key_Return)
    assert guide.topic == "voice"
    assert "digital silence" in texts(guide)


def test_esc_clears_what_was_typed_and_then_closes(guide: HelpWindow, qtbot: QtBot) -> None:
    everything = listed(guide)
    qtbot.keyClicks(QApplication.focusWidget(), "tray")
    assert listed(guide) != everything
    pressed(qtbot, KEY.Key_Escape)
    assert listed(guide) == everything
    assert guide.isVisible()
    pressed(qtbot, KEY.Key_Escape)
    assert not guide.isVisible()


def test_closing_closes_whatever_was_typed(guide: HelpWindow, qtbot: QtBot) -> None:
    qtbot.keyClicks(QApplication.focusWidget(), "tray")
    guide.close()
    assert not guide.isVisible()


def test_what_nothing_is_written_about_is_said(guide: HelpWindow, qtbot: QtBot, texts: Texts) -> None:
    qtbot.keyClicks(QApplication.focusWidget(), "zeppelin")
    assert listed(guide) == []
    assert "Nothing is written about “zeppelin”." in texts(guide)
    pressed(qtbot, KEY.Key_Down)


def test_a_link_leads_to_the_next_page(guide: HelpWindow, qtbot: QtBot, texts: Texts) -> None:
    link = next(button for button in guide.findChildren(Button) if button.text() == "GPUs and alerts")
    link.setFocus()
    pressed(qtbot, KEY.Key_Return)
    assert guide.topic == "gpus"
    assert "No GPU is shown" in texts(guide)
    chosen = [entry.accessibleName() for entry in guide._entries if entry.isChecked()]
    assert chosen == ["GPUs and alerts"]


@pytest.mark.parametrize(
    ("wanted", "topic"),
    [
        ("store etoile.db", "privacy"),
        ("node.auth", "nodes"),
        ("voice", "voice"),
        ("plans", "plans"),
        ("gone", "start"),
    ],
)
def test_what_is_wrong_leads_to_its_page(guide: HelpWindow, wanted: str, topic: str) -> None:
    guide.present(wanted)
    assert guide.topic == topic


def test_the_section_that_helps_is_in_view(guide: HelpWindow) -> None:
    guide.present("recordings")
    bar = guide._reading.verticalScrollBar()

    def in_view() -> bool:
        QApplication.processEvents()
        title = guide._reading._titles["A recording without text"]
        top = title.mapTo(guide._reading.viewport(), title.rect().topLeft()).y()
        return bar.maximum() > 0 and 0 <= top < guide._reading.viewport().height()

    wait_until(in_view, 20.0, what="the section is in view")


def test_the_page_is_turned_while_one_types(guide: HelpWindow, qtbot: QtBot) -> None:
    guide.present("voice")
    bar = guide._reading.verticalScrollBar()

    def laid_out() -> bool:
        QApplication.processEvents()
        return bar.maximum() > bar.pageStep()

    wait_until(laid_out, 20.0, what="the page is laid out")
    guide.show_topic("voice")
    assert bar.value() == 0
    pressed(qtbot, KEY.Key_PageDown)
    assert bar.value() > 0


def test_in_portuguese_the_pages_are_english_and_it_is_said(guide: HelpWindow, look: Look, texts: Texts) -> None:
    told = "A ajuda está escrita apenas em inglês e francês."
    assert "The help is written" not in texts(guide)
    guide.show_topic("nodes")
    look.write_in("pt")
    guide.speak(HelpPages("pt"))
    assert told in texts(guide)
    assert (guide.topic, guide.windowTitle()) == ("nodes", "Ajuda")
    look.write_in("fr")
    guide.speak(HelpPages("fr"))
    assert told not in texts(guide)
    assert listed(guide)[0] == HelpPages("fr").titles()["start"]


def test_what_was_typed_stays_where_the_language_changes(guide: HelpWindow, qtbot: QtBot, look: Look) -> None:
    qtbot.keyClicks(QApplication.focusWidget(), "vram")
    look.write_in("fr")
    guide.speak(HelpPages("fr"))
    QApplication.processEvents()
    focus = guide.focusWidget()
    assert isinstance(focus, QLineEdit)
    assert focus.text() == "vram"
    assert listed(guide) == [part.title for part in HelpPages("fr").find("vram")]


def test_a_long_title_is_cut_where_the_list_ends_and_whole_in_its_tool_tip(guide: HelpWindow, look: Look) -> None:
    entry = guide._entries[1]
    assert entry.text() == entry.toolTip() == "The command line"
    entry.setText("The command line, and much more that is far too long for the list")
    long = entry.grab().toImage()
    room = entry.width() - 6 - look.px(12) - 4
    entry.setText(look.metrics(Type.UI).elidedText(entry.text(), Qt.TextElideMode.ElideRight, room))
    assert entry.text().endswith("…")
    assert entry.grab().toImage() == long
