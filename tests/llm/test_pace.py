"""How long a node may let wait, by what it took before."""

import pytest

from etoile.llm.pace import Pace

CONFIGURED_S = 60.0


def pace(*waits_s: float, tokens: int = 100, gap_s: float = 0.1, cold: bool = False) -> Pace:
    """Return what is known after answers that began after `waits_s`, the last one at 1000 s."""
    measured = Pace()
    for wait_s in waits_s:
        measured.answered(tokens, wait_s, wait_s, gap_s, 20.0, 1000.0, cold=cold)
    return measured


@pytest.mark.parametrize(
    ("measured", "tokens", "limit_s"),
    [
        pytest.param(pace(), 100, 60.0, id="as the settings say until something is measured"),
        pytest.param(pace(), 4500, 140.0, id="and longer for a long prompt"),
        pytest.param(pace(0.2, 0.3), 100, 5.0, id="a fast node that hangs costs the floor"),
        pytest.param(pace(3.0), 100, 12.0, id="four times what it took"),
        pytest.param(pace(3.0), 5500, 120.0, id="in proportion to the prompt"),
        pytest.param(pace(3.0, tokens=5500), 100, 12.0, id="and no shorter for a short one"),
        pytest.param(pace(50.0), 100, 200.0, id="slow hardware gets more than the settings say"),
        pytest.param(pace(400.0), 100, 600.0, id="up to the ceiling"),
        pytest.param(pace(90.0, cold=True), 100, 60.0, id="a cold load says nothing of a warm answer"),
        pytest.param(pace(*[1.0] * 19, 30.0), 100, 5.0, id="one in twenty does not count"),
    ],
)
def test_the_limit_for_a_first_token(measured: Pace, tokens: int, limit_s: float) -> None:
    assert measured.first_limit_s(tokens, 1001.0, CONFIGURED_S) == pytest.approx(limit_s)


def test_a_model_that_rested_may_have_to_be_loaded_again() -> None:
    assert pace(0.2).first_limit_s(100, 1239.0, CONFIGURED_S) == 5.0
    assert pace(0.2).first_limit_s(100, 1241.0, CONFIGURED_S) == 60.0


def test_requests_side_by_side_are_given_more() -> None:
    assert pace(3.0).first_limit_s(100, 1001.0, CONFIGURED_S, abreast=2) == 24.0


def test_who_missed_the_limit_is_given_twice_as_long_the_next_time() -> None:
    slow = pace()
    slow.missed_first(60.0)
    assert slow.first_limit_s(100, 0.0, CONFIGURED_S) == 120.0
    slow.missed_first(120.0)
    assert slow.first_limit_s(100, 0.0, CONFIGURED_S) == 240.0
    slow.answered(100, 100.0, 100.0, 0.1, None, 10.0, cold=False)
    assert slow.first_limit_s(100, 20.0, CONFIGURED_S) == 400.0


def test_a_limit_of_the_settings_that_is_shorter_than_the_floor_stays() -> None:
    assert pace(0.1).first_limit_s(100, 1001.0, 0.5) == 0.5


@pytest.mark.parametrize(
    ("measured", "abreast", "limit_s"),
    [
        pytest.param(pace(), 1, 20.0, id="as the settings say until something is measured"),
        pytest.param(pace(1.0, gap_s=0.1), 1, 10.0, id="the floor"),
        pytest.param(pace(1.0, gap_s=0.1), 2, 20.0, id="another request's prompt may hold it up"),
        pytest.param(pace(1.0, gap_s=8.0), 1, 32.0, id="slow hardware"),
        pytest.param(pace(1.0, gap_s=80.0), 1, 120.0, id="up to the ceiling"),
    ],
)
def test_the_limit_between_tokens(measured: Pace, abreast: int, limit_s: float) -> None:
    assert measured.between_limit_s(20.0, abreast) == pytest.approx(limit_s)


def test_an_answer_that_stopped_is_given_longer_the_next_time() -> None:
    slow = pace()
    slow.missed_next(20.0)
    assert slow.between_limit_s(20.0) == 40.0


def test_loading_takes_as_long_as_it_took() -> None:
    assert pace().load_limit_s() == 300.0
    assert pace(100.0, cold=True).load_limit_s() == 400.0
    assert pace(1000.0, cold=True).load_limit_s() == 1800.0


def test_what_is_shown_is_the_middle() -> None:
    assert pace(1.0, 2.0, 9.0).first_token_ms == 2000.0
    assert pace(1.0).tokens_per_s == 20.0
    assert pace().first_token_ms is None
    assert pace(5.0, cold=True).first_token_ms is None
