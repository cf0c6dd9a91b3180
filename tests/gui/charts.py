"""Histories of cards to be shown: for the tests, and for the pictures that people look at."""

import math

from etoile.domain import events as on
from etoile.domain.history import CardHistory, KeptCard, Measure, Point, Span

GIB = 1024**3
UNTIL_S = 1_795_269_720
"""2026-11-21 14:02 UTC."""
CARD = KeptCard(
    uuid="GPU-2",
    index=2,
    host="athena",
    name="NVIDIA GeForce RTX 3080",
    memory_total_bytes=10 * GIB,
    power_limit_w=320.0,
    seen_s=UNTIL_S,
)
GONE = KeptCard(uuid="GPU-9", index=1, host="hermes", name="NVIDIA GeForce GTX 1080", seen_s=UNTIL_S - 40 * 86400)


def history(span: Span, card: KeptCard = CARD, until_s: int = UNTIL_S) -> CardHistory:
    """Return a made-up history: a load that comes in waves, and for a tenth of the span nothing at all."""
    since_s = until_s - span.length_s
    times = range(since_s // span.point_s * span.point_s + span.point_s, until_s, span.point_s)
    awake = [at_s for at_s in times if not 0.28 < (at_s - since_s) / span.length_s < 0.38]
    busy = {at_s: _busy((at_s - since_s) / span.length_s, place) for place, at_s in enumerate(awake)}
    spread = 1 + math.log(span.point_s) / 4
    return CardHistory(
        uuid=card.uuid,
        span=span,
        until_s=until_s,
        series={
            Measure.TEMPERATURE: [_point(at_s, 38 + 41 * part, spread) for at_s, part in busy.items()],
            Measure.UTILIZATION: [_point(at_s, 100 * part, 3 * spread, 100) for at_s, part in busy.items()],
            Measure.MEMORY: [_point(at_s, (0.6 + 7.7 * (part > 0.1)) * GIB, 0.05 * GIB) for at_s, part in busy.items()],
            Measure.POWER: [_point(at_s, 22 + 290 * part, 6 * spread, 330) for at_s, part in busy.items()],
            Measure.FAN: [],
        },
        cards=(card, GONE),
    )


def read(span: Span, card: KeptCard = CARD) -> on.HistoryRead:
    """Return the event that brings `history(span)`."""
    return on.HistoryRead(card.uuid, span, history(span, card))


def _busy(part: float, place: int) -> float:
    wave = math.sin(part * 9 - 1) + 0.25 * math.sin(place / 3) + 0.1 * math.sin(place * 1.7)
    return min(1.0, max(0.0, wave * 0.9))


def _point(at_s: int, mean: float, spread: float, highest: float = math.inf) -> Point:
    return Point(at_s, max(0.0, mean - spread), mean, min(highest, mean + spread))
