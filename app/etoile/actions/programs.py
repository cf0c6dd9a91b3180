"""Other programs, run by argument lists (never by a shell), under a time limit and with an end that can be forced."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from etoile.errors import ActionFailed
from etoile.text import Message, message, verbatim

START_GRACE_S = 0.4
"""A program that cannot start ends with an error within this time; one that lives longer has started."""

_PACKAGES = {
    "gsettings": "libglib2.0-bin",
    "loginctl": "systemd",
    "kreadconfig6": "kconfig",
    "kwriteconfig6": "kconfig",
    "pactl": "pulseaudio-utils",
    "ping": "iputils-ping",
    "setsid": "util-linux",
    "systemctl": "systemd",
    "tesseract": "tesseract-ocr",
    "wl-paste": "wl-clipboard",
    "wpctl": "wireplumber",
    "xdg-open": "xdg-utils",
    "xset": "x11-xserver-utils",
}
"""Debian's package of a program, where it is called otherwise."""


class Programs:
    """Runs programs for one command.  `stop` may come from another thread and ends what is running."""

    def __init__(self, limit_s: float, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._deadline_s = now_s() + limit_s
        self._lock = threading.Lock()
        self._running: subprocess.Popen[str] | None = None
        self._stopped = False

    @property
    def left_s(self) -> float:
        """How much of the time limit is left."""
        return max(0.0, self._deadline_s - self._now_s())

    def check(self) -> None:
        """Raise ActionFailed when the command was stopped, or its time is over."""
        if self._stopped:
            raise ActionFailed(message("It was stopped."))
        if not self.left_s:
            raise ActionFailed(message("It took too long and was given up."))

    def stop(self) -> None:
        """End the command: kill what it runs, and let it run nothing more."""
        with self._lock:
            self._stopped = True
            if self._running is not None:
                _kill(self._running)

    def first_of(self, *names: str) -> str | None:
        """Return the first of the programs `names` that is installed; None when none is."""
        return next((name for name in names if shutil.which(name)), None)

    def need(self, *names: str) -> str:
        """Return the first of the programs `names` that is installed.  Raises ActionFailed with the remedy."""
        found = self.first_of(*names)
        if found is None:
            raise ActionFailed(_missing(names), install(_PACKAGES.get(names[0], names[0])))
        return found

    def run(self, *argv: str, typed: str | None = None, accept: Sequence[int] = (0,)) -> str:
        """Run `argv` to its end and return what it wrote; `typed` is its input.

        Raises ActionFailed when it is missing, ends otherwise than with one of `accept`, or takes too long.
        """
        self.need(argv[0])
        self.check()
        process = self._popen(argv, typed is not None)
        try:
            written, complaint = process.communicate(typed, timeout=self.left_s)
        except subprocess.TimeoutExpired:
            _kill(process)
            process.communicate()
            raise ActionFailed(message("{program} did not end in time.", program=argv[0])) from None
        finally:
            with self._lock:
                self._running = None
        self.check()
        if process.returncode not in accept:
            raise ActionFailed(_complaint(argv[0], process.returncode, complaint or written))
        return written

    def powershell(self, script: str, typed: str | None = None) -> str:
        """Run a script of Windows PowerShell and return what it wrote; `typed` is its input, and no part of it.

        Raises ActionFailed, also where a command within the script fails.
        """
        prelude = (
            "$ErrorActionPreference='Stop';[Console]::InputEncoding=[Console]::OutputEncoding=[Text.Encoding]::UTF8;"
        )
        return self.run("powershell", "-NoProfile", "-NonInteractive", "-Command", prelude + script, typed=typed)

    def succeeds(self, *argv: str) -> bool:
        """Run `argv` and tell whether it worked; False too when it is not installed."""
        try:
            self.run(*argv)
        except ActionFailed:
            self.check()
            return False
        return True

    def start(self, *argv: str, folder: Path | None = None) -> None:
        """Start `argv` as a program of its own, which outlives Etoile.  Raises ActionFailed when it ends at once."""
        self.need(argv[0])
        self.check()
        if sys.platform == "win32":
            subprocess.Popen(argv, cwd=folder, creationflags=subprocess.DETACHED_PROCESS)
        elif sys.platform == "darwin":
            self.run(*argv)  # `open` and its like end at once
        else:
            self._start_apart(argv, folder)

    def _start_apart(self, argv: Sequence[str], folder: Path | None) -> None:
        """Start `argv` under `setsid`, which passes its end on and, killed itself, leaves it alone."""
        process = subprocess.Popen(
            (self.need("setsid"), "--fork", "--wait", *argv),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            code = process.wait(START_GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return
        if code:
            raise ActionFailed(message("{program} could not start (exit code {code}).", program=argv[0], code=code))

    def _popen(self, argv: Sequence[str], has_input: bool) -> "subprocess.Popen[str]":
        with self._lock:
            if self._stopped:
                raise ActionFailed(message("It was stopped."))
            self._running = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE if has_input else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                # Words are read from its output: they must be the untranslated ones.
                env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": ""},
                start_new_session=True,
            )
            return self._running


def install(package: str) -> Message:
    """Return the remedy that names a package to install."""
    return message("Install {package} with your system's package manager.", package=package)


def _kill(process: "subprocess.Popen[str]") -> None:
    """Kill `process` and what it started itself."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)


def _missing(names: Sequence[str]) -> Message:
    if len(names) == 1:
        return message("{program} is not installed.", program=names[0])
    return message("None of these programs is installed: {programs}.", programs=names)


def _complaint(program: str, code: int, written: str) -> Message:
    """Say why `program` failed, in its own last words where it has any."""
    lines = [line.strip() for line in written.splitlines() if line.strip()]
    if not lines:
        return message("{program} failed (exit code {code}).", program=program, code=code)
    return message("{program} says: {complaint}", program=program, complaint=verbatim(lines[-1][:200]))
