"""Whether a model fits: on one card, or split over the cards of a host, where the fullest card decides.  Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from etoile.domain.fit.model import Model
from etoile.domain.fit.need import MIB, Need, Setup, need


class Verdict(StrEnum):
    """How a model fits."""

    FITS = "fits"
    TIGHT = "tight"
    """It fits as long as nothing else takes memory, and if the estimate is not too low."""
    SPILLS = "spills"
    """Some of its layers stay with the host, which is many times slower."""
    NO = "no"
    """Not one layer fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card, and what it has free now."""

    uuid: str
    name: str
    host: str
    index: int
    total_bytes: int
    free_bytes: int
    """Without what the driver keeps for itself (NVML's memory v2)."""

    @property
    def margin_bytes(self) -> int:
        """What should stay free: half a GiB, or 3 % of a large card."""
        return max(512 * MIB, self.total_bytes * 3 // 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one card takes of a model."""

    card: Card
    layers: int
    need: Need
    need_bytes: int
    """`need.total`, calibrated."""

    @property
    def spare_bytes(self) -> int:
        """What is left; below 0 where the card is too full."""
        return self.card.free_bytes - self.need_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a model fits one card or several."""

    verdict: Verdict
    shares: tuple[Share, ...]
    """One a card, for the whole model."""
    layers: int
    """Of the model, the output included."""
    layers_on_gpu: int
    """How many of them fit."""

    @property
    def fullest(self) -> Share:
        """The card that decides."""
        return min(self.shares, key=lambda share: share.spare_bytes)

    @property
    def need_bytes(self) -> int:
        """What the whole model needs, over all cards."""
        return sum(share.need_bytes for share in self.shares)


def judge(model: Model, setup: Setup, cards: Sequence[Card], *, ratio: float = 1.0) -> Fit:
    """Return how `model` fits `cards`: one, or all those of a host together.

    `ratio` is by how much the engine was seen to take more than estimated (see `calibration`).
    """
    whole = _shares(model, setup, cards, ratio, model.layers)
    verdict = _verdict(whole)
    if verdict is not None:
        return Fit(verdict=verdict, shares=whole, layers=model.layers, layers_on_gpu=model.layers)
    fitting = _most_layers(partial(_shares, model, setup, cards, ratio), model.layers)
    return Fit(
        verdict=Verdict.SPILLS if fitting else Verdict.NO, shares=whole, layers=model.layers, layers_on_gpu=fitting
    )


def judge_together(model: Model, setup: Setup, cards: Sequence[Card], *, ratio: float = 1.0) -> Fit:
    """Return how `model` fits the fewest of `cards` that hold it together, as Ollama places it; else all of them."""
    by_room = sorted(cards, key=lambda card: card.free_bytes, reverse=True)
    for count in range(2, len(cards)):
        fit = judge(model, setup, sorted(by_room[:count], key=lambda card: card.index), ratio=ratio)
        if fit.verdict is Verdict.FITS:
            return fit
    return judge(model, setup, cards, ratio=ratio)


def _verdict(shares: Sequence[Share]) -> Verdict | None:
    """Return how the shares fit; None where they do not."""
    if all(share.spare_bytes >= share.card.margin_bytes for share in shares):
        return Verdict.FITS
    return Verdict.TIGHT if all(share.spare_bytes >= 0 for share in shares) else None


def _most_layers(shares_of: "partial[tuple[Share, ...]]", layers: int) -> int:
    """Return how many layers fit with what should stay free."""
    for count in range(layers - 1, 0, -1):
        if _verdict(shares_of(count)) is Verdict.FITS:
            return count
    return 0


def _shares(model: Model, setup: Setup, cards: Sequence[Card], ratio: float, count: int) -> tuple[Share, ...]:
    """Return what each card takes when `count` layers are on the cards, the last ones, as the engine has it."""
    start = model.layers - count
    bounds = [start + edge for edge in _edges(cards, count)]
    shares = []
    for number, card in enumerate(cards):
        layers = range(bounds[number], bounds[number + 1])
        needed = need(model, setup, layers, cards=len(cards), first=number == 0)
        calibrated = round(ratio * needed.engine) + needed.overhead
        shares.append(Share(card=card, layers=len(layers), need=needed, need_bytes=calibrated))
    return tuple(shares)


def _edges(cards: Sequence[Card], count: int) -> list[int]:
    """Return where each card's layers begin, and the last one's end.

    The engine gives each card layers in proportion to its free memory, unless told otherwise (llama-model.cpp,
    `load_tensors`: the first card whose share of the sum so far exceeds layer / count).
    """
    free = [max(1, card.free_bytes) for card in cards]
    total, so_far, edges = sum(free), 0, [0]
    for part in free:
        so_far += part
        edges.append(-(-so_far * count // total))
    return edges
