"""What rounds come to, and with which former measurement one is compared."""

from typing import Any

import pytest

from etoile.domain.benches import Bench, Round, compare, summary

DAY = 86_400.0
NOW = 1000 * DAY


def a_round(rate: float | None, **more: Any) -> Round:
    told = {"prompt_tokens": 500, "output_tokens": 128, "prompt_per_s": 1000.0, "first_token_s": 0.2, "by_server": True}
    return Round(**{**told, "output_per_s": rate, **more})


def bench(rate: float | None, days_ago: float = 0, **more: Any) -> Bench:
    return Bench(
        **{"node": "M1", "model": "m", "at_s": NOW - days_ago * DAY, "rounds": 3, "output_per_s": rate, **more}
    )


def test_the_median_counts_and_the_spread_is_told() -> None:
    one = summary([a_round(50.0), a_round(20.0), a_round(52.0, first_token_s=0.4)], "M1", "m", NOW)
    assert (one.output_per_s, one.prompt_per_s, one.first_token_s, one.rounds) == (50.0, 1000.0, 0.2, 3)
    assert one.spread_percent == pytest.approx(64.0)
    assert one.by_server


def test_what_was_not_told_stays_unknown() -> None:
    one = summary([a_round(None, prompt_per_s=None, first_token_s=None, by_server=False)], "M1", "m", NOW)
    assert (one.output_per_s, one.prompt_per_s, one.first_token_s, one.spread_percent) == (None, None, None, 0.0)
    assert not one.by_server


@pytest.mark.parametrize(
    ("former", "chosen"),
    [
        ([1, 29, 200], 29),
        ([1, 40], 40),
        ([3, 1], 3),
        ([500, 65], 65),
        ([0.001], 0.001),
    ],
)
def test_a_month_before_or_what_is_nearest(former: list[float], chosen: float) -> None:
    change = compare(bench(50.0), [bench(60.0, days) for days in former])
    assert change
    assert change.then.at_s == pytest.approx(NOW - chosen * DAY)


@pytest.mark.parametrize(
    ("now", "then", "percent", "clear"),
    [
        (bench(40.0), bench(50.0, 30), -20.0, True),
        (bench(60.0), bench(50.0, 30), 20.0, True),
        (bench(46.0), bench(50.0, 30), -8.0, False),
        (bench(40.0, spread_percent=25.0), bench(50.0, 30), -20.0, False),
        (bench(40.0), bench(50.0, 30, spread_percent=25.0), -20.0, False),
    ],
)
def test_what_differs_less_than_its_own_rounds_is_noise(now: Bench, then: Bench, percent: float, clear: bool) -> None:
    change = compare(now, [then])
    assert change
    assert (change.percent, change.clear) == (pytest.approx(percent), clear)


def test_only_like_is_compared() -> None:
    assert compare(bench(50.0), []) is None
    assert compare(bench(None), [bench(50.0, 30)]) is None
    assert compare(bench(50.0), [bench(None, 30), bench(50.0, 30, by_server=False), bench(50.0, -1)]) is None


def test_why_it_may_differ_is_told() -> None:
    change = compare(bench(40.0, digest="new", gpu_share=0.8), [bench(50.0, 30, digest="old", gpu_share=1.0)])
    assert change
    assert (change.replaced, change.moved) == (True, True)
    change = compare(bench(40.0, digest="new", gpu_share=1.0), [bench(50.0, 30)])
    assert change
    assert (change.replaced, change.moved) == (False, False)
