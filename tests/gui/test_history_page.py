"""The page of what was asked before: searched, opened, copied, asked again, taken back, forgotten, all by keyboard."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from etoile.domain import events as on
from etoile.domain.effects import Decision, Outcome
from etoile.domain.events import Event
from etoile.domain.nodes import Attribution
from etoile.domain.past import Past, PastExchange, PastRecording
from etoile.domain.state import State, advance
from etoile.domain.turn import Phase
from etoile.gui.answer import AnswerView
from etoile.gui.blank import Blank
from etoile.gui.button import Button
from etoile.gui.history_page import FIRST, HistoryPage
from etoile.gui.label import Label
from etoile.gui.page import CONVERSATION, HISTORY
from etoile.gui.past_row import PastRow, RecordingRow, detail
from etoile.gui.search_field import SearchField
from etoile.gui.sure import Sure
from etoile.gui.window import Window
from etoile.text import message, render, verbatim
from tests.gui import states
from tests.gui.conftest import Visitor

NOW = datetime(2026, 11, 21, 14, 2, tzinfo=UTC).timestamp()
CACHE = PastExchange(
    id=9,
    at_s=NOW - 60,
    request="How does vLLM keep its cache?",
    answer=states.ANSWER,
    ok=True,
    attribution=(Attribution(node="M1", model="qwen/qwen3-30b"),),
    elapsed_ms=1420.0,
)
VOLUME = PastExchange(id=8, at_s=NOW - 120, request="volume à 40", answer="Le volume est à 40 %.", ok=True, undone=True)
FAILED = PastExchange(id=7, at_s=NOW - 3 * 86_400, request="ask M2", answer=None, ok=False)
RECORDING = PastRecording(path="/recordings/1.wav", at_s=NOW - 30, audio_s=7.4)
PAST = Past(exchanges=(CACHE, VOLUME, FAILED), recordings=(RECORDING,))


def _read(past: Past | None, words: str = "", count: int = FIRST) -> on.PastRead:
    return on.PastRead(words, count, past)


def _with(*events: Event, state: State = states.CALM) -> State:
    for event in events:
        state, _ = advance(state, event)
    return state


@pytest.fixture
def page(window: Window, qtbot: QtBot) -> HistoryPage:
    with qtbot.waitActive(window):
        window.present()
    made = window.show_page(HISTORY)
    assert isinstance(made, HistoryPage)
    window.show_state(_with(_read(PAST)))
    made.begin()
    QApplication.processEvents()
    return made


def _rows(page: HistoryPage) -> list[PastRow]:
    return [row for row in page._rows.rows.values() if isinstance(row, PastRow)]


def _button(within: QWidget, name: str) -> Button:
    [found] = [one for one in within.findChildren(Button) if one.text() == name and one.isVisible()]
    return found


def _sure(page: HistoryPage) -> Sure:
    [found] = [one for one in page.findChildren(Sure) if one.isVisible()]
    return found


def _asked(visitor: Visitor) -> list[Event]:
    return [event for event in visitor.events if isinstance(event, on.PastWanted)]


class TestWhatIsShown:
    def test_it_is_asked_for_once_it_is_looked_at(self, window: Window, visitor: Visitor) -> None:
        window.present()
        window.show_state(states.CALM)
        assert _asked(visitor) == []
        window.show_page(HISTORY)
        window.show_state(states.CALM)
        assert _asked(visitor) == [on.PastWanted("", FIRST)]

    def test_recordings_first_and_then_what_was_asked_under_its_day(self, page: HistoryPage) -> None:
        headings = [label.text() for label in page._rows._others if isinstance(label, Label)]
        assert headings == ["1 recording has no text yet.", "Today", "Wednesday, November 18, 2026"]
        assert [row.accessibleName() for row in page._rows.rows.values()] == [
            "A recording of 7 s without text",
            CACHE.request,
            VOLUME.request,
            FAILED.request,
        ]

    @pytest.mark.parametrize(
        ("exchange", "told"),
        [(CACHE, "M1 · qwen3-30b · 1.4 s"), (VOLUME, "undone"), (FAILED, "not done")],
    )
    def test_who_answered_and_how_it_ended(self, exchange: PastExchange, told: str) -> None:
        assert render(detail(exchange), "en").partition(" · ")[2] == told

    def test_a_closed_row_is_read_without_the_signs_of_markdown(self, page: HistoryPage) -> None:
        assert "vLLM keeps its KV cache in blocks" in _rows(page)[0].accessibleDescription()

    @pytest.mark.parametrize(
        ("past", "title"),
        [(Past(), "Nothing was asked yet"), (None, "No history is kept")],
    )
    def test_an_empty_history_says_so(self, page: HistoryPage, window: Window, past: Past | None, title: str) -> None:
        window.show_state(_with(_read(past)))
        blank = page.findChild(Blank)
        assert blank.isVisible()
        assert title in [label.text() for label in blank.findChildren(Label)]
        assert not any(button.isVisible() for button in blank.findChildren(Button))

    def test_what_is_added_is_looked_for(self, page: HistoryPage, window: Window, visitor: Visitor) -> None:
        done = Outcome(turn=3, text="q", decision=Decision.RUN, ok=True, answer=verbatim("a"))
        state = replace(_with(_read(PAST)), turn=states.turn(number=3, last=done))
        before = len(_asked(visitor))
        window.show_state(state)
        window.show_page(HISTORY)
        window.show_state(replace(state, samples_every_s=9))
        assert len(_asked(visitor)) == before + 1

    def test_rows_that_were_there_stay_open(self, page: HistoryPage, window: Window, qtbot: QtBot) -> None:
        first = _rows(page)[0]
        qtbot.keyClick(first, Qt.Key.Key_Return)
        newer = replace(VOLUME, id=10, at_s=NOW, undone=False)
        window.show_state(_with(_read(replace(PAST, exchanges=(newer, *PAST.exchanges)))))
        assert _rows(page)[1] is first
        assert first.is_open

    def test_more_is_read_when_it_is_wanted(
        self, page: HistoryPage, window: Window, visitor: Visitor, qtbot: QtBot
    ) -> None:
        window.show_state(_with(_read(replace(PAST, more=True))))
        qtbot.keyClick(_button(page, "Show more"), Qt.Key.Key_Return)
        assert _asked(visitor)[-1] == on.PastWanted("", 2 * FIRST)

    def test_nothing_is_asked_while_hidden(self, page: HistoryPage, window: Window, visitor: Visitor) -> None:
        window.hide()
        before = list(visitor.events)
        window.show_state(_with(on.Forgotten(), state=_with(_read(PAST))))
        assert visitor.events == before


class TestSearch:
    def test_a_pause_in_typing_begins_it(
        self, page: HistoryPage, window: Window, visitor: Visitor, qtbot: QtBot
    ) -> None:
        field = page.findChild(SearchField)
        assert window.focusWidget() is field
        qtbot.keyClicks(field, "cache")
        assert on.PastWanted("cache", FIRST) not in visitor.events
        field._pause.timeout.emit()
        assert visitor.events[-1] == on.PastWanted("cache", FIRST)

    def test_enter_begins_it_at_once_and_what_is_late_is_not_shown(
        self, page: HistoryPage, window: Window, visitor: Visitor, qtbot: QtBot
    ) -> None:
        field = page.findChild(SearchField)
        qtbot.keyClicks(field, "volume")
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert visitor.events[-1] == on.PastWanted("volume", FIRST)
        window.show_state(_with(_read(Past(exchanges=(FAILED,)), "vol")))
        assert len(_rows(page)) == 3
        window.show_state(_with(_read(Past(exchanges=(VOLUME,)), "volume")))
        assert [row.accessibleName() for row in _rows(page)] == [VOLUME.request]

    def test_nothing_found_is_told_and_escape_shows_all_again(
        self, page: HistoryPage, window: Window, visitor: Visitor, qtbot: QtBot
    ) -> None:
        field = page.findChild(SearchField)
        qtbot.keyClicks(field, "nothing")
        qtbot.keyClick(field, Qt.Key.Key_Return)
        window.show_state(_with(_read(Past(), "nothing")))
        assert "Nothing holds “nothing”" in [label.text() for label in page.findChild(Blank).findChildren(Label)]
        assert page.step_back()
        assert visitor.events[-1] == on.PastWanted("", FIRST)
        window.show_state(_with(_read(PAST)))
        assert len(_rows(page)) == 3
        assert not page.step_back()


class TestRow:
    def test_enter_opens_the_whole_answer_and_closes_it(self, page: HistoryPage, qtbot: QtBot) -> None:
        row = _rows(page)[0]
        assert page.findChildren(AnswerView) == []
        qtbot.keyClick(row, Qt.Key.Key_Return)
        assert row.findChild(AnswerView).isVisible()
        assert _button(row, "Copy the answer").isVisible()
        qtbot.keyClick(row, Qt.Key.Key_Space)
        assert not row.findChild(AnswerView).isVisible()

    def test_a_click_opens_it_too(self, page: HistoryPage, qtbot: QtBot) -> None:
        qtbot.mouseClick(_rows(page)[1], Qt.MouseButton.LeftButton)
        assert _rows(page)[1].is_open

    def test_what_may_be_done_is_in_the_menu_and_on_the_open_row(self, page: HistoryPage, qtbot: QtBot) -> None:
        row = _rows(page)[1]
        deeds = ["Copy the answer", "Copy the request", "Ask again", "Forget"]
        menu: QMenu = row.menu()
        assert [action.text() for action in menu.actions()] == deeds
        qtbot.keyClick(row, Qt.Key.Key_Return)
        assert [button.text() for button in row.findChildren(Button) if button.isVisible()] == deeds

    def test_it_is_copied_and_asked_again(self, page: HistoryPage, visitor: Visitor) -> None:
        deeds = {render(said, "en"): do for said, do in _rows(page)[0].deeds()}
        deeds["Copy the answer"]()
        assert QGuiApplication.clipboard().text() == states.ANSWER
        deeds["Ask again"]()
        assert visitor.events[-1] == on.Typed(CACHE.request)

    def test_the_last_action_is_taken_back_while_that_can_be(
        self, page: HistoryPage, window: Window, visitor: Visitor
    ) -> None:
        state = _with(_read(PAST))
        window.show_state(replace(state, turn=states.turn(number=0, phase=Phase.IDLE, undoable=True)))
        first, second, _ = _rows(page)
        undo = {render(said, "en"): do for said, do in first.deeds()}["Undo"]
        undo()
        assert visitor.events[-1] == on.UndoWanted(0)
        assert "Undo" not in [render(said, "en") for said, _ in second.deeds()]
        window.show_state(state)
        assert "Undo" not in [render(said, "en") for said, _ in first.deeds()]


class TestForgetting:
    def test_one_is_forgotten_once_that_was_confirmed(self, page: HistoryPage, visitor: Visitor, qtbot: QtBot) -> None:
        before = list(visitor.events)
        qtbot.keyClick(_rows(page)[1], Qt.Key.Key_Return)
        qtbot.keyClick(_button(_rows(page)[1], "Forget"), Qt.Key.Key_Return)
        sure = _sure(page)
        assert sure.accessibleName() == "Forget “volume à 40”?"
        assert page.window().focusWidget() is sure.cancel
        qtbot.keyClick(sure.cancel, Qt.Key.Key_Return)
        assert visitor.events == before
        qtbot.keyClick(_button(_rows(page)[1], "Forget"), Qt.Key.Key_Return)
        qtbot.keyClick(_sure(page).go, Qt.Key.Key_Return)
        assert visitor.events[len(before) :] == [on.ForgetWanted(exchanges=(8,))]
        assert not [one for one in page.findChildren(Sure) if one.isVisible()]

    def test_everything_is_forgotten_once_that_was_confirmed(
        self, page: HistoryPage, window: Window, visitor: Visitor, qtbot: QtBot
    ) -> None:
        qtbot.keyClick(_button(page, "Forget everything…"), Qt.Key.Key_Return)
        assert page.step_back()
        qtbot.keyClick(_button(page, "Forget everything…"), Qt.Key.Key_Return)
        qtbot.keyClick(_sure(page).go, Qt.Key.Key_Return)
        assert visitor.events[-1] == on.ForgetWanted(everything=True)
        window.show_state(_with(on.Forgotten(), state=_with(_read(PAST))))
        assert visitor.events[-1] == on.PastWanted("", FIRST)
        window.show_state(_with(_read(Past())))
        assert page.findChild(Blank).isVisible()

    def test_a_failure_is_told(self, page: HistoryPage, window: Window) -> None:
        window.show_state(_with(_read(PAST), on.Forgotten(message("The disk is stuck."))))
        assert "The disk is stuck." in [label.text() for label in page.findChildren(Label) if label.isVisible()]
        assert len(_rows(page)) == 3


class TestRecording:
    @pytest.mark.parametrize(
        ("deed", "wanted"),
        [("Play", on.RecordingPlayWanted(RECORDING.path)), ("Try again", on.UnfinishedWanted())],
    )
    def test_it_is_played_and_tried_again(
        self, page: HistoryPage, visitor: Visitor, qtbot: QtBot, deed: str, wanted: Event
    ) -> None:
        qtbot.keyClick(_button(page.findChild(RecordingRow), deed), Qt.Key.Key_Return)
        assert visitor.events[-1] == wanted

    def test_it_is_forgotten_once_that_was_confirmed(self, page: HistoryPage, visitor: Visitor, qtbot: QtBot) -> None:
        qtbot.keyClick(_button(page.findChild(RecordingRow), "Forget"), Qt.Key.Key_Return)
        qtbot.keyClick(_sure(page).go, Qt.Key.Key_Return)
        assert visitor.events[-1] == on.ForgetWanted(recordings=(RECORDING.path,))

    def test_one_that_has_its_text_is_looked_for_no_more(
        self, page: HistoryPage, window: Window, visitor: Visitor
    ) -> None:
        before = len(_asked(visitor))
        missing = on.PartMissing("recordings", message("1 recording has no text yet."))
        window.show_state(replace(_with(_read(PAST)), missing={"recordings": missing}))
        window.show_state(_with(_read(PAST)))
        assert len(_asked(visitor)) == before + 2


def test_tab_goes_from_the_search_to_the_rows_and_on(page: HistoryPage, window: Window, qtbot: QtBot) -> None:
    reached = []
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Tab):
        qtbot.keyClick(window.focusWidget(), key)
        reached.append(window.focusWidget().accessibleName())
    assert reached == ["A recording of 7 s without text", CACHE.request, FAILED.request, "Forget everything…"]


@pytest.mark.parametrize("width", [380, 720])
def test_nothing_is_wider_than_the_window(page: HistoryPage, window: Window, width: int, qtbot: QtBot) -> None:
    window.resize(width, 680)
    long = replace(CACHE, request="word " * 40 + "x" * 300, answer="y" * 400)
    window.show_state(_with(_read(Past(exchanges=(long,)))))
    QApplication.processEvents()
    [row] = _rows(page)
    assert row.width() <= page.width()
    assert row.minimumSizeHint().width() <= page.width()


def test_asking_again_brings_the_conversation(page: HistoryPage, window: Window) -> None:
    window.show_state(replace(_with(_read(PAST)), turn=states.ASKED))
    assert window.page == CONVERSATION
