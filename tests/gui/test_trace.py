"""The curve of a row, followed sample by sample: as if it were made anew each time, and without making it anew."""

import random
from itertools import pairwise

import pytest
from PySide6.QtCore import QLineF

from etoile.gui.history import SPAN_S, Sample
from etoile.gui.trace import Trace


def _sample(at_s: float, temperature_c: int | None = 60) -> Sample:
    return Sample(at_s, temperature_c, 50)


def _lines(*samples: Sample) -> list[tuple[float, float, float, float]]:
    return [line.toTuple() for line in Trace(40, 100).follow(samples)]


def test_samples_are_joined_and_the_first_is_seen_alone() -> None:
    assert _lines(_sample(1, 60)) == [(1, 60, 1, 60)]
    assert _lines(_sample(1, 60), _sample(2, 62)) == [(1, 60, 1, 60), (1, 60, 2, 62)]
    assert _lines() == []


def test_a_gap_is_a_gap() -> None:
    assert _lines(_sample(1), _sample(2, None), _sample(3)) == [(1, 60, 1, 60), (3, 60, 3, 60)]
    second = [_sample(at_s) for at_s in (1, 2, 3, 4, 10)]
    assert _lines(*second)[-1] == (10, 60, 10, 60)


def test_a_machine_that_is_asked_seldom_has_no_gaps() -> None:
    assert _lines(*(_sample(at_s) for at_s in (0, 5, 10, 15, 20)))[-1] == (15, 60, 20, 60)


def test_what_is_outside_of_the_scale_is_at_its_edge() -> None:
    assert _lines(_sample(1, 20), _sample(2, 130)) == [(1, 40, 1, 40), (1, 40, 2, 100)]


def test_one_of_another_time_begins_anew() -> None:
    trace = Trace(40, 100)
    trace.follow([_sample(100), _sample(101)])
    assert [line.toTuple() for line in trace.follow([_sample(7)])] == [(7, 60, 7, 60)]
    assert trace.follow([]) == []


@pytest.mark.parametrize("seed", range(5))
def test_followed_it_is_what_it_would_be_made_anew(seed: int) -> None:
    chance = random.Random(seed)
    trace, samples, at_s = Trace(40, 100), list[Sample](), 0.0
    for _ in range(800):
        at_s += chance.choice((1.0, 1.0, 1.0, 1.0, 2.0, 9.0))
        samples.append(_sample(at_s, chance.choice((None, 50, 60, 70))))
        samples = [sample for sample in samples if at_s - sample.at_s <= SPAN_S]
        followed = trace.follow(tuple(samples))
        anew = Trace(40, 100).follow(tuple(samples))
        # The line to the first sample comes from one that is gone: made anew, it has no length.
        assert [_end(line) for line in followed] == [_end(line) for line in anew]
        assert all(before.x2() <= line.x2() for before, line in pairwise(followed))


def _end(line: QLineF) -> tuple[float, float]:
    return line.x2(), line.y2()
