"""The history comes back as it was kept, and conversations with it."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from etoile.domain.effects import Decision, Outcome
from etoile.domain.events import ConversationResumed
from etoile.domain.exchange import Exchange
from etoile.domain.nodes import Attribution
from etoile.store import tables
from etoile.store.conversations import Conversations
from etoile.store.database import Database
from etoile.store.tables import MIGRATIONS
from etoile.text import message, verbatim

BEFORE_PRIVACY = MIGRATIONS[: MIGRATIONS.index(tables.WHAT_STAYS_HERE)]
M1 = Attribution(node="M1", model="qwen3")
AN_HOUR = 3600.0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "etoile.db", MIGRATIONS) as database:
        yield database


def answered(place: int, text: str = "why") -> Outcome:
    """Return how a turn ended that a node answered."""
    said = verbatim(f"Because {place}.")
    return Outcome(turn=place, text=text, decision=Decision.ROUTE, ok=True, answer=said, attribution=(M1,), place=place)


def exchange(place: int, text: str = "why") -> Exchange:
    return Exchange(text, f"Because {place}.", (M1,), place)


def test_the_history_tells_the_newest_first_in_the_users_language(database: Database) -> None:
    history = Conversations(database, "fr")
    history.remember(
        Outcome(
            turn=1,
            text="pourquoi le ciel est bleu",
            decision=Decision.ROUTE,
            ok=True,
            answer=message("{share:.1f}", share=0.5),
            attribution=(M1,),
        )
    )
    history.remember(Outcome(turn=2, text="coupe le son", decision=Decision.RUN, ok=False, command="audio.mute"))
    newest, oldest = history.latest(5)
    assert (newest.request, newest.command, newest.ok, newest.answer) == ("coupe le son", "audio.mute", False, None)
    assert (oldest.request, oldest.answer, oldest.nodes, oldest.ok) == (
        "pourquoi le ciel est bleu",
        "0,5",
        ("M1",),
        True,
    )
    assert history.answered(5) == (oldest,)


def test_a_confirmed_server_stays_confirmed(database: Database) -> None:
    history = Conversations(database, "en")
    history.confirm_server("http://127.0.0.1:8080")
    history.confirm_server("http://127.0.0.1:8080")
    assert history.confirmed_servers() == {"http://127.0.0.1:8080"}


def test_a_conversation_goes_on_after_a_restart(database: Database) -> None:
    before = Conversations(database, "en")
    assert before.resume(AN_HOUR).result() is None
    before.remember(answered(1))
    before.remember(Outcome(turn=2, text="mute", decision=Decision.RUN, ok=True, command="audio.mute"))
    before.remember(answered(2))
    after = Conversations(database, "en")
    assert after.resume(AN_HOUR).result() == ConversationResumed((exchange(1), exchange(2)))
    after.remember(answered(3))
    resumed = Conversations(database, "en").resume(AN_HOUR).result()
    assert resumed is not None
    assert [one.number for one in resumed.exchanges] == [1, 2, 3]


def test_what_a_summary_holds_is_not_read_again(database: Database) -> None:
    before = Conversations(database, "en")
    before.resume(AN_HOUR)
    for place in (1, 2, 3):
        before.remember(answered(place))
    before.keep_summary("They asked why.", 2)
    resumed = Conversations(database, "en").resume(AN_HOUR).result()
    assert resumed == ConversationResumed((exchange(3),), "They asked why.", 2)


def test_a_conversation_that_holds_what_the_history_told_stays_so_after_a_restart(database: Database) -> None:
    before = Conversations(database, "en")
    before.resume(AN_HOUR)
    before.remember(replace(answered(1), private=True))
    before.remember(answered(2))
    before.keep_summary("They asked why.", 1)  # made of what must stay here
    resumed = Conversations(database, "en").resume(AN_HOUR).result()
    assert resumed == ConversationResumed((exchange(2),), "They asked why.", 1, private=True)


def test_what_was_kept_before_this_was_known_goes_on(tmp_path: Path) -> None:
    with Database(tmp_path / "old.db", BEFORE_PRIVACY) as old:
        old.write(lambda connection: connection.execute("INSERT INTO conversations (id) VALUES (1)"))
        old.write(
            lambda connection: connection.execute(
                "INSERT INTO exchanges (at_s, request, decision, slots, ok, answer, attribution, conversation, place)"
                " VALUES (?, 'why', 'route', '{}', 1, 'Because 1.', ?, 1, 1)",
                (time.time(), '[{"node": "M1", "model": "qwen3"}]'),
            )
        )
    with Database(tmp_path / "old.db", MIGRATIONS) as database:
        resumed = Conversations(database, "en").resume(AN_HOUR).result()
    assert resumed == ConversationResumed((exchange(1),))


def test_an_ended_conversation_does_not_come_back(database: Database) -> None:
    before = Conversations(database, "en")
    before.resume(AN_HOUR)
    before.remember(answered(1))
    before.begin_conversation()
    before.begin_conversation()
    assert Conversations(database, "en").resume(AN_HOUR).result() is None
    count = database.read(lambda connection: connection.execute("SELECT count(*) FROM conversations").fetchone())
    assert count == (2,)


def test_behind_what_was_forgotten_a_conversation_begins_that_comes_back(database: Database) -> None:
    app = Conversations(database, "en")
    app.resume(AN_HOUR)
    app.remember(answered(1))
    database.erase(lambda connection: connection.execute("DELETE FROM exchanges"))
    database.erase(lambda connection: connection.execute("DELETE FROM conversations"))
    app.begin_conversation()
    app.remember(answered(1, "anew"))
    assert Conversations(database, "en").resume(AN_HOUR).result() == ConversationResumed((exchange(1, "anew"),))


@pytest.mark.parametrize("shift_s", [-2 * AN_HOUR, 2 * AN_HOUR])
def test_a_conversation_that_rested_long_or_comes_from_the_future_is_over(
    database: Database, monkeypatch: pytest.MonkeyPatch, shift_s: float
) -> None:
    now_s = time.time()
    before = Conversations(database, "en")
    before.resume(AN_HOUR)
    before.remember(answered(1))
    monkeypatch.setattr("etoile.store.conversations.time.time", lambda: now_s + shift_s)
    after = Conversations(database, "en")
    assert after.resume(AN_HOUR).result() is None
    after.remember(answered(1, "and now"))
    resumed = Conversations(database, "en").resume(AN_HOUR).result()
    assert resumed == ConversationResumed((exchange(1, "and now"),))


def test_a_single_request_of_the_command_line_belongs_to_no_conversation(database: Database) -> None:
    app = Conversations(database, "en")
    app.resume(AN_HOUR)
    app.remember(answered(1))
    Conversations(database, "en").remember(answered(1, "from a script"))
    assert Conversations(database, "en").resume(AN_HOUR).result() == ConversationResumed((exchange(1),))
