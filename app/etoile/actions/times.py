"""Time and date, timers and alarms."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from etoile.actions.action import ActionTable, Context, Done, text_of
from etoile.actions.alarms import Alarms, Pending
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message

LONGEST_TIMER_S = 7 * 86400

_WEEKDAYS = (
    *(message("Monday"), message("Tuesday"), message("Wednesday"), message("Thursday"), message("Friday")),
    *(message("Saturday"), message("Sunday")),
)
_MONTHS = (
    *(message("January"), message("February"), message("March"), message("April"), message("May"), message("June")),
    *(message("July"), message("August"), message("September"), message("October"), message("November")),
    message("December"),
)
# The first day of a month, which French counts ("1er").
_FIRST_DAY = message("1")


# Time and date


def _time(slots: Slots, context: Context) -> Done:
    return Done(message("It is {time:clock}.", time=context.now()))


def _date(slots: Slots, context: Context) -> Done:
    return Done(date_said(context.now()))


def date_said(day: datetime) -> Message:
    """Return the date in words: weekday, day, month, year."""
    return message(
        "Today is {weekday}, {month} {day}, {year}.",
        weekday=_WEEKDAYS[day.weekday()],
        day=_FIRST_DAY if day.day == 1 else day.day,
        month=_MONTHS[day.month - 1],
        year=day.year,
    )


# Timers and alarms


def _kept(context: Context) -> Alarms:
    """Return the timers and alarms.  Raises ActionFailed where no lasting process keeps them."""
    if context.alarms is None:
        raise ActionFailed(
            message("Timers and alarms need Etoile to be running."),
            message("Start the tray app with `etoile`, and ask again."),
        )
    return context.alarms


def _set_timer(slots: Slots, context: Context) -> Done:
    alarms = _kept(context)
    seconds = _seconds(slots)
    pending = alarms.set(context.now() + timedelta(seconds=seconds), seconds)
    return Done(message("The timer rings in {length:duration}.", length=seconds), _forgetting(pending))


def _seconds(slots: Slots) -> int:
    value = slots.get("seconds", "")
    try:
        seconds = int(value)
    except ValueError:
        seconds = 0
    if not 1 <= seconds <= LONGEST_TIMER_S:
        raise ActionFailed(
            message("I did not understand how long."), message("Say for example “a timer of 10 minutes”.")
        )
    return seconds


def _set_alarm(slots: Slots, context: Context) -> Done:
    alarms = _kept(context)
    due = next_at(text_of(slots, "time"), context.now())
    pending = alarms.set(due)
    if due.date() == context.now().date():
        said = message("The alarm rings today at {time:clock}.", time=due)
    else:
        said = message("The alarm rings tomorrow at {time:clock}.", time=due)
    return Done(said, _forgetting(pending))


def next_at(time: str, now: datetime) -> datetime:
    """Return when it is next `time` ("HH:MM") after `now`, in local time.  Raises ActionFailed."""
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", time)
    if found is None:
        raise ActionFailed(message("“{time}” is not a time of the day.", time=time), message("Say it like “at 7:30”."))
    today = now.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
    due = today if today > now else today + timedelta(days=1)
    # The clock may be put forward or back until then: take the offset that holds on that day.
    return due.replace(tzinfo=None).astimezone()


def _forgetting(pending: Pending) -> Callable[[Context], Message]:
    def forget(later: Context) -> Message:
        if not _kept(later).forget(pending):
            raise ActionFailed(message("It has rung already, or was cancelled."))
        return _cancelled_said(pending)

    return forget


def _cancel(*, timers: bool) -> Callable[[Slots, Context], Done]:
    """Return the action that cancels the timer, or alarm, that was set last."""

    def cancel(slots: Slots, context: Context) -> Done:
        alarms = _kept(context)
        waiting = alarms.pending(timers=timers)
        if not waiting:
            raise _none_set(timers)
        newest = max(waiting, key=lambda one: one.number)
        alarms.forget(newest)

        def set_again(later: Context) -> Message:
            _kept(later).set(newest.due, newest.length_s)
            return _waiting_said(alarms, newest)

        return Done(_cancelled_said(newest), set_again)

    return cancel


def _none_set(timers: bool) -> ActionFailed:
    return ActionFailed(message("No timer is set.") if timers else message("No alarm is set."))


def _cancelled_said(pending: Pending) -> Message:
    if pending.length_s is None:
        return message("The alarm at {time:clock} is cancelled.", time=pending.due)
    return message("The timer of {length:duration} is cancelled.", length=pending.length_s)


def _status(slots: Slots, context: Context) -> Done:
    alarms = _kept(context)
    waiting = [*alarms.pending(timers=True), *alarms.pending(timers=False)]
    if not waiting:
        return Done(message("No timer and no alarm is set."))
    return Done(message("{pending}.", pending=[_waiting_said(alarms, one) for one in waiting]))


def _waiting_said(alarms: Alarms, pending: Pending) -> Message:
    if pending.length_s is None:
        return message("alarm at {time:clock}", time=pending.due)
    left_s = max(0.0, alarms.left_s(pending))
    return message("timer of {length:duration}: {left:duration} left", length=pending.length_s, left=left_s)


ACTIONS: ActionTable = {
    "time.now": _time,
    "date.today": _date,
    "timer.set": _set_timer,
    "timer.cancel": _cancel(timers=True),
    "timer.status": _status,
    "alarm.set": _set_alarm,
    "alarm.cancel": _cancel(timers=False),
}
