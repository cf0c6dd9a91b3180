"""Logging, configured once by whoever is `main`: to stderr, and for the tray app to a rotating file.

Transcripts, audio and secrets are never logged above DEBUG; `Masked` hides what looks like a key.
"""

import logging
import os
import re
import sys
import threading
from contextlib import suppress
from io import TextIOWrapper
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import TextIO

_SECRET = re.compile(
    r"(?i)(bearer\s+|x-api-key['\":=\s]+|x-goog-api-key['\":=\s]+|\bkey=|token['\":=\s]+)([\w.~+/=-]{8,})"
)
MOST_BYTES = 1_000_000
"""A file of the log that is longer is put away, and a new one begun."""
KEPT = 3
"""So many are put away: etoile.log.1 is the newest of them."""
_FORMAT = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"


class Masked(logging.Formatter):
    """Formats records, with keys and tokens masked."""

    def format(self, record: logging.LogRecord) -> str:
        return _SECRET.sub(r"\1***", super().format(record))


def set_up(level: int, file: Path | None = None) -> None:
    """Log to stderr from `level` on, and to `file` from INFO on; uncaught exceptions of any thread are logged."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    handlers[0].setLevel(level)
    if file is not None:
        kept = _RotatingFile(file, encoding="utf-8", delay=True)
        kept.setLevel(logging.INFO)
        handlers.append(kept)
    for handler in handlers:
        handler.setFormatter(Masked(_FORMAT))
    logging.basicConfig(level=min(level, logging.INFO), handlers=handlers, force=True)
    for talkative in ("httpx", "httpcore", "faster_whisper", "comtypes", "pyttsx3"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    sys.excepthook = _uncaught
    threading.excepthook = lambda failed: _uncaught(failed.exc_type, failed.exc_value, failed.exc_traceback)


def rest(wanted: bool) -> None:
    """Write nothing to the file while that is `wanted`."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, _RotatingFile):
            handler.setLevel(logging.CRITICAL + 1 if wanted else logging.INFO)


class _RotatingFile(logging.FileHandler):
    """A log file that does not grow for ever, and is done without where it cannot be written.

    The standard library's brings along what sends logs to sockets and by mail.
    """

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if self.stream and self.stream.tell() > MOST_BYTES:
                self._put_away(self.stream)
        except OSError:  # the disk is full: whoever logs goes on
            self.handleError(record)
        else:
            super().emit(record)

    def _put_away(self, full: TextIO) -> None:
        self.stream = None  # as the class itself does; writing opens it again
        full.close()
        names = [self.baseFilename, *(f"{self.baseFilename}.{number}" for number in range(1, KEPT + 1))]
        for name, older in reversed(list(pairwise(names))):
            with suppress(OSError):  # it is not there yet, or somebody else has it open: then it grows
                Path(name).replace(older)

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return super()._open()
        except OSError:
            return Path(os.devnull).open("a", encoding="utf-8")


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if not issubclass(kind, (KeyboardInterrupt, SystemExit)) and error is not None:
        logging.getLogger("etoile").critical("uncaught", exc_info=(kind, error, trace))
