"""The room: one event a command, limits, stops, and an end that leaves nothing behind."""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType

import pytest

from etoile.actions import runner, slots, table
from etoile.actions.action import Context, Done
from etoile.actions.alarms import Alarms
from etoile.actions.runner import AT_ONCE, Actions
from etoile.domain.effects import Run
from etoile.domain.events import ActionDone, Event, Failed
from etoile.domain.match import Slots
from etoile.domain.nodes import NodeState, NodeStatus
from etoile.errors import ActionFailed
from etoile.text import message, render
from tests.actions.fakes import FakeClock, FakeDesk, FakePrograms, Scene
from tests.waiting import wait_until

Extra = Callable[[str, Callable[[Slots, Context], Done]], None]


@pytest.fixture
def events() -> list[Event]:
    """Give a list to publish to."""
    return []


@pytest.fixture
def clock() -> FakeClock:
    """Give a clock that the test turns."""
    return FakeClock()


@pytest.fixture
def room(events: list[Event], clock: FakeClock, programs: FakePrograms) -> Iterator[Actions]:
    """Give the room, with nothing on the PATH."""
    with Actions(events.append, FakeDesk(), clock, Alarms(clock, clock.now, events.append)) as running:
        yield running


@pytest.fixture
def extra(monkeypatch: pytest.MonkeyPatch) -> Extra:
    """Give a function that adds a command for this test."""

    def add(command: str, action: Callable[[Slots, Context], Done]) -> None:
        monkeypatch.setattr(runner, "ACTIONS", MappingProxyType({**table.ACTIONS, command: action}))

    return add


def run(turn: int, command: str, **slots: str | int) -> Run:
    """Return the effect that carries out `command`."""
    return Run(turn, command, slots, "en")


def test_a_command_ends_in_one_event(room: Actions, events: list[Event]) -> None:
    room.run(run(7, "timer.set", seconds=60))
    wait_until(lambda: events)
    (done,) = events
    assert isinstance(done, ActionDone)
    assert (done.turn, done.command, done.slots, done.undoable) == (7, "timer.set", {"seconds": 60}, True)


def test_a_safe_command_offers_no_undo(room: Actions, events: list[Event]) -> None:
    room.run(run(1, "time.now"))
    wait_until(lambda: events)
    assert isinstance(events[0], ActionDone)
    assert not events[0].undoable


def test_a_failure_carries_its_remedy(room: Actions, events: list[Event]) -> None:
    room.run(run(2, "network.wifi.status"))
    wait_until(lambda: events)
    (failed,) = events
    assert isinstance(failed, Failed)
    assert failed.turn == 2
    assert failed.remedy
    assert "network-manager" in render(failed.remedy, "en")


def test_what_is_not_there_yet_says_so(room: Actions, events: list[Event]) -> None:
    room.run(run(3, "trading.status"))
    (failed,) = events
    assert isinstance(failed, Failed)
    assert render(failed.said, "en") == "I understood “trading.status”, which is not there yet."


def test_a_bug_is_told_and_logged(
    room: Actions, events: list[Event], extra: Extra, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(slots: Slots, context: Context) -> Done:
        raise ZeroDivisionError("by zero")

    extra("test.broken", broken)
    room.run(run(4, "test.broken"))
    wait_until(lambda: events)
    (failed,) = events
    assert isinstance(failed, Failed)
    assert "ZeroDivisionError: by zero" in render(failed.said, "en")
    assert "test.broken failed" in caplog.text


def test_running_never_blocks_and_a_stopped_command_says_nothing(
    room: Actions, events: list[Event], extra: Extra
) -> None:
    started = threading.Event()

    def slow(slots: Slots, context: Context) -> Done:
        started.set()
        while True:
            context.programs.check()

    extra("test.slow", slow)
    room.run(run(5, "test.slow"))
    assert started.wait(60)
    room.stop(4)
    assert room._jobs
    room.stop(5)
    wait_until(lambda: not room._jobs)
    assert events == []


def test_stop_kills_the_program_that_runs(room: Actions, events: list[Event], extra: Extra) -> None:
    extra("test.sleep", lambda slots, context: Done(message("{x}", x=context.programs.run("/bin/sleep", "60"))))
    room.run(run(6, "test.sleep"))
    wait_until(lambda: room._jobs[0]._context.programs._running)
    room.stop(6)
    wait_until(lambda: not room._jobs)
    assert events == []


def test_a_command_that_is_stuck_is_given_up_and_its_late_result_is_dropped(
    room: Actions, events: list[Event], clock: FakeClock, extra: Extra
) -> None:
    let_go = threading.Event()

    def stuck(slots: Slots, context: Context) -> Done:
        let_go.wait(60)
        return Done(message("too late"))

    extra("test.stuck", stuck)
    room.run(run(8, "test.stuck"))
    clock.turn(table.LIMIT_S)
    assert events == []
    clock.turn(runner.GRACE_S)
    (failed,) = events
    assert isinstance(failed, Failed)
    let_go.set()
    wait_until(lambda: not room._jobs)
    assert len(events) == 1


def test_a_command_that_ends_leaves_no_alarm(room: Actions, events: list[Event], clock: FakeClock) -> None:
    room.run(run(9, "time.now"))
    wait_until(lambda: events and not room._jobs and not clock.calls)


def test_more_commands_than_fit_are_refused(room: Actions, events: list[Event], extra: Extra) -> None:
    let_go = threading.Event()

    def waiting(slots: Slots, context: Context) -> Done:
        let_go.wait(60)
        return Done(message("done"))

    extra("test.wait", waiting)
    for turn in range(AT_ONCE + 1):
        room.run(run(turn, "test.wait"))
    (failed,) = events
    assert isinstance(failed, Failed)
    assert failed.turn == AT_ONCE
    let_go.set()
    wait_until(lambda: len(events) == AT_ONCE + 1)


def test_undo_is_shared_by_turns(room: Actions, events: list[Event]) -> None:
    room.run(run(1, "timer.set", seconds=60))
    wait_until(lambda: len(events) == 1)
    room.run(run(2, "assistant.undo"))
    wait_until(lambda: len(events) == 2)
    undone = events[1]
    assert isinstance(undone, ActionDone)
    assert not undone.undoable
    assert "is cancelled" in render(undone.said, "en")


def test_leaving_ends_what_runs(events: list[Event], clock: FakeClock, programs: FakePrograms, extra: Extra) -> None:
    before = set(threading.enumerate())
    extra("test.sleep", lambda slots, context: Done(message("{x}", x=context.programs.run("/bin/sleep", "60"))))
    with Actions(events.append, FakeDesk(), clock, None) as room:
        room.run(run(1, "test.sleep"))
        wait_until(lambda: room._jobs[0]._context.programs._running)
    wait_until(lambda: set(threading.enumerate()) == before)
    assert events == []


def test_leaving_does_not_wait_for_what_is_stuck(
    events: list[Event], clock: FakeClock, programs: FakePrograms, extra: Extra, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    started, let_go = threading.Event(), threading.Event()

    def stuck(slots: Slots, context: Context) -> Done:
        started.set()
        let_go.wait(60)
        return Done(message("too late"))

    extra("test.stuck", stuck)
    with Actions(events.append, FakeDesk(), clock, None) as room:
        room.run(run(1, "test.stuck"))
        assert started.wait(60)
    left = [record for record in caplog.records if "leaving it behind" in record.getMessage()]
    assert [(record.levelno, record.args) for record in left] == [(logging.INFO, ("test.stuck",))]
    let_go.set()
    wait_until(lambda: not room._jobs)
    assert events == []


def test_slots_are_filled_from_this_computer(
    events: list[Event], clock: FakeClock, programs: FakePrograms, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = NodeStatus(name="M1", dialect="openai", url="http://x:1", state=NodeState.UP, models=("qwen3",))
    programs.add("systemctl", "ollama.service enabled enabled")
    monkeypatch.setenv("XDG_DATA_DIRS", str(programs.folder))
    with Actions(events.append, FakeDesk(states=(node,)), clock, None) as room:
        values = room.slot_values()
    assert values["node"] == values["host"] == ("M1",)
    assert values["model"] == ("qwen3",)
    assert values["service"] == ("ollama",)
    assert values["language"] == ("en", "fr")
    assert values["voice"] == ("Thomas", "Amelie")
    assert "home" in values["folder"]
    assert values["process"]
    assert values["app"] == ()


def test_whoever_waits_for_names_is_let_go_when_etoile_ends(
    events: list[Event], clock: FakeClock, programs: FakePrograms, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()
    monkeypatch.setattr(slots, "installed", lambda system: (let_go.wait(60), ())[1])
    monkeypatch.setattr(slots, "FIRST_WAIT_S", 60.0)
    with Actions(events.append, FakeDesk(), clock, None) as room, ThreadPoolExecutor(1) as waiting:
        values = waiting.submit(room.slot_values)
        room.stop_listing()
        assert "app" not in values.result(30)
        let_go.set()


def test_at_least_fifty_five_commands_are_carried_out() -> None:
    assert len(table.ACTIONS) >= 55
    assert len({command for kind in table._KINDS for command in kind.ACTIONS}) == sum(
        len(kind.ACTIONS) for kind in table._KINDS
    )


@pytest.mark.parametrize(
    "command",
    [
        *(
            "app.open",
            "app.close",
            "app.switch",
            "browser.open_site",
            "browser.search",
            "file.open_folder",
            "file.list",
        ),
        *("file.create_folder", "file.search", "audio.volume.set", "display.brightness.set", "process.kill"),
        *("service.start", "service.stop", "service.restart", "network.ping", "timer.set", "alarm.set", "note.create"),
        "language.set",
    ],
)
def test_a_command_without_its_slot_is_refused(programs: FakePrograms, command: str) -> None:
    programs.add("systemctl")
    with pytest.raises(ActionFailed):
        Scene().do(command)
    assert programs.calls() == []
