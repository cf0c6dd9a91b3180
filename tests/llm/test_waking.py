"""Noticing sleep, on a clock that the test sets."""

import asyncio
from collections.abc import Iterator

import pytest

from etoile.llm.waking import clock_with_sleep_s, slept


def test_sleep_is_noticed_and_work_is_not() -> None:
    readings: Iterator[float] = iter([0.0, 5.0, 5.0, 12.0, 12.0, 3612.0])
    slept_s = asyncio.run(slept(lambda: next(readings), every_s=0.0, least_s=20.0))
    assert slept_s == pytest.approx(3600.0)


def test_the_clock_goes_on() -> None:
    before_s = clock_with_sleep_s()
    assert clock_with_sleep_s() >= before_s
