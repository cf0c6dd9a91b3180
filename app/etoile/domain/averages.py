"""Mean and median of plain numbers.

The standard library's also take fractions and decimals, and bring those along: as much memory as all alerts.
"""

from collections.abc import Iterable
from math import fsum


def mean(values: Iterable[float]) -> float:
    """Return the arithmetic mean of `values`, of which there is at least one."""
    figures = tuple(values)
    return fsum(figures) / len(figures)


def median(values: Iterable[float]) -> float:
    """Return the middle one of `values`, of which there is at least one; of two in the middle their mean."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
