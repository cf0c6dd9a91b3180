"""A speech model is downloaded while the app runs: with progress, to its end, its failure, or until it is stopped."""

import threading
from collections.abc import Callable
from pathlib import Path

from etoile.domain.events import DownloadEnded, Event, ModelDownloading, PartMissing, PartReady
from etoile.errors import ModelUnavailable
from etoile.speech.downloads import Downloads
from etoile.speech.models import DownloadCancelled
from etoile.text import message
from tests.waiting import wait_until

Progress = Callable[[int, int | None], None]
BROKEN = ModelUnavailable(message("No network."), message("Try again."))


def ended(events: list[Event]) -> bool:
    """Whether the download is over."""
    return DownloadEnded() in events


def test_progress_and_then_the_model_is_there() -> None:
    def download(name: str, progress: Progress, cancelled: Callable[[], bool], *, offline: bool) -> Path:
        progress(50, 100)
        progress(100, 100)
        return Path(name)

    events: list[Event] = []
    with Downloads(events.append, download=download) as downloads:
        downloads.start("base")
        wait_until(lambda: ended(events))
    assert events[0] == ModelDownloading("base", 0, None)
    assert ModelDownloading("base", 100, 100) in events
    assert events[-2:] == [PartReady("speech_model"), DownloadEnded()]


def test_a_failure_is_told_and_can_be_tried_again() -> None:
    def download(name: str, progress: Progress, cancelled: Callable[[], bool], *, offline: bool) -> Path:
        raise BROKEN

    events: list[Event] = []
    with Downloads(events.append, download=download) as downloads:
        downloads.start("base")
        wait_until(lambda: ended(events))
    assert PartMissing("speech_model", BROKEN.said, BROKEN.remedy, "base") in events


def test_stopping_and_leaving_end_it_and_a_second_start_changes_nothing() -> None:
    started = threading.Event()
    names: list[str] = []

    def download(name: str, progress: Progress, cancelled: Callable[[], bool], *, offline: bool) -> Path:
        names.append(name)
        started.set()
        wait_until(cancelled)
        raise DownloadCancelled(message("It was cancelled."))

    events: list[Event] = []
    with Downloads(events.append, download=download) as downloads:
        downloads.start("base")
        assert started.wait(60)
        downloads.start("small")
        downloads.stop()
        wait_until(lambda: ended(events))
        events.clear()
        started.clear()
        downloads.start("small")
        assert started.wait(60)
    wait_until(lambda: ended(events))
    assert names == ["base", "small"]
    assert not any(isinstance(event, PartReady | PartMissing) for event in events)
