"""systemd-logind: sleep, restart and shutdown with what holds them off, the session's lock, the panel's brightness."""

from collections.abc import Sequence

from etoile.actions.action import Context
from etoile.actions.bus import Bus, Remote
from etoile.errors import ActionFailed
from etoile.text import Message, message

SERVICE = "org.freedesktop.login1"
_OBJECT = "/org/freedesktop/login1"
_METHODS = {"sleep": ("Suspend", "sleep"), "restart": ("Reboot", "shutdown"), "shutdown": ("PowerOff", "shutdown")}
"""What does it, and what an inhibitor of it is called."""


def power(context: Context, what: str) -> None:
    """Put the computer to sleep, restart it or shut it down.

    Raises NobodyAnswers without logind, and ActionFailed where the computer cannot, the user may not, or a program
    holds it off.
    """
    method, kind = _METHODS[what]
    with Bus("SYSTEM", context.programs) as bus:
        manager = _manager(bus)
        can = manager.call(f"Can{method}")[0]
        if can == "na":
            raise ActionFailed(message("This computer cannot do that: its system or firmware does not offer it."))
        if holding := holders(manager.call("ListInhibitors")[0], kind):
            raise ActionFailed(
                message("It is held off by {programs}.", programs=holding), message("Let them finish, or close them.")
            )
        if can == "no":
            raise ActionFailed(message("You are not allowed to do this here: {service} refuses.", service=SERVICE))
        manager.call(method, "b", True)  # may ask for a password


def holders(inhibitors: Sequence[tuple[str, str, str, str, int, int]], kind: str) -> list[Message]:
    """Return which programs forbid `kind` ("sleep", "shutdown"), and why; those that only delay it do not."""
    return [
        message("{program} ({reason})", program=who, reason=why)
        for what, who, why, mode, _, _ in inhibitors
        if mode == "block" and kind in what.split(":")
    ]


def set_brightness(context: Context, device: str, value: int) -> None:
    """Make the backlight `device` as bright as `value`, in its own unit.  Raises NobodyAnswers."""
    with Bus("SYSTEM", context.programs) as bus:
        session(bus).call("SetBrightness", "ssu", "backlight", device, value)


def _manager(bus: Bus) -> Remote:
    return bus.at(SERVICE, _OBJECT, f"{SERVICE}.Manager")


def session(bus: Bus) -> Remote:
    """Return the session at the screen, whichever process asks."""
    return bus.at(SERVICE, f"{_OBJECT}/session/auto", f"{SERVICE}.Session")
