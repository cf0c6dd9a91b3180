"""What the encoder is shown: the values of faster-whisper's own extractor, for sounds of any length."""

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from etoile.speech.features import features
from etoile.speech.spans import SAMPLE_RATE_HZ

HOP = 160


@pytest.mark.parametrize("bands", [80, 128])
@pytest.mark.parametrize("samples", [1, 800, SAMPLE_RATE_HZ, 48_123, 10 * SAMPLE_RATE_HZ, 12 * SAMPLE_RATE_HZ])
def test_they_are_those_of_the_sound_and_the_silence_after_it(bands: int, samples: int) -> None:
    frames = 1000
    sound = np.random.default_rng(samples).normal(0.0, 0.1, samples).astype(np.float32)
    extractor = FeatureExtractor(feature_size=bands)
    usual = extractor(np.pad(sound, (0, max(0, frames * HOP - samples))))[:, :frames]
    shown = features(extractor, sound, frames)
    assert shown.dtype == np.float32
    assert shown.flags.c_contiguous
    np.testing.assert_allclose(shown, usual, atol=2e-5)


def test_silence_alone_is_shown_as_silence() -> None:
    shown = features(FeatureExtractor(), np.zeros(SAMPLE_RATE_HZ, np.float32), 1000)
    np.testing.assert_allclose(shown, np.full((80, 1000), -1.5, np.float32), atol=1e-6)
