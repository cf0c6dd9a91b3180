import pytest

from etoile.domain.match import Reason
from etoile.domain.matching.catalogue import Catalogue
from etoile.domain.matching.confidence import MEASURED, RUNS, calibrated, confidence_of
from etoile.domain.matching.matcher import Matcher
from tests.understanding.calibrate import isotonic


def test_confidence_stands_for_a_share_of_right_ones() -> None:
    assert [confidence_of(right) for right in (0.0, 0.99, 1.0)] == [0.0, pytest.approx(RUNS), 1.0]
    assert confidence_of(0.98) < RUNS < confidence_of(0.995)


def test_the_measured_table_rises() -> None:
    assert list(MEASURED) == sorted(MEASURED)
    assert sorted(confidence for _, confidence in MEASURED) == [confidence for _, confidence in MEASURED]
    assert calibrated(0.91) >= RUNS > calibrated(0.90)
    assert (calibrated(0.0), calibrated(1.0), calibrated(2.0)) == (0.0, 1.0, 1.0)


def test_what_was_right_too_seldom_is_only_proposed(catalogues: dict[str, Catalogue]) -> None:
    careful = Matcher(catalogues, {}, ((0.0, 0.0), (0.99, 0.5), (1.0, 1.0)))
    assert careful.match("mute the sound", "en").command == "audio.mute"
    found = careful.match("could you mute the sound", "en")
    assert (found.command, found.reason) == (None, Reason.BELOW_THRESHOLD)
    assert [choice.command for choice in found.choices] == ["audio.mute"]


def test_shares_are_pooled_until_they_rise() -> None:
    matches = [(0.80, True), (0.80, False), (0.90, False), (0.90, False), (1.0, True), (1.0, True)]
    assert isotonic(matches) == [(0.80, 0.25, 4), (1.0, 1.0, 2)]
