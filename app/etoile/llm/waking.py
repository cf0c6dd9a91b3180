"""Noticing that this computer slept: what was true of the network before says nothing afterwards."""

import asyncio
import time
from collections.abc import Callable

_LOOK_EVERY_S = 5.0
_SLEPT_S = 20.0
"""A loop that is late by so much was not held up by work."""


def clock_with_sleep_s() -> float:
    """Return the seconds of a clock that nobody sets, and that goes on while the computer sleeps.

    Python's monotonic clock does so on Windows alone.  On Linux it is CLOCK_BOOTTIME, on macOS CLOCK_MONOTONIC.
    """
    clock = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    return time.monotonic() if clock is None else time.clock_gettime(clock)


async def slept(
    clock_s: Callable[[], float] = clock_with_sleep_s, *, every_s: float = _LOOK_EVERY_S, least_s: float = _SLEPT_S
) -> float:
    """Return how long the computer slept, once it has."""
    while True:
        before_s = clock_s()
        await asyncio.sleep(every_s)
        late_s = clock_s() - before_s - every_s
        if late_s > least_s:
            return late_s
