"""A double click carries out nothing that its first press has brought into view."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QMouseEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from etoile.domain.effects import Question
from etoile.domain.events import Chosen, Event, TalkToggled
from etoile.domain.state import State
from etoile.gui.button import Button
from etoile.gui.composer import Composer
from etoile.gui.design import Look
from etoile.gui.doors import Doors
from etoile.gui.page import CONVERSATION
from etoile.gui.question import Confirmation, Suggestions
from etoile.gui.second_press import SecondPress, double_click_s
from etoile.gui.window import Window
from etoile.text import message
from tests.gui import states
from tests.gui.conftest import Desk, Visitor

WIDTHS = (320, 440, 520, 720)
CALM = states.CALM
LEFT = Qt.MouseButton.LeftButton
MANY = states.question(*(message("Open {app}", app=app) for app in ("Firefox", "Firewall settings", "Files")))
LONG = states.question(message("Shut the computer down and lose what is not saved"), destructive=True)


def place(part: QWidget, window: QWidget) -> QRect:
    """Return where `part` is in `window`."""
    return QRect(part.mapTo(window, QPoint(0, 0)), part.size())


def asking(question: Question) -> State:
    turn = states.PROPOSING if question.proposes else states.CONFIRMING
    return replace(CALM, turn=replace(turn, question=question))


def show(window: Window, question: Question, qtbot: QtBot) -> Confirmation | Suggestions:
    """Show `question` and return its view, laid out and painted."""
    window.show_state(asking(question))
    kind = Suggestions if question.proposes else Confirmation
    view = next(view for view in window.findChildren(kind) if view.isVisible())
    qtbot.waitUntil(lambda: place(view.answers[-1], window).bottom() > 0)
    QApplication.processEvents()
    window.grab()
    return view


@pytest.fixture
def sized(window: Window) -> Callable[[int], Window]:
    def shown(width: int) -> Window:
        window.show_state(CALM)
        window.present()
        window.setMinimumWidth(width)
        window.resize(width, 680)
        return window

    return shown


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_option_stands_where_the_button_that_confirms_will_stand(
    qtbot: QtBot, visitor: Visitor, width: int, scale: float, language: str
) -> None:
    """The scale of the screen changes no logical size; here the user's own font is larger."""
    look = Look(language, "dark")
    look.motion.pace = 0
    look._scale = scale  # type: ignore[misc]
    window = Window(look, visitor.doors(), now_s=lambda: states.NOW_S)
    try:
        window.present()
        window.setMinimumWidth(width)
        window.resize(width, 760)
        for confirm in (states.CONFIRM, LONG):
            for proposal in (states.DID_YOU_MEAN, MANY):
                options = show(window, proposal, qtbot).answers[:-1]
                before = [place(option, window) for option in options]
                confirms = place(show(window, confirm, qtbot).answers[0], window)
                assert [option for option in before if option.intersects(confirms)] == [], confirms
                assert window.rect().contains(confirms)
    finally:
        window.vanish()
        window.pill.deleteLater()
        window.deleteLater()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_double_click_on_an_option_chooses_and_does_not_confirm(
    qtbot: QtBot, look: Look, desk: Desk, width: int
) -> None:
    """The worst case: the confirmation is there before the second press, with its button under the pointer."""
    published: list[Event] = []

    def publish(event: Event) -> None:
        published.append(event)
        if len(published) == 1:
            view = show(window, states.CONFIRM, qtbot)
            go = place(view.answers[0], window)
            view.answers[0].parentWidget().layout().takeAt(1)
            corner = view.answers[0].parentWidget().mapFrom(window, aimed) - QPoint(go.width() // 2, go.height() // 2)
            view.answers[0].move(corner)
            view.answers[0].raise_()

    doors = Doors(publish=publish, confirm_node=print, open_settings=print, quit=print)
    clock = lambda: datetime(2026, 11, 21, tzinfo=UTC)  # noqa: E731
    window = Window(look, doors, tray_available=lambda: True, now_s=lambda: desk.now_s, clock=clock)
    try:
        window.show_state(CALM)
        window.present()
        window.setMinimumWidth(width)
        window.resize(width, 680)
        option = show(window, states.DID_YOU_MEAN, qtbot).answers[1]
        desk.now_s += 2 * double_click_s()
        aimed = place(option, window).center()
        QTest.mouseDClick(window.windowHandle(), LEFT, pos=aimed)
        assert published == [Chosen(3, 2, 1)]
    finally:
        window.vanish()
        window.pill.deleteLater()
        window.deleteLater()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_question_takes_no_press_before_it_can_have_been_read(
    sized: Callable[[int], Window], visitor: Visitor, desk: Desk, qtbot: QtBot, width: int
) -> None:
    window = sized(width)
    for answer in show(window, states.CONFIRM, qtbot).answers:
        visitor.events.clear()
        QTest.mouseClick(answer, LEFT)
        assert visitor.events == []
    desk.now_s += double_click_s() - 0.01
    go = show(window, states.CONFIRM, qtbot).answers[0]
    QTest.mouseClick(go, LEFT)
    assert visitor.events == []
    desk.now_s += 0.02
    QTest.mouseClick(go, LEFT)
    assert visitor.events == [Chosen(3, 2, 0)]


def test_time_counts_from_when_it_was_seen(
    sized: Callable[[int], Window], visitor: Visitor, desk: Desk, qtbot: QtBot
) -> None:
    """What a busy machine has not painted yet nobody has read."""
    window = sized(440)
    window.show_state(asking(states.CONFIRM))
    go = window.findChild(Confirmation).answers[0]
    desk.now_s += 10
    QTest.mouseClick(go, LEFT)
    assert visitor.events == []


def test_keys_answer_at_once(sized: Callable[[int], Window], visitor: Visitor, qtbot: QtBot) -> None:
    go = show(sized(440), states.CONFIRM, qtbot).answers[0]
    go.setFocus()
    qtbot.keyClick(go, Qt.Key.Key_Return)
    assert visitor.events == [Chosen(3, 2, 0)]


class Recorder(QWindow):
    """A window that remembers which mouse events reached it."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: list[QEvent.Type] = []

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            self.kinds.append(event.type())
        return super().event(event)

    def take(self, kind: QEvent.Type) -> None:
        at, none = QPointF(5, 5), Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self, QMouseEvent(kind, at, at, LEFT, LEFT, none))


def test_the_second_press_is_kept_away_and_what_comes_later_is_not(qapp: object) -> None:
    window, kind = Recorder(), QEvent.Type
    SecondPress(window)
    for wanted in (kind.MouseButtonDblClick, kind.MouseButtonRelease, kind.MouseButtonPress, kind.MouseButtonDblClick):
        window.take(wanted)
    assert window.kinds == [kind.MouseButtonRelease, kind.MouseButtonPress, kind.MouseButtonDblClick]
    window.destroy()


def test_a_double_click_on_the_pill_presses_nothing_in_the_window(window: Window, qtbot: QtBot) -> None:
    """The pill stands where the window has its buttons to talk and to send."""
    window.show_state(CALM)
    window.present()
    window.fold()
    qtbot.mouseClick(window.pill, LEFT, pos=QPoint(60, 20))
    assert window.isVisible()
    assert window.windowHandle().findChild(SecondPress) is not None


def test_a_double_click_on_fold_does_not_unfold_the_pill(window: Window, qtbot: QtBot) -> None:
    window.show_state(CALM)
    window.present()
    window.fold()
    qtbot.mouseDClick(window.pill, LEFT, pos=QPoint(60, 20))
    assert not window.isVisible()


def test_afterwards_every_press_counts(window: Window, visitor: Visitor, qtbot: QtBot) -> None:
    window.show_state(CALM)
    window.present()
    window.fold()
    window._unfold()
    window.show_page(CONVERSATION)
    talk = next(button for button in window.findChild(Composer).findChildren(Button) if "Talk" in button.text())
    QApplication.processEvents()
    for _ in range(2):
        QTest.mouseClick(window.windowHandle(), LEFT, pos=place(talk, window).center())
    assert [type(event) for event in visitor.events] == [TalkToggled, TalkToggled]
