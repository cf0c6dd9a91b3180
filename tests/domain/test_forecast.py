"""When a card will be hot: right within bounds on curves whose end is known, and silent where it cannot be known."""

import math
import random

import pytest

from etoile.domain.forecast import forecast, heating_c_per_min
from tests.domain.heat_curves import SIGMAS_C, TAUS_S, all_forecasts, curve, quantile


def test_an_ideal_curve_is_met() -> None:
    points = [(float(second), 90 - 45 * math.exp(-second / 100)) for second in range(150)]
    found = forecast(points, 85)
    reached_s = 100 * math.log(45 / 5)
    assert found
    assert (found.limit_c, found.in_s) == (85, pytest.approx(reached_s - 149, abs=3))


@pytest.mark.parametrize("tau_s", TAUS_S)
def test_forecasts_are_about_right(tau_s: float) -> None:
    asked = [told for sigma_c in SIGMAS_C for told in all_forecasts(tau_s, sigma_c, seeds=1)]
    errors = [told.error for told in asked if told]
    seconds = [told.error_s for told in asked if told]
    assert len(errors) >= 0.1 * len(asked), "it must dare to say something"
    assert quantile(errors, 0.5) <= 0.25
    assert quantile(errors, 0.9) <= 0.75
    assert quantile(seconds, 0.5) <= 20


def noisy(level: float, second: int) -> float:
    return float(round(random.Random(second).gauss(level, 1.2)))


SILENT = {
    "nothing": [],
    "one value": [(0.0, 60.0)],
    "a few seconds": [(float(second), 50.0 + second) for second in range(9)],
    "level": [(float(second), noisy(80, second)) for second in range(180)],
    "falling": [(float(second), round(90 - second / 6)) for second in range(180)],
    "just turned": [
        (float(second), 60 + second / 4 if second < 60 else 75 - (second - 60) / 2) for second in range(75)
    ],
    "there already": [(float(second), 50 + second / 2) for second in range(90)],
    "levels off far below": [(float(second), round(70 - 30 * math.exp(-second / 40))) for second in range(120)],
    "up and down": [(float(second), 70 + 8 * math.sin(second / 8)) for second in range(180)],
    "one junk value": [(float(second), 127.0 if second == 178 else 60.0) for second in range(180)],
}


@pytest.mark.parametrize("points", SILENT.values(), ids=SILENT.keys())
def test_nothing_is_told_where_nothing_is_known(points: list[tuple[float, float]]) -> None:
    assert forecast(points, 85) is None


def test_junk_between_does_not_spoil_it() -> None:
    clean = curve(100, 92, 0.0, step=False, seed=0).measured[:140]
    spoilt = [(at_s, 0.0 if at_s in (70.0, 95.0) else 127.0 if at_s == 85.0 else value) for at_s, value in clean]
    expected, found = forecast(clean, 85), forecast(spoilt, 85)
    assert expected
    assert found
    assert found.in_s == pytest.approx(expected.in_s, rel=0.25)


def test_seldom_samples_will_do() -> None:
    points = [(15.0 * place, float(round(95 - 45 * math.exp(-15 * place / 150)))) for place in range(12)]
    found = forecast(points, 85)
    assert found is None or found.in_s < 200


def test_how_fast_it_heats() -> None:
    assert heating_c_per_min([]) is None
    assert heating_c_per_min([(float(second), 50.0) for second in range(15)]) is None
    assert heating_c_per_min([(float(second), 50 + second / 6) for second in range(120)]) == pytest.approx(10, abs=0.5)
    assert heating_c_per_min([(float(second), 70.0) for second in range(120)]) == 0
