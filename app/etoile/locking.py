"""A file that several processes read and write anew: one changes it at a time."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

WITHIN_S = 5.0
"""A change takes milliseconds; who holds the lock for longer than this hangs."""
_AGAIN_S = 0.01


@contextmanager
def locked(path: Path, within_s: float = WITHIN_S) -> Iterator[None]:
    """Keep all others who lock `path` waiting, threads and processes; a process that dies lets go.

    The lock is a file of its own beside it, for `path` itself is replaced.  Raises TimeoutError, and OSError where the
    folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("ab") as file:
        until_s = time.monotonic() + within_s
        while not taken(file):
            if time.monotonic() > until_s:
                raise TimeoutError(f"{path.name} is being changed by another program")
            time.sleep(_AGAIN_S)
        try:
            yield
        finally:
            _let_go(file)


def taken(file: IO[bytes]) -> bool:
    """Lock the open `file` and tell whether that was possible; false where somebody else has it.

    The system gives the lock back when the file is closed, and when its process dies.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _let_go(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_UN)
