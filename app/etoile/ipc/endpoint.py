"""Where the running app listens, and who may speak to it: its owner alone, with the token of this run.

On Linux and macOS a Unix socket in the user's runtime folder; on Windows, where Python has none, and in a folder too
deep for one, a port of the loopback address.  The file `app.json` beside it, readable by its owner alone, names the
address and the token.
One app runs at a time: it holds a lock that the system gives back even when it dies.
"""

import json
import os
import socket
import stat
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from etoile.locking import taken

LONGEST_LINE_BYTES = 1_000_000
LONGEST_PATH_BYTES = 100
"""A Unix socket's path holds 104 to 108 bytes, depending on the system; a longer one needs a port."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How to reach the running app."""

    address: str
    """Path of the Unix socket, or "127.0.0.1"."""
    port: int | None
    """None for a Unix socket."""
    token: str
    pid: int


def runtime_folder() -> Path:
    """Return the folder for what lasts as long as the session, made for its owner alone.

    Without a session (ssh, cron) it is in the home folder: a shared /tmp is nobody's own.
    """
    folder = _runtime_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _runtime_folder() -> Path:
    if sys.platform == "linux" and _is_own(Path(os.environ.get("XDG_RUNTIME_DIR") or os.devnull)):
        return Path(os.environ["XDG_RUNTIME_DIR"]) / "etoile"
    from etoile.config import FOLDERS  # heavy for what comes before the icon in the tray

    return Path(FOLDERS.user_runtime_dir) if sys.platform != "linux" else Path(FOLDERS.user_state_dir) / "run"


def _is_own(folder: Path) -> bool:
    """Whether `folder` is a folder of this user's, and nobody else can enter it."""
    try:
        status = folder.stat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077


def write(endpoint: Endpoint, folder: Path) -> None:
    """Make `endpoint` known to callers of the same user."""
    path = folder / "app.json"
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(endpoint), file)
    fresh.replace(path)


def read(folder: Path) -> Endpoint | None:
    """Return how to reach the running app; None when nothing says so."""
    try:
        return Endpoint(**json.loads((folder / "app.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def connect(endpoint: Endpoint, timeout_s: float) -> socket.socket:
    """Return a connection to the running app.  Raises OSError when nobody listens."""
    if endpoint.port is not None:
        return socket.create_connection((endpoint.address, endpoint.port), timeout_s)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout_s)
    try:
        connection.connect(endpoint.address)
    except OSError:
        connection.close()
        raise
    return connection


def listen(folder: Path) -> tuple[socket.socket, str, int | None]:
    """Return a listening socket with its address and port (None for a Unix socket)."""
    path = folder / "app.sock"
    if sys.platform == "win32" or len(os.fsencode(path)) > LONGEST_PATH_BYTES:
        listener = socket.create_server(("127.0.0.1", 0))
        return listener, "127.0.0.1", listener.getsockname()[1]
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    path.chmod(0o600)
    listener.listen()
    return listener, str(path), None


def lock(folder: Path) -> IO[bytes] | None:
    """Return the lock of the one app that runs, as an open file; None when another app holds it."""
    file = (folder / "app.lock").open("ab")
    if taken(file):
        return file
    file.close()
    return None
