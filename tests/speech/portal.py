"""A portal for global shortcuts of the tests' own, on a private session bus: the desktop's end of the conversation."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

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

from etoile.speech.portal_key import DESKTOP, PATH, SHORTCUTS


class Portal:
    """Gives shortcuts, and does what a keyboard and a user would do."""

    def __init__(
        self, address: str, *, allows: bool = True, early: bool = False, asks: threading.Event | None = None
    ) -> None:
        self.calls: list[str] = []
        self.app_id = ""
        self.shortcuts: dict[str, dict[str, tuple[str, str]]] = {}
        self.session = ""
        self.version = 2
        self._allows = allows
        self._early = early
        """Whether the answer comes before the call has returned, as it may."""
        self._asks = asks
        """Set once the user has answered the dialog."""
        self._connection = open_dbus_connection(address)
        serial = next(self._connection.outgoing_serial)
        self._connection.send(message_bus.RequestName(DESKTOP), serial=serial)
        while (came := self._connection.receive(timeout=30)).header.fields.get(HeaderFields.reply_serial) != serial:
            pass
        unwrap_msg(came)
        self._thread = threading.Thread(target=self._run, name="portal")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.interrupt()
        self._thread.join()
        self._connection.close()

    def activate(self, name: str, session: str = "") -> None:
        """Press the key of the shortcut `name`."""
        self._emit(SHORTCUTS, "Activated", "osta{sv}", (session or self.session, name, 0, {}))

    def deactivate(self, name: str) -> None:
        """Release it."""
        self._emit(SHORTCUTS, "Deactivated", "osta{sv}", (self.session, name, 0, {}))

    def lock(self, locked: bool = True) -> None:
        """Lock the screen, or unlock it."""
        name = "org.freedesktop.ScreenSaver"
        self._emit(DBusAddress("/ScreenSaver", interface=name), "ActiveChanged", "b", (locked,))

    def end_session(self) -> None:
        """Take the shortcuts back."""
        self._emit(DBusAddress(self.session, interface="org.freedesktop.portal.Session"), "Closed", "", ())

    def _run(self) -> None:
        try:
            while True:
                came = self._connection.receive()
                if came.header.message_type is MessageType.method_call:
                    self._answer(came)
        except (ReceiveStopped, ConnectionError):
            pass

    def _answer(self, call: Message) -> None:
        member = call.header.fields[HeaderFields.member]
        self.calls.append(member)
        match member, call.body:
            case "Register", (app_id, _):
                self.app_id = app_id
                self._connection.send(new_method_return(call))
            case "Get", (_, "version"):
                self._connection.send(new_method_return(call, "v", (("u", self.version),)))
            case "CreateSession", (options,):
                sender = call.header.fields[HeaderFields.sender].removeprefix(":").replace(".", "_")
                self.session = f"{PATH}/session/{sender}/{options['session_handle_token'][1]}"
                self._respond(call, options, {"session_handle": ("s", self.session)})
            case "BindShortcuts", (session, shortcuts, _, options):
                assert session == self.session
                self.shortcuts = dict(shortcuts)
                if self._asks:
                    self._asks.wait(5)
                self._respond(call, options, {"shortcuts": ("a(sa{sv})", [])})
            case _:
                self._connection.send(new_error(call, "org.freedesktop.DBus.Error.UnknownMethod"))

    def _respond(self, call: Message, options: dict[str, tuple[str, Any]], results: dict[str, tuple[str, Any]]) -> None:
        sender = call.header.fields[HeaderFields.sender].removeprefix(":").replace(".", "_")
        place = f"{PATH}/request/{sender}/{options['handle_token'][1]}"

        def answer() -> None:
            self._connection.send(new_method_return(call, "o", (place,)))

        def respond() -> None:
            here = DBusAddress(place, interface="org.freedesktop.portal.Request")
            self._emit(here, "Response", "ua{sv}", (0 if self._allows else 1, results))

        steps: tuple[Callable[[], None], ...] = (respond, answer) if self._early else (answer, respond)
        for step in steps:
            step()

    def _emit(self, here: DBusAddress, name: str, signature: str, body: tuple[Any, ...]) -> None:
        self._connection.send(new_signal(here, name, signature or None, body))
