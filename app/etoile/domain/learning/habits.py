"""Habits: what is done around the same time of the day, and what is done after something else.

Pure counting over the last weeks.  A habit is told only where it is seen often (`ENOUGH_DAYS`), holds for most of the
days or occasions (`USUALLY`), and is no coincidence: the chance to see as much if the command came as anything else
does, times the number of things looked at (Bonferroni), is below `CHANCE`.
"""

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from etoile.domain.averages import median
from etoile.domain.learning.enough import ENOUGH_DAYS
from etoile.domain.learning.offers import WINDOW_MINUTES, Days, Sequel, TimeHabit, key_of
from etoile.domain.learning.record import Record
from etoile.domain.match import Candidate

USUALLY = 0.6
"""The share of the days, or occasions, on which it held."""
CHANCE = 0.0001
LATEST = timedelta(days=14)
"""A habit that was not seen for so long has ended."""
SOON = timedelta(minutes=5)
"""What follows within this follows."""
SEQUEL_DAYS = 3
_ROUNDED_MINUTES = 5
_DAY_MINUTES = 24 * 60
_WAKING_MINUTES = 16 * 60
_PRIOR = 10.0
"""Requests, spread over the waking day, that are thought to have been made before anything is known."""


def time_habits(records: Sequence[Record], today: date) -> tuple[TimeHabit, ...]:
    """Return the habits of the day that `records` of the last weeks show."""
    done: dict[str, list[Record]] = defaultdict(list)
    for record in _habitual(records):
        done[key_of(record.what)].append(record)
    often = {key: uses for key, uses in done.items() if len({use.at.date() for use in uses}) >= ENOUGH_DAYS}
    looks = sum(len(uses) for uses in often.values()) * len(Days)
    found = (_widest(uses, records, today, CHANCE / looks) for uses in often.values())
    return tuple(habit for habit in found if habit)


def _widest(uses: Sequence[Record], records: Sequence[Record], today: date, chance: float) -> TimeHabit | None:
    """Return the habit that `uses` of one command make, for the widest choice of days that it holds for."""
    for days in Days:
        if habit := _habit(uses, records, days, today, chance):
            return habit
    return None


def _habit(
    uses: Sequence[Record], records: Sequence[Record], days: Days, today: date, chance: float
) -> TimeHabit | None:
    uses = [use for use in uses if use.at.weekday() in days.value]
    if not uses or today - uses[-1].at.date() > LATEST:
        return None
    active = {record.at.date() for record in records if record.at.weekday() in days.value}
    start = _busiest(uses)
    inside = [use for use in uses if _is_in(use, start)]
    kept = {use.at.date() for use in inside}
    if len(kept) < ENOUGH_DAYS or not _usually(kept, active, days):
        return None
    what = key_of(uses[0].what)
    others = [record for record in records if record.at.weekday() in days.value and key_of(record.what) != what]
    each = _share(others, start)
    a_day = Counter(use.at.date() for use in uses)
    if at_least(len(kept), [1 - (1 - each) ** count for count in a_day.values()]) > chance:
        return None
    minute = round(median(map(_minute, inside)) / _ROUNDED_MINUTES) * _ROUNDED_MINUTES % _DAY_MINUTES
    return TimeHabit(
        what=inside[-1].what,
        request=inside[-1].asked,
        days=days,
        minute=minute,
        seen=len(kept),
        of=len(active),
        evidence=tuple(use.id for use in inside),
    )


def _usually(kept: set[date], active: set[date], days: Days) -> bool:
    """Whether it held on most of the active days: on weekdays and at weekends alike, and on no weekday never."""
    for part in ((0, 1, 2, 3, 4), (5, 6)):
        asked = [day for day in active if day.weekday() in part and day.weekday() in days.value]
        if asked and sum(day in kept for day in asked) < USUALLY * len(asked):
            return False
    return {day.weekday() for day in active} == {day.weekday() for day in kept}


def _busiest(uses: Sequence[Record]) -> int:
    """Return the minute at which the hour begins that holds the command on the most days."""
    minutes = {(use.at.date(), _minute(use)) for use in uses}
    return max(
        sorted(minute for _, minute in minutes),
        key=lambda start: len({day for day, minute in minutes if start <= minute < start + WINDOW_MINUTES}),
    )


def _share(records: Sequence[Record], start: int) -> float:
    """Return how much of everything else falls into the hour from `start` on."""
    inside = sum(_is_in(record, start) for record in records)
    return (inside + _PRIOR * WINDOW_MINUTES / _WAKING_MINUTES) / (len(records) + _PRIOR)


def _is_in(record: Record, start: int) -> bool:
    return start <= _minute(record) < start + WINDOW_MINUTES


def _minute(record: Record) -> int:
    return record.at.hour * 60 + record.at.minute


def sequels(records: Sequence[Record], today: date) -> tuple[Sequel, ...]:
    """Return what usually follows what, by `records` of the last weeks."""
    done = list(_habitual(records))
    pairs = [(former, latter) for former, latter in itertools.pairwise(done) if _is_sequel(former, latter)]
    followed = Counter(key_of(former.what) for former, _ in pairs)
    uses = Counter(key_of(record.what) for record in done)
    together: dict[tuple[str, str], list[tuple[Record, Record]]] = defaultdict(list)
    for former, latter in pairs:
        together[key_of(former.what), key_of(latter.what)].append((former, latter))
    found = []
    for (first, then), seen in together.items():
        elsewhere = (uses[then] - len(seen) + 1) / (len(done) - followed[first] + 2)
        unlikely = at_least(len(seen), [elsewhere] * followed[first]) <= CHANCE / len(together)
        if unlikely and _is_habit(seen, uses[first], today):
            found.append(_sequel(seen, uses[first]))
    return tuple(found)


def _is_sequel(former: Record, latter: Record) -> bool:
    return latter.at - former.at <= SOON


def _is_habit(seen: Sequence[tuple[Record, Record]], of: int, today: date) -> bool:
    former, latter = seen[-1]
    days = {latter.at.date() for _, latter in seen}
    return (
        len(seen) >= ENOUGH_DAYS
        and len(days) >= SEQUEL_DAYS
        and len(seen) >= USUALLY * of
        and today - max(days) <= LATEST
        and former.what != latter.what
        and not _is_opposite(former.what, latter.what)
    )


def _is_opposite(former: Candidate, latter: Candidate) -> bool:
    """Whether the second probably takes the first back: mute and unmute, pause and play."""
    return not latter.slots and former.command.split(".")[0] == latter.command.split(".")[0]


def _sequel(seen: Sequence[tuple[Record, Record]], of: int) -> Sequel:
    former, latter = seen[-1]
    ids = {record.id for pair in seen for record in pair}
    return Sequel(
        after=former.what,
        what=latter.what,
        request=latter.asked,
        seen=len(seen),
        of=of,
        evidence=tuple(sorted(ids)),
    )


def _habitual(records: Iterable[Record]) -> Iterable[Record]:
    return (record for record in records if record.ran and not record.about_the_talk)


def at_least(count: int, chances: Sequence[float]) -> float:
    """Return how probable it is that at least `count` of independent things with `chances` happen.

    The upper tail of the Poisson binomial distribution.
    """
    happened = [1.0]
    for chance in chances:
        former = [*happened, 0.0]
        happened = [
            former[number] * (1 - chance) + (former[number - 1] * chance if number else 0.0)
            for number in range(len(former))
        ]
    return math.fsum(happened[count:])
