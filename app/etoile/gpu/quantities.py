"""Numbers of other programs become quantities: converted to our units, or None where they mean nothing.

What stands for "not there" is always far outside of what can be: -1, 655 %, 2147483632, 9223372036854775794, NaN.
"""

import math
from collections.abc import Callable

Convert = Callable[[float], int | float | None]


def exact(lowest: float, highest: float, scale: float = 1.0) -> Convert:
    """Return a converter by the factor `scale`, to what lies within `lowest` and `highest` thereafter."""

    def convert(value: float) -> float | None:
        number = value * scale
        return number if math.isfinite(number) and lowest <= number <= highest else None

    return convert


def whole(lowest: float, highest: float, scale: float = 1.0) -> Callable[[float], int | None]:
    """Return a converter like `exact`, to whole numbers."""
    exactly = exact(lowest, highest, scale)

    def convert(value: float) -> int | None:
        number = exactly(value)
        return None if number is None else round(number)

    return convert


def degrees(value: float) -> int | None:
    """Return a temperature; 0, 127 and 255 °C are what a sensor says that does not answer."""
    return round(value) if 0 < value < 127 else None
