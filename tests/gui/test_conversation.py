"""One conversation after the other in the window: what is resumed, where a new one begins, what comes from memory."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from etoile.domain import events as on
from etoile.domain.events import Asking, Event, NewConversationWanted, Typed
from etoile.domain.exchange import Exchange
from etoile.domain.match import Match, Reason
from etoile.domain.nodes import Attribution
from etoile.domain.state import State, advance
from etoile.domain.turn import Speaking, Turn
from etoile.gui.button import Button
from etoile.gui.design import Look
from etoile.gui.entry_view import EntryView
from etoile.gui.transcript import RESUMED, Entry, follow
from etoile.gui.window import Window
from etoile.text import message
from tests.gui import states
from tests.gui.conftest import Visitor

Texts = Callable[[QWidget], str]
M1 = Attribution(node="M1", model="qwen3")
QUIET = replace(states.CALM, turn=Turn(speaking=Speaking.NEVER))
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RESTED = (on.ClockTicked(0.0, NOON), on.ClockTicked(0.0, NOON + timedelta(hours=2)))
EARLIER = on.ConversationResumed(tuple(Exchange(f"Question {n}", f"Answer {n}", (M1,), n) for n in range(1, 9)))


def talk(turn: int, text: str, *before: Event) -> tuple[Event, ...]:
    """Return the events of a request that M1 answers, with `before` the answer."""
    unmatched = Match(text=text, language="en", reason=Reason.NONE)
    asked = (on.Typed(text), on.Interpreted(turn, unmatched), *before)
    return (*asked, on.AnswerStarted(turn, M1), on.AnswerText(turn, f"Reply {turn}"), on.AnswerEnded(turn))


def reused(turn: int, text: str) -> tuple[Event, ...]:
    return talk(turn, text, on.AnswerReused(turn, 3 * 86_400.0))


def strung(*events: Event) -> tuple[Entry, ...]:
    """Return what the conversation shows after `events`, every state of which it was told."""
    state, entries = QUIET, follow((), QUIET.turn)
    for event in events:
        state, _ = advance(state, event)
        entries = follow(entries, state.turn)
    return entries


def show(window: Window, *events: Event) -> State:
    """Show what comes of `events`, one by one, and return the last state."""
    state = QUIET
    window.compose()
    for event in events:
        state, _ = advance(state, event)
        window.show_state(state)
    QApplication.processEvents()
    return state


def button(window: QWidget, name: str) -> QAbstractButton:
    [found] = [
        one for one in window.findChildren(QAbstractButton) if one.accessibleName() == name and one.isVisibleTo(window)
    ]
    return found


def requests(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.request for entry in entries]


class TestStringing:
    def test_the_end_of_an_earlier_conversation_is_shown_and_goes_on(self) -> None:
        entries = strung(EARLIER, *talk(1, "And then?"))
        assert len(entries) == RESUMED + 1
        assert requests(entries)[-2:] == ["Question 8", "And then?"]
        assert not any(entry.opens for entry in entries)

    def test_behind_a_rest_a_new_conversation_begins_below_the_former(self) -> None:
        entries = strung(*talk(1, "One"), *RESTED, *talk(2, "Two"), *talk(3, "Three"))
        assert [(entry.request, entry.opens) for entry in entries] == [("One", False), ("Two", True), ("Three", False)]

    def test_beginning_anew_puts_the_former_out_of_sight(self) -> None:
        assert strung(EARLIER, *talk(1, "One"), NewConversationWanted()) == ()
        entries = strung(*talk(1, "One"), NewConversationWanted(), *talk(3, "Two"))
        assert [(entry.request, entry.opens) for entry in entries] == [("Two", False)]

    def test_beginning_anew_by_word_leaves_the_word(self) -> None:
        new = Match(text="new conversation", language="en", command="conversation.new", confidence=1.0)
        word = (on.Typed("new conversation"), on.Interpreted(2, replace(new, reason=Reason.EXACT)))
        assert requests(strung(*talk(1, "One"), *word, *talk(3, "Two"))) == ["new conversation", "Two"]

    def test_what_came_from_memory_stays_labelled(self) -> None:
        first, _ = strung(*reused(1, "One"), *talk(2, "Two"))
        assert first.reused_s == 3 * 86_400.0


class TestInTheWindow:
    def test_the_button_and_the_key_begin_anew(self, window: Window, visitor: Visitor, qtbot: QtBot) -> None:
        show(window, *talk(1, "One"))
        qtbot.mouseClick(button(window, "New conversation"), Qt.MouseButton.LeftButton)
        qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        assert visitor.events == [NewConversationWanted(), NewConversationWanted()]

    def test_the_button_tells_its_key_and_rests_where_there_is_nothing_to_end(self, window: Window) -> None:
        show(window)
        new = button(window, "New conversation")
        assert new.toolTip() == "New conversation (Ctrl+N)"
        assert not new.isEnabled()
        show(window, *talk(1, "One"))
        assert new.isEnabled()

    def test_what_no_node_could_answer_is_asked_again_by_one_click(
        self, qtbot: QtBot, window: Window, visitor: Visitor, texts: Texts
    ) -> None:
        window.compose()
        window.show_state(replace(QUIET, turn=states.FAILED))
        qtbot.mouseClick(button(window, "Ask again"), Qt.MouseButton.LeftButton)
        assert visitor.events == [Typed(states.FAILED.request, Asking(fresh=True))]
        # A command that failed: doing it again is no small thing.
        window.show_state(replace(QUIET, turn=replace(states.FAILED, passed_over=())))
        assert "Ask again" not in texts(window)

    def test_an_answer_from_memory_says_when_and_who_and_one_click_asks_afresh(
        self, window: Window, visitor: Visitor, texts: Texts, qtbot: QtBot
    ) -> None:
        show(window, *reused(1, "What is the capital of France?"))
        assert "from memory, 3 days ago · M1 · qwen3" in texts(window)
        qtbot.mouseClick(button(window, "Ask again"), Qt.MouseButton.LeftButton)
        assert visitor.events == [Typed("What is the capital of France?", Asking(fresh=True))]

    def test_a_new_answer_offers_no_such_thing(self, window: Window, texts: Texts) -> None:
        show(window, *talk(1, "One"))
        assert "from memory" not in texts(window)
        assert "Ask again" not in texts(window)

    def test_a_line_parts_two_conversations(self, window: Window, texts: Texts) -> None:
        show(window, *talk(1, "One"), *RESTED)
        assert "A new conversation." not in texts(window)
        show(window, *talk(1, "One"), *RESTED, *talk(2, "Two"))
        assert "A new conversation." in texts(window)

    @pytest.mark.parametrize("position", [1, 2])
    def test_the_place_in_the_queue_is_shown_while_one_waits(self, window: Window, texts: Texts, position: int) -> None:
        said = message("Number {position} in the queue: all nodes are busy.", position=position)
        asked = talk(1, "One")[:2]
        show(window, *asked, on.Queued(1, position, said))
        assert f"Number {position} in the queue" in texts(window)
        show(window, *asked, on.Queued(1, position, said), on.AnswerStarted(1, M1))
        assert "in the queue" not in texts(window)


@pytest.mark.parametrize(
    ("shown", "topic"),
    [
        (states.FAILED, "node.down"),
        (replace(states.FAILED, passed_over=()), "troubleshooting"),
        (replace(states.FAILED, passed_over=(), request=""), "microphone"),
        (replace(states.FAILED, remedy=None), ""),
        (states.ANSWERED, ""),
    ],
)
def test_a_failure_that_can_be_mended_leads_to_its_page(look: Look, qtbot: QtBot, shown: Turn, topic: str) -> None:
    asked: list[str] = []
    view = EntryView(look, lambda: None, lambda _: None, lambda _: None, asked.append)
    qtbot.addWidget(view)
    (entry,) = follow((), shown)
    view.show_entry(entry)
    view.show()
    more = [button for button in view.findChildren(Button) if button.text() == "More about this" and button.isVisible()]
    for button in more:
        button.setFocus()
        qtbot.keyClick(button, Qt.Key.Key_Return)
    assert asked == ([topic] if topic else [])


def test_what_helps_with_a_failure_stands_below_it_and_leaves_its_words_the_width(window: Window, qtbot: QtBot) -> None:
    window.present()
    window.show_state(replace(QUIET, turn=states.FAILED))
    view = window.findChild(EntryView)
    qtbot.waitUntil(lambda: view._afresh.geometry().top() >= view._remedy.geometry().bottom())
    assert view._said.geometry().right() > view.width() * 0.9
