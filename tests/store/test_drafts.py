"""What is asked and answered is kept as it comes; what its process left behind goes into the history."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from etoile.domain.effects import Decision, Outcome
from etoile.domain.nodes import Attribution
from etoile.store.conversations import Conversations
from etoile.store.database import Database
from etoile.store.drafts import Drafts
from etoile.store.learning import Memory
from etoile.store.tables import MIGRATIONS
from etoile.text import verbatim

M1, M2 = Attribution(node="M1", model="qwen3"), Attribution(node="M2", model="gemma3")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "etoile.db", MIGRATIONS) as database:
        yield database


def gone(_: int) -> bool:
    return False


def rows(database: Database, table: str) -> int:
    count: int = database.read(lambda it: it.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  # names of ours
    return count


def test_what_was_broken_off_is_in_the_history_with_all_that_had_come(database: Database) -> None:
    drafts = Drafts(database, gone)
    drafts.begin(1, "why is the sky blue?", "en")
    drafts.begin(1, "the same turn again", "en")
    drafts.sign(1, M1)
    for piece in ("Be", "cause ", "of\n"):
        drafts.add(1, piece)
    drafts.sign(1, M2)
    drafts.add(1, "the air")
    drafts.begin(2, "mets le son à 40", "fr")
    assert drafts.recover().result() == 2
    unanswered, broken_off = Conversations(database, "en").find("", 9).result()
    assert (broken_off.request, broken_off.answer) == ("why is the sky blue?", "Because of\n\n\n---\n\nthe air")
    assert (broken_off.ok, broken_off.attribution) == (False, (M1, M2))
    assert (unanswered.request, unanswered.answer, unanswered.attribution) == ("mets le son à 40", None, ())
    assert [one.decision for one in Memory(database).records(_long_ago())] == [Decision.ROUTE, None]
    assert (drafts.recover().result(), rows(database, "pieces")) == (0, 0)


def test_what_is_remembered_is_a_draft_no_more(database: Database) -> None:
    history = Conversations(database, "en")
    history.drafts.begin(1, "why", "en")
    history.drafts.add(1, "Because.")
    history.remember(Outcome(turn=1, text="why", decision=Decision.ROUTE, ok=True, answer=verbatim("Because.")))
    history.drafts.add(1, "too late")
    assert (rows(database, "drafts"), rows(database, "pieces"), rows(database, "exchanges")) == (0, 0, 1)


def test_the_draft_of_another_program_that_goes_on_is_left_alone(database: Database) -> None:
    here = Drafts(database, lambda process: process == os.getppid())
    database.write(
        lambda it: it.execute(
            "INSERT INTO drafts (process, turn, at_s, request) VALUES (?, 1, 1.0, 'theirs')", (os.getppid(),)
        )
    )
    assert here.recover().result() == 0
    assert Drafts(database, gone).recover().result() == 1


def test_forgetting_everything_forgets_drafts(database: Database, tmp_path: Path) -> None:
    drafts = Drafts(database)
    drafts.begin(1, "zorglub asks", "en")
    drafts.add(1, "zorglub is told")
    Memory(database).forget_all()
    assert rows(database, "pieces") == 0
    assert not [path for path in tmp_path.glob("etoile.db*") if b"zorglub" in path.read_bytes()]


def _long_ago() -> datetime:
    return datetime(2000, 1, 1).astimezone()
