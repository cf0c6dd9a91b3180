"""The curve of a temperature, followed sample by sample: a new one adds a line, and none is worked out again."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import pairwise

from PySide6.QtCore import QLineF

from etoile.domain.averages import median
from etoile.gui.history import Sample

LONGEST_STEP_S = 4.0
"""Samples further apart than this are not joined, unless they always are: other machines are asked less often."""
MISSED = 2.5
"""How many times the usual step is a gap as well."""


def longest_step_s(steps_s: Sequence[float]) -> float:
    """Return how far apart samples may be to be joined, where they come at `steps_s`."""
    return max(LONGEST_STEP_S, MISSED * median(steps_s)) if steps_s else LONGEST_STEP_S


class Trace:
    """Lines in seconds by the clock of the samples, and in degrees; those of a gap are missing.

    What lies outside of `lowest` and `highest` is at that edge.
    """

    def __init__(self, lowest: float, highest: float) -> None:
        self._lowest, self._highest = lowest, highest
        self._lines: deque[QLineF] = deque()
        self._heights: deque[float] = deque()
        """Where each line ends."""
        self._before: Sample | None = None

    @property
    def highest(self) -> float:
        """The highest that any line reaches; 0 without lines."""
        return max(self._heights, default=0.0)

    def follow(self, samples: Sequence[Sample]) -> list[QLineF]:
        """Return the lines of `samples`, oldest first, of which most were there before.

        The first of a run has no length: it is seen also where nothing follows.
        """
        if not samples or self._before is None or samples[-1].at_s < self._before.at_s:
            self._lines.clear()
            self._heights.clear()
            self._before = None
        for sample in reversed(list(self._new(samples))):
            if sample.temperature_c is not None:
                self._lines.append(self._line(sample, samples))
                self._heights.append(self._inside(sample))
            self._before = sample
        while self._lines and self._lines[0].x2() < samples[0].at_s:
            self._lines.popleft()
            self._heights.popleft()
        return list(self._lines)

    def _new(self, samples: Sequence[Sample]) -> Iterator[Sample]:
        """Yield what was not there before, the newest first."""
        for sample in reversed(samples):
            if self._before is not None and sample.at_s <= self._before.at_s:
                return
            yield sample

    def _line(self, sample: Sample, samples: Sequence[Sample]) -> QLineF:
        before, here = self._before, self._inside(sample)
        if before is None or before.temperature_c is None or not self._joins(before, sample, samples):
            return QLineF(sample.at_s, here, sample.at_s, here)
        return QLineF(before.at_s, self._inside(before), sample.at_s, here)

    def _inside(self, sample: Sample) -> float:
        return min(max(float(sample.temperature_c or 0), self._lowest), self._highest)

    @staticmethod
    def _joins(before: Sample, sample: Sample, samples: Sequence[Sample]) -> bool:
        step_s = sample.at_s - before.at_s
        if step_s <= LONGEST_STEP_S:
            return True
        return step_s <= longest_step_s([later.at_s - one.at_s for one, later in pairwise(samples)])
