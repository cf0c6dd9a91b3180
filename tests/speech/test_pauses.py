"""When text is worth making of what is still being spoken."""

import pytest

from etoile.speech.pauses import Pauses

BLOCK_S = 0.04
SPEECH_DB, SILENCE_DB, FANS_DB = -20.0, -80.0, -44.0


def worth_it_at(*parts: tuple[float, float]) -> list[float]:
    """Return when, in seconds, text is worth making of (seconds, loudness) parts."""
    pauses, found, now_s = Pauses(), [], 0.0
    for seconds, loudness_db in parts:
        for _ in range(round(seconds / BLOCK_S)):
            now_s += BLOCK_S
            pauses, worth_it = pauses.fed(loudness_db, BLOCK_S)
            found += [round(now_s, 2)] * worth_it
    return found


@pytest.mark.parametrize(
    ("parts", "at_s"),
    [
        pytest.param([(5, SILENCE_DB)], [0.72], id="silence, but for a look whether it is one"),
        pytest.param([(1, SPEECH_DB), (0.08, SILENCE_DB), (0.4, SPEECH_DB)], [], id="a plosive is no pause"),
        pytest.param([(1, SPEECH_DB), (0.4, SILENCE_DB)], [1.12], id="a pause begins"),
        pytest.param([(1, SPEECH_DB), (3, SILENCE_DB)], [1.12, 1.72], id="and lasts"),
        pytest.param([(1, SPEECH_DB), (0.4, FANS_DB)], [1.12], id="a pause among fans"),
        pytest.param([(5, SPEECH_DB)], [2.0, 4.0], id="without a pause, at steps"),
    ],
)
def test_text_is_made(parts: list[tuple[float, float]], at_s: list[float]) -> None:
    assert worth_it_at(*parts) == [pytest.approx(at, abs=0.05) for at in at_s]
