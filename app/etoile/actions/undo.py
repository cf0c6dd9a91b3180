"""What Etoile did last and can take back."""

import threading
from collections import deque

from etoile.actions.action import ActionTable, Context, Done, Undo
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message

DEEPEST = 20


class UndoStack:
    """The last actions that can be taken back, newest last.  Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._undos: deque[tuple[Message, Undo]] = deque(maxlen=DEEPEST)

    def push(self, what: Message, undo: Undo) -> None:
        """Remember how to take back `what` was just done."""
        with self._lock:
            self._undos.append((what, undo))

    def pop(self) -> tuple[Message, Undo] | None:
        """Return what was done last, and how to take it back, and forget it; None when there is nothing."""
        with self._lock:
            return self._undos.pop() if self._undos else None


def undo_last(slots: Slots, context: Context) -> Done:
    """Take back Etoile's own last reversible action."""
    last = context.undo_stack.pop()
    if last is None:
        raise ActionFailed(
            message("There is nothing to undo."),
            message("I can take back what I did myself since I was started: volume, brightness, windows, timers."),
        )
    what, undo = last
    return Done(message("Undone: {what}. {now}", what=what, now=undo(context)))


ACTIONS: ActionTable = {"assistant.undo": undo_last}
