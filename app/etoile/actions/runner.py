"""The room that carries out voice commands on this computer."""

import logging
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Self

from etoile.actions.action import Action, Context, Desk, Done
from etoile.actions.alarms import Alarms, Clock, wall_clock
from etoile.actions.dictation import Dictation
from etoile.actions.processes import called
from etoile.actions.programs import Programs
from etoile.actions.slots import SlotValues, Values
from etoile.actions.table import ACTIONS, LIMIT_S, LIMITS_S
from etoile.actions.undo import UndoStack
from etoile.actions.windowing import WindowSystem, open_window_system
from etoile.actions.windows import name_in_front
from etoile.domain.descriptions import describe
from etoile.domain.effects import Run
from etoile.domain.events import ActionDone, Event, Failed
from etoile.domain.match import Candidate, Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message, verbatim

log = logging.getLogger(__name__)

AT_ONCE = 4
"""More commands than this do not run at the same time."""
GRACE_S = 1.0
"""A command whose own limit has not ended it after this much more is stuck in the system: its turn goes on."""
LEAVE_S = 0.2
"""How long leaving the room waits for commands that were told to stop; with every other room's share it stays below
two seconds."""


class Actions:
    """Carries out commands, each on a thread of its own and under a time limit, and publishes what came of it.

    `run` and `stop` return at once.  Each command ends in one event: `ActionDone` or `Failed`; a stopped one in none.
    `alarms` is None where this process does not stay: then no timer or alarm is taken.  Safe from any thread.
    """

    def __init__(
        self,
        publish: Callable[[Event], None],
        desk: Desk,
        clock: Clock,
        alarms: Alarms | None,
        *,
        system: str = sys.platform,
        windowing: Callable[[], WindowSystem] = open_window_system,
        now: Callable[[], datetime] = wall_clock,
    ) -> None:
        self._publish = publish
        self._desk = desk
        self._clock = clock
        self._system = system
        self._windowing = windowing
        self._now = now
        self._undo_stack = UndoStack()
        self._dictation = Dictation()
        self._alarms = alarms
        self._slot_values = SlotValues(desk, system=system)
        self._lock = threading.Lock()
        self._jobs: list[_Job] = []
        self._lifetime = ExitStack()

    def __enter__(self) -> Self:
        self._lifetime.enter_context(self._slot_values)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            jobs = list(self._jobs)
        for job in jobs:
            job.give_up()
        until_s = time.monotonic() + LEAVE_S
        for job in jobs:
            job.thread.join(max(0.0, until_s - time.monotonic()))
            if job.thread.is_alive():
                log.info("%s is still busy; leaving it behind", job.effect.command)
        self._lifetime.close()

    def run(self, effect: Run) -> None:
        """Begin to carry out a command."""
        action = ACTIONS.get(effect.command)
        if action is None:
            self._publish(Failed(effect.turn, *_not_there_yet(effect.command)))
            return
        limit_s = LIMITS_S.get(effect.command, LIMIT_S)
        job = _Job(effect, action, self._context(limit_s), self._publish, self._finished)
        with self._lock:
            accepted = len(self._jobs) < AT_ONCE
            if accepted:
                self._jobs.append(job)
        if not accepted:
            self._publish(
                Failed(effect.turn, message("Too many commands are running."), message("Say “cancel” first."))
            )
            return
        job.watch = self._clock.after(limit_s + GRACE_S, job.expire)
        job.thread.start()

    def stop(self, turn: int) -> None:
        """Give up what runs for `turn`; nothing more is published for it."""
        with self._lock:
            jobs = [job for job in self._jobs if job.effect.turn == turn]
        for job in jobs:
            job.give_up()

    def slot_values(self) -> Values:
        """Return what slots may be filled with here, by slot; see SlotValues."""
        return self._slot_values.values()

    def stop_listing(self) -> None:
        """Let go whoever waits for what slots may be filled with: Etoile ends."""
        self._slot_values.stop()

    def name_in_front(self) -> str | None:
        """Return what the window in front is called; None when nobody can tell.  Blocks for a moment."""
        return name_in_front(self._windowing)

    def processes(self, name: str) -> Slots:
        """Return what is to be known of the processes called `name` before they are killed.  Blocks for a moment."""
        return called(name)

    def _context(self, limit_s: float) -> Context:
        return Context(
            programs=Programs(limit_s),
            desk=self._desk,
            publish=self._publish,
            undo_stack=self._undo_stack,
            alarms=self._alarms,
            dictation=self._dictation,
            windowing=self._windowing,
            system=self._system,
            now=self._now,
        )

    def _finished(self, job: "_Job") -> None:
        with self._lock:
            self._jobs.remove(job)
        self._clock.cancel(job.watch)


class _Job:
    """One command being carried out.  Whoever ends it first (result, expiry, stop) has the last word."""

    def __init__(
        self,
        effect: Run,
        action: Action,
        context: Context,
        publish: Callable[[Event], None],
        finished: "Callable[[_Job], None]",
    ) -> None:
        self.effect = effect
        self.watch = 0
        self.thread = threading.Thread(target=self._carry_out, name=f"action {effect.command}", daemon=True)
        self._action = action
        self._context = context
        self._publish = publish
        self._finished = finished
        self._lock = threading.Lock()
        self._over = False

    def give_up(self) -> None:
        """End it without a word."""
        self._end()
        self._context.programs.stop()

    def expire(self) -> None:
        """End it because its time is over."""
        self._fail(message("It took too long and was given up."))
        self._context.programs.stop()

    def _carry_out(self) -> None:
        try:
            self._succeed(self._action(self.effect.slots, self._context))
        except ActionFailed as error:
            self._fail(error.said, error.remedy)
        except Exception as error:
            log.exception("%s failed", self.effect.command)
            self._fail(message("That did not work: {error}.", error=verbatim(f"{type(error).__name__}: {error}")))
        finally:
            self._finished(self)

    def _succeed(self, done: Done) -> None:
        effect = self.effect
        if done.undo:
            self._context.undo_stack.push(describe(Candidate(command=effect.command, slots=effect.slots)), done.undo)
        if self._end():
            # Without a lasting process nobody can take it back.
            undoable = done.undo is not None and self._context.alarms is not None
            self._publish(ActionDone(effect.turn, effect.command, effect.slots, done.said, undoable))

    def _fail(self, said: Message, remedy: Message | None = None) -> None:
        if self._end():
            self._publish(Failed(self.effect.turn, said, remedy))

    def _end(self) -> bool:
        """Return whether this is the first end."""
        with self._lock:
            first, self._over = not self._over, True
            return first


def _not_there_yet(command: str) -> tuple[Message, Message]:
    said = message("I understood “{command}”, which is not there yet.", command=command)
    return said, message("`etoile commands list` shows what I can do.")
