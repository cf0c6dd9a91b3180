"""Recordings that have no text yet: kept in files, so that no failure can lose a word, and not kept for ever.

A file is written when the recording ends and deleted once its text is there.  What lies here longer was broken off, or
its model failed: `etoile history` shows it, and `etoile transcribe --unfinished` tries again.
"""

import logging
import time
import wave
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from etoile.speech.capture import SAMPLE_RATE_HZ

log = logging.getLogger(__name__)

DAY_S = 86_400.0
KEPT_WHATEVER_THEIR_AGE = 3
"""The newest ones: a clock that was set to another year must not delete everything."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A recording without text."""

    path: Path
    at_s: float
    """When it was made, in seconds since 1970."""
    audio_s: float


def keep(folder: Path, turn: int, samples: bytes) -> Path:
    """Write `samples` (int16, 16 kHz, one channel) to a new file, readable by its owner alone.  Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{turn}"
    for number in range(1000):
        path = folder / (f"{name}.wav" if number == 0 else f"{name}-{number}.wav")
        with suppress(FileExistsError):  # the clock was set back, or the app started anew within a second
            path.touch(mode=0o600, exist_ok=False)
            break
    try:
        _write(path, samples)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path


def unfinished(folder: Path) -> tuple[Unfinished, ...]:
    """Return the recordings in `folder`, newest first.  A file that is none is left alone."""
    found = []
    for path in folder.glob("*.wav"):
        try:
            with wave.open(str(path), "rb") as file:
                audio_s = file.getnframes() / file.getframerate()
            found.append(Unfinished(path, path.stat().st_mtime, audio_s))
        except (OSError, EOFError, wave.Error, ZeroDivisionError) as error:
            log.info("%s is no recording: %s", path, error)
    return tuple(sorted(found, key=lambda recording: recording.at_s, reverse=True))


def samples_of(path: Path) -> bytes:
    """Return what a recording holds: int16, 16 kHz, one channel.  Raises OSError, EOFError and wave.Error."""
    with wave.open(str(path), "rb") as file:
        return file.readframes(file.getnframes())


def prune(folder: Path, now_s: float, *, days: float, most: int) -> int:
    """Delete recordings that are older than `days`, and the oldest of more than `most`; return how many it were."""
    known = unfinished(folder)
    old = {one.path for one in known[KEPT_WHATEVER_THEIR_AGE:] if now_s - one.at_s > days * DAY_S}
    too_many = {one.path for one in known[most:]}
    deleted = 0
    for path in old | too_many:
        try:
            path.unlink()
            deleted += 1
        except OSError as error:
            log.info("%s cannot be deleted: %s", path, error)
    return deleted


def _write(path: Path, samples: bytes) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(samples)
