"""A thread for calls that may never return."""

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue

log = logging.getLogger(__name__)


class Worker:
    """Does one job at a time on a thread of its own, and refuses another while it is busy.

    A call into a wedged driver does not return, and no thread can be forced out of it: the thread is then given up, and
    as a daemon it does not keep the process alive.
    """

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._idle = threading.Event()
        self._idle.set()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether a job is running."""
        return not self._idle.is_set()

    def ask(self, job: Callable[[], None]) -> bool:
        """Start `job`, and tell whether it was started.  For one caller's thread."""
        if self.busy:
            return False
        self._idle.clear()
        self._jobs.put(job)
        return True

    def wait(self, timeout_s: float) -> bool:
        """Wait for the job to end, and tell whether it has."""
        return self._idle.wait(max(0.0, timeout_s))

    def stop(self) -> None:
        """Let the thread end after its job.  Returns at once."""
        self._jobs.put(None)

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread to end, and tell whether it has."""
        self._thread.join(max(0.0, timeout_s))
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:
                log.exception("%s failed", self._thread.name)
            finally:
                self._idle.set()
