"""Audio files of any common format, piece by piece: an hour of speech must not fill the memory.  Home of PyAV."""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etoile.errors import UsageError
from etoile.speech.spans import SAMPLE_RATE_HZ
from etoile.text import message

log = logging.getLogger(__name__)

Samples = NDArray[np.float32]
"""One channel, 16 kHz, shape (n,), within [-1, 1]."""

PIECE_S = 120.0
"""So much of a file is in memory at once."""
CUT_WITHIN_S = 20.0
"""A piece ends at the quietest moment of its last seconds, so that no word is cut."""
QUIET_S = 0.4
"""How long a moment is."""
_STEP = SAMPLE_RATE_HZ // 50


def duration_s(path: Path) -> float | None:
    """Return how long a file says that it is; None where it does not.  Raises UsageError for one that is not audio."""
    with _opened(path) as container:
        return container.duration / 1_000_000 if container.duration else None


def read_audio(path: Path) -> Samples:
    """Return all samples of an audio file.  Raises UsageError, which names the file."""
    blocks = list(read_blocks(path))
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def read_blocks(path: Path) -> Iterator[Samples]:
    """Yield the samples of an audio file as they are decoded, some seconds at a time.

    What is damaged within it is passed over.  Raises UsageError for a file that is not there, or not audio.
    """
    from av.error import FFmpegError

    try:
        with _opened(path) as container:
            yield from _decoded(container)
    except (FFmpegError, IndexError, ValueError, TypeError) as error:
        raise _no_audio(path, error) from error


def pieces(blocks: Iterable[Samples], piece_s: float = PIECE_S) -> Iterator[Samples]:
    """Yield `blocks` as pieces of `piece_s` at most, cut where it is quiet; nothing is lost between two."""
    most = round(piece_s * SAMPLE_RATE_HZ)
    held = np.zeros(0, np.float32)
    for block in blocks:
        held = np.concatenate((held, block))
        while len(held) > most:
            cut = quietest(held[:most], round(CUT_WITHIN_S * SAMPLE_RATE_HZ))
            yield held[:cut]
            held = held[cut:]
    if len(held):
        yield held


def quietest(samples: Samples, within: int) -> int:
    """Return the middle of the quietest moment in the last `within` of `samples`."""
    start = max(0, len(samples) - within)
    steps = (len(samples) - start) // _STEP
    power = np.square(samples[start : start + steps * _STEP]).reshape(steps, _STEP).sum(axis=1)
    moment = min(steps, round(QUIET_S * SAMPLE_RATE_HZ / _STEP))
    around = np.convolve(power, np.ones(moment), mode="valid")
    return start + (int(np.argmin(around)) + moment // 2) * _STEP


def _opened(path: Path) -> Any:
    """Return the open file, checked to hold audio."""
    import av
    from av.error import FFmpegError

    if not path.is_file():
        raise UsageError(message("There is no file {path}.", path=str(path)))
    try:
        container = av.open(str(path), mode="r", metadata_errors="ignore")
    except (FFmpegError, ValueError) as error:
        raise _no_audio(path, error) from error
    if container.streams.audio:
        return container
    container.close()
    raise _no_audio(path, ValueError("no audio stream"))


def _decoded(container: Any) -> Iterator[Samples]:
    import av

    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE_HZ, frame_size=SAMPLE_RATE_HZ)
    for frame in _frames(container):
        frame.pts = None  # those of broken files contradict each other
        yield from map(_samples, resampler.resample(frame))
    yield from map(_samples, resampler.resample(None))


def _frames(container: Any) -> Iterator[Any]:
    """Yield every frame that can be decoded, packet by packet: a damaged one must not cost all that follow."""
    from av.error import InvalidDataError

    for packet in container.demux(audio=0):
        try:
            yield from packet.decode()
        except InvalidDataError as error:
            log.debug("a damaged packet: %s", error)


def _samples(frame: Any) -> Samples:
    return np.ravel(frame.to_ndarray()).astype(np.float32) / 32_768.0


def _no_audio(path: Path, error: Exception) -> UsageError:
    log.debug("%s: %r", path, error)
    return UsageError(
        message("{path} is not audio that can be read.", path=str(path)),
        message("Common formats can be: WAV, FLAC, MP3, Ogg, M4A, WebM."),
    )
