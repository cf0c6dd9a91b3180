"""Typing what the user says into the window in front.  When that is, the turn decides (`domain/turn/dictating.py`)."""

import threading

from etoile.actions.action import ActionTable, Context, Done, text_of
from etoile.actions.windowing import Window, WindowSystem
from etoile.actions.windows import in_front, name_of
from etoile.domain.commands import DICTATED
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import message


class Dictation:
    """The window that is dictated into.  Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._window: Window | None = None
        self._has_text = False

    def begin(self, window: Window) -> None:
        """Dictate into `window` from now on."""
        with self._lock:
            self._window, self._has_text = window, False

    def end(self) -> Window | None:
        """Dictate no more; return the window it was, if any."""
        with self._lock:
            window, self._window = self._window, None
            return window

    @property
    def window(self) -> Window | None:
        """The window that is dictated into; None when none is."""
        return self._window

    def joined(self, text: str) -> str:
        """Return `text` with the space that parts it from what was typed before."""
        with self._lock:
            text, self._has_text = f" {text}" if self._has_text else text, True
            return text


def _start(slots: Slots, context: Context) -> Done:
    if context.alarms is None:
        raise ActionFailed(
            message("Dictation needs Etoile to be running, with its talk key."),
            message("Start the tray app with `etoile`, and ask again."),
        )
    with context.windowing() as desktop:
        window = in_front(desktop)
        _refuse_passwords(desktop, window)
    context.dictation.begin(window)
    return Done(
        message(
            "I type what you say into {window}. Say “stop dictation”, or press Esc in my window, to end.",
            window=name_of(window),
        )
    )


def _type(slots: Slots, context: Context) -> Done:
    # One line, whatever was heard: a line break would be the key Return, which sends and runs.
    text = "".join(letter for letter in " ".join(text_of(slots, "text").split()) if letter.isprintable())
    wanted = context.dictation.window
    if wanted is None:
        raise ActionFailed(message("Dictation is not on."))
    with context.windowing() as desktop:
        window = in_front(desktop)
        if window.id != wanted.id:
            raise ActionFailed(
                message("Another window is in front now ({window}): nothing was typed.", window=name_of(window)),
                message("Go back to {window}, or say “stop dictation”.", window=name_of(wanted)),
            )
        _refuse_passwords(desktop, window)
        desktop.activate(window)
        desktop.type(context.dictation.joined(text))
    return Done(message("Typed into {window}: {text}", window=name_of(window), text=text))


def _refuse_passwords(desktop: WindowSystem, window: Window) -> None:
    if desktop.asks_password(window):
        raise ActionFailed(
            message("{window} asks for a password: nothing is dictated there.", window=name_of(window)),
            message("Type it by hand; nobody should hear it."),
        )


def _stop(slots: Slots, context: Context) -> Done:
    if context.dictation.end() is None:
        raise ActionFailed(message("Dictation is not on."))
    return Done(message("Dictation is over."))


ACTIONS: ActionTable = {"dictation.start": _start, DICTATED: _type, "dictation.stop": _stop}
