"""What the clipboard holds.  Copying and pasting are keys: see windows.py."""

import os

from etoile.actions.action import ActionTable, Context, Done
from etoile.actions.windowing import is_wayland
from etoile.domain.match import Slots
from etoile.text import message

READ_AT_MOST = 1000
"""More than this many characters nobody listens to."""


def _read(slots: Slots, context: Context) -> Done:
    text = _held(context).strip()
    if not text:
        return Done(message("The clipboard holds no text."))
    if len(text) > READ_AT_MOST:
        return Done(message("The clipboard begins with: {text}…", text=text[:READ_AT_MOST].rstrip()))
    return Done(message("The clipboard holds: {text}", text=text))


def _held(context: Context) -> str:
    match context.system:
        case "win32":
            return context.programs.run("powershell", "-NoProfile", "-NonInteractive", "-Command", "Get-Clipboard")
        case "darwin":
            return context.programs.run("pbpaste")
        case _ if is_wayland(os.environ):
            # It ends with 1 when there is no text.
            return context.programs.run("wl-paste", "--no-newline", "--type", "text", accept=(0, 1))
        case _:
            with context.windowing() as desktop:
                return desktop.clipboard()


ACTIONS: ActionTable = {"clipboard.read": _read}
