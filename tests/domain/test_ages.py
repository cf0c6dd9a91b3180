"""How long ago something was, as one says it."""

import pytest

from etoile.domain.ages import ago, from_memory
from etoile.text import render


@pytest.mark.parametrize(
    ("age_s", "said"),
    [
        (0, "a moment ago"),
        (59, "a moment ago"),
        (60, "1 minute ago"),
        (3_599, "59 minutes ago"),
        (3_600, "1 hour ago"),
        (86_399, "23 hours ago"),
        (86_400, "1 day ago"),
        (3 * 86_400 + 5, "3 days ago"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(age_s: float, said: str) -> None:
    assert render(ago(age_s), "en") == said


def test_what_comes_from_memory_says_so() -> None:
    assert render(from_memory(7_300), "en") == "from memory, 2 hours ago"
