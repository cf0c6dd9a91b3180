"""The words so far: their end stays in sight."""

import pytest

from etoile.gui.heard import fitting


@pytest.mark.parametrize(
    ("stable", "tentative", "characters", "shown"),
    [
        pytest.param("", "", 40, ("", ""), id="nothing yet"),
        pytest.param("", "mets", 40, ("", "mets"), id="nothing is sure yet"),
        pytest.param("mets le", "son", 40, ("mets le ", "son"), id="all of it"),
        pytest.param("coupe le son", "", 40, ("coupe le son", ""), id="all of it is sure"),
        pytest.param("compare la mémoire", "libre", 16, ("… mémoire ", "libre"), id="the beginning goes, word by word"),
        pytest.param("compare la", "mémoire libre", 8, ("… ", "libre"), id="the newest words stay"),
        pytest.param("", "anticonstitutionnellement", 8, ("", "anticonstitutionnellement"), id="one word stays"),
    ],
)
def test_the_end_stays_in_sight(stable: str, tentative: str, characters: int, shown: tuple[str, str]) -> None:
    assert fitting(stable.split(), tentative.split(), lambda text: len(text) <= characters) == shown
