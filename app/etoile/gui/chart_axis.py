"""The axes of a chart: which times and values are marked, and what is written beside the marks."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from PySide6.QtCore import QDate, QLocale, QTime

from etoile.domain.history import DAY_S, KeptCard, Level, Measure, Point

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


_STEPS = (
    *(timedelta(seconds=seconds) for seconds in (10, 30)),
    *(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30)),
    *(timedelta(hours=hours) for hours in (1, 2, 6, 12)),
    *(timedelta(days=days) for days in (1, 2, 7)),
)
"""How far apart marks may be; beyond the last they are at months."""
_MOST_TICKS = 7
_DAY = timedelta(days=1)


def ticks(
    since_s: float, until_s: float, locale: QLocale, zone: tzinfo | None = None, *, dated: bool = False
) -> list[Tick]:
    """Return the marks between two times, oldest first, in local time, or in that of `zone`.

    They are at round local times, on days that are 23 or 25 hours long as well.  `dated` tells that the times are not
    of the last hours: the first of them says of which day it is.
    """
    first = datetime.fromtimestamp(since_s).astimezone(zone)
    length = timedelta(seconds=until_s - since_s)
    step = next((step for step in _STEPS if length / step <= _MOST_TICKS), None)
    found: list[Tick] = []
    for moment in (_local(moment, zone) for moment in _round_times(first, step, length)):
        at_s = moment.timestamp()
        if at_s > until_s:
            return found
        if at_s >= since_s and not (found and at_s <= found[-1].at_s):
            with_day = (dated and not found) or (length > 1.5 * _DAY and moment.hour == 0)
            found.append(Tick(at_s, tick_label(moment, step, locale, with_day=with_day)))
    return found


def _round_times(first: datetime, step: timedelta | None, length: timedelta) -> Iterator[datetime]:
    """Yield round times of the wall clock, without a zone, from before `first` on and without end."""
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    if step is None:
        yield from _months(midnight, 1 if length / timedelta(days=30) <= _MOST_TICKS else 2)
        return
    midnight -= timedelta(days=(midnight.toordinal() - 1) % max(1, step.days))  # weeks begin on Mondays
    since_midnight = first.replace(tzinfo=None) - midnight
    moment = midnight + since_midnight // step * step
    while True:
        yield moment
        moment += step


def _months(midnight: datetime, step: int) -> Iterator[datetime]:
    month = midnight.year * 12 + midnight.month - 1
    while True:
        yield midnight.replace(year=month // 12, month=month % 12 + 1, day=1)
        month += step


def _local(moment: datetime, zone: tzinfo | None) -> datetime:
    """Return the wall clock's `moment` as a time, with the offset that counts then."""
    return moment.replace(tzinfo=zone) if zone else moment.astimezone()


def tick_label(moment: datetime, step: timedelta | None, locale: QLocale, *, with_day: bool = False) -> str:
    """Return what is written at one of marks `step` apart: a time, a day of the week, a date or a month."""
    day = QDate(moment.year, moment.month, moment.day)
    if step is None:
        return locale.toString(day, "MMM")
    if step > 2 * _DAY:
        return locale.toString(day, "d MMM")
    if step >= _DAY:
        return locale.toString(day, "ddd d")
    if with_day and moment.hour == moment.minute == 0:
        return locale.toString(day, "ddd d MMM")
    time = QTime(moment.hour, moment.minute, moment.second)
    said = locale.toString(time, "HH:mm:ss" if step < timedelta(minutes=1) else "HH:mm")
    return f"{locale.toString(day, 'ddd d MMM')} {said}" if with_day else said


def moment_label(at_s: float, point_s: int, locale: QLocale, zone: tzinfo | None = None) -> str:
    """Return the local time at the cursor, as exact as points of `point_s` are."""
    moment = datetime.fromtimestamp(at_s).astimezone(zone)
    day = locale.toString(QDate(moment.year, moment.month, moment.day), "ddd d MMM")
    if point_s < Level.MINUTE:
        return locale.toString(QTime(moment.hour, moment.minute, moment.second), "HH:mm:ss")
    if point_s >= DAY_S:
        return day
    return f"{day} {locale.toString(QTime(moment.hour, moment.minute), 'HH:mm')}"
