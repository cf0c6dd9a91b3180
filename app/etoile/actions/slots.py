"""What the slots of commands may be filled with on this computer: applications, folders, processes, services, ..."""

import logging
import sys
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from etoile.actions.action import Desk
from etoile.actions.folders import folder_names
from etoile.actions.installed import installed
from etoile.actions.processes import process_names
from etoile.actions.programs import Programs
from etoile.actions.services import service_names
from etoile.text import SPOKEN_LANGUAGES

log = logging.getLogger(__name__)

Values = Mapping[str, tuple[str, ...]]

FRESH_S = 30.0
"""What was listed longer ago is listed anew, once somebody asks."""
FIRST_WAIT_S = 6.0
"""Listing begins with the first request, which would miss the names; programs that list have half of this."""
LEAVE_S = 0.2
"""How long leaving waits for a list that was told to stop."""
LISTING_S = 3.0


class SlotValues:
    """Keeps the names that requests may hold.  A thread of its own lists them; whoever asks gets the last list.

    Only who asks before the first list is there waits for it, at most `FIRST_WAIT_S`.
    """

    def __init__(self, desk: Desk, *, system: str = sys.platform, now_s: Callable[[], float] = time.monotonic) -> None:
        self._desk = desk
        self._system = system
        self._now_s = now_s
        self._lock = threading.Lock()
        self._listed = threading.Event()
        self._values: Values = {}
        self._listed_s = 0.0
        self._programs: Programs | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    def __enter__(self) -> Self:
        self._refresh()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._thread:
            self._thread.join(LEAVE_S)

    def stop(self) -> None:
        """List no more; whoever waits for the first list goes on without."""
        with self._lock:
            self._closed = True
            programs = self._programs
        self._listed.set()
        if programs:
            programs.stop()

    def values(self) -> Values:
        """Return the names by slot: app, folder, process, service, host, node, model, language, voice."""
        self._listed.wait(FIRST_WAIT_S)
        if self._now_s() - self._listed_s > FRESH_S:
            self._refresh()
        nodes = self._desk.nodes()
        names = tuple(node.name for node in nodes)
        models = tuple(sorted({model for node in nodes for model in (*node.models, *node.loaded)}))
        said = {"language": SPOKEN_LANGUAGES, "voice": self._desk.voices()}
        return {**self._values, "node": names, "host": names, "model": models, **said}

    def _refresh(self) -> None:
        """List anew in the background, unless that is going on."""
        with self._lock:
            if self._closed or (self._thread and self._thread.is_alive()):
                return
            self._programs = Programs(LISTING_S)
            self._thread = threading.Thread(target=self._list, args=(self._programs,), name="slot values", daemon=True)
            self._thread.start()

    def _list(self, programs: Programs) -> None:
        try:
            apps = installed(self._system)
            self._values = {
                "app": tuple(dict.fromkeys(name for app in apps for name in (*app.names, *app.roles))),
                "folder": folder_names(),
                "process": process_names(),
                "service": service_names(programs) if self._system == "linux" else (),
            }
        except Exception:
            log.exception("the names of applications, folders and services could not be listed")
        finally:
            self._listed_s = self._now_s()
            self._listed.set()
