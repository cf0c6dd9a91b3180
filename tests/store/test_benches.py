"""Measurements are kept, model by model, and the oldest of very many are dropped; uses are read from the history."""

from dataclasses import replace
from pathlib import Path

import pytest

from etoile.domain.benches import METHOD, Bench
from etoile.domain.effects import Decision, Outcome
from etoile.domain.nodes import Attribution
from etoile.store import benches, tables
from etoile.store.benches import Benches
from etoile.store.conversations import Conversations
from etoile.store.database import Database
from etoile.store.tables import MIGRATIONS
from etoile.store.uses import Uses

FULL = Bench(
    node="M1",
    model="qwen3:8b",
    at_s=5.0,
    rounds=3,
    prompt_tokens=500,
    output_tokens=128,
    prompt_per_s=1000.5,
    output_per_s=51.25,
    first_token_s=0.2,
    load_s=3.5,
    spread_percent=1.5,
    by_server=False,
    gpu_share=0.75,
    digest="d",
)
SPARSE = Bench(node="M1", model="qwen3:8b", at_s=6.0, rounds=1)


def test_they_come_back_as_they_were_oldest_first(tmp_path: Path) -> None:
    with Database(tmp_path / "etoile.db", [tables.BENCHES]) as database:
        kept = Benches(database)
        for one in (SPARSE, FULL, replace(FULL, node="M2"), replace(FULL, model="other")):
            kept.keep(one)
        assert kept.of("M1", "qwen3:8b") == (FULL, SPARSE)
    with Database(tmp_path / "etoile.db", [tables.BENCHES]) as database:
        assert Benches(database).of("M1", "qwen3:8b") == (FULL, SPARSE)


def test_another_method_does_not_compare(tmp_path: Path) -> None:
    with Database(tmp_path / "etoile.db", [tables.BENCHES]) as database:
        kept = Benches(database)
        kept.keep(FULL)
        database.write(lambda connection: connection.execute("UPDATE benches SET method = ?", (METHOD + 1,)))
        assert kept.of("M1", "qwen3:8b") == ()


def test_very_many_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benches, "KEPT", 3)
    with Database(tmp_path / "etoile.db", [tables.BENCHES]) as database:
        kept = Benches(database)
        kept.keep(replace(FULL, node="M2"))
        for second in range(10):
            kept.keep(replace(FULL, at_s=float(second)))
        assert [one.at_s for one in kept.of("M1", "qwen3:8b")] == [7.0, 8.0, 9.0]
        assert len(kept.of("M2", "qwen3:8b")) == 1


def test_when_a_model_last_answered(tmp_path: Path) -> None:
    with Database(tmp_path / "etoile.db", MIGRATIONS) as database:
        uses = Uses(database)
        assert (uses.since_s(), uses.last_s("M1")) == (None, {})
        history = Conversations(database, "en")
        for turn, names in enumerate([["a", "b"], ["a"], []]):
            parts = tuple(Attribution(node="M1", model=name) for name in names)
            history.remember(Outcome(turn=turn, text="x", decision=Decision.ROUTE, ok=True, attribution=parts))
        database.write(lambda connection: connection.execute("UPDATE exchanges SET at_s = id"))
        assert uses.last_s("M1") == {"a": 2.0, "b": 1.0}
        assert uses.last_s("M2") == {}
        assert uses.since_s() == 1.0
