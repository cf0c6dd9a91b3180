"""Whether the screen is locked: nobody who says a wake word then is the one at the desk."""

import logging
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from etoile.session_bus import Bus

log = logging.getLogger(__name__)

LOOK_S = 3.0
"""How often it is asked; in between the last answer counts."""


class ScreenLock:
    """Asks whoever locks the screen on this desktop.  Belongs to one thread, which waits a few ms at most usually.

    Where nobody can tell, it counts as unlocked.  Windows and macOS are not asked yet.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._bus: Bus | None = None
        self._asked_s: float | None = None
        self._locked = False
        self._can_tell = sys.platform == "linux"

    @property
    def locked(self) -> bool:
        """Whether the screen is locked, as far as is known; up to `LOOK_S` old."""
        due = self._asked_s is None or self._now_s() - self._asked_s >= LOOK_S
        if self._can_tell and due:
            self._asked_s = self._now_s()
            self._locked = self._ask()
        return self._locked

    def _ask(self) -> bool:
        try:
            from etoile.session_bus import SAVERS, Bus

            if self._bus is None:
                self._bus = Bus.open()
            return any(_is_active(self._bus, saver) for saver in SAVERS)
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            log.info("nobody tells here whether the screen is locked: %s", error)
            self._can_tell = False
            return False


def _is_active(bus: "Bus", saver: str) -> bool:
    """Ask `saver` if it is running: the question starts none.  Raises OSError when the bus is gone."""
    from jeepney import DBusAddress, DBusErrorResponse, message_bus, new_method_call

    if not bus.call(message_bus.NameHasOwner(saver))[0]:
        return False
    place = DBusAddress("/" + saver.replace(".", "/"), bus_name=saver, interface=saver)
    with suppress(DBusErrorResponse, TimeoutError):
        return bool(bus.call(new_method_call(place, "GetActive"))[0])
    return False
