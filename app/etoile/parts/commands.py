"""The rooms of commands and of what is learned from them: each is opened once something is first asked.

What they need (the matcher, the actions, the lists of what is installed here) is imported then, on a thread of their
own, and not by an app that only watches GPUs.
"""

import time
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from etoile.actions.alarms import AlarmFile, Alarms, wall_clock
from etoile.clock import AlarmClock
from etoile.config import FOLDERS
from etoile.domain.learning.enough import ENOUGH_DAYS, SPAN
from etoile.parts.later import Later
from etoile.parts.live import Live
from etoile.parts.rooms import Publish
from etoile.store.conversations import Conversations

if TYPE_CHECKING:
    from etoile.actions.runner import Actions
    from etoile.aliases import AliasFile
    from etoile.dictionary import LearnedWords
    from etoile.interpreter import Interpreter
    from etoile.learner import Learner, Objections

LOOK_S = 120.0
"""How often it is looked whether it is time for a habit of the day."""


def open_alarms(clock: AlarmClock, publish: Publish) -> Alarms:
    """Wait again for the timers and alarms that were set, and return them."""
    alarms = Alarms(clock, wall_clock, publish, AlarmFile(Path(FOLDERS.user_data_dir) / "alarms.json"))
    alarms.take_up()
    return alarms


def open_actions(
    stack: ExitStack, publish: Publish, live: Live, clock: AlarmClock, alarms: Alarms | None
) -> "Later[Actions]":
    """Return what carries out commands; without `alarms` no timer is taken."""

    def open_room() -> "Actions":
        from etoile.actions.runner import Actions

        return Actions(publish, live, clock, alarms)

    return stack.enter_context(Later("actions", open_room))


def open_interpreter(stack: ExitStack, publish: Publish, live: Live, actions: "Later[Actions]") -> "Later[Interpreter]":
    """Return what tells which command a request means."""

    def open_room() -> "Interpreter":
        actions.soon(lambda room: room.slot_values())  # they are listed while the commands are read
        from etoile.interpreter import Interpreter

        return Interpreter(
            publish,
            lambda: actions.now().slot_values(),
            enabled=lambda: live.commands_enabled,
            name_in_front=lambda: actions.now().name_in_front(),
            processes=lambda name: actions.now().processes(name),
        )

    interpreter = stack.enter_context(Later("interpreter", open_room))
    stack.callback(_stop_listing, actions)  # before the interpreter leaves, whose request may wait for names
    return interpreter


def _stop_listing(actions: "Later[Actions]") -> None:
    if actions.wanted:
        actions.soon(lambda room: room.stop_listing())


def open_learner(
    publish: Publish,
    history: Conversations | None,
    aliases: "AliasFile",
    objections: "Objections",
    words: "LearnedWords | None" = None,
) -> "Learner":
    """Return what learns from `history`."""
    from etoile.learner import Learner
    from etoile.store.learning import Memory

    memory = Memory(history.database) if history else None
    return Learner(publish, memory, aliases, objections, words=words)


def open_learning(
    stack: ExitStack,
    publish: Publish,
    history: Conversations | None,
    interpreter: "Later[Interpreter]",
    clock: AlarmClock,
) -> "Later[Learner]":
    """Return what learns from `history`; it is also opened where the day may have a habit."""

    def open_room() -> "Learner":
        room = interpreter.now()
        return open_learner(publish, history, room.aliases, room.objections, room.learned_words)

    learner = stack.enter_context(Later("learner", open_room))
    if history:
        clock.every(LOOK_S, lambda: _look_for_habits(history, learner))
    return learner


def _look_for_habits(history: Conversations, learner: "Later[Learner]") -> None:
    """Have a habit of the day suggested, unless too little was asked so far for any."""

    def look(found: "Future[bool]") -> None:
        if not found.exception() and found.result():
            learner.soon(lambda room: room.look())

    if learner.wanted:
        learner.soon(lambda room: room.look())
        return
    since_s = time.time() - SPAN.total_seconds()
    history.repeats(since_s, ENOUGH_DAYS).add_done_callback(look)
