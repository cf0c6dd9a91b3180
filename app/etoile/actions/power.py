"""Sleep, restart, shut down, log out.  The turn has asked before any of these gets here."""

import os
from collections.abc import Mapping
from contextlib import suppress

from etoile.actions import logind
from etoile.actions.action import Action, ActionTable, Context, Done, not_on
from etoile.actions.bus import NobodyAnswers
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message

_ARGUMENTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sleep": {
        "linux": ("systemctl", "suspend"),
        "darwin": ("pmset", "sleepnow"),
    },
    "restart": {
        "linux": ("systemctl", "reboot"),
        "win32": ("shutdown.exe", "/r", "/t", "0"),
        "darwin": ("osascript", "-e", 'tell application "System Events" to restart'),
    },
    "shutdown": {
        "linux": ("systemctl", "poweroff"),
        "win32": ("shutdown.exe", "/s", "/t", "0"),
        "darwin": ("osascript", "-e", 'tell application "System Events" to shut down'),
    },
    "logout": {
        "win32": ("shutdown.exe", "/l"),
        "darwin": ("osascript", "-e", 'tell application "System Events" to log out'),
    },
}
_LOGOUT: Mapping[str, tuple[str, ...]] = {
    "gnome": ("gnome-session-quit", "--logout", "--no-prompt"),
    "kde": ("qdbus6", "org.kde.Shutdown", "/Shutdown", "org.kde.Shutdown.logout"),
    "lxqt": ("lxqt-leave", "--logout"),
    "sway": ("swaymsg", "exit"),
    "hyprland": ("hyprctl", "dispatch", "exit"),
    "i3": ("i3-msg", "exit"),
    "openbox": ("openbox", "--exit"),
    "x-cinnamon": ("cinnamon-session-quit", "--logout", "--no-prompt"),
    "mate": ("mate-session-save", "--logout"),
    "xfce": ("xfce4-session-logout", "--logout"),
}
"""What each Linux desktop logs out with, so that its programs are asked to close."""


def logout_arguments(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return what ends this Linux session: the desktop's own way, else systemd's.  Raises ActionFailed."""
    for desktop in environment.get("XDG_CURRENT_DESKTOP", "").casefold().split(":"):
        if desktop in _LOGOUT:
            return _LOGOUT[desktop]
    session = environment.get("XDG_SESSION_ID", "")
    if not session.isalnum():
        raise ActionFailed(message("I do not know how to log out of this desktop."))
    return ("loginctl", "terminate-session", session)


def _power(what: str, said: Message) -> Action:
    def act(slots: Slots, context: Context) -> Done:
        if what == "sleep" and context.system == "win32":
            from etoile.actions.win32 import sleep

            sleep()
            return Done(said)
        if what != "logout" and context.system == "linux":
            with suppress(NobodyAnswers):
                logind.power(context, what)
                return Done(said)
        arguments = _ARGUMENTS[what].get(context.system)
        if arguments is None and context.system == "linux":
            arguments = logout_arguments(os.environ)
        if arguments is None:
            raise not_on(context)
        context.programs.run(*arguments)
        return Done(said)

    return act


ACTIONS: ActionTable = {
    "power.sleep": _power("sleep", message("The computer goes to sleep.")),
    "power.restart": _power("restart", message("The computer restarts.")),
    "power.shutdown": _power("shutdown", message("The computer shuts down.")),
    "power.logout": _power("logout", message("The session ends.")),
}
