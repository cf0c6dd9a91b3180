"""What the desktop tells of itself: whether the screen is locked, and whether it wants things to stand still.

Signals of the session bus, on a thread of its own.  No service is started for it; where nobody tells, the screen counts
as unlocked and motion as wanted.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from jeepney import DBusAddress, DBusErrorResponse, HeaderFields, MatchRule, Message, message_bus, new_method_call

from etoile.domain.events import Event, MotionReduced, ScreenLocked
from etoile.session_bus import SAVERS, Bus

log = logging.getLogger(__name__)

RETRY_S = 30.0
"""A bus that is not there is looked for again after so long."""
STOP_S = 2.0
PORTAL = DBusAddress(
    "/org/freedesktop/portal/desktop",
    bus_name="org.freedesktop.portal.Desktop",
    interface="org.freedesktop.portal.Settings",
)
STILL = {
    ("org.gnome.desktop.interface", "enable-animations"): lambda value: value is False,
    ("org.kde.kdeglobals.KDE", "AnimationDurationFactor"): lambda value: str(value) in ("0", "0.0"),
}
"""Settings of the desktops that want no motion, each with what tells that it does."""


class Surroundings:
    """Publishes `ScreenLocked` and `MotionReduced`, each when it changes."""

    def __init__(self, publish: Callable[[Event], None]) -> None:
        self._publish = publish
        self._locked: set[str] = set()
        """Who says that the screen is locked."""
        self._still: set[tuple[str, str]] = set()
        """Settings that want no motion."""
        self._bus: Bus | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="surroundings", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if bus := self._bus:
            bus.stop()
        self._thread.join(STOP_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with Bus.open() as bus:
                    self._bus = bus
                    self._serve(bus)
            except (OSError, ValueError, RuntimeError) as error:
                log.debug("the desktop tells nothing: %s", error)
            except Exception:
                log.exception("what the desktop tells was not understood")
            self._bus = None
            self._stop.wait(RETRY_S)

    def _serve(self, bus: Bus) -> None:
        """Ask once how it is, then hear of every change until stopped or the bus is gone."""
        for saver in SAVERS:
            bus.listen(MatchRule(type="signal", interface=saver, member="ActiveChanged"))
            bus.listen(_owner_rule(saver))
        bus.listen(MatchRule(type="signal", interface=PORTAL.interface, member="SettingChanged"))
        for saver in SAVERS:
            self._note_lock(saver, _asked(bus, _address(saver), "GetActive") is True)
        for setting in STILL:
            self._note_setting(setting, _asked(bus, PORTAL, "Read", "ss", setting))
        while not self._stop.is_set():
            if came := bus.next():
                self._hear(came)

    def _hear(self, came: Message) -> None:
        interface = came.header.fields.get(HeaderFields.interface)
        if interface in SAVERS:
            self._note_lock(interface, came.body[0] is True)
        elif interface == message_bus.interface and came.body[0] in SAVERS:
            # Whoever locked the screen and is gone tells no more; who comes anew tells by its signal.
            self._note_lock(came.body[0], False)
        elif interface == PORTAL.interface:
            namespace, key, value = came.body
            if (namespace, key) in STILL:
                self._note_setting((namespace, key), _plain(value))

    def _note_lock(self, saver: str, locked: bool) -> None:
        before = bool(self._locked)
        (self._locked.add if locked else self._locked.discard)(saver)
        if bool(self._locked) != before:
            self._publish(ScreenLocked(bool(self._locked)))

    def _note_setting(self, setting: tuple[str, str], value: Any) -> None:
        before = bool(self._still)
        (self._still.add if STILL[setting](value) else self._still.discard)(setting)
        if bool(self._still) != before:
            self._publish(MotionReduced(bool(self._still)))


def _address(saver: str) -> DBusAddress:
    return DBusAddress("/" + saver.replace(".", "/"), bus_name=saver, interface=saver)


def _owner_rule(saver: str) -> MatchRule:
    rule = MatchRule(type="signal", interface=message_bus.interface, member="NameOwnerChanged")
    rule.add_arg_condition(0, saver)
    return rule


def _asked(bus: Bus, place: DBusAddress, method: str, signature: str = "", body: tuple[str, ...] = ()) -> Any:
    """Return what `place` answers; None where nobody is there, or the question is not known."""
    if not bus.call(message_bus.NameHasOwner(place.bus_name))[0]:
        return None
    with suppress(DBusErrorResponse, TimeoutError):
        return _plain(bus.call(new_method_call(place, method, signature, body))[0])
    return None


def _plain(value: Any) -> Any:
    """Return the value within variants, each a signature and a value."""
    while isinstance(value, tuple) and len(value) == 2:
        value = value[1]
    return value
