"""Mean and median are the standard library's."""

import random
import statistics

import pytest

from etoile.domain.averages import mean, median


@pytest.mark.parametrize("count", range(1, 9))
def test_they_are_the_standard_librarys(count: int) -> None:
    values = [random.Random(count).uniform(-1e6, 1e6) for _ in range(count)]  # any numbers will do
    assert mean(iter(values)) == statistics.fmean(values)
    assert median(iter(values)) == statistics.median(values)
