"""Listens on a session bus for the notifications that programs send."""

import threading
from dataclasses import dataclass
from typing import Any, Self

NOTIFICATIONS = "org.freedesktop.Notifications"
URGENCIES = {0: "low", 1: "normal", 2: "critical"}


@dataclass(frozen=True)
class Notification:
    """One call of Notify, as its sender made it."""

    application: str
    replaces: int
    """The id of the notification that it takes the place of; 0 for a new one."""
    summary: str
    body: str
    urgency: str
    """ "low", "normal", "critical"; "" where the sender said nothing of the right type (a byte)."""
    actions: tuple[str, ...]
    """Keys and labels in turn."""


class NotificationMonitor:
    """Collects every notification sent on the bus while its `with` lasts."""

    def __init__(self, bus: str) -> None:
        self._bus = bus
        self._seen: list[Notification] = []
        self._thread = threading.Thread(target=self._listen, name="notifications", daemon=True)

    def __enter__(self) -> Self:
        from jeepney import DBusAddress, new_method_call
        from jeepney.io.blocking import open_dbus_connection

        self._connection = open_dbus_connection(self._bus)
        bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus.Monitoring")
        rule = f"type='method_call',interface='{NOTIFICATIONS}',member='Notify'"
        self._connection.send_and_get_reply(new_method_call(bus, "BecomeMonitor", "asu", ([rule], 0)), timeout=60)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._thread.join(5)

    def notifications(self) -> list[Notification]:
        """Return what was sent so far, the oldest first."""
        return list(self._seen)

    def _listen(self) -> None:
        while True:
            try:
                message = self._connection.receive(timeout=0.2)
            except TimeoutError:
                continue
            except (OSError, ValueError):
                return
            if message.header.message_type.name == "method_call":
                self._seen.append(notification(message.body))


def notification(body: tuple[Any, ...]) -> Notification:
    """Return the arguments of one call of Notify (signature susssasa{sv}i)."""
    application, replaces, _icon, summary, text, actions, hints, _expires_ms = body
    kind, value = hints.get("urgency", ("", None))
    urgency = URGENCIES.get(value, "") if kind == "y" else ""
    return Notification(application, replaces, summary, text, urgency, tuple(actions))
