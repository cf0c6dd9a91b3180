"""Where somebody speaks, from the detector's probabilities."""

import pytest

from etoile.speech.spans import SAMPLE_RATE_HZ, WINDOW_SAMPLES, find_speech

PER_S = SAMPLE_RATE_HZ / WINDOW_SAMPLES


def windows(*parts: tuple[float, float]) -> list[float]:
    """Return probabilities from (seconds, probability) parts."""
    return [probability for seconds, probability in parts for _ in range(round(seconds * PER_S))]


@pytest.mark.parametrize(
    ("parts", "spans_s", "seconds", "probability"),
    [
        pytest.param([(3, 0.02)], [], 0, 0, id="silence"),
        pytest.param([(3, 0.49)], [], 0, 0, id="nearly speech"),
        pytest.param([(1, 0.0), (1, 0.9), (1, 0.0)], [(0.5, 2.5)], 1.0, 0.9, id="a word, with its margins"),
        pytest.param([(0.1, 0.0), (1, 0.9), (0.1, 0.0)], [(0, 1.2)], 1.0, 0.9, id="margins end with the recording"),
        pytest.param(
            [(1, 0.0), (1, 0.9), (0.8, 0.0), (1, 0.9), (1, 0.0)], [(0.5, 4.3)], 2.0, 0.9, id="a pause stays in"
        ),
        pytest.param(
            [(1, 0.0), (1, 0.9), (5, 0.0), (1, 0.7), (1, 0.0)], [(0.5, 2.5), (6.5, 8.5)], 2.0, 0.8, id="silence is cut"
        ),
        pytest.param([(1, 0.0), (0.5, 0.8), (0.5, 0.4), (1, 0.0)], [(0.5, 2.5)], 1.0, 0.6, id="it ebbs away"),
        pytest.param([(1, 0.4), (0.5, 0.8), (1, 0.0)], [(0.5, 2.0)], 0.5, 0.8, id="but does not begin faintly"),
    ],
)
def test_speech_is_found(
    parts: list[tuple[float, float]], spans_s: list[tuple[float, float]], seconds: float, probability: float
) -> None:
    probabilities = windows(*parts)
    speech = find_speech(probabilities, len(probabilities) * WINDOW_SAMPLES)
    found = [(start / SAMPLE_RATE_HZ, end / SAMPLE_RATE_HZ) for start, end in speech.spans]
    assert found == [(pytest.approx(start, abs=0.04), pytest.approx(end, abs=0.04)) for start, end in spans_s]
    assert speech.seconds == pytest.approx(seconds, abs=0.04)
    assert speech.probability == pytest.approx(probability, abs=0.01)


def test_no_windows_at_all() -> None:
    assert find_speech([], 0).spans == ()
