"""The history of the GPUs: how finely it is kept and for how long, and what a chart shows of it."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, IntEnum, StrEnum
from itertools import pairwise
from typing import NamedTuple

from etoile.domain.averages import mean, median
from etoile.domain.gpus import Kind

HOUR_S = 3600
DAY_S = 24 * HOUR_S


class Measure(StrEnum):
    """What is kept of a reading; each value names a field of `GpuReading`, with its unit."""

    TEMPERATURE = "temperature_c"
    UTILIZATION = "utilization_percent"
    MEMORY = "memory_used_bytes"
    POWER = "power_w"
    FAN = "fan_percent"


class Level(IntEnum):
    """How finely history is kept: the seconds that one row of it stands for."""

    SECOND = 1
    MINUTE = 60
    QUARTER = 900

    @property
    def kept_s(self) -> int:
        """How long its rows are kept; a little more than promised, so that nothing is missing while it is read."""
        return {
            Level.SECOND: HOUR_S + 5 * Level.MINUTE,
            Level.MINUTE: DAY_S + 2 * Level.QUARTER,
            Level.QUARTER: 366 * DAY_S,
        }[self]


class Span(Enum):
    """What a chart may cover: its length, the seconds of one of its points, and the level that it is read from.

    No span has more than 740 points: as many as the widest window has pixels for.
    """

    HOUR = (HOUR_S, 5, Level.SECOND)
    DAY = (DAY_S, 120, Level.MINUTE)
    WEEK = (7 * DAY_S, 900, Level.QUARTER)
    MONTH = (30 * DAY_S, HOUR_S, Level.QUARTER)
    YEAR = (365 * DAY_S, DAY_S, Level.QUARTER)

    @property
    def length_s(self) -> int:
        """How long it is."""
        return self.value[0]

    @property
    def point_s(self) -> int:
        """How many seconds one point of the chart stands for."""
        return self.value[1]

    @property
    def level(self) -> Level:
        """The level that its points are made of."""
        return self.value[2]


_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 900, 1800, HOUR_S, 3 * HOUR_S, 6 * HOUR_S, DAY_S)
"""How many seconds a point may stand for."""
_MOST_POINTS = 740


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the history that was zoomed to; it tells how it is read, as a `Span` does."""

    length_s: int
    until_s: int | None
    """Its end in seconds since 1970; None for now."""
    level: Level

    @property
    def point_s(self) -> int:
        """How many seconds one point stands for: whole rows of its level, and no more points than `Span` allows."""
        fits = (step_s for step_s in _STEPS_S if step_s >= self.level and self.length_s <= step_s * _MOST_POINTS)
        return next(fits, DAY_S)


def finest(since_s: float, now_s: float) -> Level:
    """Return the finest level that still holds everything from `since_s` on."""
    kept = (level for level in Level if since_s >= now_s - level.kept_s + Level.MINUTE)
    return next(kept, Level.QUARTER)


class Point(NamedTuple):
    """What was measured within some seconds from `at_s` (since 1970) on, in the unit of its measure."""

    at_s: int
    lowest: float
    mean: float
    highest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCard:
    """A card of the history, as it was last known: it may be gone."""

    uuid: str
    host: str | None = None
    """None, like the name, of a card that was seen only before these were kept."""
    name: str | None = None
    index: int | None = None
    kind: Kind = Kind.GPU
    memory_total_bytes: int | None = None
    power_limit_w: float | None = None
    seen_s: int = 0
    """When it was last seen, in seconds since 1970, to about a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardHistory:
    """The history of one card over a span that ends at `until_s` (seconds since 1970)."""

    uuid: str
    span: Span | Stretch
    until_s: int
    series: Mapping[Measure, Sequence[Point]]
    """Oldest first; where nothing was measured there is no point."""
    cards: Sequence[KeptCard] = ()
    """Every card that there is a history of."""
    now_s: int | None = None
    """When it was read; None where that is its end."""
    oldest_s: int | None = None
    """From when on anything is known of the card, to a quarter of an hour; None when nothing is."""
    slowed: Sequence[tuple[int, int]] = ()
    """When heat slowed the card down: from and to, oldest first; what is nearer than a point is one."""

    @property
    def since_s(self) -> int:
        """Where the span begins."""
        return self.until_s - self.span.length_s

    @property
    def card(self) -> KeptCard | None:
        """The card itself; None when nothing was ever kept of it."""
        return next((card for card in self.cards if card.uuid == self.uuid), None)


def put_together(stretches: Iterable[tuple[int, int]], apart_s: int) -> tuple[tuple[int, int], ...]:
    """Return `stretches` (from and to, the oldest first) with those put together that are not `apart_s` apart."""
    found: list[tuple[int, int]] = []
    for since_s, until_s in stretches:
        if found and since_s - found[-1][1] < apart_s:
            found[-1] = (found[-1][0], max(found[-1][1], until_s))
        else:
            found.append((since_s, until_s))
    return tuple(found)


class Extent(NamedTuple):
    """What a series comes to."""

    lowest: float
    mean: float
    highest: float


def extent(points: Sequence[Point]) -> Extent | None:
    """Return lowest, mean and highest of `points`; None without any."""
    if not points:
        return None
    return Extent(
        min(point.lowest for point in points),
        mean(point.mean for point in points),
        max(point.highest for point in points),
    )


MISSED = 2.5
"""How many times the usual step between points is a gap, where not every one of them need have a measurement."""
NEXT = 1.5
"""The same where each has: one that is missing is a gap."""


def runs(points: Sequence[Point], span: Span | Stretch) -> Iterator[Sequence[Point]]:
    """Yield `points` cut where nothing was measured: gaps are gaps, and never joined."""
    steps_s = [later.at_s - point.at_s for point, later in pairwise(points)]
    usual_s = median(steps_s) if steps_s else span.point_s
    # Other machines are asked every few seconds only: at the finest level not every point has a measurement.
    longest_s = usual_s * (MISSED if span.level is Level.SECOND or usual_s > span.point_s else NEXT)
    begin = 0
    for place, step_s in enumerate(steps_s, start=1):
        if step_s > longest_s:
            yield points[begin:place]
            begin = place
    if points:
        yield points[begin:]


def nearest(points: Sequence[Point], at_s: float, span: Span | Stretch) -> Point | None:
    """Return the point, of `points` with the oldest first, that tells of the moment `at_s`; None in a gap."""
    middle_s = span.point_s / 2
    after = bisect_left(points, at_s - middle_s, key=lambda point: point.at_s)
    beside = points[max(0, after - 1) : after + 1]
    found = min(beside, key=lambda point: abs(point.at_s + middle_s - at_s), default=None)
    return found if found and abs(found.at_s + middle_s - at_s) <= MISSED * middle_s * 2 else None


def chosen(cards: Iterable[KeptCard], named: str) -> list[KeptCard]:
    """Return the cards that `named` means: a UUID, else an index (of any machine), else a part of the name."""
    cards = list(cards)
    return (
        [card for card in cards if card.uuid == named]
        or [card for card in cards if card.index is not None and named == str(card.index)]
        or [card for card in cards if named.strip() and named.casefold() in (card.name or "").casefold()]
    )


_AGO = re.compile(r"(\d{1,6})\s*(min|h|d|j|w|y)")
_UNITS = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "j": timedelta(days=1),
    "w": timedelta(weeks=1),
    "y": timedelta(days=365),
}


def since(text: str, now: datetime) -> datetime | None:
    """Return the moment that `text` names: "24h", "7d" (in French "7j") before `now`, or a date, local unless it says.

    None for what names no time.
    """
    try:
        if ago := _AGO.fullmatch(text.strip().lower()):
            return now - int(ago[1]) * _UNITS[ago[2]]
        # What has no zone is local time, with the offset that counts on that day.
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError, OSError):
        return None
