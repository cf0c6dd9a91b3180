"""What is read from `metrics.db`: cards, and their history in the units of its measures."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from etoile.domain.gpus import Kind
from etoile.domain.history import CardHistory, KeptCard, Level, Measure, Point, Span, Stretch, put_together
from etoile.store import sample_tables as sql

PER_UNIT = {
    Measure.TEMPERATURE: 10,
    Measure.UTILIZATION: 10,
    Measure.MEMORY: 1 / (1 << 20),
    Measure.POWER: 10,
    Measure.FAN: 10,
}
"""What a value of each measure is multiplied by to be kept as a whole number."""


class Values(NamedTuple):
    """Lowest, mean and highest of a measure."""

    lowest: float
    mean: float
    highest: float


class Row(NamedTuple):
    """What was measured of a card within some seconds."""

    at_s: int
    samples: int
    values: Sequence[Values | None]
    """One for each `Measure`; None where nothing was reported."""


def kept_cards(connection: sqlite3.Connection) -> dict[int, KeptCard]:
    """Return every card that there is a history of, by its id in the tables."""
    return {
        number: KeptCard(
            uuid=uuid,
            host=host,
            name=name,
            index=index,
            kind=Kind(kind),
            memory_total_bytes=memory_total_bytes,
            power_limit_w=power_limit_w,
            seen_s=seen_s,
        )
        for number, uuid, host, name, index, kind, memory_total_bytes, power_limit_w, seen_s in connection.execute(
            sql.CARDS
        )
    }


def read_rows(
    connection: sqlite3.Connection, card: int, level: Level, point_s: int, since_s: int, until_s: int
) -> Iterator[Row]:
    """Yield the history of the card with the id `card`, oldest first: a row for every `point_s` with any samples."""
    asked = {"card": card, "level": level, "point_s": point_s, "since_s": since_s, "until_s": until_s}
    for at_s, samples, *stored in connection.execute(sql.READ, asked):
        triples = zip(stored[::3], stored[1::3], stored[2::3], PER_UNIT.values(), strict=True)
        yield Row(at_s, samples, [_values(low, mean, high, factor) for low, mean, high, factor in triples])


def read_history(connection: sqlite3.Connection, uuid: str, span: Span | Stretch, now_s: int) -> CardHistory:
    """Return what a chart of the card `uuid` shows; lowest and highest of what a point stands for are kept."""
    cards = kept_cards(connection)
    number = next((number for number, card in cards.items() if card.uuid == uuid), 0)
    until_s = now_s if isinstance(span, Span) or span.until_s is None else span.until_s
    since_s = until_s - span.length_s
    spell = {"card": number, "since_s": since_s, "until_s": until_s}
    [oldest_s] = connection.execute(sql.OLDEST, {"card": number}).fetchone()
    rows = list(read_rows(connection, number, span.level, span.point_s, since_s, until_s))
    return CardHistory(
        uuid=uuid,
        span=span,
        until_s=until_s,
        series={measure: _points(rows, place) for place, measure in enumerate(PER_UNIT)},
        cards=tuple(cards.values()),
        now_s=now_s,
        oldest_s=oldest_s,
        slowed=put_together(connection.execute(sql.WHEN_SLOWED, spell), span.point_s),
    )


def _values(lowest: int | None, mean: int | None, highest: int | None, factor: float) -> Values | None:
    if lowest is None or mean is None or highest is None:
        return None
    return Values(lowest / factor, mean / factor, highest / factor)


def _points(rows: Sequence[Row], place: int) -> tuple[Point, ...]:
    return tuple(Point(row.at_s, *values) for row in rows if (values := row.values[place]))
