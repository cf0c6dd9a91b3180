"""What Whisper is shown of a sound: its log-mel spectrogram, the silence after it included.

faster-whisper multiplies through BLAS, whose other threads then spin for some 25 ms of a core each, while the encoder
wants it; and it transforms the silence as well, whose every value is known.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

RANGE = 8.0
"""What is weaker than the strongest by more powers of ten than this is shown as weak as that (openai/whisper)."""
LEAST_POWER = 1e-10


def features(extractor: Any, samples: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """Return `frames` of `samples` (mono, 16 kHz) and the silence after them: shape (bands, frames).

    The values are those of faster-whisper's `extractor` for the same sound.
    """
    spectrum = extractor.stft(
        np.pad(samples, (0, extractor.n_fft)),  # the last frames of the sound reach into the silence
        extractor.n_fft,
        extractor.hop_length,
        window=np.hanning(extractor.n_fft + 1)[:-1].astype(np.float32),
        return_complex=True,
    )[:, :frames].astype(np.complex64)
    power = np.einsum("bf,ft->bt", extractor.mel_filters, np.abs(spectrum) ** 2)
    shown = np.full((len(power), frames), np.log10(LEAST_POWER), np.float32)
    shown[:, : power.shape[1]] = np.log10(np.maximum(power, LEAST_POWER))
    return np.ascontiguousarray((np.maximum(shown, shown.max() - RANGE) + 4.0) / 4.0)
