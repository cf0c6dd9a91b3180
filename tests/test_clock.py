"""Alarms ring in their order, once, and not after they were cancelled."""

import queue
import threading

import pytest

from etoile.clock import AlarmClock


def test_alarms_ring_in_the_order_of_their_times() -> None:
    rang: queue.SimpleQueue[str] = queue.SimpleQueue()
    with AlarmClock() as clock:
        clock.after(0.04, lambda: rang.put("later"))
        clock.after(0.0, lambda: rang.put("now"))
        cancelled = clock.after(0.02, lambda: rang.put("cancelled"))
        clock.cancel(cancelled)
        assert [rang.get(timeout=30), rang.get(timeout=30)] == ["now", "later"]
    assert rang.empty()


def test_an_alarm_that_is_never_due_stops_nothing() -> None:
    rang = threading.Event()
    with AlarmClock() as clock:
        clock.after(float("inf"), rang.set)
        again = threading.Event()
        clock.after(0.0, again.set)
        assert again.wait(60)
        assert any(thread.name == "clock" for thread in threading.enumerate())
    assert not rang.is_set()


def test_cancelling_what_has_rung_does_nothing() -> None:
    rang = threading.Event()
    with AlarmClock() as clock:
        ticket = clock.after(0.0, rang.set)
        assert rang.wait(60)
        clock.cancel(ticket)
        again = threading.Event()
        clock.after(0.0, again.set)
        assert again.wait(60)


def test_an_alarm_that_fails_does_not_stop_the_clock(caplog: pytest.LogCaptureFixture) -> None:
    rang = threading.Event()

    def fail() -> None:
        raise ValueError("broken alarm")

    with AlarmClock() as clock:
        clock.after(0.0, fail)
        clock.after(0.0, rang.set)
        assert rang.wait(60)
    assert "broken alarm" in caplog.text
    caplog.clear()


def test_what_is_regular_goes_on_until_the_clock_is_closed(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []
    often = threading.Event()

    def call() -> None:
        calls.append(len(calls))
        if len(calls) == 3:
            often.set()
        raise ValueError("one that fails does not end it")

    with AlarmClock() as clock:
        clock.every(0.001, call)
        assert often.wait(60)
    made = len(calls)
    assert all(thread.name != "clock" for thread in threading.enumerate())
    assert len(calls) == made
    caplog.clear()


def test_closing_ends_the_thread_and_drops_what_has_not_rung() -> None:
    rang = threading.Event()
    clock = AlarmClock()
    clock.after(3600, rang.set)
    clock.close()
    assert not rang.is_set()
    assert all(thread.name != "clock" for thread in threading.enumerate())
