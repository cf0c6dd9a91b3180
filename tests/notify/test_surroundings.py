"""What the desktop tells of itself: a real session bus, with a desktop of our own at the other end."""

import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest

if sys.platform != "linux":
    pytest.skip("the session bus of Linux desktops", allow_module_level=True)

from jeepney import DBusAddress, HeaderFields, MessageType, message_bus, new_method_return, new_signal
from jeepney.io.threading import ReceiveStopped, open_dbus_connection

from etoile.domain.events import Event, MotionReduced, ScreenLocked
from etoile.notify.surroundings import PORTAL, Surroundings
from tests.bus import PrivateBus
from tests.needs import need
from tests.waiting import wait_until

SAVER = "org.gnome.ScreenSaver"


class Service:
    """A program on the bus that answers every call with the same, and sends signals."""

    def __init__(self, address: str, name: str, path: str, signature: str, answer: Any) -> None:
        self._place = DBusAddress(path, interface=name)
        self._signature, self._answer = signature, answer
        self._connection = open_dbus_connection(address)
        serial = next(self._connection.outgoing_serial)
        self._connection.send(message_bus.RequestName(name), serial=serial)
        while self._connection.receive(timeout=30).header.fields.get(HeaderFields.reply_serial) != serial:
            pass
        self._thread = threading.Thread(target=self._run, name="service")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.interrupt()
        self._thread.join()
        self._connection.close()

    def emit(self, interface: str, name: str, signature: str, body: tuple[Any, ...]) -> None:
        place = DBusAddress(self._place.object_path, interface=interface)
        self._connection.send(new_signal(place, name, signature, body))

    def _run(self) -> None:
        try:
            while True:
                came = self._connection.receive()
                if came.header.message_type is MessageType.method_call:
                    self._connection.send(new_method_return(came, self._signature, (self._answer,)))
        except (ReceiveStopped, ConnectionError):
            pass


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    need(shutil.which("dbus-daemon"), "no dbus-daemon")
    private = PrivateBus(tmp_path)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", private.address)
    try:
        yield private
    finally:
        private.stop()


def _saver(bus: PrivateBus, *, active: bool) -> Service:
    return Service(bus.address, SAVER, "/org/gnome/ScreenSaver", "b", active)


def _portal(bus: PrivateBus, value: tuple[str, Any]) -> Service:
    return Service(bus.address, PORTAL.bus_name, PORTAL.object_path, "v", ("v", value))


def test_a_screen_that_is_locked_already_is_told_and_its_unlocking(bus: PrivateBus) -> None:
    events: list[Event] = []
    with _saver(bus, active=True) as saver, Surroundings(events.append):
        wait_until(lambda: events == [ScreenLocked(True)], what="locked")
        saver.emit(SAVER, "ActiveChanged", "b", (False,))
        wait_until(lambda: events == [ScreenLocked(True), ScreenLocked(False)], what="unlocked")


def test_whoever_locked_the_screen_and_is_gone_locks_it_no_more(bus: PrivateBus) -> None:
    events: list[Event] = []
    with Surroundings(events.append):
        with _saver(bus, active=True) as saver:

            def locked() -> bool:
                saver.emit(SAVER, "ActiveChanged", "b", (True,))  # heard only once it listens
                return ScreenLocked(True) in events

            wait_until(locked, what="locked")
        wait_until(lambda: events[-1:] == [ScreenLocked(False)], what="unlocked")


def test_a_desktop_without_animations_is_told(bus: PrivateBus) -> None:
    events: list[Event] = []
    interface = PORTAL.interface
    with _portal(bus, ("b", False)) as portal, Surroundings(events.append):
        wait_until(lambda: events == [MotionReduced(True)], what="no motion")
        changed = ("org.gnome.desktop.interface", "enable-animations", ("b", True))
        portal.emit(interface, "SettingChanged", "ssv", changed)
        wait_until(lambda: events == [MotionReduced(True), MotionReduced(False)], what="motion")
        portal.emit(
            interface, "SettingChanged", "ssv", ("org.kde.kdeglobals.KDE", "AnimationDurationFactor", ("s", "0"))
        )
        wait_until(lambda: events[-1] == MotionReduced(True), what="no motion on KDE")


def test_without_a_bus_nothing_is_told_and_it_ends_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    events: list[Event] = []
    with Surroundings(events.append) as surroundings:
        pass
    assert events == []
    assert not surroundings._thread.is_alive()
