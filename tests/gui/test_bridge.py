"""The bridge: events of any thread, in order; effects; and few repaints."""

import itertools
import logging
import threading
import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from pytestqt.qtbot import QtBot

from etoile.domain import events as on
from etoile.domain.effects import Effect, Interpret
from etoile.domain.state import State
from etoile.domain.turn import Phase
from etoile.gui.bridge import REPAINT_S, Bridge
from tests.gui import states


def test_events_of_a_thread_arrive_in_order_and_are_repainted_together(qtbot: QtBot) -> None:
    bridge = Bridge(State(turn=replace(states.STREAMING, answer="")), lambda _: None)
    told: list[State] = []
    threads: list[int] = []
    bridge.changed.connect(told.append)
    bridge.changed.connect(lambda _: threads.append(threading.get_ident()))
    started_s = time.monotonic()
    pieces = [f"{number} " for number in range(1000)]

    def work() -> None:
        for piece in pieces:
            bridge.publish(on.AnswerText(3, piece))

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: bool(told) and told[-1].turn.answer.endswith("999 "))

    assert told[-1].turn.answer == "".join(pieces)
    # Timers of Qt may be a twentieth early; how long a busy machine took is not ours.
    assert len(told) <= 2 + (time.monotonic() - started_s) / (0.9 * REPAINT_S)
    assert set(threads) == {threading.get_ident()}


def test_two_threads_lose_nothing(qtbot: QtBot) -> None:
    bridge = Bridge(State(turn=replace(states.STREAMING, answer="")), lambda _: None)

    def work(piece: str) -> None:
        for _ in range(300):
            bridge.publish(on.AnswerText(3, piece))

    workers = [threading.Thread(target=work, args=(piece,)) for piece in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    qtbot.waitUntil(lambda: len(bridge.state.turn.answer) == 600)

    assert bridge.state.turn.answer.count("a") == bridge.state.turn.answer.count("b") == 300


def test_a_flood_lets_qt_do_its_work_in_between(qtbot: QtBot) -> None:
    now_s = iter(0.001 * tick for tick in itertools.count())
    bridge = Bridge(State(turn=replace(states.STREAMING, answer="")), lambda _: None, lambda: next(now_s))
    seen: list[int] = []
    clicks = _Clicks()
    clicks.clicked.connect(lambda: seen.append(len(bridge.state.turn.answer)), Qt.ConnectionType.QueuedConnection)
    for _ in range(1000):
        bridge.publish(on.AnswerText(3, "a"))
    clicks.clicked.emit()
    qtbot.waitUntil(lambda: len(bridge.state.turn.answer) == 1000)

    assert seen
    assert 1 <= seen[0] <= 20


def test_what_comes_after_a_flood_wakes_the_bridge_again(qtbot: QtBot) -> None:
    bridge = Bridge(State(turn=replace(states.STREAMING, answer="")), lambda _: None)
    for length in range(1, 4):
        bridge.publish(on.AnswerText(3, "a"))
        qtbot.waitUntil(lambda wanted=length: len(bridge.state.turn.answer) == wanted)  # type: ignore[misc]


class _Clicks(QObject):
    """Something else that Qt has to do."""

    clicked = Signal()


def test_effects_are_performed_and_the_window_is_asked_for(qtbot: QtBot) -> None:
    done: list[Effect] = []
    bridge = Bridge(State(), done.append)
    with qtbot.waitSignal(bridge.window_wanted):
        bridge.publish(on.WindowWanted())
    bridge.publish(on.Typed("hello"))
    qtbot.waitUntil(lambda: bool(done))

    assert isinstance(done[0], Interpret)
    assert done[0].text == "hello"


def test_an_event_that_changes_nothing_repaints_nothing(qtbot: QtBot) -> None:
    bridge = Bridge(State(), lambda _: None)
    told: list[State] = []
    bridge.changed.connect(told.append)
    bridge.publish(on.AnswerText(99, "of another turn"))
    with qtbot.waitSignal(bridge.window_wanted):
        bridge.publish(on.WindowWanted())

    assert bridge.state.turn.answer == ""
    assert told == []


def test_a_room_that_raises_ends_its_turn_with_a_word(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    def perform(effect: Effect) -> None:
        if isinstance(effect, Interpret):
            raise OSError("out of order")

    bridge = Bridge(State(), perform)
    bridge.publish(on.Typed("hello"))
    qtbot.waitUntil(lambda: bridge.state.turn.failed)

    said = bridge.state.turn.said
    assert said is not None
    assert said.values["error"] == "out of order"
    assert bridge.state.turn.phase is not Phase.THINKING
    assert [record.levelno for record in caplog.records] == [logging.ERROR]

    bridge.publish(on.VoiceMuted(True))
    qtbot.waitUntil(lambda: bridge.state.turn.muted)
