"""Each measure stands beside its peer's."""

from typing import Any

import pytest

from installer.benchmarks import in_words, measures


def ran(group: str, median_s: float, **extra: Any) -> dict[str, Any]:
    """Return a run as pytest-benchmark reports it."""
    return {"group": group, "name": "test", "stats": {"median": median_s}, "extra_info": extra}


def test_a_measure_has_ours_the_peers_and_the_ratio() -> None:
    (line,) = measures([ran("match", 0.002), ran("match", 0.010, peer="hassil")])
    assert line == {
        "name": "match",
        "ours": 2.0,
        "peer_name": "hassil",
        "peer": 10.0,
        "unit": "ms",
        "ratio": pytest.approx(0.2),
    }


def test_each_peer_has_a_line() -> None:
    lines = measures([ran("read", 1, peer="a"), ran("read", 1), ran("read", 2, peer="b")])
    assert [line["peer_name"] for line in lines] == ["a", "b"]


def test_a_measure_without_peer_stands_alone() -> None:
    (line,) = measures([ran("step", 0.001)])
    assert (line["ours"], line["peer"], line["ratio"]) == (1.0, None, None)
    assert "step" in in_words(line)


def test_a_value_takes_the_place_of_the_time() -> None:
    (line,) = measures([ran("accuracy", 1, value=0.9, unit="share"), ran("accuracy", 1, value=0.6, peer="p")])
    assert (line["ours"], line["peer"], line["unit"], line["ratio"]) == (0.9, 0.6, "share", pytest.approx(1.5))


def test_a_peer_that_measured_nothing_gives_no_ratio() -> None:
    (line,) = measures([ran("size", 1, value=3, unit="MB"), ran("size", 1, value=0, unit="MB", peer="p")])
    assert line["ratio"] is None
    assert "ratio -" in in_words(line)
