"""Answers that may be given again: how long, how many, and how they are forgotten."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from etoile.domain.effects import Decision, Outcome
from etoile.domain.exchange import Remembered
from etoile.domain.nodes import Attribution
from etoile.store.answers import DAY_S, Answers
from etoile.store.conversations import Conversations
from etoile.store.database import Database
from etoile.store.learning import Memory
from etoile.store.tables import MIGRATIONS

M1 = (Attribution(node="M1", model="qwen3"),)


class Clock:
    """The time of day, as the test has it."""

    now_s = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "etoile.db", MIGRATIONS) as database:
        yield database


def test_an_answer_comes_back_with_its_age_and_who_gave_it(database: Database) -> None:
    clock = Clock()
    answers = Answers(database, days=7, most=10, now_s=clock)
    answers.keep("capital of france", "What is the capital of France?", "Paris.", M1)
    clock.now_s += 3 * DAY_S
    assert answers.find("capital of france").result() == Remembered(
        request="What is the capital of France?", answer="Paris.", attribution=M1, age_s=3 * DAY_S
    )
    assert answers.find("capital of spain").result() is None


@pytest.mark.parametrize("days", [8, -1])
def test_an_answer_too_old_or_from_the_future_is_none(database: Database, days: int) -> None:
    clock = Clock()
    answers = Answers(database, days=7, most=10, now_s=clock)
    answers.keep("sense", "request", "answer", M1)
    clock.now_s += days * DAY_S
    assert answers.find("sense").result() is None


def test_a_newer_answer_stands_for_the_former_and_the_oldest_make_room(database: Database) -> None:
    clock = Clock()
    answers = Answers(database, days=7, most=2, now_s=clock)
    for sense, answer in [("one", "1"), ("two", "2"), ("one", "1 again"), ("three", "3")]:
        clock.now_s += 1
        answers.keep(sense, sense, answer, M1)
    found = {sense: answers.find(sense).result() for sense in ("one", "two", "three")}
    assert {sense: one.answer for sense, one in found.items() if one} == {"one": "1 again", "three": "3"}


def test_answers_are_forgotten_with_the_history(database: Database, tmp_path: Path) -> None:
    answers = Answers(database, days=7, most=10)
    history = Conversations(database, "en")
    history.resume(3600)
    history.remember(Outcome(turn=1, text="secret request", decision=Decision.ROUTE, ok=True, place=1))
    history.keep_summary("a secret summary", 1)
    answers.keep("secret", "secret request", "a secret answer", M1)
    assert Memory(database).forget_all() == 1
    assert answers.find("secret").result() is None
    assert b"secret" not in (tmp_path / "etoile.db").read_bytes() + (tmp_path / "etoile.db-wal").read_bytes()


def test_an_answer_is_forgotten_with_its_request(database: Database) -> None:
    answers = Answers(database, days=7, most=10)
    history = Conversations(database, "en")
    history.remember(Outcome(turn=1, text="forget me", decision=Decision.ROUTE, ok=True))
    answers.keep("forget", "forget me", "gone", M1)
    answers.keep("stay", "keep me", "here", M1)
    Memory(database).forget("key", [1])
    assert answers.find("forget").result() is None
    assert answers.find("stay").result() is not None
