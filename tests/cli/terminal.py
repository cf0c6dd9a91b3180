"""`etoile` at a pseudo-terminal of its own."""

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

posix = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal")
FOLDERS = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")


class Terminal:
    """Types, reads what is shown, presses Ctrl+C; `etoile` ends with it."""

    def __init__(self, folder: Path, *arguments: str, columns: int = 200, lines: int = 50) -> None:
        import pty
        import termios

        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (lines, columns))
        environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        environment |= {name: str(folder) for name in FOLDERS} | {"TERM": "xterm", "INPUTRC": os.devnull}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "etoile", *arguments],
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.shown = ""
        """All that was shown so far."""
        self._read = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def types(self, text: str) -> None:
        """Type `text`."""
        os.write(self._master, text.encode())

    def interrupts(self) -> None:
        """Press Ctrl+C."""
        self._process.send_signal(signal.SIGINT)

    def interrupts_until_it_ends(self) -> None:
        """Press Ctrl+C again and again, as people do.

        At a prompt one may get lost: readline looks for signals before it waits, and not between.
        """
        while self._process.poll() is None:
            self.interrupts()
            self._more(0.2)
        self.ends()

    def reads(self, text: str, within_s: float = 60.0) -> None:
        """Wait until `text` is shown behind what was read before."""
        until_s = time.monotonic() + within_s
        while (place := self.shown.find(text, self._read)) < 0:
            if not self._more(max(0.0, until_s - time.monotonic())):
                raise AssertionError(f"{text!r} is not shown behind {self.shown[: self._read]!r}: {self.shown!r}")
        self._read = place + len(text)

    def ends(self, within_s: float = 60.0) -> int:
        """Return the exit code, once it has ended."""
        while self._more(within_s):
            pass
        return self._process.wait(within_s)

    def _more(self, within_s: float) -> bool:
        """Take what is shown next; False where nothing came, or nothing more will."""
        if not select.select([self._master], [], [], within_s)[0]:
            return False
        try:
            piece = os.read(self._master, 65_536)
        except OSError:  # Linux says so of the end
            return False
        self.shown += piece.decode(errors="replace").replace("\r\n", "\n")
        return bool(piece)
