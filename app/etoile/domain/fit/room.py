"""Whether there is any room for a model at all.  Pure."""

from collections.abc import Sequence

from etoile.domain.fit.model import Model
from etoile.domain.fit.need import Setup
from etoile.domain.fit.verdict import Card, Verdict, judge, judge_together

LEAST_CONTEXT = 2048
"""A model that does not fit with this is too big for any use."""


def need_beyond(model: Model, cards: Sequence[Card]) -> int | None:
    """Return what `model` needs if it fits neither one of `cards` nor all of them together; None where it fits."""
    setup = Setup(context=LEAST_CONTEXT)
    tries = [judge(model, setup, [card]) for card in cards]
    if len(cards) > 1:
        tries.append(judge_together(model, setup, cards))
    fits = any(fit.verdict in (Verdict.FITS, Verdict.TIGHT) for fit in tries)
    return None if fits else tries[0].need_bytes
