"""Rooms that are opened once something is wanted of them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from etoile.parts.later import Later
from tests.waiting import wait_until


class House:
    """Opens a room of one list, and notes what happens."""

    def __init__(self) -> None:
        self.told: list[str] = []

    @contextmanager
    def open(self) -> Iterator[list[str]]:
        self.told.append(f"opened on {threading.current_thread().name.partition('_')[0]}")
        yield self.told
        self.told.append("closed")


def test_nothing_is_opened_for_nobody() -> None:
    house = House()
    with Later("room", house.open) as later:
        assert not later.wanted
    assert house.told == []


def test_it_is_opened_once_on_its_thread_and_what_is_wanted_keeps_its_order() -> None:
    house = House()
    with Later("room", house.open) as later:
        for word in ("one", "two"):
            later.soon(lambda told, word=word: told.append(word))  # type: ignore[misc]  # bound as it is now
        assert later.wanted
        assert later.now() is later.now() is house.told
        later.soon(lambda told: told.append("three"))
        wait_until(lambda: "three" in house.told)
    assert house.told == ["opened on room", "one", "two", "three", "closed"]


def test_what_fails_is_logged_and_the_next_is_done(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    with Later("room", house.open) as later:
        later.soon(lambda told: told.index("nothing"), lambda: house.told.append("failed"))
        later.soon(lambda told: told.append("done"), lambda: house.told.append("failed"))
        wait_until(lambda: "done" in house.told)
    assert house.told[1:] == ["failed", "done", "closed"]
    assert "what was wanted of a room failed" in caplog.text
    caplog.clear()


def test_who_asks_hears_why_a_room_cannot_be_opened_and_the_next_tries_again() -> None:
    house = House()
    broken = [True]

    @contextmanager
    def open_it() -> Iterator[list[str]]:
        if broken.pop():
            raise OSError("the door is stuck")
        with house.open() as room:
            yield room

    with Later("room", open_it) as later:
        with pytest.raises(OSError, match="stuck"):
            later.now()
        broken.append(False)
        assert later.now() is house.told


def test_what_is_wanted_after_it_was_left_is_dropped() -> None:
    house = House()
    with Later("room", house.open) as later:
        later.now()
    later.soon(lambda told: told.append("late"))
    assert house.told == ["opened on room", "closed"]
