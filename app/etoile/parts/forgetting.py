"""Everything that Etoile kept is deleted, whether it is open now or was written under other settings."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from etoile.config import FOLDERS
from etoile.errors import EtoileError
from etoile.parts.rooms import Rooms
from etoile.speech.unfinished import GROWING
from etoile.text import Message, message

MEASURED = ("fit_ratios", "benches", "paces")
"""What was measured of models, beside the history."""


def forget_everything(rooms: Rooms) -> Message:
    """Delete history, what was learned, measurements, recordings and damaged files; return what was done.

    Blocks; raises EtoileErrors.  What is still open is written anew, so that no word stays on the disk.
    """
    said = rooms.learner.now().change("forget all", None) if rooms.learner else message("Nothing was done.")
    data, state = Path(FOLDERS.user_data_dir), Path(FOLDERS.user_state_dir)
    if rooms.history:
        rooms.history.database.erase(_erase_measured)
    else:
        _delete(data.glob("etoile.db*"))
    if rooms.samples:
        rooms.samples.forget_all()
    else:
        _delete(data.glob("metrics.db*"))
    _delete(data.glob("*.corrupt-*"))
    for folder in {state / "recordings", *(rooms.errands.recordings() if rooms.errands else ())}:
        for ending in (".wav", GROWING):
            _delete(folder.glob(f"*{ending}"))
    return said


def _erase_measured(connection: sqlite3.Connection) -> None:
    for table in MEASURED:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608  # names of ours


def _delete(paths: Iterable[Path]) -> None:
    """Raises EtoileError, which names the file."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise EtoileError(
                message("{path} cannot be deleted: {error}.", path=str(path), error=error.strerror or "")
            ) from error
