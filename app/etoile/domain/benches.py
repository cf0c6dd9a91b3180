"""How fast a model answers on a node: what a measurement is, and how it compares with former ones.  Pure.

One warm-up round is thrown away; each figure is the median of the others, for one slow round should not tell.  Each
round sends the same text behind a first line of its own, so that no cache of prompts answers in place of the card, and
asks for the same number of tokens.  Rates are those that the server counts where it tells them, else what was seen from
here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from etoile.domain.averages import median

METHOD = 1
"""Only measurements of one method are compared: a change of prompt or counting makes another one."""
OUTPUT_TOKENS = 128
NOISE_PERCENT = 10.0
"""Two measurements that differ by less are alike; by more too, if their own rounds differed as much."""
MONTH_S = 30 * 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One answer; None where a figure cannot be had."""

    prompt_tokens: int | None
    output_tokens: int | None
    prompt_per_s: float | None
    """Tokens of the prompt that were read in a second."""
    output_per_s: float | None
    """Tokens of the answer that were made in a second."""
    first_token_s: float | None
    """From the request to the first piece of the answer, as seen from here."""
    by_server: bool
    """Whether the rates are the server's own count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """How fast a model answered on a node at a time."""

    node: str
    model: str
    at_s: float
    """Seconds since 1970."""
    rounds: int
    prompt_tokens: int | None = None
    output_tokens: int | None = None
    prompt_per_s: float | None = None
    output_per_s: float | None = None
    first_token_s: float | None = None
    load_s: float | None = None
    """How long loading took, if that was done for it."""
    spread_percent: float = 0.0
    """By how much the rates of answering differed between the rounds."""
    by_server: bool = True
    gpu_share: float | None = None
    """Which part of the model lay on GPUs, 0 to 1."""
    digest: str | None = None
    """Of the model: another one is another model by the same name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a measurement compares with a former one."""

    then: Bench
    percent: float
    """By how much more tokens a second are made now; below 0 it is slower."""
    clear: bool
    """Whether that is more than noise."""
    replaced: bool
    """Whether the model itself is another one since."""
    moved: bool
    """Whether it lay on GPUs to another part."""


def summary(rounds: Sequence[Round], node: str, model: str, at_s: float) -> Bench:
    """Return what `rounds`, of which there is at least one, come to."""
    rates = [one.output_per_s for one in rounds if one.output_per_s]
    middle = _median(rates)
    return Bench(
        node=node,
        model=model,
        at_s=at_s,
        rounds=len(rounds),
        prompt_tokens=rounds[-1].prompt_tokens,
        output_tokens=rounds[-1].output_tokens,
        prompt_per_s=_median([one.prompt_per_s for one in rounds]),
        output_per_s=middle,
        first_token_s=_median([one.first_token_s for one in rounds]),
        spread_percent=100 * (max(rates) - min(rates)) / middle if middle else 0.0,
        by_server=all(one.by_server for one in rounds),
    )


def _median(figures: Sequence[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return median(known) if known else None


def compare(now: Bench, former: Sequence[Bench]) -> Change | None:
    """Return how `now` compares with the one of `former` that is nearest to a month older; None where none can be."""
    comparable = [one for one in former if one.output_per_s and one.by_server == now.by_server and one.at_s < now.at_s]
    if not comparable or not now.output_per_s:
        return None
    then = min(comparable, key=lambda one: abs(now.at_s - one.at_s - MONTH_S))
    percent = 100 * (now.output_per_s / (then.output_per_s or 1) - 1)
    return Change(
        then=then,
        percent=percent,
        clear=abs(percent) > max(NOISE_PERCENT, now.spread_percent, then.spread_percent),
        replaced=None not in (now.digest, then.digest) and now.digest != then.digest,
        moved=now.gpu_share is not None and then.gpu_share is not None and abs(now.gpu_share - then.gpu_share) > 0.02,
    )
