"""How the databases are joined with the rest: damage is told, and the history of a card comes back as an event."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from etoile.config import FOLDERS, Config
from etoile.domain import effects as do
from etoile.domain import events as on
from etoile.domain.events import Event
from etoile.domain.history import Measure, Span
from etoile.parts import Rooms, open_history
from etoile.store.samples import Samples
from etoile.text import Message, render
from tests.store.sampling import open_database, reading
from tests.waiting import wait_until


def _rooms(publish: Callable[[Event], None], samples: Samples | None) -> Rooms:
    """Return rooms of which only the samples are open."""
    nothing: dict[str, Any] = dict.fromkeys(Rooms.__dataclass_fields__)
    return Rooms(**nothing | {"publish": publish, "samples": samples, "language": "en"})


@pytest.mark.parametrize("wait", [True, False])
def test_a_damaged_history_is_told_and_a_new_one_begun(
    own_home: Path, wait: bool, caplog: pytest.LogCaptureFixture
) -> None:
    path = Path(FOLDERS.user_data_dir) / "etoile.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"this was a database once" * 400)
    events: list[Event] = []
    with ExitStack() as stack:
        history = open_history(stack, Config(), "en", events.append, wait=wait)
        wait_until(lambda: events, what="the damage is told")
        assert history
        assert not history.latest(5)
    [missing] = events
    assert isinstance(missing, on.PartMissing)
    assert missing.part == "store etoile.db"
    assert render(missing.said, "en") == "etoile.db was damaged, and a new one was begun."
    assert isinstance(missing.remedy, Message)
    assert "etoile.db.corrupt-" in render(missing.remedy, "en")
    caplog.clear()


def test_a_history_that_cannot_be_opened_is_told_and_whoever_waits_has_none(own_home: Path) -> None:
    folder = Path(FOLDERS.user_data_dir)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.touch()
    events: list[Event] = []
    with ExitStack() as stack:
        assert open_history(stack, Config(), "en", events.append) is None
        wait_until(lambda: events, what="it is told")
    assert isinstance(events[0], on.PartMissing)
    assert "cannot be opened" in render(events[0].said, "en")


def test_the_history_of_a_card_comes_back_as_an_event(tmp_path: Path) -> None:
    events: list[Event] = []
    with open_database(tmp_path) as database, Samples(database) as samples:
        rooms = _rooms(events.append, samples)
        rooms.perform(do.KeepSamples((reading(temperature_c=71),)))
        rooms.perform(do.ReadHistory("GPU-0", Span.DAY))
        wait_until(lambda: events, what="the history is read")
    [read] = events
    assert isinstance(read, on.HistoryRead)
    assert read.history
    assert [point.mean for point in read.history.series[Measure.TEMPERATURE]] == [71.0]


def test_a_history_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    events: list[Event] = []
    _rooms(events.append, None).perform(do.ReadHistory("GPU-0", Span.HOUR))
    (tmp_path / "metrics.db").mkdir()
    with open_database(tmp_path) as database, Samples(database) as samples:
        _rooms(events.append, samples).perform(do.ReadHistory("GPU-0", Span.HOUR))
        wait_until(lambda: len(events) == 2, what="both are answered")
    assert events == [on.HistoryRead("GPU-0", Span.HOUR, None)] * 2
