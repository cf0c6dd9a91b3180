"""What Etoile did last and can take back."""

import threading
from collections import deque

from etoile.actions.action import ActionTable, Context, Done, Undo
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import message

DEEPEST = 20


class UndoStack:
    """The last actions that can be taken back, newest last.  Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._undos: deque[Undo] = deque(maxlen=DEEPEST)

    def push(self, undo: Undo) -> None:
        """Remember how to take back what was just done."""
        with self._lock:
            self._undos.append(undo)

    def pop(self) -> Undo | None:
        """Return how to take back the last action, and forget it; None when there is nothing."""
        with self._lock:
            return self._undos.pop() if self._undos else None


def undo_last(slots: Slots, context: Context) -> Done:
    """Take back Etoile's own last reversible action."""
    undo = context.undo_stack.pop()
    if undo is None:
        raise ActionFailed(
            message("There is nothing to undo."),
            message("I can take back what I did myself since I was started: volume, brightness, windows, timers."),
        )
    return Done(message("Undone. {now}", now=undo(context)))


ACTIONS: ActionTable = {"assistant.undo": undo_last}
