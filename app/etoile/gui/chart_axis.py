"""The axes of a chart: which times and values are marked, and what is written beside the marks."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from PySide6.QtCore import QDate, QLocale, QTime

from etoile.domain.history import KeptCard, Measure, Point, Span

COLDEST_C, HOTTEST_C = 20, 100
"""The scale of temperatures; it grows only for a card that leaves it."""


class Scale(NamedTuple):
    """What the lowest and the highest line of a plot stand for."""

    lowest: float
    highest: float


UNKNOWN = Scale(0.0, 1.0)
"""Of a plot with neither a value nor a limit: numbers beside it would mean nothing."""


class Tick(NamedTuple):
    """A mark on the axis of times."""

    at_s: float
    """Seconds since 1970."""
    label: str


def scale_of(measure: Measure, points: Sequence[Point], card: KeptCard | None) -> Scale:
    """Return the scale of a plot: fixed where that can be, so that curves of two days compare at a glance."""
    highest = max((point.highest for point in points), default=0.0)
    match measure:
        case Measure.TEMPERATURE:
            lowest = min((point.lowest for point in points), default=COLDEST_C)
            return Scale(min(COLDEST_C, math.floor(lowest / 20) * 20), max(HOTTEST_C, math.ceil(highest / 20) * 20))
        case Measure.MEMORY:
            total = card.memory_total_bytes if card else None
            most = max(float(total or 0), highest)
            return Scale(0.0, most) if most else UNKNOWN
        case Measure.POWER:
            limit_w = card.power_limit_w if card else None
            most_w = max(limit_w or 0.0, highest)
            return Scale(0.0, _rounded_up(max(most_w, 1.0))) if most_w else UNKNOWN
        case _:
            return Scale(0.0, 100.0)


def _rounded_up(value: float) -> float:
    """Return the next round number: 350 for 320, 150 for 125."""
    step = 10.0 ** math.floor(math.log10(value)) / 2
    return math.ceil(value / step - 1e-9) * step


def ticks(since_s: float, until_s: float, span: Span, locale: QLocale, zone: tzinfo | None = None) -> list[Tick]:
    """Return the marks between two times, oldest first, in local time, or in that of `zone`.

    They are at round local times, on days that are 23 or 25 hours long as well.
    """
    first = datetime.fromtimestamp(since_s).astimezone(zone)
    moments = (_local(moment, zone) for moment in _round_times(first, span))
    found: list[Tick] = []
    for moment in moments:
        at_s = moment.timestamp()
        if at_s > until_s:
            return found
        if at_s >= since_s and not (found and at_s <= found[-1].at_s):
            found.append(Tick(at_s, tick_label(moment, span, locale)))
    return found


def _round_times(first: datetime, span: Span) -> Iterator[datetime]:
    """Yield round times of the wall clock, without a zone, from `first` on and without end."""
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    match span:
        case Span.HOUR:
            hour, step = midnight.replace(hour=first.hour), timedelta(minutes=15)
        case Span.DAY:
            hour, step = midnight, timedelta(hours=6)
        case Span.WEEK:
            hour, step = midnight, timedelta(days=1)
        case Span.MONTH:
            hour, step = midnight - timedelta(days=midnight.weekday()), timedelta(days=7)
        case Span.YEAR:
            yield from _every_second_month(midnight)
            return
    while True:
        yield hour
        hour += step


def _every_second_month(midnight: datetime) -> Iterator[datetime]:
    year, month = midnight.year, midnight.month
    while True:
        yield midnight.replace(year=year, month=month, day=1)
        year, month = (year + 1, month - 10) if month > 10 else (year, month + 2)


def _local(moment: datetime, zone: tzinfo | None) -> datetime:
    """Return the wall clock's `moment` as a time, with the offset that counts then."""
    return moment.replace(tzinfo=zone) if zone else moment.astimezone()


def tick_label(moment: datetime, span: Span, locale: QLocale) -> str:
    """Return what is written at a mark: an hour, a day of the week, a date or a month."""
    day = QDate(moment.year, moment.month, moment.day)
    match span:
        case Span.HOUR | Span.DAY:
            return locale.toString(QTime(moment.hour, moment.minute), "HH:mm")
        case Span.WEEK:
            return locale.toString(day, "ddd d")
        case Span.MONTH:
            return locale.toString(day, "d MMM")
        case Span.YEAR:
            return locale.toString(day, "MMM")


def moment_label(at_s: float, span: Span, locale: QLocale, zone: tzinfo | None = None) -> str:
    """Return the local time at the cursor, as exact as the points of `span` are."""
    moment = datetime.fromtimestamp(at_s).astimezone(zone)
    day = locale.toString(QDate(moment.year, moment.month, moment.day), "ddd d MMM")
    if span is Span.HOUR:
        return locale.toString(QTime(moment.hour, moment.minute, moment.second), "HH:mm:ss")
    if span is Span.YEAR:
        return day
    return f"{day} {locale.toString(QTime(moment.hour, moment.minute), 'HH:mm')}"
