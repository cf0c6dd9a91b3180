"""A notification service of the tests' own, on a private session bus."""

import os
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.threading import ReceiveStopped, open_dbus_connection
from jeepney.wrappers import unwrap_msg

SERVICE = "org.freedesktop.Notifications"
CAPABILITIES = ("actions", "body", "body-markup")


class PrivateBus:
    """A dbus-daemon with nobody else on it."""

    def __init__(self, folder: Path) -> None:
        self.address = f"unix:path={folder / 'bus'}"
        self._process = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address=1", f"--address={self.address}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"XDG_DATA_DIRS": str(folder), "XDG_DATA_HOME": str(folder)},
        )
        assert self._process.stdout
        assert self._process.stdout.readline(), "the bus did not start"

    def stop(self) -> None:
        """End it, as a logout does."""
        self._process.terminate()
        self._process.wait()
        assert self._process.stdout
        self._process.stdout.close()


class Notified(NamedTuple):
    """One call of Notify, as it came over the bus."""

    app: str
    replaces: int
    icon: str
    title: str
    body: str
    actions: list[str]
    hints: dict[str, tuple[str, Any]]
    expires_ms: int


class Daemon:
    """Takes notifications, and does what a user would do with them."""

    def __init__(
        self, address: str, *, capabilities: Sequence[str] = CAPABILITIES, refuses: bool = False, mute: bool = False
    ) -> None:
        self.notified: list[Notified] = []
        self.closed: list[int] = []
        self.asked_capabilities = 0
        self._capabilities = list(capabilities)
        self._refuses = refuses
        self._mute = mute
        self._last = 0
        self._connection = open_dbus_connection(address)
        self._call(message_bus.RequestName(SERVICE))
        self._thread = threading.Thread(target=self._run, name="daemon")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.interrupt()
        self._thread.join()
        self._connection.close()

    def act(self, number: int, action: str) -> None:
        """Press a button of a notification, which closes it."""
        self._emit("ActionInvoked", "us", (number, action))
        self.dismiss(number)

    def dismiss(self, number: int, reason: int = 2) -> None:
        """Close a notification: 1 because its time is over, 2 as its user, 3 as its sender asked, 4 for no reason."""
        self._emit("NotificationClosed", "uu", (number, reason))

    def _emit(self, name: str, signature: str, body: tuple[Any, ...]) -> None:
        here = DBusAddress("/org/freedesktop/Notifications", interface=SERVICE)
        self._connection.send(new_signal(here, name, signature, body))

    def _call(self, call: Message) -> None:
        serial = next(self._connection.outgoing_serial)
        self._connection.send(call, serial=serial)
        while (came := self._connection.receive(timeout=30)).header.fields.get(HeaderFields.reply_serial) != serial:
            pass
        unwrap_msg(came)

    def _run(self) -> None:
        try:
            while True:
                came = self._connection.receive()
                if came.header.message_type is MessageType.method_call and not self._mute:
                    self._answer(came)
        except (ReceiveStopped, ConnectionError):
            pass

    def _answer(self, call: Message) -> None:
        match call.header.fields[HeaderFields.member]:
            case "GetCapabilities":
                self.asked_capabilities += 1
                self._connection.send(new_method_return(call, "as", (self._capabilities,)))
            case "Notify" if self._refuses:
                self._connection.send(new_error(call, "org.example.Refused", "s", ("no more than three today",)))
            case "Notify":
                asked = Notified(*call.body)
                self.notified.append(asked)
                if not asked.replaces:
                    self._last += 1
                self._connection.send(new_method_return(call, "u", (asked.replaces or self._last,)))
            case "CloseNotification":
                self.closed.append(call.body[0])
                self._connection.send(new_method_return(call))
