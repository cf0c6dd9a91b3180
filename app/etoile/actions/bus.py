"""D-Bus for commands: one connection a command, under its time limit, and given up where the command is.

jeepney (pure Python) speaks the wire; the other half of it lives in the room of notifications.
"""

import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

from etoile.actions.programs import Programs
from etoile.errors import ActionFailed
from etoile.text import message, verbatim

LOOK_EVERY_S = 0.1
"""How often a call that waits looks whether its command was given up."""
_NOBODY = frozenset(
    f"org.freedesktop.DBus.Error.{name}"
    for name in (
        *("ServiceUnknown", "NameHasNoOwner", "UnknownObject", "UnknownInterface", "UnknownMethod"),
        *("UnknownProperty", "Spawn.ServiceNotFound", "Spawn.ChildExited", "Spawn.ExecFailed"),
    )
)
_FORBIDDEN = frozenset(
    {
        "org.freedesktop.DBus.Error.AccessDenied",
        "org.freedesktop.DBus.Error.AuthFailed",
        "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
        "org.freedesktop.NetworkManager.PermissionDenied",
    }
)


class NobodyAnswers(ActionFailed):
    """There is no such bus, service or method here: another way may do it."""


class Bus:
    """The bus of the session or of the system, while its `with` lasts; used by one thread.  Raises ActionFailed."""

    def __init__(self, which: Literal["SESSION", "SYSTEM"], programs: Programs) -> None:
        self._which = which
        self._programs = programs
        self._kept: deque[Any] = deque(maxlen=100)

    def __enter__(self) -> Self:
        from jeepney.io.blocking import open_dbus_connection

        address: str = self._which
        if self._which == "SESSION" and not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
            address = f"unix:path={os.environ.get('XDG_RUNTIME_DIR', '')}/bus"
        try:
            self._connection: Any = open_dbus_connection(address)
        except (OSError, ValueError, RuntimeError) as error:
            raise NobodyAnswers(message("No D-Bus of the {bus} runs here.", bus=self._which.lower())) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    @property
    def name(self) -> str:
        """What this connection is called on the bus: ":1.42"."""
        return str(self._connection.unique_name)

    def at(self, service: str, path: str, interface: str) -> "Remote":
        """Return an object of `service` as `interface` shows it."""
        return Remote(self, service, path, interface)

    def services(self) -> tuple[str, ...]:
        """Return the names of the services that run."""
        name = "org.freedesktop.DBus"
        return tuple(self.at(name, "/org/freedesktop/DBus", name).call("ListNames")[0])

    def listen(self, path: str, interface: str) -> None:
        """Have signals of `interface` at `path` delivered."""
        from jeepney import MatchRule

        rule = MatchRule(type="signal", interface=interface, path=path).serialise()
        name = "org.freedesktop.DBus"
        self.at(name, "/org/freedesktop/DBus", name).call("AddMatch", "s", rule)

    def signal(self, path: str) -> tuple[Any, ...]:
        """Wait for the next signal from `path`, also one that came during a call, and return what it says."""
        from jeepney import HeaderFields, MessageType

        def wanted(came: Any) -> bool:
            is_signal = came.header.message_type is MessageType.signal
            return is_signal and came.header.fields.get(HeaderFields.path) == path

        for came in list(self._kept):
            if wanted(came):
                self._kept.remove(came)
                return tuple(came.body)
        return tuple(self._receive(wanted).body)

    def call(self, call: Any, asked: str) -> tuple[Any, ...]:
        """Send `call` and return its answer; `asked` is whose name a refusal bears."""
        from jeepney import HeaderFields, MessageFlag, MessageType

        call.header.flags |= MessageFlag.allow_interactive_authorization
        serial = next(self._connection.outgoing_serial)
        try:
            self._connection.send(call, serial=serial)
        except OSError as error:
            raise NobodyAnswers(message("No D-Bus of the {bus} runs here.", bus=self._which.lower())) from error
        came = self._receive(lambda one: one.header.fields.get(HeaderFields.reply_serial) == serial)
        if came.header.message_type is MessageType.error:
            raise _refusal(asked, str(came.header.fields.get(HeaderFields.error_name)), came.body)
        return tuple(came.body)

    def _receive(self, wanted: Callable[[Any], bool]) -> Any:
        while True:
            self._programs.check()
            try:
                came = self._connection.receive(timeout=LOOK_EVERY_S)
            except TimeoutError:
                continue
            except OSError as error:
                raise NobodyAnswers(message("No D-Bus of the {bus} runs here.", bus=self._which.lower())) from error
            if wanted(came):
                return came
            self._kept.append(came)


@dataclass(frozen=True, slots=True)
class Remote:
    """An object of another program."""

    bus: Bus
    service: str
    path: str
    interface: str

    def call(self, method: str, signature: str = "", *arguments: Any) -> tuple[Any, ...]:
        """Call `method` and return what it answers.  Raises NobodyAnswers and ActionFailed."""
        return self._call(self.interface, method, signature, *arguments)

    def get(self, name: str) -> Any:
        """Return the property `name`."""
        return self._call("org.freedesktop.DBus.Properties", "Get", "ss", self.interface, name)[0][1]

    def set(self, name: str, signature: str, value: Any) -> None:
        """Set the property `name`."""
        arguments = (self.interface, name, (signature, value))
        self._call("org.freedesktop.DBus.Properties", "Set", "ssv", *arguments)

    def _call(self, interface: str, method: str, signature: str, *arguments: Any) -> tuple[Any, ...]:
        from jeepney import DBusAddress, new_method_call

        address = DBusAddress(self.path, self.service, interface)
        return self.bus.call(new_method_call(address, method, signature or None, arguments), self.service)


def _refusal(service: str, error: str, body: tuple[Any, ...]) -> ActionFailed:
    """Return what an error of `service` means."""
    if error in _NOBODY:
        return NobodyAnswers(message("{service} does not run here.", service=service))
    if error in _FORBIDDEN:
        return ActionFailed(
            message("You are not allowed to do this here: {service} refuses.", service=service),
            message("It needs a session at the screen, or the administrator's leave (polkit)."),
        )
    complaint = str(body[0]) if body else error
    return ActionFailed(message("{program} says: {complaint}", program=service, complaint=verbatim(complaint[:200])))
