"""Where in a recording somebody speaks: pure arithmetic on energies and on the detector's probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass

SAMPLE_RATE_HZ = 16_000
WINDOW_SAMPLES = 512
"""The voice activity detector (Silero) judges 32 ms at a time."""

SPEECH = 0.5
"""Probability from which a window begins speech; it goes on down to `STILL_SPEECH`."""
STILL_SPEECH = 0.35
LONGEST_PAUSE_S = 1.0
"""Pauses up to this stay in: cutting inside a sentence harms the words beside the cut."""
MARGIN_S = 0.5
"""Kept on both sides of speech: the detector notices soft sounds late, and words suffer beside a cut (twice as many
were wrong with 0.3 s, on the model of the tests)."""


@dataclass(frozen=True, slots=True)
class Speech:
    """The spoken parts of a recording."""

    spans: tuple[tuple[int, int], ...]
    """First sample and the one after the last, with margins, in order, apart from each other."""
    seconds: float
    """How long speech lasts, without margins and pauses."""
    probability: float
    """How sure the detector is of it, on average."""


def find_speech(probabilities: Sequence[float], total_samples: int) -> Speech:
    """Return where speech is, from the probability of each window of a recording of `total_samples`."""
    windows = _speech_windows(probabilities)
    if not windows:
        return Speech((), 0.0, 0.0)
    return Speech(
        spans=_joined(windows, total_samples),
        seconds=len(windows) * WINDOW_SAMPLES / SAMPLE_RATE_HZ,
        probability=sum(probabilities[window] for window in windows) / len(windows),
    )


def _speech_windows(probabilities: Sequence[float]) -> list[int]:
    """Return the windows of speech: it begins above one threshold and ends below a lower one."""
    windows = []
    speaking = False
    for window, probability in enumerate(probabilities):
        speaking = probability >= (STILL_SPEECH if speaking else SPEECH)
        if speaking:
            windows.append(window)
    return windows


def _joined(windows: list[int], total_samples: int) -> tuple[tuple[int, int], ...]:
    """Return the spans of these windows with margins, short pauses included."""
    margin = round(MARGIN_S * SAMPLE_RATE_HZ)
    pause = round(LONGEST_PAUSE_S * SAMPLE_RATE_HZ)
    spans: list[tuple[int, int]] = []
    for window in windows:
        start = max(0, window * WINDOW_SAMPLES - margin)
        end = min(total_samples, (window + 1) * WINDOW_SAMPLES + margin)
        if spans and start - spans[-1][1] <= pause - 2 * margin:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return tuple(spans)
