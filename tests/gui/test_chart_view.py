"""What part of the history is in sight: zooming around a moment, panning, and where both end."""

import pytest

from etoile.domain.history import DAY_S, HOUR_S, CardHistory, Level, Span, Stretch
from etoile.gui.chart_view import SHORTEST_S, Bounds, View
from etoile.gui.curves import Curves
from tests.gui import charts

NOW_S = 1_000_000.0
BOUNDS = Bounds(NOW_S - DAY_S, NOW_S)
HOUR = View(HOUR_S)


@pytest.mark.parametrize("ago_s", [0, 600, 1800, 3600])
def test_the_moment_under_the_pointer_stays_there(ago_s: float) -> None:
    around_s = NOW_S - ago_s
    zoomed = HOUR.zoomed(0.5, around_s, BOUNDS)
    since_s, until_s = zoomed.edges_s(NOW_S)
    assert until_s - since_s == HOUR_S / 2
    assert (around_s - since_s) / (until_s - since_s) == pytest.approx((HOUR_S - ago_s) / HOUR_S)


def test_zooming_at_the_present_follows_it() -> None:
    assert HOUR.zoomed(0.5, NOW_S, BOUNDS) == View(HOUR_S / 2)
    assert HOUR.zoomed(0.5, NOW_S - 1800, BOUNDS).until_s is not None


def test_nobody_zooms_beyond_a_minute_or_all_there_is() -> None:
    view = HOUR
    for _ in range(100):
        view = view.zoomed(0.8, NOW_S - 1000, BOUNDS)
    assert view.length_s == SHORTEST_S
    for _ in range(100):
        view = view.zoomed(1.25, NOW_S - 1000, BOUNDS)
    assert view == View(DAY_S)


def test_panning_ends_at_the_oldest_measurement_and_at_the_present() -> None:
    assert HOUR.panned(1000, BOUNDS) == HOUR
    assert HOUR.panned(-1000, BOUNDS) == View(HOUR_S, NOW_S - 1000)
    assert HOUR.panned(-10 * DAY_S, BOUNDS) == View(HOUR_S, NOW_S - DAY_S + HOUR_S)
    assert View(HOUR_S, NOW_S - 1000).panned(995, BOUNDS) == HOUR, "so near to now it follows it"
    assert HOUR.panned(-5, BOUNDS) == View(HOUR_S, NOW_S - 5), "and leaves it by any step"


def _curves(view: View | None, span: Span = Span.MONTH, oldest_s: int | None = None) -> Curves:
    history = CardHistory(uuid="x", span=span, until_s=charts.UNTIL_S, series={}, oldest_s=oldest_s)
    return Curves(span, history, view=view)


def test_what_is_read_is_finer_the_younger_and_shorter_it_is() -> None:
    now_s = float(charts.UNTIL_S)
    assert _curves(None).wanted is Span.MONTH
    assert _curves(View(1200)).wanted == Stretch(1500, None, Level.SECOND)
    assert _curves(View(HOUR_S, now_s - 3 * HOUR_S)).wanted == Stretch(5400, int(now_s) - 9900, Level.MINUTE)
    assert _curves(View(DAY_S, now_s - 5 * DAY_S)).wanted == Stretch(
        DAY_S * 3 // 2, int(now_s) - DAY_S * 19 // 4, Level.QUARTER
    )


def test_what_is_read_beside_it_is_never_so_old_that_all_would_be_coarser() -> None:
    wanted = _curves(View(3500), Span.HOUR, charts.UNTIL_S - DAY_S).wanted
    assert wanted == Stretch(3840, None, Level.SECOND)
    assert wanted.point_s < Level.MINUTE


def test_the_bounds_are_those_of_the_history_and_a_whole_span_at_least() -> None:
    assert _curves(None, Span.DAY).bounds.length_s == DAY_S
    assert _curves(None, Span.DAY, charts.UNTIL_S - 60).bounds.length_s == DAY_S
    assert _curves(None, Span.DAY, charts.UNTIL_S - 9 * DAY_S).bounds.length_s == 9 * DAY_S
