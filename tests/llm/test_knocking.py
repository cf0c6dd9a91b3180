"""Who listens on this machine, and the knock that stands in for the router while nobody does."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Literal

import pytest

from etoile.config import Routing
from etoile.domain.events import Event, NodesSeen
from etoile.llm import knocking
from etoile.llm.knocking import NOBODY, Knock, Place, listening
from tests.waiting import wait_until

QUICK = Routing(heartbeat_s=0.05)


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Yield a socket that has a port of this machine to itself, and does not listen there yet."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Yield a socket that listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def at(server: socket.socket, dialect: Literal["ollama"] | None = None) -> Place:
    """Return the place where `server` is."""
    return Place(server.getsockname()[1], dialect)


def count_knocks(monkeypatch: pytest.MonkeyPatch) -> list[list[Place]]:
    """Return the places that are knocked at, one list each time."""
    knocks: list[list[Place]] = []

    def counted(places: Sequence[Place]) -> tuple[Place, ...]:
        knocks.append(list(places))
        return listening(places)

    monkeypatch.setattr(knocking, "listening", counted)
    return knocks


class Watch:
    """A knock at `places`, what it published, and whether it found somebody."""

    def __init__(self, *places: Place, routing: Routing = QUICK) -> None:
        self.events: list[Event] = []
        self.found = threading.Event()
        self.routing = routing
        self.knock = Knock(lambda: self.routing, self.events.append, self.found.set, places)


def test_only_those_that_listen_are_returned(silent: socket.socket, listener: socket.socket) -> None:
    places = at(silent), at(listener)
    assert listening(places) == places[1:]
    assert listening([]) == ()


def test_a_port_that_neither_answers_nor_refuses_is_left(silent: socket.socket, listener: socket.socket) -> None:
    silent.listen(0)
    with ExitStack() as stack:
        for _ in range(4):  # more than can wait in line there
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(silent.getsockname())
        assert at(listener) in listening([at(silent), at(listener)], within_s=0.1)


def test_having_nobody_is_told_once_and_who_comes_is_found(
    silent: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    knocks = count_knocks(monkeypatch)
    watch = Watch(at(silent, "ollama"))
    with watch.knock:
        wait_until(lambda: len(knocks) > 3)
        assert watch.events == [NodesSeen(()), NOBODY]
        assert watch.knock.told_missing
        assert not watch.found.is_set()
        silent.listen()
        wait_until(watch.found.is_set)
    assert watch.events == [NodesSeen(()), NOBODY]


def test_who_is_there_already_is_found_and_nothing_is_said_to_be_missing(listener: socket.socket) -> None:
    watch = Watch(at(listener))
    with watch.knock:
        wait_until(watch.found.is_set)
    assert watch.events == []
    assert not watch.knock.told_missing


def test_ports_that_belong_to_anybody_are_knocked_at_once(
    silent: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    knocks = count_knocks(monkeypatch)
    with Watch(at(silent, "ollama"), at(silent)).knock:
        wait_until(lambda: len(knocks) > 2)
    assert knocks[0] == [at(silent, "ollama"), at(silent)]
    assert all(places == [at(silent, "ollama")] for places in knocks[1:])


def test_nobody_is_looked_for_until_the_settings_allow_it(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    knocks = count_knocks(monkeypatch)
    watch = Watch(at(listener, "ollama"), routing=Routing(heartbeat_s=0.05, discover=False))
    with watch.knock:
        wait_until(lambda: len(knocks) > 2)
        assert watch.events == [NodesSeen(()), NOBODY]
        watch.routing = QUICK
        wait_until(watch.found.is_set)
    assert knocks[:2] == [[], []]


def test_it_ends_at_once_when_told_to(silent: socket.socket) -> None:
    watch = Watch(at(silent), routing=Routing(heartbeat_s=600.0))
    with watch.knock:
        wait_until(lambda: watch.knock.told_missing)
        watch.knock.end()
        assert "knock" not in [thread.name for thread in threading.enumerate()]


def test_what_goes_wrong_is_logged_and_it_goes_on(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failures = iter([OSError("too many open files")])

    def fails_once(places: Sequence[Place]) -> tuple[Place, ...]:
        for error in failures:
            raise error
        return listening(places)

    monkeypatch.setattr(knocking, "listening", fails_once)
    watch = Watch(at(listener, "ollama"))
    with watch.knock:
        wait_until(watch.found.is_set)
    assert "too many open files" in caplog.text
    caplog.clear()
