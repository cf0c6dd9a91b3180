"""Cards that a process of its own reads: for a driver that has one lock for all, and a card that hangs holding it.

Only such a process can be killed when it hangs as well.  It costs a third of a second to start and some 20 MiB, so that
it is started when it is needed and not before.
"""

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from queue import Empty, SimpleQueue

from etoile.domain.gpus import GpuReading, GpuState

log = logging.getLogger(__name__)

START_S = 5.0
"""How long the process may take to tell its cards."""
ANSWER_S = 1.0
"""How long it may take to read one."""


def child_command() -> Sequence[str]:
    """Return the command that starts the process."""
    # -P: the folder where Etoile happens to be started must not offer modules of its own.
    options = [] if getattr(sys, "frozen", False) else ["-P"]
    return [sys.executable, *options, "-m", "etoile.gpu.nvml_child"]


class NvmlProcess:
    """Reads all cards but those at the places `without`.  Any thread; one at a time is served."""

    def __init__(self, without: frozenset[int], command: Callable[[], Sequence[str]] = child_command) -> None:
        self._without = without
        self._command = command
        self._one_at_a_time = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._closed = False

    def cards(self, known: Mapping[int, GpuReading], now_s: Callable[[], float]) -> list["ProcessCard"]:
        """Start the process and return its cards: those at places of `known` as they are known, none if it fails."""
        with self._one_at_a_time:
            told = self._start()
        return [ProcessCard(known.get(identity.index, identity), self, now_s) for identity in told]

    def read(self, place: int, *, with_processes: bool) -> GpuReading | None:
        """Return what the card at `place` reports; None when it does not answer: it is left alone from then on."""
        with self._one_at_a_time:
            if self._closed or place in self._without or (self._process is None and not self._start()):
                return None
            answer = self._ask(f"{place} {int(with_processes)}\n")
            if answer is None:
                self._without |= {place}
                self._kill()
                return None
            return answer[0]

    def close(self) -> None:
        """End the process at once."""
        self._closed = True
        if process := self._process:
            process.kill()
        with self._one_at_a_time:
            self._kill()

    def _start(self) -> list[GpuReading]:
        self._lines = SimpleQueue()
        self._process = process = subprocess.Popen(
            [*self._command(), *map(str, sorted(self._without))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            bufsize=1,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        threading.Thread(target=_pass_on, args=(process, self._lines), name="gpu process", daemon=True).start()
        told = self._answer(START_S)
        if told is None:
            self._kill()
        return told or []

    def _ask(self, line: str) -> list[GpuReading] | None:
        if self._process is None or self._process.stdin is None:
            return None
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except OSError:
            return None
        return self._answer(ANSWER_S)

    def _answer(self, within_s: float) -> list[GpuReading] | None:
        from etoile.gpu.nvml_child import decoded

        try:
            line = self._lines.get(timeout=within_s)
            return decoded(line) if line else None
        except (Empty, ValueError) as error:
            log.debug("the process that reads GPUs gave no answer: %r", error)
            return None

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        if process.stdin:
            try:
                process.stdin.close()
            except OSError as error:
                log.debug("the pipe was closed already: %s", error)


def _pass_on(process: subprocess.Popen[str], lines: SimpleQueue[str | None]) -> None:
    """Run on a thread: a process that hangs is not waited for longer than its answer may take."""
    if process.stdout:
        with process.stdout as stdout:
            for line in stdout:
                lines.put(line)
    lines.put(None)


class ProcessCard:
    """A card that the process reads."""

    def __init__(self, identity: GpuReading, process: NvmlProcess, now_s: Callable[[], float]) -> None:
        self.identity = replace(identity, state=GpuState.UNKNOWN)
        self._process = process
        self._now_s = now_s

    def read(self, *, with_processes: bool) -> GpuReading:
        """Return what the card reports now."""
        known = self.identity
        reading = self._process.read(known.index, with_processes=with_processes)
        if reading is None:
            return replace(known, at_s=self._now_s())
        # The process does not see all cards, and so not where they stand among all.
        return replace(
            reading,
            uuid=known.uuid,
            cuda_index=known.cuda_index,
            cuda_fastest_index=known.cuda_fastest_index,
            cuda_fastest_estimated=known.cuda_fastest_estimated,
        )
