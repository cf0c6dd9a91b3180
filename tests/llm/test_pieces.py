"""Joining the pieces of an answer, on a loop whose time the test sets."""

import asyncio
from collections.abc import Callable

import pytest

from etoile.domain.events import AnswerText, Event
from etoile.errors import NodeBroken
from etoile.llm.pieces import JOIN_S, Pieces
from etoile.text import message


class FakeTimer:
    """A call that waits."""

    def __init__(self, when_s: float, callback: Callable[[], object]) -> None:
        self.when_s = when_s
        self.callback = callback
        self.over = False

    def cancel(self) -> None:
        self.over = True


class FakeLoop:
    """A loop whose time goes only when told."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.timers: list[FakeTimer] = []

    def time(self) -> float:
        return self.now_s

    def call_at(self, when: float, callback: Callable[[], object], /) -> FakeTimer:
        self.timers.append(FakeTimer(when, callback))
        return self.timers[-1]

    def waiting(self) -> list[FakeTimer]:
        return [timer for timer in self.timers if not timer.over]

    def turn(self, seconds: float) -> None:
        """Let time pass, and call what is due."""
        self.now_s += seconds
        for timer in self.waiting():
            if timer.when_s <= self.now_s:
                timer.over = True
                timer.callback()


@pytest.fixture
def loop() -> FakeLoop:
    return FakeLoop()


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def pieces(loop: FakeLoop, events: list[Event]) -> Pieces:
    return Pieces(7, events.append, loop)


def test_the_first_piece_comes_at_once_and_the_next_ones_together(
    pieces: Pieces, loop: FakeLoop, events: list[Event]
) -> None:
    with pieces:
        for text in ("a", "b", "c"):
            pieces.add(text)
        assert events == [AnswerText(7, "a")]
        loop.turn(JOIN_S)
        assert events == [AnswerText(7, "a"), AnswerText(7, "bc")]
        assert loop.waiting() == []


def test_a_slow_node_is_not_held_up(pieces: Pieces, loop: FakeLoop, events: list[Event]) -> None:
    with pieces:
        for text in ("a", "b", "c"):
            loop.turn(1.0)
            pieces.add(text)
        assert events == [AnswerText(7, "a"), AnswerText(7, "b"), AnswerText(7, "c")]
        assert loop.timers == []


def test_a_loop_that_is_too_busy_for_its_timers_publishes_all_the_same(
    pieces: Pieces, loop: FakeLoop, events: list[Event]
) -> None:
    with pieces:
        for text in ("a", "b"):
            pieces.add(text)
        loop.now_s += 2 * JOIN_S
        pieces.add("c")
        assert events == [AnswerText(7, "a"), AnswerText(7, "bc")]
        assert loop.waiting() == []


def test_at_the_end_nothing_is_left(pieces: Pieces, loop: FakeLoop, events: list[Event]) -> None:
    with pieces:
        pieces.add("a")
        pieces.add("b")
    assert events == [AnswerText(7, "a"), AnswerText(7, "b")]
    assert loop.waiting() == []


def _break_off(pieces: Pieces, error: BaseException) -> None:
    with pieces:
        pieces.add("a")
        pieces.add("b")
        raise error


def test_what_a_node_said_before_it_broke_off_is_not_lost(pieces: Pieces, loop: FakeLoop, events: list[Event]) -> None:
    with pytest.raises(NodeBroken):
        _break_off(pieces, NodeBroken(message("its answer is empty")))
    assert events == [AnswerText(7, "a"), AnswerText(7, "b")]
    assert loop.waiting() == []


def test_what_is_cancelled_says_nothing_more(pieces: Pieces, loop: FakeLoop, events: list[Event]) -> None:
    with pytest.raises(asyncio.CancelledError):
        _break_off(pieces, asyncio.CancelledError())
    loop.turn(1.0)
    assert events == [AnswerText(7, "a")]
    assert loop.waiting() == []
