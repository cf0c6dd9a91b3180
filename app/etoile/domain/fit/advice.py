"""What would fit, where a model does not: a coarser quantisation, a shorter context, a smaller cache.  Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from etoile.domain.fit.model import Model
from etoile.domain.fit.need import Setup
from etoile.domain.fit.quantisation import BITS_PER_WEIGHT

SHORTEST_CONTEXT = 2048
"""A shorter one is no use."""
_STEP = 1024
SMALLER_CACHE = "q8_0"
"""Half of f16, and its loss is hard to measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What would fit; each alone, and None where it would not help."""

    quantisation: str | None = None
    """The finest that fits."""
    quantisation_bytes: int | None = None
    """The weights in it: the size of its file."""
    context: int | None = None
    """The longest that fits, in tokens."""
    cache_type: str | None = None

    def __bool__(self) -> bool:
        """Whether anything helps."""
        return bool(self.quantisation or self.context or self.cache_type)


Fits = Callable[[Model, Setup], bool]
"""Whether a model, set up so, fits the cards in question with room to spare."""


def advise(model: Model, setup: Setup, fits: Fits) -> Advice:
    """Return what would make `model` fit."""
    coarser = next((other for other in _coarser(model) if fits(other, setup)), None)
    smaller = replace(setup, key_type=SMALLER_CACHE, value_type=SMALLER_CACHE, flash_attention=True)
    helps = setup.key_type in ("f16", "bf16", "f32") and fits(model, smaller)
    return Advice(
        quantisation=coarser.quantisation if coarser else None,
        quantisation_bytes=coarser.weight_bytes - coarser.copied_bytes if coarser else None,
        context=_longest(model, setup, fits),
        cache_type=SMALLER_CACHE if helps else None,
    )


def _coarser(model: Model) -> list[Model]:
    """Return `model` in each usual quantisation that is smaller, the finest first."""
    now = model.bits_per_weight or 0
    others = (model.requantised(name, bits) for name, bits in BITS_PER_WEIGHT.items() if bits < now)
    return [other for other in others if other is not None]


def _longest(model: Model, setup: Setup, fits: Fits) -> int | None:
    """Return the longest context below that of `setup` that fits, in steps of 1024 tokens."""
    low, high = SHORTEST_CONTEXT // _STEP - 1, (setup.context - 1) // _STEP
    while low < high:
        middle = (low + high + 1) // 2
        if fits(model, replace(setup, context=middle * _STEP)):
            low = middle
        else:
            high = middle - 1
    return low * _STEP if low * _STEP >= SHORTEST_CONTEXT else None
