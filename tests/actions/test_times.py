"""Time and date, timers and alarms, by a clock that the test turns."""

from datetime import timedelta
from pathlib import Path

import pytest

from etoile.actions.alarms import AlarmFile
from etoile.actions.times import date_said, next_at
from etoile.domain.events import PartMissing, Rang
from etoile.errors import ActionFailed
from etoile.text import Message, render
from tests.actions.fakes import FakeClock, Scene, local


def rung(scene: Scene) -> list[str]:
    """Return what rang, in English."""
    return [render(event.said, "en").replace("\u00a0", " ") for event in scene.events if isinstance(event, Rang)]


def test_time_and_date(scene: Scene) -> None:
    assert scene.do("time.now") == "It is 14:05."
    assert scene.do("date.today") == "Today is Saturday, November 21, 2026."


def test_the_first_day_of_a_month_is_a_message_of_its_own() -> None:
    """French calls it "1er", every other day by its number."""
    first, second = (date_said(local(2026, 12, day)).values["day"] for day in (1, 2))
    assert isinstance(first, Message)
    assert second == 2


def test_a_timer_rings_once_when_it_is_due(scene: Scene) -> None:
    assert scene.do("timer.set", seconds=600) == "The timer rings in 10 min."
    scene.clock.turn(599)
    assert rung(scene) == []
    scene.clock.turn(1)
    assert rung(scene) == ["The timer of 10 min is over."]
    scene.clock.turn(3600)
    assert len(rung(scene)) == 1


def test_several_timers_ring_in_their_own_order(scene: Scene) -> None:
    for seconds in (120, 60, 180):
        scene.do("timer.set", seconds=seconds)
    scene.clock.turn(90)
    assert scene.do("timer.status") == "timer of 2 min: 30 s left, timer of 3 min: 1 min 30 s left."
    scene.clock.turn(90)
    assert rung(scene) == [f"The timer of {minutes} min is over." for minutes in (1, 2, 3)]


def test_a_timer_that_came_due_while_the_computer_slept_rings_soon_after(scene: Scene) -> None:
    scene.do("timer.set", seconds=600)
    scene.clock.turn(10)
    scene.clock.sleep(3600)
    scene.clock.turn(30)
    assert len(rung(scene)) == 1


def test_cancelling_takes_the_timer_that_was_set_last(scene: Scene) -> None:
    scene.do("timer.set", seconds=600)
    scene.do("timer.set", seconds=60)
    scene.do("alarm.set", time="15:00")
    assert scene.do("timer.cancel") == "The timer of 1 min is cancelled."
    assert scene.do("assistant.undo") == "Undone: Cancel the timer. timer of 1 min: 1 min left"
    scene.do("timer.cancel")
    scene.do("timer.cancel")
    with pytest.raises(ActionFailed, match="No timer is set"):
        scene.do("timer.cancel")
    scene.clock.turn(7200)
    assert rung(scene) == ["It is 15:00: your alarm rings."]


def test_undo_of_a_timer_and_of_one_that_rang_already(scene: Scene) -> None:
    scene.do("timer.set", seconds=60)
    assert scene.do("assistant.undo") == "Undone: Set a timer of 1 min. The timer of 1 min is cancelled."
    scene.do("timer.set", seconds=60)
    scene.clock.turn(60)
    with pytest.raises(ActionFailed, match="rung already"):
        scene.do("assistant.undo")
    assert len(rung(scene)) == 1


@pytest.mark.parametrize("seconds", [0, -5, 8 * 86400, "soon", ""])
def test_a_length_without_sense_is_refused(scene: Scene, seconds: int | str) -> None:
    with pytest.raises(ActionFailed, match="how long"):
        scene.do("timer.set", seconds=seconds)
    assert scene.clock.calls == {}


@pytest.mark.parametrize(
    ("now", "time", "due"),
    [
        ((2026, 11, 21, 6, 0), "07:30", (2026, 11, 21, 7, 30)),
        ((2026, 11, 21, 8, 0), "07:30", (2026, 11, 22, 7, 30)),
        ((2026, 11, 21, 7, 30), "07:30", (2026, 11, 22, 7, 30)),
        ((2026, 12, 31, 23, 59), "0:00", (2027, 1, 1, 0, 0)),
    ],
)
def test_an_alarm_is_set_for_the_next_such_time(now: tuple[int, ...], time: str, due: tuple[int, ...]) -> None:
    assert next_at(time, local(*now)) == local(*due)


@pytest.mark.parametrize("time", ["24:00", "7:60", "noon", "730", "-1:00"])
def test_no_time_of_the_day(time: str) -> None:
    with pytest.raises(ActionFailed, match="not a time of the day"):
        next_at(time, local(2026, 11, 21))


def test_an_alarm_says_whether_it_is_today(scene: Scene) -> None:
    assert scene.do("alarm.set", time="18:30") == "The alarm rings today at 18:30."
    assert scene.do("alarm.set", time="07:00") == "The alarm rings tomorrow at 07:00."
    assert scene.do("timer.status") == "alarm at 18:30, alarm at 07:00."
    assert scene.do("alarm.cancel") == "The alarm at 07:00 is cancelled."


@pytest.mark.parametrize("command", ["timer.set", "timer.cancel", "timer.status", "alarm.set", "alarm.cancel"])
def test_without_a_lasting_process_timers_are_refused(command: str) -> None:
    scene = Scene(lasting=False)
    with pytest.raises(ActionFailed, match="need Etoile to be running") as error:
        scene.do(command, seconds=60, time="07:00")
    assert error.value.remedy


# Restarts


def restarted(scene: Scene, *, off_s: float) -> Scene:
    """Return the scene after a restart: everything is new but the file, and time has passed."""
    clock = FakeClock()
    clock.time = scene.clock.time + timedelta(seconds=off_s)
    return Scene(clock=clock, kept=scene.kept)


@pytest.fixture
def lasting(tmp_path: Path) -> Scene:
    return Scene(kept=AlarmFile(tmp_path / "data" / "alarms.json"))


def test_timers_and_alarms_survive_a_restart(lasting: Scene) -> None:
    lasting.do("timer.set", seconds=600)
    lasting.do("alarm.set", time="15:00")
    again = restarted(lasting, off_s=60)
    assert again.do("timer.status") == "timer of 10 min: 9 min left, alarm at 15:00."
    again.clock.turn(540)
    assert rung(again) == ["The timer of 10 min is over."]
    assert restarted(again, off_s=0).do("timer.status") == "alarm at 15:00."


def test_what_came_due_while_the_computer_was_off_rings_late_and_says_so(lasting: Scene) -> None:
    lasting.do("timer.set", seconds=600)
    lasting.do("alarm.set", time="15:00")
    again = restarted(lasting, off_s=3 * 3600)
    again.clock.turn(0)
    why = "Etoile was not running then, or the computer slept."
    assert rung(again) == [
        f"The timer of 10 min was over 2 h 50 min ago: {why}",
        f"Your alarm of 15:00 rings 2 h 5 min late: {why}",
    ]
    third = restarted(again, off_s=0)
    third.clock.turn(0)
    assert rung(third) == []


def test_what_was_cancelled_or_undone_stays_so(lasting: Scene) -> None:
    lasting.do("timer.set", seconds=600)
    lasting.do("timer.cancel")
    lasting.do("alarm.set", time="15:00")
    lasting.do("assistant.undo")
    assert restarted(lasting, off_s=0).do("timer.status") == "No timer and no alarm is set."


@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"due": "soon"}]', '[{"due": "2026-11-21T15:00:00"}]'])
def test_a_broken_file_is_told_and_new_timers_work(lasting: Scene, content: str) -> None:
    assert lasting.kept
    lasting.kept.path.parent.mkdir()
    lasting.kept.path.write_text(content)
    again = restarted(lasting, off_s=0)
    assert [event.part for event in again.events if isinstance(event, PartMissing)] == ["alarms"]
    again.do("timer.set", seconds=60)
    assert "timer of 1 min" in restarted(again, off_s=0).do("timer.status")


def test_a_folder_that_cannot_be_written_is_told_and_the_timer_rings(lasting: Scene) -> None:
    assert lasting.kept
    lasting.kept.path.parent.write_text("no folder")
    lasting.do("timer.set", seconds=60)
    assert {event.part for event in lasting.events if isinstance(event, PartMissing)} == {"alarms"}
    lasting.clock.turn(60)
    assert rung(lasting) == ["The timer of 1 min is over."]
