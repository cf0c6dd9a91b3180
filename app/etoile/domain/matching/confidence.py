"""From the evidence for a match to its confidence: 0.85 stands for 99 % right, 1.0 for always.

The matcher ranks what it finds by evidence, a sum of what speaks for a reading and what was bent to get it.  How often
matches of such evidence are right was counted on the development lines, clean and noisy, with those that must run
nothing among them; `tests/understanding/calibrate.py` counts again and prints the table.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

RUNS: Final = 0.85
"""Confidence from which a command may run; evidence below it never does."""
RIGHT_TO_RUN: Final = 0.99
"""The share of right ones that this confidence stands for."""

Table = Sequence[tuple[float, float]]
"""Evidence and confidence, both rising; in between it is a straight line."""

MEASURED: Final[Table] = (
    (0.0, 0.0),
    (0.80, 0.757),
    (0.90, 0.838),
    (0.91, 0.873),
    (0.92, 0.903),
    (0.95, 0.931),
    (0.96, 0.953),
    (1.0, 1.0),
)


def confidence_of(right: float) -> float:
    """Return the confidence that stands for a share of right ones, 0 to 1."""
    if right < RIGHT_TO_RUN:
        return RUNS * right / RIGHT_TO_RUN
    return RUNS + (1 - RUNS) * (right - RIGHT_TO_RUN) / (1 - RIGHT_TO_RUN)


def calibrated(evidence: float, table: Table = MEASURED) -> float:
    """Return the confidence that `table` gives for `evidence`, 0 to 1."""
    after = bisect_right([known for known, _ in table], evidence)
    if after == 0:
        return table[0][1]
    if after == len(table):
        return table[-1][1]
    (low, lower), (high, higher) = table[after - 1], table[after]
    return round(lower + (higher - lower) * (evidence - low) / (high - low), 3)
