"""How fast a model usually answers on its server, as it is known after a restart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LASTS_S = 30 * 86_400.0
"""What was measured longer ago says nothing: the server has other cards by now, or another model of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualPace:
    """What was measured of a model, in the run of Etoile that measured it last."""

    url: str
    """Of the server, without a password: whatever the settings call it, this was measured."""
    model: str
    first_token_s: float | None
    """Until the first text, the model being in memory; None where that was never so."""
    tokens_per_s: float | None
    """None where the server does not count."""
    at_s: float
    """When it was last measured; seconds since 1970."""


def still_true(paces: Iterable[UsualPace], now_s: float) -> Mapping[tuple[str, str], UsualPace]:
    """Return those of `paces` that may be gone by at `now_s`, by address and model."""
    return {(pace.url, pace.model): pace for pace in paces if now_s - pace.at_s <= LASTS_S}
