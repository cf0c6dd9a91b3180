"""How near two texts are: the one home of rapidfuzz.

Only plain `ratio` is used.  `WRatio`, `partial_*` and `token_set_*` score a shared "the" at 85: never accept on them.
"""

from collections.abc import Callable, Sequence
from functools import cache


def ratio(first: str, second: str) -> float:
    """Return how alike two texts are, 0 to 100."""
    from rapidfuzz import fuzz

    return float(fuzz.ratio(first, second))


def nearest(text: str, among: Sequence[str], *, at_least: float, limit: int) -> list[tuple[int, float]]:
    """Return index and ratio of the texts of `among` that are nearest to `text`, the nearest first."""
    from rapidfuzz import fuzz, process

    found = process.extract(text, among, scorer=fuzz.ratio, score_cutoff=at_least, limit=limit)
    return [(index, score) for _, score, index in found]


def is_one_slip(first: str, second: str) -> bool:
    """Whether one letter dropped, added, changed or swapped with the next makes `first` of `second`."""
    return abs(len(first) - len(second)) < 2 and _distance()(first, second, score_cutoff=1) == 1


@cache
def _distance() -> Callable[..., int]:
    from rapidfuzz.distance import OSA

    found: Callable[..., int] = OSA.distance
    return found
