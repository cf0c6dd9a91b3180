"""What learning needs of the history comes back as it was, and what is forgotten leaves the disk."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from etoile.domain.effects import Decision, Outcome
from etoile.domain.events import Origin
from etoile.domain.match import Candidate, Match, Reason
from etoile.store import tables
from etoile.store.conversations import Conversations
from etoile.store.database import Database
from etoile.store.learning import Memory
from etoile.store.tables import MIGRATIONS

LONG_AGO = datetime(2000, 1, 1).astimezone()
SECRET = "balance la sauce zorglub"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "etoile.db", MIGRATIONS) as database:
        yield database


def _asked(turn: int, text: str, command: str | None = None) -> Outcome:
    decision = Decision.RUN if command else Decision.ROUTE
    slots = {"level": 40} if command else {}
    return Outcome(turn=turn, text=text, decision=decision, ok=True, language="fr", command=command, slots=slots)


def _kept_bytes(database: Database) -> bytes:
    return b"".join(path.read_bytes() for path in database.path.parent.glob(f"{database.path.name}*"))


def test_a_request_comes_back_with_how_it_was_understood(database: Database) -> None:
    history, memory = Conversations(database, "fr"), Memory(database)
    match = Match(text="", confidence=0.97, reason=Reason.TEMPLATE, then=(Candidate(command="audio.mute"),))
    history.remember(_asked(1, "volume à 40 et coupe", "audio.volume.set"), Origin.VOICE, match)
    history.remember(_asked(2, SECRET))
    first, second = memory.records(LONG_AGO)
    assert (first.command, first.slots, first.language, first.decision) == (
        "audio.volume.set",
        {"level": 40},
        "fr",
        Decision.RUN,
    )
    assert (first.reason, first.compound, first.undone, first.ran) == (Reason.TEMPLATE, True, False, False)
    assert (second.request, second.handed_over, second.reason) == (SECRET, True, None)
    newest, oldest = history.latest(2)
    assert (oldest.origin, oldest.confidence, oldest.reason, newest.origin) == ("voice", 0.97, "template", None)
    assert memory.records(datetime.now().astimezone() + timedelta(minutes=1)) == ()


def test_what_was_undone_is_marked_in_the_run_that_did_it(database: Database) -> None:
    former, history, memory = Conversations(database, "fr"), Conversations(database, "fr"), Memory(database)
    former.remember(_asked(1, "coupe le son", "audio.mute"))
    history.remember(_asked(1, "monte le son", "audio.volume.up"))
    history.mark_undone(1)
    history.mark_undone(7)
    assert [record.undone for record in memory.records(LONG_AGO)] == [False, True]


def test_what_was_undone_after_it_was_forgotten_marks_nothing_else(database: Database) -> None:
    history, memory = Conversations(database, "fr"), Memory(database)
    history.remember(_asked(1, "coupe le son", "audio.mute"))
    memory.forget_all()
    history.remember(_asked(2, "monte le son", "audio.volume.up"))
    history.mark_undone(1)
    assert [record.undone for record in memory.records(LONG_AGO)] == [False]


def test_a_history_from_before_learning_is_read(tmp_path: Path) -> None:
    with Database(tmp_path / "old.db", [tables.EXCHANGES]) as database:
        database.write(
            lambda connection: connection.execute(
                "INSERT INTO exchanges (at_s, request, decision, slots, ok, attribution)"
                " VALUES (1e9, 'salut', 'later_kind', '{}', 1, '[]')"
            )
        )
    with Database(tmp_path / "old.db", MIGRATIONS) as database:
        [record] = Memory(database).records(LONG_AGO)
    assert (record.request, record.decision, record.reason, record.compound) == ("salut", None, None, False)


def test_offers_that_were_refused_or_shown_are_known(database: Database) -> None:
    memory = Memory(database)
    assert (memory.refused(), memory.suggested()) == (frozenset(), None)
    at = datetime(2026, 11, 20, 9, 0).astimezone()
    memory.keep_shown("time:x", at)
    memory.refuse("time:x")
    memory.refuse("alias:y")
    assert memory.refused() == {"time:x", "alias:y"}
    assert memory.suggested() == at


def test_what_is_forgotten_is_gone_from_the_disk_and_the_rest_is_not(database: Database) -> None:
    history, memory = Conversations(database, "fr"), Memory(database)
    for turn in range(200):
        history.remember(_asked(turn, f"{SECRET} {turn}" if turn % 2 else f"reste {turn}"))
    memory.refuse(f"alias:{SECRET}")
    records = memory.records(LONG_AGO)
    assert SECRET.encode() in _kept_bytes(database)
    memory.forget(f"alias:{SECRET}", [record.id for record in records if SECRET in record.request])
    assert SECRET.encode() not in _kept_bytes(database)
    assert len(memory.records(LONG_AGO)) == 100
    assert memory.refused() == frozenset()


def test_everything_can_be_forgotten(database: Database) -> None:
    history, memory = Conversations(database, "fr"), Memory(database)
    history.remember(_asked(1, SECRET))
    history.confirm_server("http://127.0.0.1:8080")
    memory.refuse("alias:y")
    assert memory.forget_all() == 1
    assert (memory.records(LONG_AGO), memory.refused()) == ((), frozenset())
    assert SECRET.encode() not in _kept_bytes(database)
    assert history.confirmed_servers() == {"http://127.0.0.1:8080"}


def test_the_history_is_taken_out_whole(database: Database) -> None:
    Conversations(database, "fr").remember(_asked(1, "volume à 40", "audio.volume.set"), Origin.LINE)
    [line] = Memory(database).exchanges()
    assert datetime.fromisoformat(line["at"]) > LONG_AGO
    wanted = {"request": "volume à 40", "slots": {"level": 40}, "origin": "line", "undone": False, "ok": True}
    assert {name: line[name] for name in wanted} == wanted
