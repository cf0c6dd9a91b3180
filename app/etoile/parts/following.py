"""Going by changed settings: one change after the other, on a thread that lives for as long as there are any."""

import logging
import threading
from collections.abc import Callable

from etoile.config import Config

log = logging.getLogger(__name__)

CLOSE_S = 1.0
"""How long leaving waits for a change that is being followed."""


class Following:
    """Has `follow` called with the former settings and those that are wanted last, on the thread `name`.

    `follow` may wait, for `closing` as well.  What it raises is told in the log, and the next settings are gone by.
    """

    def __init__(self, name: str, config: Config, follow: Callable[[Config, Config], None]) -> None:
        self._name = name
        self._config = self._wanted = config
        self._follow = follow
        self._gate = threading.Lock()
        self._worker: threading.Thread | None = None
        self.closing = threading.Event()
        """Set once nothing more is followed."""

    def configure(self, config: Config) -> None:
        """Go by `config` from now on.  Returns at once; any thread."""
        with self._gate:
            self._wanted = config
            if self._worker is None and not self.closing.is_set():
                self._worker = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._worker.start()

    def leave(self) -> None:
        """Follow no more; wait a while for what is being followed."""
        with self._gate:
            self.closing.set()
            worker = self._worker
        if worker:
            worker.join(CLOSE_S)

    @property
    def done(self) -> bool:
        """Whether the settings that are wanted are gone by."""
        return self._worker is None

    def _run(self) -> None:
        while (wanted := self._next()) is not None:
            former, self._config = self._config, wanted
            try:
                self._follow(former, wanted)
            except Exception:
                log.exception("changed settings cannot be followed (%s)", self._name)

    def _next(self) -> Config | None:
        """Return the settings to go by; None when they are gone by, and the thread ends."""
        with self._gate:
            if self._wanted is self._config or self.closing.is_set():
                self._worker = None
                return None
            return self._wanted
