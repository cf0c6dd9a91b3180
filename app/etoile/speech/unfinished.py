"""Recordings that have no text yet: kept in files, so that no failure can lose a word, and not kept for ever.

A file grows while it is recorded, and is deleted once its text is there.  What lies here longer was broken off, or its
model failed: `etoile history` shows it, and `etoile transcribe --unfinished` tries again.
"""

import logging
import os
import struct
import time
import wave
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

from etoile.locking import taken
from etoile.speech.capture import SAMPLE_RATE_HZ

log = logging.getLogger(__name__)

DAY_S = 86_400.0
KEPT_WHATEVER_THEIR_AGE = 3
"""The newest ones: a clock that was set to another year must not delete everything."""
GROWING = ".growing"
"""How a file ends that is still being recorded, or was when its program died."""
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A recording without text."""

    path: Path
    at_s: float
    """When it was made, in seconds since 1970."""
    audio_s: float


class Growing:
    """The file of a recording that goes on; locked, so that everybody knows whether its program still lives.

    Readable by its owner alone.  Each method raises OSError, and then leaves no file.
    """

    def __init__(self, folder: Path, turn: int) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = _new_file(folder, turn)
        self._file = self._path.open("wb")
        if not taken(self._file) or not self._path.exists():  # somebody looked through the folder just then
            self._fail(OSError(f"{self._path} cannot be locked"))
        self.append(_header(0))

    def append(self, samples: bytes) -> None:
        """Hand `samples` (int16, 16 kHz, one channel) to the system, which keeps them whatever becomes of Etoile."""
        try:
            self._file.write(samples)
            self._file.flush()
        except OSError as error:
            self._fail(error)

    def finish(self) -> Path:
        """Make a recording of it, and return its file."""
        whole = self._path.with_suffix(".wav")
        try:
            _mend(self._file)
            self._file.close()
            with suppress(FileNotFoundError):  # whoever saw it unlocked has done the same
                self._path.replace(whole)
        except OSError as error:
            self._fail(error)
        return whole

    def discard(self) -> None:
        """Leave nothing of it."""
        with suppress(OSError):  # what cannot be written is not written now either
            self._file.close()
        self._path.unlink(missing_ok=True)

    def _fail(self, error: OSError) -> NoReturn:
        with suppress(OSError):
            self.discard()
        raise error


def keep(folder: Path, turn: int, samples: bytes) -> Path:
    """Write `samples` (int16, 16 kHz, one channel) to a new file, readable by its owner alone.  Raises OSError."""
    growing = Growing(folder, turn)
    growing.append(samples)
    return growing.finish()


def unfinished(folder: Path) -> tuple[Unfinished, ...]:
    """Return the recordings in `folder`, newest first, with those whose program died.  Other files are left alone."""
    _recover(folder)
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


def _new_file(folder: Path, turn: int) -> Path:
    """Make an empty file to record into; a recording of its name there is not yet."""
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{turn}"
    for number in range(1000):
        path = folder / f"{name if number == 0 else f'{name}-{number}'}{GROWING}"
        with suppress(FileExistsError):  # the clock was set back, or the app started anew within a second
            path.touch(mode=0o600, exist_ok=False)
            if not path.with_suffix(".wav").exists():
                return path
            path.unlink()
    raise FileExistsError(f"{folder} is full of recordings of one second")


def _recover(folder: Path) -> None:
    """Make recordings of what was still being recorded when its program died."""
    for path in folder.glob(f"*{GROWING}"):
        try:
            _take_over(path)
        except OSError as error:
            log.info("%s cannot be mended: %s", path, error)


def _take_over(path: Path) -> None:
    """Make a recording of `path`, with its time, unless somebody still records into it.  Raises OSError."""
    with path.open("r+b") as file:
        if not taken(file):
            return
        found = path.stat()
        any_sound = _mend(file)
    if any_sound:
        os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
        path.replace(path.with_suffix(".wav"))
    else:
        path.unlink()


def _mend(file: IO[bytes]) -> bool:
    """Have the header tell what is there, wherever it was cut; return whether that is any sound.  Raises OSError."""
    whole = max(0, file.seek(0, os.SEEK_END) - _HEADER.size) // 2 * 2
    file.seek(0)
    file.write(_header(whole))
    file.truncate(_HEADER.size + whole)
    return whole > 0


def _header(size: int) -> bytes:
    """Return how a WAV file begins that holds `size` bytes of samples."""
    rate = SAMPLE_RATE_HZ
    return _HEADER.pack(b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16, b"data", size)
