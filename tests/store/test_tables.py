"""The history comes back as it was kept."""

from pathlib import Path

from etoile.domain.effects import Decision, Outcome
from etoile.domain.nodes import Attribution
from etoile.store import conversations
from etoile.store.conversations import Conversations
from etoile.store.database import Database
from etoile.text import message

MIGRATIONS = [conversations.MIGRATION, conversations.HOW_IT_WAS_UNDERSTOOD]


def test_the_history_tells_the_newest_first_in_the_users_language(tmp_path: Path) -> None:
    with Database(tmp_path / "etoile.db", MIGRATIONS) as database:
        history = Conversations(database, "fr")
        history.remember(
            Outcome(
                turn=1,
                text="pourquoi le ciel est bleu",
                decision=Decision.ROUTE,
                ok=True,
                answer=message("{share:.1f}", share=0.5),
                attribution=(Attribution(node="M1", model="qwen3"),),
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


def test_a_confirmed_server_stays_confirmed(tmp_path: Path) -> None:
    with Database(tmp_path / "etoile.db", MIGRATIONS) as database:
        history = Conversations(database, "en")
        history.confirm_server("http://127.0.0.1:8080")
        history.confirm_server("http://127.0.0.1:8080")
        assert history.confirmed_servers() == {"http://127.0.0.1:8080"}
