"""Which context is safe, from what each made of the recordings."""

import pytest

from etoile.speech.contexts import Comparison, safe_context_s
from etoile.speech.decoding import WINDOW_S


def compared(context_s: float, different: int) -> Comparison:
    return Comparison(context_s=context_s, words=50, different=different, elapsed_ms=80, whole_ms=700)


@pytest.mark.parametrize(
    ("different", "safe_s"),
    [
        pytest.param((0, 0, 0), 5, id="all say the same: the shortest"),
        pytest.param((3, 0, 0), 10, id="the shortest hears otherwise"),
        pytest.param((0, 1, 0), 15, id="a shorter one that happens to agree proves nothing"),
        pytest.param((4, 2, 1), WINDOW_S, id="none agrees: the whole window"),
    ],
)
def test_the_shortest_from_which_on_all_agree(different: tuple[int, int, int], safe_s: float) -> None:
    comparisons = [compared(context_s, words) for context_s, words in zip((5, 10, 15), different, strict=True)]
    assert safe_context_s(comparisons) == safe_s
