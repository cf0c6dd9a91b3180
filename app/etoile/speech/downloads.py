"""Downloads speech models while the app runs, with progress, and until they are no longer wanted."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from etoile.domain.events import DownloadEnded, Event, ModelDownloading, PartMissing, PartReady
from etoile.errors import ModelUnavailable
from etoile.speech import models

log = logging.getLogger(__name__)

REPORT_S = 0.25
"""Progress is not reported more often."""
CLOSE_S = 0.2
"""How long leaving waits for the download; with every other room's share it stays below two seconds."""


class Download(Protocol):
    """What fetches a model: `models.download`."""

    def __call__(
        self,
        name: str,
        progress: Callable[[int, int | None], None],
        cancelled: Callable[[], bool],
        *,
        offline: bool,
    ) -> Path: ...


class Downloads:
    """One download at a time, on its thread `download`.  Both methods return at once."""

    def __init__(
        self, publish: Callable[[Event], None], *, offline: bool = False, download: Download = models.download
    ) -> None:
        self._publish = publish
        self.offline = offline
        """May be set from any thread."""
        self._download = download
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._reported_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        if self._thread:
            self._thread.join(CLOSE_S)
            if self._thread.is_alive():
                log.info("the download is still busy; leaving it behind")

    def start(self, model: str) -> None:
        """Download `model`, unless a download goes on."""
        if self._thread and self._thread.is_alive():
            return
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, args=(model,), name="download", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Give the download up; what has arrived is kept."""
        self._stopping.set()

    def _run(self, model: str) -> None:
        self._publish(ModelDownloading(model, 0, None))
        try:
            self._download(
                model,
                lambda received, total: self._report(model, received, total),
                self._stopping.is_set,
                offline=self.offline,
            )
        except models.DownloadCancelled:
            log.info("the download of %s was given up", model)
        except ModelUnavailable as error:
            self._publish(PartMissing("speech_model", error.said, error.remedy, model))
        except Exception:
            log.exception("the download of %s failed", model)
        else:
            self._publish(PartReady("speech_model"))
        self._publish(DownloadEnded())

    def _report(self, model: str, received: int, total: int | None) -> None:
        now_s = time.monotonic()
        if now_s - self._reported_s >= REPORT_S or received == total:
            self._reported_s = now_s
            self._publish(ModelDownloading(model, received, total))
