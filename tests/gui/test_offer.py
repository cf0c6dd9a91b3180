"""What was learned is offered above the line to type in: taken or refused by a click, and nothing runs by itself."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from etoile.domain.events import OfferRefused, OfferTaken, Typed
from etoile.domain.learning.dialogue import Learning
from etoile.domain.state import State
from etoile.gui.announcements import announcements
from etoile.gui.composer import Composer
from etoile.gui.conversation import Conversation
from etoile.gui.offer import OfferCard
from etoile.gui.window import Window
from tests.gui import states
from tests.gui.conftest import Visitor

Texts = Callable[[QWidget], str]
ALIAS = replace(states.CALM, learning=Learning(offer=states.ALIAS_OFFER, shown=True))
HABIT = replace(states.CALM, learning=Learning(offer=states.HABIT, shown=True))


def _button(window: Window, name: str) -> QAbstractButton:
    found = window.findChildren(QAbstractButton)
    [button] = [button for button in found if button.accessibleName() == name and button.isVisibleTo(window)]
    return button


def test_an_alias_is_asked_about_and_taken_by_a_click(
    window: Window, visitor: Visitor, qtbot: QtBot, texts: Texts
) -> None:
    window.present()
    window.show_state(ALIAS)
    assert "Shall “lance la zik” mean “Play” from now on?" in texts(window)
    qtbot.mouseClick(_button(window, "Remember"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(_button(window, "Never"), Qt.MouseButton.LeftButton)
    assert visitor.events == [OfferTaken(states.ALIAS_OFFER), OfferRefused(states.ALIAS_OFFER)]


def test_a_habit_is_shown_and_a_click_makes_the_request_as_the_user_does(
    window: Window, visitor: Visitor, qtbot: QtBot, texts: Texts
) -> None:
    window.present()
    window.show_state(HABIT)
    assert "On weekdays, around 09:00, you usually do this: Open Thunderbird." in texts(window)
    assert visitor.events == []
    qtbot.mouseClick(_button(window, "ouvre thunderbird"), Qt.MouseButton.LeftButton)
    assert visitor.events == [Typed("ouvre thunderbird")]


def test_an_offer_takes_no_focus_and_goes_when_it_is_over(window: Window, texts: Texts) -> None:
    window.present()
    focused = window.focusWidget()
    window.show_state(ALIAS)
    assert window.focusWidget() is focused
    window.show_state(states.CALM)
    assert "lance la zik" not in texts(window)


def test_an_offer_that_waits_is_not_shown_yet(window: Window, texts: Texts) -> None:
    window.present()
    window.show_state(replace(ALIAS, learning=Learning(offer=states.ALIAS_OFFER)))
    assert "lance la zik" not in texts(window)


def test_a_screen_reader_hears_of_an_offer_once() -> None:
    assert [told.said for told in announcements(states.CALM, ALIAS)] == [states.ALIAS_OFFER.said]
    assert announcements(ALIAS, ALIAS) == []


@pytest.mark.parametrize("height", [261, 307])
@pytest.mark.parametrize("state", [replace(ALIAS, turn=states.ANSWERED), HABIT], ids=["alias", "habit"])
def test_in_a_low_window_an_offer_is_whole(window: Window, qtbot: QtBot, state: State, height: int) -> None:
    window.resize(440, height)
    window.present()
    window.show_state(state)
    card, composer = window.findChild(OfferCard), window.findChild(Composer)

    def whole() -> bool:
        parts = [card, composer, *card.findChildren(QLabel), *card.findChildren(QAbstractButton)]
        return all(
            part.visibleRegion().boundingRect() == part.rect() and part.height() >= part.heightForWidth(part.width())
            for part in parts
            if part.isVisible()
        )

    qtbot.waitUntil(whole)
    assert "“etoile learn”" in card.toolTip()


def test_an_offer_gives_the_room_back(window: Window, qtbot: QtBot, texts: Texts) -> None:
    window.resize(440, 261)
    window.present()
    window.show_state(HABIT)
    assert "What can you do?" not in texts(window)
    window.show_state(states.CALM)
    assert "What can you do?" in texts(window)
    assert window.findChild(Conversation).isVisible()
