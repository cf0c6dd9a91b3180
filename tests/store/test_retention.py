"""The history by age and by size: the oldest goes first, and leaves no word in the file."""

import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from etoile.domain.effects import Decision, Outcome
from etoile.store.answers import Answers
from etoile.store.conversations import Conversations
from etoile.store.database import Database
from etoile.store.retention import DAY_S, MB, Bounds, Retention
from etoile.store.tables import MIGRATIONS
from etoile.text import verbatim

NOW_S = 1_800_000_000.0
_AGED = "UPDATE exchanges SET at_s = ? WHERE id = (SELECT max(id) FROM exchanges)"


class Clocks:
    """The time of day, and the clock that is never set."""

    def __init__(self) -> None:
        self.now_s, self.here_s = NOW_S, 100.0

    def go_on(self, for_s: float) -> None:
        self.now_s += for_s
        self.here_s += for_s


def _age(at_s: float, connection: sqlite3.Connection) -> None:
    """Let the newest request be of that time."""
    connection.execute(_AGED, (at_s,))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "etoile.db", MIGRATIONS) as database:
        yield database


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


def ask(database: Database, days_ago: dict[str, float], answer: str = "yes") -> Conversations:
    """Keep a request for each of `days_ago`."""
    history = Conversations(database, "en")
    history.resume(3600.0)
    for turn, (text, days) in enumerate(days_ago.items(), 1):
        told = Outcome(
            turn=turn, text=text, decision=Decision.ROUTE, ok=True, answer=verbatim(f"{text} {answer}"), place=turn
        )
        history.remember(told)
        at_s = NOW_S - days * DAY_S
        database.write(partial(_age, at_s))
    return history


def kept(history: Conversations) -> list[str]:
    return [one.request for one in history.find("", 10_000).result()]


def look(database: Database, clocks: Clocks, bounds: Bounds) -> Retention:
    retention = Retention(database, bounds, lambda: clocks.now_s, lambda: clocks.here_s)
    retention.look()
    return retention


def test_what_is_older_goes_and_leaves_no_word_on_the_disk(database: Database, clocks: Clocks, tmp_path: Path) -> None:
    history = ask(database, {"zorglub": 31, "older": 30.5, "younger": 29, "today": 0})
    Answers(database, days=99, most=9, now_s=lambda: NOW_S - 31 * DAY_S).keep("zorglub", "zorglub", "zorglub", ())
    look(database, clocks, Bounds(days=30))
    assert kept(history) == ["today", "younger"]
    assert not [path for path in tmp_path.glob("etoile.db*") if b"zorglub" in path.read_bytes()]


@pytest.mark.parametrize("bounds", [Bounds(), Bounds(days=40), Bounds(megabytes=500)])
def test_within_its_bounds_nothing_goes(database: Database, clocks: Clocks, bounds: Bounds) -> None:
    history = ask(database, {"old": 31, "today": 0})
    look(database, clocks, bounds)
    assert kept(history) == ["today", "old"]


def test_a_clock_that_was_set_costs_nothing_until_it_goes_on_steadily(database: Database, clocks: Clocks) -> None:
    history = ask(database, {"today": 0})
    retention = Retention(database, Bounds(days=30), lambda: clocks.now_s, lambda: clocks.here_s)
    clocks.now_s += 300 * DAY_S
    retention.look()
    assert kept(history) == ["today"]
    clocks.now_s -= 300 * DAY_S
    retention.look()
    clocks.go_on(3600)
    retention.look()
    assert kept(history) == ["today"]
    clocks.go_on(31 * DAY_S)
    retention.look()
    assert kept(history) == []


def test_the_oldest_make_room_where_there_is_too_much(database: Database, clocks: Clocks) -> None:
    history = ask(database, {f"request {number}": 1 for number in range(1200)}, "word " * 400)
    database.read(lambda it: it.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
    assert database.path.stat().st_size > 2 * MB
    look(database, clocks, Bounds(megabytes=1))
    left = kept(history)
    assert left == [f"request {number}" for number in range(1199, 1199 - len(left), -1)]
    assert 100 < len(left) < 600
    assert database.path.stat().st_size < MB


def test_answers_that_may_be_given_again_cost_no_request(database: Database, clocks: Clocks) -> None:
    history = ask(database, {"older": 2, "today": 0})
    answers = Answers(database, days=99, most=500, now_s=lambda: NOW_S - DAY_S)
    for number in range(300):
        answers.keep(f"sense {number}", "why", "word " * 1000, ())
    look(database, clocks, Bounds(megabytes=1))
    assert kept(history) == ["today", "older"]
    assert 0 < database.path.stat().st_size < MB


def test_a_conversation_of_which_nothing_is_left_goes_and_the_last_stays(database: Database, clocks: Clocks) -> None:
    history = ask(database, {"old": 31})
    history.begin_conversation()
    look(database, clocks, Bounds(days=30))
    assert kept(history) == []
    [(count,)] = database.read(lambda it: it.execute("SELECT count(*) FROM conversations").fetchall())
    assert count == 1


def test_recordings_are_none_of_its_business(database: Database, clocks: Clocks, tmp_path: Path) -> None:
    recording = tmp_path / "recordings" / "1.wav"
    recording.parent.mkdir()
    recording.write_bytes(b"RIFF")
    history = ask(database, {"old": 31})
    look(database, clocks, Bounds(days=1, megabytes=0.001))
    assert kept(history) == []
    assert recording.read_bytes() == b"RIFF"
