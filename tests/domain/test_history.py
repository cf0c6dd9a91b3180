"""What a chart shows of the history: gaps, the point under the cursor, and which card is meant."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

import pytest

from etoile.domain.history import (
    DAY_S,
    HOUR_S,
    Extent,
    KeptCard,
    Level,
    Point,
    Span,
    Stretch,
    chosen,
    extent,
    finest,
    nearest,
    runs,
    since,
)

SUPER = KeptCard(uuid="GPU-a", index=0, name="NVIDIA GeForce GTX 1660 SUPER")
RTX = KeptCard(uuid="GPU-b", index=1, name="NVIDIA GeForce RTX 3080")
OTHER = KeptCard(uuid="GPU-c", index=0, name="NVIDIA GeForce RTX 3080", host="hermes")
OLD = KeptCard(uuid="GPU-d")


def _points(*times_s: int) -> list[Point]:
    return [Point(at_s, 40.0, 50.0, 60.0) for at_s in times_s]


def _lengths(points: Sequence[Point], span: Span) -> list[int]:
    return [len(run) for run in runs(points, span)]


@pytest.mark.parametrize("span", Span)
def test_a_span_is_read_from_rows_that_make_up_its_points(span: Span) -> None:
    assert span.point_s % span.level == 0
    assert span.length_s / span.point_s <= 740
    assert span.length_s <= span.level.kept_s


@pytest.mark.parametrize("span", Span)
def test_a_stretch_as_long_as_a_span_is_read_as_finely(span: Span) -> None:
    assert Stretch(span.length_s, None, span.level).point_s == span.point_s


@pytest.mark.parametrize(
    ("length_s", "level", "point_s"),
    [
        (60, Level.SECOND, 1),
        (1200, Level.SECOND, 2),
        (60, Level.MINUTE, 60),
        (3 * HOUR_S, Level.MINUTE, 60),
        (HOUR_S, Level.QUARTER, 900),
        (100 * DAY_S, Level.QUARTER, 6 * HOUR_S),
        (2000 * DAY_S, Level.QUARTER, DAY_S),
    ],
)
def test_who_zooms_in_sees_finer_points(length_s: int, level: Level, point_s: int) -> None:
    assert Stretch(length_s, 1_000_000, level).point_s == point_s


@pytest.mark.parametrize(
    ("ago_s", "level"),
    [
        (0, Level.SECOND),
        (HOUR_S, Level.SECOND),
        (2 * HOUR_S, Level.MINUTE),
        (DAY_S, Level.MINUTE),
        (2 * DAY_S, Level.QUARTER),
        (400 * DAY_S, Level.QUARTER),
    ],
)
def test_the_finest_level_that_still_holds_everything(ago_s: int, level: Level) -> None:
    now_s = 1_795_269_720.0
    assert finest(now_s - ago_s, now_s) is level


def test_each_level_is_made_of_whole_rows_of_the_one_below() -> None:
    assert Level.MINUTE % Level.SECOND == Level.QUARTER % Level.MINUTE == 0


@pytest.mark.parametrize(
    ("span", "times_s", "lengths"),
    [
        (Span.HOUR, [], []),
        (Span.HOUR, [0], [1]),
        (Span.HOUR, [0, 5, 10, 15], [4]),
        (Span.HOUR, [0, 5, 15, 20], [4]),
        (Span.HOUR, [0, 5, 10, 25, 30], [3, 2]),
        (Span.HOUR, [0, 30, 60, 90], [4]),
        (Span.HOUR, [0, 30, 60, 150, 180], [3, 2]),
        (Span.DAY, [0, 120, 240, 480, 600], [3, 2]),
        (Span.MONTH, [0, 3600, 7200, 14400, 18000], [3, 2]),
    ],
    ids=["none", "one", "each", "one late", "a gap", "asked seldom", "asked seldom, a gap", "a day", "a month"],
)
def test_a_curve_is_cut_where_nothing_was_measured(span: Span, times_s: list[int], lengths: list[int]) -> None:
    assert _lengths(_points(*times_s), span) == lengths


def test_the_point_under_the_cursor() -> None:
    points = _points(0, 5, 10, 600)
    assert nearest(points, 6.0, Span.HOUR) == points[1]
    assert nearest(points, 300.0, Span.HOUR) is None
    assert nearest([], 6.0, Span.HOUR) is None


def test_what_a_series_comes_to() -> None:
    assert extent([]) is None
    assert extent([Point(0, 40.0, 50.0, 60.0), Point(5, 45.0, 60.0, 90.0)]) == Extent(40.0, 55.0, 90.0)


@pytest.mark.parametrize(
    ("named", "cards"),
    [
        ("GPU-b", [RTX]),
        ("0", [SUPER, OTHER]),
        ("1", [RTX]),
        ("3080", [RTX, OTHER]),
        ("rtx", [RTX, OTHER]),
        ("H100", []),
        ("", []),
        ("None", []),
    ],
)
def test_a_card_is_named_by_uuid_index_or_name(named: str, cards: list[KeptCard]) -> None:
    assert chosen([SUPER, RTX, OTHER, OLD], named) == cards


NOW = datetime(2026, 11, 21, 14, 2, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("24h", timedelta(hours=24)),
        ("7d", timedelta(days=7)),
        (" 7 J ", timedelta(days=7)),
        ("90min", timedelta(minutes=90)),
        ("2w", timedelta(days=14)),
        ("1y", timedelta(days=365)),
    ],
)
def test_how_long_ago(text: str, ago: timedelta) -> None:
    assert since(text, NOW) == NOW - ago


def test_a_date_with_and_without_its_zone() -> None:
    assert since("2026-11-21T12:00:00Z", NOW) == datetime(2026, 11, 21, 12, tzinfo=UTC)
    day = since("2026-11-20", NOW)
    assert day
    assert day.isoformat().startswith("2026-11-20T00:00:00"), "local, wherever that is"


@pytest.mark.parametrize("text", ["", "yesterday", "24", "h", "-3h", "2026-13-01", "999999y"])
def test_what_is_no_time(text: str) -> None:
    assert since(text, NOW) is None
