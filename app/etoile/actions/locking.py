"""Locking the screen, and switching it off and on."""

import os
import time
from collections.abc import Callable
from contextlib import suppress

from etoile.actions import logind
from etoile.actions.action import ActionTable, Context, Done, not_on
from etoile.actions.bus import Bus, NobodyAnswers
from etoile.actions.windowing import is_wayland
from etoile.domain.match import Slots
from etoile.errors import ActionFailed
from etoile.text import Message, message

LOCKED_WAIT_S = 2.0
"""How long whoever locks is given to say that it has."""
_SAVERS = (
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    ("org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
)
"""Who locks on a desktop: each has the methods Lock and GetActive (KDE answers to the first name)."""
_LOCKERS = {
    "xflock4": ("xflock4",),
    "swaylock": ("swaylock", "--daemonize"),
    "hyprlock": ("hyprlock",),
    "xdg-screensaver": ("xdg-screensaver", "lock"),
    "i3lock": ("i3lock",),
    "slock": ("slock",),
}
_MACOS_KEYS = 'tell application "System Events" to keystroke "q" using {control down, command down}'
_MUTTER = "org.gnome.Mutter.DisplayConfig"
_POWER_SAVE = {"on": 0, "off": 3}
_DPMS = {
    "SWAYSOCK": ("swaymsg", "output", "*", "dpms"),
    "HYPRLAND_INSTANCE_SIGNATURE": ("hyprctl", "dispatch", "dpms"),
    "KDE_FULL_SESSION": ("kscreen-doctor", "--dpms"),
}
"""How a Wayland compositor, known by a variable of its own, switches the screens; "on" or "off" follows."""


def _lock(slots: Slots, context: Context) -> Done:
    match context.system:
        case "win32":
            from etoile.actions.win32 import lock

            lock()
        case "darwin":
            context.programs.run("osascript", "-e", _MACOS_KEYS)
        case "linux":
            return Done(_lock_linux(context))
        case _:
            raise not_on(context)
    return Done(_ASKED)


_LOCKED = message("The screen is locked.")
_ASKED = message("I asked the desktop to lock the screen.")


def _lock_linux(context: Context) -> Message:
    """Ask whoever can lock here, and tell whether it says that it has.  Raises ActionFailed."""
    savers = _running_savers(context)
    for service, path in savers:
        with Bus("SESSION", context.programs) as bus, suppress(ActionFailed):
            saver = bus.at(service, path, service)
            saver.call("Lock")
            if _comes_true(context, lambda saver=saver: bool(saver.call("GetActive")[0])):  # type: ignore[misc]
                return _LOCKED
    with suppress(ActionFailed), Bus("SYSTEM", context.programs) as bus:
        session = logind.session(bus)
        session.call("Lock")
        if _comes_true(context, lambda: bool(session.get("LockedHint"))):
            return _LOCKED
    for locker, arguments in _LOCKERS.items():
        if context.programs.first_of(locker):
            context.programs.start(*arguments)
            return _ASKED
    if savers:
        return _ASKED
    raise ActionFailed(
        message("Nothing on this desktop locks the screen."),
        message("Install a screen locker, such as light-locker, i3lock or swaylock."),
    )


def _running_savers(context: Context) -> list[tuple[str, str]]:
    with suppress(NobodyAnswers), Bus("SESSION", context.programs) as bus:
        running = bus.services()
        return [saver for saver in _SAVERS if saver[0] in running]
    return []


def _comes_true(context: Context, is_so: Callable[[], bool]) -> bool:
    """Return whether `is_so` within `LOCKED_WAIT_S`."""
    until_s = time.monotonic() + LOCKED_WAIT_S
    while not is_so():
        if time.monotonic() > until_s:
            return False
        context.programs.check()
        time.sleep(0.05)
    return True


def _off(slots: Slots, context: Context) -> Done:
    match context.system:
        case "win32":
            from etoile.actions.win32 import switch_screen_off

            switch_screen_off()
        case "darwin":
            context.programs.run("pmset", "displaysleepnow")
        case "linux":
            return _off_linux(context)
        case _:
            raise not_on(context)
    return Done(_ANY_KEY)


_ANY_KEY = message("The screen is off; any key switches it on.")


def _off_linux(context: Context) -> Done:
    if not is_wayland(os.environ):
        context.programs.run("xset", "dpms", "force", "off")
        return Done(_ANY_KEY)
    for variable, call in _DPMS.items():
        if os.environ.get(variable):
            return _off_by(context, lambda later, state, call=call: _run(later, *call, state))  # type: ignore[misc]
    try:
        return _off_by(context, _mutter)
    except NobodyAnswers as error:
        raise ActionFailed(message("This desktop (Wayland) does not let a program switch the screen off.")) from error


def _off_by(context: Context, switch: Callable[[Context, str], None]) -> Done:
    switch(context, "off")

    def switch_on(later: Context) -> Message:
        switch(later, "on")
        return message("The screen is on.")

    return Done(message("The screen is off. If no key switches it on, “undo” does."), switch_on)


def _run(context: Context, *arguments: str) -> None:
    context.programs.run(*arguments)


def _mutter(context: Context, state: str) -> None:
    """Switch the screens of GNOME."""
    with Bus("SESSION", context.programs) as bus:
        bus.at(_MUTTER, "/org/gnome/Mutter/DisplayConfig", _MUTTER).set("PowerSaveMode", "i", _POWER_SAVE[state])


ACTIONS: ActionTable = {"screen.lock": _lock, "screen.off": _off}
