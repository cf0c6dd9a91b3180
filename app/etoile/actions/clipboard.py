"""What the clipboard holds, copying into it, and back.  The keys themselves are pressed by windows.py."""

import os

from etoile.actions.action import ActionTable, Context, Done
from etoile.actions.windowing import is_wayland
from etoile.actions.windows import Keys, press
from etoile.domain.match import Slots
from etoile.text import Message, message

READ_AT_MOST = 1000
"""More than this many characters nobody listens to."""


def _read(slots: Slots, context: Context) -> Done:
    text = _held(context).strip()
    if not text:
        return Done(message("The clipboard holds no text."))
    if len(text) > READ_AT_MOST:
        return Done(message("The clipboard begins with: {text}…", text=text[:READ_AT_MOST].rstrip()))
    return Done(message("The clipboard holds: {text}", text=text))


def _copy(slots: Slots, context: Context) -> Done:
    """Press the key that copies; what was a text before can be put back."""
    before = _held(context)
    done = _press(slots, context)

    def put_back(later: Context) -> Message:
        _hold(later, before)
        return message("The clipboard holds again what it held before.")

    return Done(done.said, put_back if before else None)


_press = press(Keys("ctrl+c", message("It is copied."), "ctrl+shift+c"))


def _hold(context: Context, text: str) -> None:
    match context.system:
        case "darwin":
            context.programs.run("pbcopy", typed=text)
        case "linux" if is_wayland(os.environ):
            # It stays to answer who pastes, so it is not waited for.
            context.programs.start("wl-copy", "--", text)
        case _:
            with context.windowing() as desktop:
                desktop.hold_clipboard(text)


def _held(context: Context) -> str:
    match context.system:
        case "darwin":
            return context.programs.run("pbpaste")
        case "linux" if is_wayland(os.environ):
            # It ends with 1 when there is no text.
            return context.programs.run("wl-paste", "--no-newline", "--type", "text", accept=(0, 1))
        case _:
            with context.windowing() as desktop:
                return desktop.clipboard()


ACTIONS: ActionTable = {"clipboard.read": _read, "clipboard.copy": _copy}
