"""Keeps a recording in a file from its first second on: whatever becomes of Etoile, what was said is there."""

import logging
from pathlib import Path

from etoile.speech.recording import Recording
from etoile.speech.unfinished import Growing, keep

log = logging.getLogger(__name__)

BEHIND_S = 1.0
"""So much of the end may be lost; what is shorter than this is written once."""


class Keeper:
    """Keeps one recording.  Belongs to the microphone's thread.

    No disk disturbs a recording: what could not be written during it is tried once more at its end.
    """

    def __init__(self, folder: Path | None, turn: int, *, follows: bool) -> None:
        """Without a folder nothing is kept; unless it `follows`, nothing is written before the recording has ended."""
        self._folder = folder
        self._turn = turn
        self._follows = follows
        self._growing: Growing | None = None
        self._kept_s = 0.0

    def follow(self, recording: Recording) -> None:
        """Write what came since the last time, once that is worth it."""
        if not self._follows or self._folder is None or recording.seconds - self._kept_s < BEHIND_S:
            return
        if not recording.sound:
            return
        try:
            self._growing = self._growing or Growing(self._folder, self._turn)
            self._growing.append(recording.samples_after(self._kept_s))
            self._kept_s = recording.seconds
        except OSError as error:
            log.info("the recording cannot be kept yet in %s: %s", self._folder, error)
            self._follows, self._growing = False, None

    def finish(self, recording: Recording) -> Path | None:
        """Return the file that holds the whole recording; None where it could not be written."""
        if self._folder is None:
            return None
        growing, self._growing = self._growing, None
        try:
            if growing is None:
                return keep(self._folder, self._turn, recording.samples)
            growing.append(recording.samples_after(self._kept_s))
            return growing.finish()
        except OSError as error:
            log.warning("the recording could not be kept in %s: %s", self._folder, error)
            return None

    def leave(self, recording: Recording) -> None:
        """Etoile ends while somebody speaks: what is on the disk already is finished."""
        if self._growing is not None:
            self.finish(recording)

    def discard(self) -> None:
        """Leave nothing of the recording."""
        growing, self._growing = self._growing, None
        try:
            if growing is not None:
                growing.discard()
        except OSError as error:
            log.info("a recording that nobody wants cannot be deleted: %s", error)
