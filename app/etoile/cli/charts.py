"""Charts of the terminal: in blocks, or in plain signs where the terminal cannot show these."""

import sys
from collections.abc import Sequence

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_STEPS = "▁▂▃▄▅▆▇█"
_PLAIN_STEPS = "_.-=+*%#"


def blocks_shown(encoding: str | None = None) -> bool:
    """Whether the terminal's encoding holds blocks."""
    try:
        (_EIGHTHS + _STEPS).encode(encoding or sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def bar(value: float, largest: float, width: int, *, blocks: bool) -> str:
    """Return a bar of `width` signs at most; what is above nothing shows at least something."""
    part = 0.0 if largest <= 0 else min(1.0, max(0.0, value / largest)) * width
    if not blocks:
        return "#" * (max(1, round(part)) if value > 0 else 0)
    eighths = max(1, round(8 * part)) if value > 0 else 0
    return _EIGHTHS[-1] * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")


def sparkline(values: Sequence[float], *, blocks: bool) -> str:
    """Return the course of `values`, from 0 to the largest of them."""
    steps = _STEPS if blocks else _PLAIN_STEPS
    largest = max(values, default=0)
    if largest <= 0:
        return steps[0] * len(values)
    return "".join(steps[min(len(steps) - 1, int(max(0.0, value) / largest * len(steps)))] for value in values)
