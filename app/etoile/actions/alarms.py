"""What waits to ring: timers and alarms, which survive a restart of Etoile and of the computer."""

import itertools
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Protocol

import msgspec

from etoile.domain.events import Event, PartMissing, Rang
from etoile.text import Message, message, verbatim

LOOK_EVERY_S = 30.0
"""The clock that waits stands still while the computer sleeps, so the wall clock is looked at this often."""
LATE_S = 60.0
"""What rings this much later than it was to says so, and why."""


def wall_clock() -> datetime:
    """Return the time of day here."""
    return datetime.now().astimezone()


class Clock(Protocol):
    """What calls back later: an AlarmClock, or a test's."""

    def after(self, delay_s: float, call: Callable[[], None]) -> int:
        """Call `call` in `delay_s` seconds, on another thread; return a ticket."""

    def cancel(self, ticket: int) -> None:
        """Do not call for `ticket`."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A timer or an alarm that has not rung yet."""

    number: int
    due: datetime
    length_s: int | None
    """How long the timer was set for; None for an alarm, which is set for a time."""

    @property
    def is_timer(self) -> bool:
        """Whether it counts down rather than waits for a time of the day."""
        return self.length_s is not None


class Alarms:
    """The user's timers and alarms; each publishes `Rang` when it comes due.  Safe from any thread."""

    def __init__(
        self,
        clock: Clock,
        now: Callable[[], datetime],
        publish: Callable[[Event], None],
        file: "AlarmFile | None" = None,
    ) -> None:
        self._clock = clock
        self._now = now
        self._publish = publish
        self._file = file
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._pending: dict[int, Pending] = {}

    def set(self, due: datetime, length_s: int | None = None) -> Pending:
        """Ring at `due`."""
        pending = self._add(due, length_s)
        self._keep()
        return pending

    def take_up(self) -> None:
        """Wait again for what was set before Etoile was started; what came due meanwhile rings now, and says so."""
        if self._file is None:
            return
        try:
            kept = self._file.read()
        except (OSError, ValueError) as error:
            self._publish(
                PartMissing(
                    "alarms",
                    message("The timers and alarms that were set cannot be read: {error}.", error=verbatim(str(error))),
                    message("Set them again; the file is {path}.", path=str(self._file.path)),
                )
            )
            return
        for due, length_s in kept:
            self._add(due, length_s)

    def _add(self, due: datetime, length_s: int | None) -> Pending:
        pending = Pending(next(self._numbers), due, length_s)
        with self._lock:
            self._pending[pending.number] = pending
        self._wait(pending)
        return pending

    def _keep(self) -> None:
        """Write down what waits, so that it survives a restart of Etoile and of the computer."""
        if self._file is None:
            return
        with self._lock:
            try:
                self._file.write(list(self._pending.values()))
            except OSError as error:
                self._publish(
                    PartMissing(
                        "alarms",
                        message(
                            "Timers and alarms ring while Etoile runs, but are not kept: {error}.",
                            error=verbatim(error.strerror or str(error)),
                        ),
                        message("Check that {path} can be written.", path=str(self._file.path)),
                    )
                )

    def forget(self, pending: Pending) -> bool:
        """Never ring for `pending`; False when it has rung or was forgotten already."""
        with self._lock:
            known = self._pending.pop(pending.number, None) is not None
        if known:
            self._keep()
        return known

    def pending(self, *, timers: bool) -> list[Pending]:
        """Return the timers, or the alarms, in the order in which they will ring."""
        with self._lock:
            return sorted((one for one in self._pending.values() if one.is_timer is timers), key=lambda one: one.due)

    def left_s(self, pending: Pending) -> float:
        """Return how long `pending` still waits."""
        return (pending.due - self._now()).total_seconds()

    def _wait(self, pending: Pending) -> None:
        self._clock.after(max(0.0, min(self.left_s(pending), LOOK_EVERY_S)), lambda: self._look(pending))

    def _look(self, pending: Pending) -> None:
        """Ring when it is time; otherwise wait again.  What was forgotten meanwhile does neither."""
        if self.left_s(pending) <= 0:
            if self.forget(pending):
                self._publish(Rang(_rang_said(pending, -self.left_s(pending)), pending.number))
            return
        with self._lock:
            waits = pending.number in self._pending
        if waits:
            self._wait(pending)


def _rang_said(pending: Pending, late_s: float) -> Message:
    if late_s < LATE_S and pending.length_s is None:
        return message("It is {time:clock}: your alarm rings.", time=pending.due)
    if late_s < LATE_S:
        return message("The timer of {length:duration} is over.", length=pending.length_s)
    if pending.length_s is None:
        return message(
            "Your alarm of {time:clock} rings {late:duration} late: Etoile was not running then, or the computer "
            "slept.",
            time=pending.due,
            late=late_s,
        )
    return message(
        "The timer of {length:duration} was over {late:duration} ago: Etoile was not running then, or the computer "
        "slept.",
        length=pending.length_s,
        late=late_s,
    )


class AlarmFile:
    """Where timers and alarms are written down.  Its methods raise OSError; `read` also ValueError."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[tuple[datetime, int | None]]:
        """Return when each comes due, in local time, and how long it was set for."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return []
        kept = msgspec.json.decode(content, type=list[_Kept])
        return [(one.due.astimezone(), one.length_s) for one in kept]

    def write(self, pending: Iterable[Pending]) -> None:
        """Write the whole file, or leave it as it is."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode([_Kept(one.due, one.length_s) for one in pending]))
        fresh.replace(self.path)


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    due: Annotated[datetime, msgspec.Meta(tz=True)]
    length_s: int | None = None
