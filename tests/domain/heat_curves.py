"""Heat curves whose end is known, and how far forecasts on them are off.

    .venv/bin/python -m tests.domain.heat_curves

prints the table that CONTRIBUTING quotes: every tau, every noise, told how often, and the error of what was told.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from etoile.domain.forecast import SPAN_S, forecast

TAUS_S = (30, 60, 120, 200, 300)
SIGMAS_C = (0.0, 0.5, 1.2)
ENDS_C = (88, 92, 100)
LIMITS_C = (75, 85)
START_C = 45
LOADED_AT_S = 40
SECOND_LOAD_S = 120
"""With a step, half of the load comes first, and all of it so much later."""


@dataclass(frozen=True)
class Curve:
    """A card that idles, then works; `measured` is what a sensor that tells whole degrees says, once a second."""

    true_c: Sequence[float]
    measured: Sequence[tuple[float, float]]
    settled_s: int
    """When its load changed for the last time."""

    def reaches_s(self, limit_c: int) -> int | None:
        """Return when it really reaches `limit_c`."""
        return next((second for second, true_c in enumerate(self.true_c) if true_c >= limit_c), None)


@dataclass(frozen=True)
class Told:
    """A forecast that was made, beside the truth."""

    in_s: float
    true_s: float

    @property
    def error_s(self) -> float:
        """How far it was off."""
        return abs(self.in_s - self.true_s)

    @property
    def error(self) -> float:
        """The same as a part of the truth."""
        return self.error_s / self.true_s


def curve(tau_s: float, end_c: float, sigma_c: float, *, step: bool, seed: int) -> Curve:
    """Return a curve: an exponential approach to `end_c`, in one step or two."""
    noise = random.Random(seed)
    settled_s = LOADED_AT_S + (SECOND_LOAD_S if step else 0)
    true_c, temperature_c = [], float(START_C)
    for second in range(900):
        goal = START_C if second < LOADED_AT_S else end_c if second >= settled_s else (START_C + end_c) / 2
        temperature_c += (goal - temperature_c) * (1 - math.exp(-1 / tau_s))
        true_c.append(temperature_c)
    measured = [(float(second), float(round(noise.gauss(true, sigma_c)))) for second, true in enumerate(true_c)]
    return Curve(true_c, measured, settled_s)


def forecasts(curve: Curve, limit_c: int, every_s: int = 10) -> Iterator[Told | None]:
    """Yield what was told every few seconds until the limit is 5 s away; a load to come cannot be foreseen."""
    reached_s = curve.reaches_s(limit_c)
    for now_s in range(curve.settled_s + every_s, (reached_s or 0) - 4, every_s):
        found = forecast(curve.measured[max(0, now_s - round(SPAN_S)) : now_s + 1], limit_c)
        yield Told(found.in_s, (reached_s or 0) - now_s) if found else None


def all_forecasts(tau_s: float, sigma_c: float, seeds: int) -> list[Told | None]:
    """Return the forecasts on every curve of one time constant and one noise."""
    return [
        told
        for seed, end_c, step, limit_c in product(range(seeds), ENDS_C, (False, True), LIMITS_C)
        for told in forecasts(curve(tau_s, end_c, sigma_c, step=step, seed=seed), limit_c)
    ]


def quantile(values: Sequence[float], part: float) -> float:
    """Return the value that `part` of `values` do not exceed."""
    return sorted(values)[math.ceil(part * len(values)) - 1]


def main() -> None:
    """Print the table."""
    everything: list[Told] = []
    print("tau_s sigma_c  told of  median p90   (error as a part of the time left)   median_s p90_s")
    for tau_s, sigma_c in product(TAUS_S, SIGMAS_C):
        asked = all_forecasts(tau_s, sigma_c, seeds=8)
        told = [one for one in asked if one]
        everything += told
        print(f"{tau_s:5} {sigma_c:7} {len(told):5} {len(asked):4}  {_row(told)}")
    print(f"all           {len(everything):5}       {_row(everything)}")


def _row(told: Sequence[Told]) -> str:
    parts, seconds = [one.error for one in told], [one.error_s for one in told]
    return (
        f"{quantile(parts, 0.5):6.0%} {quantile(parts, 0.9):4.0%}   {quantile(seconds, 0.5):40.0f} "
        f"{quantile(seconds, 0.9):9.0f}"
    )


if __name__ == "__main__":
    main()
