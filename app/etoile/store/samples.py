"""What is written of the GPUs into `metrics.db`: seconds for an hour, minutes for a day, quarter hours for a year."""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Any, NamedTuple, Self

from etoile.domain.gpus import SLOWED_BY_HEAT, GpuReading, GpuState
from etoile.domain.history import CardHistory, KeptCard, Level, Span, Stretch
from etoile.store import sample_tables as sql
from etoile.store.database import Database
from etoile.store.sample_rows import PER_UNIT, kept_cards, read_history

log = logging.getLogger(__name__)

FLUSH_S = 5.0
"""Samples are written together, so often: what a crash loses at most, and what spares the disk."""
STEADY_S = 600.0
"""Nothing is deleted until the clock has gone so long without a step: one that is wrong by years must not cost any."""
APART_S = 30
"""A card that is slowed down again within so long was so all the time: drivers tell it off and on."""
STEP_S = 2.0
"""What the two clocks may drift apart from one time to the next."""


class Sample(NamedTuple):
    """A reading to be kept."""

    card: KeptCard
    stored: Sequence[int | None]
    """A whole number for each measure."""
    slowed: bool
    """Whether heat slows the card down."""


class Samples:
    """Writes samples, rolls them up, and has them read.  All methods but `forget_all` return at once; one thread
    calls them.

    `now_s` is the time since 1970; `monotonic_s` is never set, and tells when that was.
    """

    def __init__(
        self,
        database: Database,
        now_s: Callable[[], float] = time.time,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.database = database
        self._now_s, self._monotonic_s = now_s, monotonic_s
        self._waiting: list[Sample] = []
        self._waiting_since_s = 0.0
        self._read_s: dict[str, float] = {}
        """When each card was last read: a reading that is told again is kept once."""
        self._apart_s = now_s() - monotonic_s()
        self._steady_since_s = monotonic_s()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.flush()

    def keep(self, readings: Iterable[GpuReading]) -> None:
        """Keep what each card measured just now; one that sleeps, is lost or is simulated leaves no trace."""
        here_s, at_s = self._monotonic_s(), int(self._now_s())
        self._watch_clock(here_s)
        news = [reading for reading in readings if self._is_news(reading)]
        # A batch lies in one minute.
        if self._waiting and at_s // Level.MINUTE != self._waiting[0].card.seen_s // Level.MINUTE:
            self.flush()
        if news and not self._waiting:
            self._waiting_since_s = here_s
        for reading in news:
            self._read_s[reading.uuid] = reading.at_s
            self._waiting.append(_sample(reading, at_s))
        if self._waiting and here_s - self._waiting_since_s >= FLUSH_S:
            self.flush()

    def flush(self) -> None:
        """Hand what waits over to be written."""
        batch, self._waiting = self._waiting, []
        if batch:
            may_drop = self._monotonic_s() - self._steady_since_s >= STEADY_S
            self.database.write(lambda connection: _write(connection, batch, may_drop=may_drop))

    def read(self, uuid: str, span: Span | Stretch) -> "Future[CardHistory]":
        """Return the history of the card `uuid`, to be had as soon as the store has read it."""
        self.flush()
        now_s = int(self._now_s()) + 1
        return self.database.ask(lambda connection: read_history(connection, uuid, span, now_s))

    def forget_all(self) -> None:
        """Erase every measurement that was written; those of the last seconds may follow.

        Blocks, and may be called from any thread.  Raises StoreError.
        """

        def erase(connection: sqlite3.Connection) -> None:
            for statement in sql.FORGET_ALL:
                connection.execute(statement)

        self.database.erase(erase)

    def _is_news(self, reading: GpuReading) -> bool:
        measured = reading.state is GpuState.OK and not reading.simulated
        return measured and (not reading.at_s or reading.at_s != self._read_s.get(reading.uuid))

    def _watch_clock(self, here_s: float) -> None:
        apart_s = self._now_s() - here_s
        if abs(apart_s - self._apart_s) > STEP_S:
            log.info("the clock went %+.0f s", apart_s - self._apart_s)
            self._steady_since_s = here_s
        self._apart_s = apart_s


def _sample(reading: GpuReading, at_s: int) -> Sample:
    card = KeptCard(
        uuid=reading.uuid,
        host=reading.host,
        name=reading.name,
        index=reading.index,
        kind=reading.kind,
        memory_total_bytes=reading.memory_total_bytes,
        power_limit_w=reading.power_limit_w,
        seen_s=at_s,
    )
    values = ((getattr(reading, measure), factor) for measure, factor in PER_UNIT.items())
    stored = [None if value is None else round(value * factor) for value, factor in values]
    return Sample(card, stored, not SLOWED_BY_HEAT.isdisjoint(reading.throttle))


# On the thread of the store


def _write(connection: sqlite3.Connection, batch: Sequence[Sample], *, may_drop: bool) -> None:
    """Write samples of one minute; when it is a new one, what came before is rolled up, and what is old goes."""
    at_s = batch[-1].card.seen_s
    new_minute = _roll_up(connection, Level.SECOND, Level.MINUTE, at_s)
    new_quarter = new_minute and _roll_up(connection, Level.MINUTE, Level.QUARTER, at_s)
    ids = _keep_cards(connection, {sample.card.uuid: sample.card for sample in batch})
    connection.executemany(sql.KEEP, ((sample.card.seen_s, ids[sample.card.uuid], *sample.stored) for sample in batch))
    _keep_slowed(connection, [(ids[sample.card.uuid], sample.card.seen_s) for sample in batch if sample.slowed])
    if may_drop and new_minute:
        connection.execute(sql.DROP_SECONDS, {"oldest_s": at_s - Level.SECOND.kept_s})
        connection.execute(sql.DROP_MINUTES, {"oldest_s": at_s - Level.MINUTE.kept_s})
    if may_drop and new_quarter:
        oldest_s = at_s - Level.QUARTER.kept_s
        connection.executemany(sql.DROP_QUARTERS, [{"card": number, "oldest_s": oldest_s} for number in ids.values()])
        connection.execute(sql.DROP_SLOWED, {"oldest_s": oldest_s})
        connection.execute(sql.DROP_CARDS, {"oldest_s": oldest_s})


def _keep_slowed(connection: sqlite3.Connection, slowed: Iterable[tuple[int, int]]) -> None:
    """Keep which cards were slowed down, and when."""
    for card, at_s in slowed:
        now = {"card": card, "at_s": at_s, "apart_s": APART_S}
        if not connection.execute(sql.SLOWED_STILL, now).rowcount:
            connection.execute(sql.SLOWED_AGAIN, now)


def _roll_up(connection: sqlite3.Connection, below: Level, level: Level, at_s: int) -> bool:
    """Roll up what waits at the level `below`, unless that is of the same time as `at_s`; return whether it was."""
    [rolled] = connection.execute(sql.ROLLED, (below,)).fetchone()
    waiting = connection.execute(sql.WAITING[below], (rolled,)).fetchone()
    if waiting is None or waiting[0] // level == at_s // level:
        return False
    connection.execute(sql.ROLL_UP[level], {"rolled": rolled})
    connection.execute(sql.ALL_ROLLED[below])
    return True


def _keep_cards(connection: sqlite3.Connection, cards: dict[str, KeptCard]) -> dict[str, int]:
    """Keep what is new about `cards`, and once a minute when they were seen; return the ids of all that are known."""
    known = {card.uuid: card for card in kept_cards(connection).values()}
    news = [_row(card) for card in cards.values() if _is_new(card, known.get(card.uuid))]
    connection.executemany(sql.KEEP_CARD, news)
    return {card.uuid: number for number, card in kept_cards(connection).items()}


def _is_new(card: KeptCard, known: KeptCard | None) -> bool:
    if known is None or abs(card.seen_s - known.seen_s) >= Level.MINUTE:
        return True
    return _row(card)[:-1] != _row(known)[:-1]


def _row(card: KeptCard) -> tuple[Any, ...]:
    about = (card.uuid, card.host, card.name, card.index, card.kind)
    return (*about, card.memory_total_bytes, card.power_limit_w, card.seen_s)
