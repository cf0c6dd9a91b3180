"""What was asked before is found again by its words, and forgotten for good."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from etoile.domain.effects import Decision, Outcome
from etoile.domain.nodes import Attribution
from etoile.store.conversations import Conversations
from etoile.store.database import Database
from etoile.store.tables import MIGRATIONS
from etoile.text import verbatim

NODE = (Attribution(node="M1", model="qwen3"),)
ASKED = (
    ("Quelle est la température du GPU ?", "71 °C"),
    ("Summarise the log", "Nothing happened 100% of the time"),
    ("Summarise the Été report", "It was warm"),
)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[Conversations]:
    with Database(tmp_path / "etoile.db", MIGRATIONS) as database:
        kept = Conversations(database, "en")
        kept.resume(3600.0).result(10)
        for turn, (request, answer) in enumerate(ASKED, 1):
            kept.remember(
                Outcome(
                    turn=turn,
                    text=request,
                    decision=Decision.ROUTE,
                    ok=True,
                    answer=verbatim(answer),
                    attribution=NODE,
                    elapsed_ms=1420.0,
                    place=turn if turn == 3 else None,
                )
            )
        yield kept


def _found(history: Conversations, words: str, count: int = 10) -> list[str]:
    return [one.request for one in history.find(words, count).result(10)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", [2, 1, 0]),
        ("   ", [2, 1, 0]),
        ("summarise", [2, 1]),
        ("TEMPERATURE", [0]),
        ("ete", [2]),
        ("log nothing", [1]),
        ("nothing log", [1]),
        ("log warm", []),
        ("100%", [1]),
        ("%", [1]),
        ("_", []),
        ("'", []),
    ],
)
def test_all_words_are_wanted_and_accents_and_capitals_make_no_difference(
    history: Conversations, words: str, found: list[int]
) -> None:
    assert _found(history, words) == [ASKED[place][0] for place in found]


def test_what_is_found_tells_who_answered_and_how_long_it_took(history: Conversations) -> None:
    [newest] = history.find("", 1).result(10)
    assert (newest.request, newest.answer) == ASKED[2]
    assert (newest.attribution, newest.elapsed_ms, newest.ok, newest.undone) == (NODE, 1420.0, True, False)


def test_what_is_forgotten_is_found_no_more(history: Conversations) -> None:
    [old] = history.find("log", 1).result(10)
    assert history.forget([old.id]) is False
    assert _found(history, "") == [ASKED[2][0], ASKED[0][0]]
    history.database.read(lambda connection: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
    assert b"Nothing happened" not in history.database.path.read_bytes()


def test_forgetting_tells_whether_the_conversation_held_it(history: Conversations) -> None:
    [newest] = history.find("", 1).result(10)
    assert history.forget([newest.id]) is True
