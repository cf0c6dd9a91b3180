"""What part of the history is in sight, and where zooming and panning lead from there.  Pure."""

from dataclasses import dataclass

SHORTEST_S = 60.0
"""Nobody zooms in further than to a minute."""
_STICKS = 0.005
"""A view that ends so near to now, as a part of its length, follows it."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far one can look, in seconds since 1970: from the oldest measurement, or a whole span ago, to now."""

    oldest_s: float
    now_s: float

    @property
    def length_s(self) -> float:
        """How long that is."""
        return self.now_s - self.oldest_s


@dataclass(frozen=True, slots=True)
class View:
    """The part of the history that is in sight."""

    length_s: float
    until_s: float | None = None
    """Its end in seconds since 1970; None where it follows the present."""

    def edges_s(self, now_s: float) -> tuple[float, float]:
        """Return where it begins and ends."""
        until_s = now_s if self.until_s is None else self.until_s
        return until_s - self.length_s, until_s

    def zoomed(self, factor: float, around_s: float, bounds: Bounds) -> "View":
        """Return the view that is `factor` times as long, with `around_s` in the same place where that can be."""
        length_s = min(max(self.length_s * factor, SHORTEST_S), bounds.length_s)
        since_s, _ = self.edges_s(bounds.now_s)
        part = (around_s - since_s) / self.length_s
        return _within(around_s - part * length_s, length_s, bounds)

    def panned(self, by_s: float, bounds: Bounds) -> "View":
        """Return the view of the same length that is `by_s` later, as far as there is anything to be seen."""
        since_s, _ = self.edges_s(bounds.now_s)
        return _within(since_s + by_s, self.length_s, bounds, sticks=by_s >= 0)


def _within(since_s: float, length_s: float, bounds: Bounds, *, sticks: bool = True) -> View:
    """Return a view as near to the one wanted as `bounds` allow; one that `sticks` follows a present that is near."""
    until_s = max(since_s, bounds.oldest_s) + length_s
    near_s = length_s * _STICKS if sticks else 0.0
    return View(length_s, None if until_s >= bounds.now_s - near_s else until_s)
