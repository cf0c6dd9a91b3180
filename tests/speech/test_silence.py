"""When somebody who holds no key has finished: quiet ends it; where a fan goes on, the detector of voices decides."""

import pytest

from etoile.speech.silence import FIRST_WORD_S, Silence

BLOCK_S = 0.04


def ends_at_s(silence_s: float, parts: list[tuple[float, bool, bool]]) -> float | None:
    """Return when it is over, with parts of (seconds, whether it is quiet, whether somebody speaks)."""
    silence, at_s, quiet_s = Silence(silence_s), 0.0, 0.0
    for seconds, quiet, voice in parts:
        for _ in range(round(seconds / BLOCK_S)):
            at_s += BLOCK_S
            quiet_s = quiet_s + BLOCK_S if quiet else 0.0
            if silence.is_over(BLOCK_S, quiet_s, lambda last_s, voice=voice: voice):
                return at_s
    return None


SPEECH, QUIET, FAN = (False, True), (True, False), (False, False)
STORIES = {
    "a sentence, then quiet": ([(3.0, *SPEECH), (9.0, *QUIET)], 5.0),
    "a sentence beside a fan": ([(3.0, *SPEECH), (9.0, *FAN)], 5.0),
    "a breath within": ([(2.0, *SPEECH), (1.5, *QUIET), (2.0, *SPEECH), (9.0, *QUIET)], 7.5),
    "nobody speaks": ([(20.0, *QUIET)], FIRST_WORD_S),
    "nobody speaks beside a fan": ([(20.0, *FAN)], FIRST_WORD_S),
    "somebody thinks first": ([(4.0, *FAN), (2.0, *SPEECH), (9.0, *FAN)], 8.0),
}


@pytest.mark.parametrize(("parts", "expected_s"), STORIES.values(), ids=STORIES)
def test_story(parts: list[tuple[float, bool, bool]], expected_s: float) -> None:
    assert ends_at_s(2.0, parts) == pytest.approx(expected_s, abs=0.45)


def test_somebody_who_speaks_on_is_not_cut_off() -> None:
    assert ends_at_s(2.0, [(60.0, *SPEECH)]) is None


def test_what_is_quiet_holds_no_voice_whatever_the_detector_says() -> None:
    assert ends_at_s(2.0, [(2.0, *SPEECH), (9.0, True, True)]) == pytest.approx(4.0, abs=0.45)
