"""A process that reads cards for Etoile, and can be killed when the driver wedges it."""

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from queue import Empty, SimpleQueue

from etoile.domain.gpus import GpuReading

log = logging.getLogger(__name__)

ANSWER_S = 1.0
"""How long it may take to read one card."""


def child_command() -> Sequence[str]:
    """Return the command that starts the process."""
    # -P: the folder where Etoile happens to be started must not offer modules of its own.
    options = [] if getattr(sys, "frozen", False) else ["-P"]
    return [sys.executable, *options, "-m", "etoile.gpu.nvml_child"]


class NvmlProcess:
    """Reads all cards but those at the places `without`, which it never touches.  For one caller at a time.

    Starts at once, and raises OSError where no process can be started.  `told` is called on its thread: with the cards
    that it has found, as soon as it can read them, and without any when it has ended.
    """

    def __init__(
        self,
        without: Collection[int],
        told: Callable[["NvmlProcess", list[GpuReading]], None],
        command: Callable[[], Sequence[str]] = child_command,
    ) -> None:
        self._told = told
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._process = subprocess.Popen(
            [*command(), *map(str, sorted(without))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            bufsize=1,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        threading.Thread(target=self._listen, name="gpu process", daemon=True).start()

    def read(self, place: int, *, with_processes: bool) -> GpuReading | None:
        """Return what the card at `place` reports; None when the process does not answer, and is of no more use."""
        if self._process.stdin is None:
            return None
        try:
            self._process.stdin.write(f"{place} {int(with_processes)}\n")
            line = self._lines.get(timeout=ANSWER_S)
        except (Empty, OSError, ValueError) as error:
            log.debug("the process that reads GPUs gave no answer: %r", error)
            return None
        answer = _decoded(line)
        return answer[0] if answer else None

    def kill(self) -> None:
        """End the process at once; its thread sees to the rest."""
        self._process.kill()

    def _listen(self) -> None:
        """Pass on what the process says, as long as it lives: it is not waited for longer than an answer may take."""
        try:
            with self._process as process:
                if process.stdout and (cards := _decoded(process.stdout.readline())):
                    self._told(self, cards)
                    for line in process.stdout:
                        self._lines.put(line)
        except OSError as error:
            log.debug("what was not sent to the process that reads GPUs is lost: %s", error)
        finally:
            self._lines.put(None)
            self._told(self, [])


def _decoded(line: str | None) -> list[GpuReading]:
    from etoile.gpu.nvml_child import decoded

    try:
        return decoded(line) if line else []
    except ValueError as error:
        log.debug("the process that reads GPUs talks nonsense: %s", error)
        return []
